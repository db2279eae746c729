//! What moved some lines, before it is told in words.

use qudao_telling::words::Tongue;

/// What moved some lines, or what follows from that.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Moved {
    /// The points of some rules, by how much.
    Points(Vec<String>, String),
    /// The points of nobody knows what on a target, by how much.
    Score(String, String),
    /// A fact, with its values before and now where these are known.
    Fact(String, Option<(String, String)>),
    /// A fact that came or went with rules.
    Reads(String),
    /// A rule, and how it acts now.
    Rule(String, Acting),
    /// A threshold, with the verdicts before and now.
    Threshold(Vec<String>),
    /// The caps of some rules.
    Caps(Vec<String>),
    /// Something that is needed.
    Need(String),
    /// A target that is new, or gone.
    Target(String, bool),
    /// The words of a rule.
    Words(String),
    /// Whether a field is missing.
    Missing(String),
    /// A measure, or a line for itself.
    Line(String),
    /// A name that became another.
    Renamed(String, String),
    /// Something that is set otherwise, by its name.
    Setting(String, Option<String>, Option<String>),
    /// How several settings act together.
    Together(Together),
    /// The order of declaration.
    Order,
    /// Nothing that could be named.
    Others,
    /// Cases that have no snapshot yet.
    NewCases,
    /// What a merge left in a snapshot.
    Conflict,
}

/// How a rule acts now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Acting {
    /// Nobody knows how.
    Otherwise,
    /// It did not before.
    Begins,
    /// It did before.
    Ends,
    /// In other cases than before.
    Elsewhere,
}

/// How several settings act together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Together {
    /// With what rules or the profile say.
    WithRules,
    /// Lines stay only with all of them as before.
    All,
    /// Lines stay with any one of them as before.
    Any,
}

impl Moved {
    /// Says it in a few words.
    #[must_use]
    pub fn words(&self, tongue: Tongue) -> String {
        let (or, colon) = (|names: &[String]| tongue.any_of(names), tongue.colon());
        match self {
            Moved::Points(rules, by) => tongue.points_of(&or(rules), by),
            Moved::Score(target, by) => tongue.score_of(target, by),
            Moved::Fact(name, None) => tongue.fact_named(name),
            Moved::Fact(name, Some((old, new))) => {
                format!("{}{colon}{old} → {new}", tongue.fact_named(name))
            }
            Moved::Reads(fact) => tongue.reads_fact(fact),
            Moved::Rule(rule, Acting::Otherwise) => tongue.acts_otherwise(rule),
            Moved::Rule(rule, Acting::Begins) => tongue.comes_to_act(rule),
            Moved::Rule(rule, Acting::Ends) => tongue.acts_no_more(rule),
            Moved::Rule(rule, Acting::Elsewhere) => tongue.acts_elsewhere(rule),
            Moved::Threshold(verdicts) if verdicts.is_empty() => tongue.threshold().into(),
            Moved::Threshold(verdicts) => {
                format!("{}{colon}{}", tongue.threshold(), tongue.list(verdicts))
            }
            Moved::Caps(rules) => tongue.cap_by(&or(rules)),
            Moved::Need(need) => tongue.need_of(need),
            Moved::Target(target, true) => tongue.target_is_new(target),
            Moved::Target(target, false) => tongue.target_is_gone(target),
            Moved::Words(rule) => tongue.words_of(rule),
            Moved::Missing(field) => tongue.whether_missing(field),
            Moved::Line(line) => line.clone(),
            Moved::Renamed(old, new) => tongue.is_named_now(old, new),
            Moved::Setting(name, was, is) => {
                let value = |value: &Option<String>| value.clone().unwrap_or_else(|| tongue.nothing().into());
                format!("{name}{colon}{} → {}", value(was), value(is))
            }
            Moved::Together(Together::WithRules) => tongue.together_with_rules().into(),
            Moved::Together(Together::All) => tongue.together_all().into(),
            Moved::Together(Together::Any) => tongue.together_any().into(),
            Moved::Order => tongue.order_of_declaration().into(),
            Moved::Others => tongue.other_lines().into(),
            Moved::NewCases => tongue.new_cases().into(),
            Moved::Conflict => tongue.marks_of_conflict().into(),
        }
    }
}
