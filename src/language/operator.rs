//! Operators, as the text and the meaning share them.

use std::collections::BTreeSet;

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

/// The least and the greatest of some numbers, where there are such.
pub type Ends<T> = (Option<T>, Option<T>);

/// An end of a range, or none on its side.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End<T> {
    Below,
    At(T),
    Above,
}

/// Returns the range of the products of two numbers of which only ranges are known. A product that is too large is no
/// end.
pub fn product_of_ranges<T: Copy + Ord>(
    left: Ends<T>,
    right: Ends<T>,
    zero: T,
    times: impl Fn(T, T) -> Option<T>,
) -> Ends<T> {
    let ends = |(low, high): Ends<T>| [low.map_or(End::Below, End::At), high.map_or(End::Above, End::At)];
    let corner = |a: End<T>, b: End<T>| {
        let zero = End::At(zero);
        if a == zero || b == zero {
            return zero;
        }
        let product = match (a, b) {
            (End::At(a), End::At(b)) => times(a, b).map(End::At),
            _ => None,
        };
        product.unwrap_or(if (a < zero) == (b < zero) { End::Above } else { End::Below })
    };
    let corners = ends(left).map(|a| ends(right).map(|b| corner(a, b)));
    let all = || corners.iter().flatten().copied();
    let at = |end: Option<End<T>>| match end {
        Some(End::At(value)) => Some(value),
        Some(End::Below | End::Above) | None => None,
    };
    (at(all().min()), at(all().max()))
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
    /// Tells whether a set has those of another that are meant.
    #[must_use]
    pub fn holds(self, members: &BTreeSet<u32>, wanted: &BTreeSet<u32>) -> bool {
        match self {
            Quantifier::Any => !members.is_disjoint(wanted),
            Quantifier::All => wanted.is_subset(members),
            Quantifier::None => members.is_disjoint(wanted),
            Quantifier::Only => members.is_subset(wanted),
        }
    }

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
    /// Has no channel that is not excluded less of a measure?
    Lowest,
    /// Has none more?
    Highest,
}

impl State {
    /// Every one.
    pub const ALL: [State; 6] =
        [State::Known, State::Unknown, State::Excluded, State::Eligible, State::Lowest, State::Highest];

    /// Returns the words of all.
    pub fn words() -> impl Iterator<Item = &'static str> {
        State::ALL.into_iter().map(State::as_str)
    }

    /// Returns the word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Known => "known",
            State::Unknown => "unknown",
            State::Excluded => "excluded",
            State::Eligible => "eligible",
            State::Lowest => "lowest",
            State::Highest => "highest",
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
