//! The words of an answer for a client, who knows nothing of rules, fields and ids.

use qudao_language::date::Date;

use super::Tongue;

impl Tongue {
    phrases! {
        /// Heads what a client said.
        what_you_said: "What you told us", "您提供的情况";
        /// Heads what was asked.
        question: "Question", "问题";
        /// Heads what was answered.
        answer: "Answer", "回答";
        /// Behind an answer that nobody gave.
        assumed_so: "assumed", "假定";
        /// Heads the answer.
        recommendation: "Recommendation", "建议";
        /// Heads what nobody knows yet.
        still_open: "Still open", "尚待确定";
        /// Before questions that a client can answer.
        you_know: "You can answer:", "请您回答：";
        /// Before what was assumed and could change an answer.
        please_confirm: "Please confirm what was assumed:", "请您确认以下假定：";
        /// Before facts that sources tell differently.
        sources_disagree: "Sources disagree:", "来源说法不一：";
        /// Heads what is not recommended in the first place.
        the_others: "The others", "其他选项";
        /// Heads what is to be said of the whole answer.
        good_to_know: "Good to know", "另请注意";
        /// What would change a verdict, where the same was told of another just before.
        changes_alike: "What would change it: the same other answer as above.", "何时会改变：同上。";
        /// Of what nothing speaks for.
        nothing_for: "no reason in favour", "没有支持的理由";
        /// Of what too little speaks for.
        too_little_for: "too few reasons in favour", "支持的理由不足";
        /// Leads over what stands above the text of a page.
        skip: "Skip to the text", "跳到正文";
        /// Names the list of the parts of a page.
        contents: "Contents", "目录";
        /// Before the number of a source.
        source_number: "source", "来源";
        /// Names what is moved sideways.
        table: "table", "表格";
        /// Heads verdicts and numbers of all side by side.
        at_a_glance: "At a glance", "一览";
        /// Heads points.
        points_head: "points", "得分";
        /// Heads verdicts.
        verdict_head: "verdict", "结论";
        /// Heads channels and mixes.
        option: "option", "选项";
        /// Heads the facts of channels side by side.
        compared: "The facts compared", "事实对比";
        /// Heads proofs.
        every_reason: "Every reason, to the source", "全部理由及出处";
        /// Heads what a report was made from.
        made_from: "What this was made from", "本报告的依据";
        /// Whose answers were given.
        answers_of: "Answers of", "回答者";
        /// The digest of answers.
        answers_digest: "Digest of the answers", "回答的摘要";
        /// The rules.
        rules_named: "Rules", "规则集";
        /// The digest of the rules.
        rules_digest: "Digest of the rules", "规则集的摘要";
        /// The day.
        as_of_day: "As of", "截至";
        /// Heads answers that differ.
        answers_that_differ: "Answers that differ", "不同的回答";
        /// The day on which something was published.
        published: "published", "发布于";
    }

    /// Says what would change a verdict: what was to be answered otherwise, and what it would be then. `lost` says that a
    /// recommendation would be.
    #[must_use]
    pub fn would_change(self, changes: &[String], verdict: &str, lost: bool) -> String {
        match (self, lost) {
            (Tongue::English, true) => {
                let changes = self.and(changes);
                format!(
                    "What would change it: if you {changes}, it would no longer be recommended, but {verdict}."
                )
            }
            (Tongue::English, false) => {
                format!("What would change it: if you {}, it would be {verdict}.", self.and(changes))
            }
            (Tongue::Chinese, _) => {
                format!("何时会改变：若{}，结论将变为{verdict}。", changes.join("，并且"))
            }
        }
    }

