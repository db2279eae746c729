//! Operators, as the text and the meaning share them.

/// A sign.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CompareOp {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl CompareOp {
    /// Returns the operator as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            CompareOp::Equal => "==",
            CompareOp::NotEqual => "!=",
            CompareOp::Less => "<",
            CompareOp::AtMost => "<=",
            CompareOp::Greater => ">",
            CompareOp::AtLeast => ">=",
        }
    }

    /// Tells whether the comparison holds of two values that are ordered so.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Equal => ordering.is_eq(),
            CompareOp::NotEqual => ordering.is_ne(),
            CompareOp::Less => ordering.is_lt(),
            CompareOp::AtMost => ordering.is_le(),
            CompareOp::Greater => ordering.is_gt(),
            CompareOp::AtLeast => ordering.is_ge(),
        }
    }

    /// Tells whether the comparison can hold, and whether it can fail, of two values of which only ranges are known: the
    /// least and the greatest, where there is one. `holds` compares two values.
    #[must_use]
    pub fn of_ranges<T>(
        self,
        left: &(Option<T>, Option<T>),
        right: &(Option<T>, Option<T>),
        holds: impl Fn(CompareOp, &T, &T) -> bool,
    ) -> (bool, bool) {
        let below = |low: &Option<T>, high: &Option<T>, op: CompareOp| match (low, high) {
            (Some(low), Some(high)) => holds(op, low, high),
            _ => true,
        };
        // Whether some value on the left is less, or at most, as great as some on the right; and the other way round.
        let less = below(&left.0, &right.1, CompareOp::Less);
        let at_most = below(&left.0, &right.1, CompareOp::AtMost);
        let greater = below(&right.0, &left.1, CompareOp::Less);
        let at_least = below(&right.0, &left.1, CompareOp::AtMost);
        match self {
            CompareOp::Less => (less, at_least),
            CompareOp::AtLeast => (at_least, less),
            CompareOp::AtMost => (at_most, greater),
            CompareOp::Greater => (greater, at_most),
            CompareOp::Equal => (at_most && at_least, less || greater),
            CompareOp::NotEqual => (less || greater, at_most && at_least),
        }
    }

    /// Returns the comparison that holds of two numbers with the other sign.
    #[must_use]
    pub fn turned(self) -> CompareOp {
        match self {
            CompareOp::Less => CompareOp::Greater,
            CompareOp::AtMost => CompareOp::AtLeast,
            CompareOp::Greater => CompareOp::Less,
            CompareOp::AtLeast => CompareOp::AtMost,
            CompareOp::Equal | CompareOp::NotEqual => self,
        }
    }

    /// Tells whether it asks for equality only.
    #[must_use]
    pub fn is_equality(self) -> bool {
        matches!(self, CompareOp::Equal | CompareOp::NotEqual)
    }
}

/// Which members of a set are meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Quantifier {
    /// One of them at least.
    Any,
    /// Each of them.
    All,
    /// Not one of them.
    None,
    /// None but them.
    Only,
}

impl Quantifier {
    /// Returns the word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Quantifier::Any => "any",
            Quantifier::All => "all",
            Quantifier::None => "none",
            Quantifier::Only => "only",
        }
    }
}

/// What `is` asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// Is there a value?
    Known,
    /// Is there none?
    Unknown,
    /// Is the target excluded?
    Excluded,
    /// Is it not excluded?
    Eligible,
}

impl State {
    /// Returns the word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Known => "known",
            State::Unknown => "unknown",
            State::Excluded => "excluded",
            State::Eligible => "eligible",
        }
    }
}

/// Which of a table's matching rows count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Policy {
    /// Every one.
    Collect,
    /// The first.
    First,
    /// The only one: no two rows overlap.
    Unique,
}

impl Policy {
    /// Returns the word of the language.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Policy::Collect => "collect",
            Policy::First => "first",
            Policy::Unique => "unique",
        }
    }
}

/// A verdict on a target, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// Its score reaches the first threshold.
    Recommended,
    /// Its score reaches the second threshold.
    Possible,
    /// Its score reaches neither.
    Unsuitable,
    /// A rule excludes it.
    Excluded,
}

impl Verdict {
    /// All verdicts, best first.
    pub const ALL: [Verdict; 4] =
        [Verdict::Recommended, Verdict::Possible, Verdict::Unsuitable, Verdict::Excluded];

    /// Returns the word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Recommended => "recommended",
            Verdict::Possible => "possible",
            Verdict::Unsuitable => "unsuitable",
            Verdict::Excluded => "excluded",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }
}
