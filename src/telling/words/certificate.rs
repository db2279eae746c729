//! The words of what a replayed certificate comes to.

use super::Tongue;
use super::outcomes::counted;

impl Tongue {
    phrases! {
        /// Of a certificate whose digest is another.
        was_changed: "changed after it was made: its digest is that of another text", "制成后被改动：摘要与内容不符";
        /// Of what rules do not have.
        not_there: "not there", "没有此项";
        /// Heads what a certificate says.
        in_the_certificate: "certificate", "证书";
        /// Heads what rules at hand say.
        by_the_rules: "these rules", "此规则集";
        /// Heads the faults of a certificate.
        it_does_not_hold: "The certificate does not hold: this does not follow from what it says.", "证书不成立：以下内容无法由其自身推出。";
        /// Of rules that did not give what a certificate of theirs says.
        these_rules_say_otherwise: "The certificate is false: it names these very rules, and they say otherwise.", "证书不实：它所依据的正是此规则集，而规则集另有结论。";
        /// Of rules by which the answer is another.
        answered_otherwise: "These rules answer otherwise.", "按此规则集，结论不同。";
    }

    /// Says that a certificate with so many rules was replayed without a fault.
    #[must_use]
    pub fn it_holds(self, rules: usize) -> String {
        match self {
            Tongue::English => {
                format!("The certificate holds: each step of {} was computed again.", counted(rules, "rule"))
            }
            Tongue::Chinese => format!("证书成立：{rules} 条规则的每一步都已重新计算。"),
        }
    }

    /// Says that rules give the answer of a certificate: those that it was made with, or others.
    #[must_use]
    pub fn answered_so(self, same: bool) -> &'static str {
        match (self, same) {
            (Tongue::English, true) => "It was made with these very rules.",
            (Tongue::English, false) => {
                "Rules or day are others than the certificate's; the answer is the same."
            }
            (Tongue::Chinese, true) => "证书正是依据此规则集作出。",
            (Tongue::Chinese, false) => "规则集或日期与证书不同，结论仍然相同。",
        }
    }
}