    /// Says that no other answer to a single question would change a verdict.
    #[must_use]
    pub fn nothing_would_change(self) -> &'static str {
        match self {
            Tongue::English => "No other answer to a single question would change it.",
            Tongue::Chinese => "单独改变任何一个回答，结论都不变。",
        }
    }

    /// Says of a question that it is answered otherwise.
    #[must_use]
    pub fn answered(self, question: &str, to: &str, from: Option<&str>) -> String {
        match (self, from) {
            (Tongue::English, Some(from)) => format!("answered “{question}” with “{to}” instead of “{from}”"),
            (Tongue::English, None) => format!("answered “{question}” with “{to}”"),
            (Tongue::Chinese, Some(from)) => format!("“{question}”的回答由“{from}”改为“{to}”"),
            (Tongue::Chinese, None) => format!("“{question}”的回答为“{to}”"),
        }
    }

    /// Says of a question with several answers which are chosen besides, and which are not.
    #[must_use]
    pub fn chosen(self, question: &str, more: &str, less: &str) -> String {
        match (self, more.is_empty(), less.is_empty()) {
            (Tongue::English, _, true) => format!("also chose “{more}” for “{question}”"),
            (Tongue::English, true, false) => format!("did not choose “{less}” for “{question}”"),
            (Tongue::English, false, false) => format!("chose “{more}” instead of “{less}” for “{question}”"),
            (Tongue::Chinese, _, true) => format!("“{question}”再选“{more}”"),
            (Tongue::Chinese, true, false) => format!("“{question}”不选“{less}”"),
            (Tongue::Chinese, false, false) => format!("“{question}”改选“{more}”，不选“{less}”"),
        }
    }

    /// Returns the words for any answer but those that are told apart.
    #[must_use]
    pub fn anything_else(self) -> &'static str {
        match self {
            Tongue::English => "anything else",
            Tongue::Chinese => "其他任意内容",
        }
    }

    /// Says which answer is assumed, where nobody gave one.
    #[must_use]
    pub fn is_assumed(self, question: &str, value: &str) -> String {
        match self {
            Tongue::English => format!("{question} “{value}” is assumed"),
            Tongue::Chinese => format!("{question}假定为“{value}”"),
        }
    }

    /// Says what could come out otherwise.
    #[must_use]
    pub fn could_change(self, targets: &str) -> String {
        match self {
            Tongue::English => format!("that could change {targets}"),
            Tongue::Chinese => format!("可能影响{}", self.set_apart(targets)),
        }
    }

    /// Says what another answer could change.
    #[must_use]
    pub fn another_answer(self, targets: &str) -> String {
        match self {
            Tongue::English => format!("another answer could change {targets}"),
            Tongue::Chinese => format!("若不同，可能影响{}", self.set_apart(targets)),
        }
    }

    /// Says who could know what no source tells: whoever runs the channel, and those who publish of it.
    #[must_use]
    pub fn who_could_know(self, publishers: &[String]) -> String {
        let runs = match self {
            Tongue::English => "whoever runs the channel",
            Tongue::Chinese => "渠道的运营方",
        };
        let all: Vec<String> = [runs.to_string()].into_iter().chain(publishers.iter().cloned()).collect();
        match self {
            Tongue::English => format!("No source says; {} could know:", self.or(&all)),
            Tongue::Chinese => format!("没有来源说明；{}可能知道：", self.set_apart(&self.or(&all))),
        }
    }

    /// Returns the version of what an answer rests on, and the day that it is of.
    #[must_use]
    pub fn version_and_day(self, version: Option<&str>, day: Date) -> String {
        let version = version.map(|version| match self {
            Tongue::English => format!("Version {version} · "),
            Tongue::Chinese => format!("版本 {version} · "),
        });
        format!("{}{}", version.unwrap_or_default(), self.as_of(day))
    }

    /// Returns a line of a text.
    #[must_use]
    pub fn line_of(self, line: u32) -> String {
        match self {
            Tongue::English => format!("line {line}"),
            Tongue::Chinese => format!("第 {line} 行"),
        }
    }

    /// Stands before the questions that were answered with yes, or with no.
    #[must_use]
    pub fn said_to(self, truth: bool) -> &'static str {
        match (self, truth) {
            (Tongue::English, true) => "Yes to: ",
            (Tongue::English, false) => "No to: ",
            (Tongue::Chinese, true) => "回答“是”：",
            (Tongue::Chinese, false) => "回答“否”：",
        }
    }

    /// Returns what stands between two sentences.
    #[must_use]
    pub fn between_sentences(self) -> &'static str {
        match self {
            Tongue::English => " ",
            Tongue::Chinese => "",
        }
    }

    /// Returns words between quotation marks.
    #[must_use]
    pub fn quoted(self, words: &str) -> String {
        format!("“{words}”")
    }

    /// Says of mixes that they are recommended besides what was told.
    #[must_use]
    pub fn also_together(self, mixes: &str) -> String {
        match self {
            Tongue::English => format!("; also recommended together: {mixes}"),
            Tongue::Chinese => format!("；组合使用也推荐：{mixes}"),
        }
    }

    /// Refers to a footnote that tells the same source.
    #[must_use]
    pub fn same_as(self, number: usize) -> String {
        match self {
            Tongue::English => format!("as [{number}]"),
            Tongue::Chinese => format!("同 [{number}]"),
        }
    }
}
