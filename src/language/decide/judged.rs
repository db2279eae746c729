//! Three-valued truth, and what the unknown fields could still make of it.

/// Kleene's three truth values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// Not known.
    Unknown,
}

impl Truth {
    /// Returns the truth as JSON has it: nothing where it is unknown.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}

/// A truth value, and whether some filling of the unknown fields, unknown facts staying unknown, could make it true
/// or false. Parts are taken as independent of each other, so what is said to be impossible is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Judged {
    /// The truth as far as it is known.
    pub truth: Truth,
    /// Whether the unknown fields leave it open that it holds.
    pub can_hold: bool,
    /// Whether the unknown fields leave it open that it does not.
    pub can_fail: bool,
}

impl Judged {
    /// It holds, whatever is filled in.
    pub const TRUE: Judged = Judged { truth: Truth::True, can_hold: true, can_fail: false };
    /// It does not hold, whatever is filled in.
    pub const FALSE: Judged = Judged { truth: Truth::False, can_hold: false, can_fail: true };
    /// Not known, and no field could change that.
    pub const STUCK: Judged = Judged { truth: Truth::Unknown, can_hold: false, can_fail: false };
    /// Not known; the fields could make it either.
    pub const OPEN: Judged = Judged { truth: Truth::Unknown, can_hold: true, can_fail: true };

    /// Returns what is known for certain.
    #[must_use]
    pub fn known(value: bool) -> Judged {
        if value { Judged::TRUE } else { Judged::FALSE }
    }

    /// Tells whether it is unknown and the fields could change it.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.truth == Truth::Unknown && (self.can_hold || self.can_fail)
    }

    /// Tells whether it is known, or some filling of the unknown fields would make it so.
    #[must_use]
    pub fn settles(self) -> bool {
        self.can_hold || self.can_fail
    }

    /// Returns the same with its truth unknown; nothing can come of it unless it settles.
    #[must_use]
    pub fn unsettled(self, settles: bool) -> Judged {
        if settles { Judged { truth: Truth::Unknown, ..self } } else { Judged::STUCK }
    }

    /// Returns whether both hold.
    #[must_use]
    pub fn and(self, other: Judged) -> Judged {
        let truth = match (self.truth, other.truth) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            _ => Truth::Unknown,
        };
        Judged {
            truth,
            can_hold: self.can_hold && other.can_hold,
            can_fail: truth != Truth::True && (self.can_fail || other.can_fail),
        }
    }

    /// Returns whether one holds.
    #[must_use]
    pub fn or(self, other: Judged) -> Judged {
        self.not().and(other.not()).not()
    }

    /// Returns the second where the first holds and the third where it does not; unknown where the first is.
    #[must_use]
    pub fn either(condition: Judged, yes: Judged, no: Judged) -> Judged {
        let truth = match condition.truth {
            Truth::True => yes.truth,
            Truth::False => no.truth,
            Truth::Unknown => Truth::Unknown,
        };
        Judged {
            truth,
            can_hold: (condition.can_hold && yes.can_hold) || (condition.can_fail && no.can_hold),
            can_fail: (condition.can_hold && yes.can_fail) || (condition.can_fail && no.can_fail),
        }
    }

    /// Returns whether it does not hold.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "the third value makes it another operation than `!`")]
    pub fn not(self) -> Judged {
        let truth = match self.truth {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        };
        Judged { truth, can_hold: self.can_fail, can_fail: self.can_hold }
    }
}
