//! The codes of diagnostics. Each names a problem and has a page under `docs/diagnostics`.

use super::Severity;

macro_rules! codes {
    ($($code:ident $name:literal $severity:ident,)*) => {
        /// The kind of a diagnostic.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`")] $code,)*
        }

        impl Code {
            /// All codes, by name.
            pub const ALL: &'static [Code] = &[$(Code::$code,)*];

            /// Returns the readable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$code => $name,)* }
            }

            /// Returns how much a diagnostic of this code weighs.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Code::$code => Severity::$severity,)* }
            }

            /// Returns the page that explains the code, in Markdown.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self { $(Code::$code => include_str!(concat!("../diagnostics/", $name, ".md")),)* }
            }
        }
    };
}

codes! {
    AlwaysExcepted "always-excepted" Warning,
    AlwaysRecommended "always-recommended" Warning,
    AlwaysTrue "always-true" Warning,
    AmbiguousTitle "ambiguous-title" Error,
    ArithmeticTooLarge "arithmetic-too-large" Error,
    BadDefault "bad-default" Error,
    BadEscape "bad-escape" Error,
    BadPath "bad-path" Error,
    BadRange "bad-range" Error,
    ChainedComparison "chained-comparison" Error,
    Cycle "cycle" Error,
    DeadRule "dead-rule" Warning,
    DisputedAlone "disputed-alone" Error,
    DuplicateClause "duplicate-clause" Error,
    DuplicateField "duplicate-field" Error,
    DuplicateName "duplicate-name" Error,
    EmptyCell "empty-cell" Error,
    EmptyRule "empty-rule" Error,
    ExpiredFact "expired-fact" Warning,
    FileTooLarge "file-too-large" Error,
    FileUnreadable "file-unreadable" Error,
    ForbiddenCharacter "forbidden-character" Error,
    HiddenCharacter "hidden-character" Warning,
    IdleField "idle-field" Warning,
    IdleScore "idle-score" Warning,
    IdleValue "idle-value" Note,
    LongQuote "long-quote" Warning,
    MalformedProfile "malformed-profile" Error,
    MalformedProject "malformed-project" Error,
    MergeConflict "merge-conflict" Error,
    MisplacedQuestion "misplaced-question" Error,
    MissingAsOf "missing-as-of" Warning,
    MissingField "missing-field" Error,
    MissingRuleset "missing-ruleset" Error,
    MissingSeparator "missing-separator" Error,
    MissingSign "missing-sign" Error,
    MissingTranslation "missing-translation" Note,
    MoreMistakes "more-mistakes" Error,
    NeverRecommended "never-recommended" Warning,
    NoRecommendation "no-recommendation" Warning,
    NoSuchDay "no-such-day" Error,
    NothingToOverride "nothing-to-override" Error,
    NotLinear "not-linear" Error,
    NotUtf8 "not-utf8" Error,
    NotWhole "not-whole" Error,
    NumberTooLong "number-too-long" Error,
    NumberedText "numbered-text" Error,
    OutOfRange "out-of-range" Error,
    OverlappingDates "overlapping-dates" Error,
    OverlappingRows "overlapping-rows" Error,
    QuoteNotFound "quote-not-found" Error,
    QuoteUnverified "quote-unverified" Warning,
    RenamedChannel "renamed-channel" Note,
    RenamedField "renamed-field" Note,
    RenamedValue "renamed-value" Note,
    ReservedName "reserved-name" Error,
    SameRule "same-rule" Warning,
    SmallPercent "small-percent" Note,
    StaleLock "stale-lock" Warning,
    Syntax "syntax" Error,
    TooDeep "too-deep" Error,
    TooLarge "too-large" Error,
    TypeMismatch "type-mismatch" Error,
    UnbalancedBracket "unbalanced-bracket" Error,
    UnclosedText "unclosed-text" Error,
    UndatedTest "undated-test" Error,
    UnitMismatch "unit-mismatch" Error,
    UnknownChannel "unknown-channel" Error,
    UnknownCode "unknown-code" Error,
    UnknownEnum "unknown-enum" Error,
    UnknownFact "unknown-fact" Error,
    UnknownField "unknown-field" Error,
    UnknownFunction "unknown-function" Error,
    UnknownLanguage "unknown-language" Warning,
    UnknownMeasure "unknown-measure" Error,
    UnknownName "unknown-name" Error,
    UnknownRule "unknown-rule" Error,
    UnknownRuleset "unknown-ruleset" Error,
    UnknownSetting "unknown-setting" Error,
    UnknownSource "unknown-source" Error,
    UnknownTarget "unknown-target" Error,
    UnknownText "unknown-text" Error,
    UnknownType "unknown-type" Error,
    UnknownUnit "unknown-unit" Error,
    UnknownValue "unknown-value" Error,
    Unproved "unproved" Note,
    UnprovedRows "unproved-rows" Warning,
    UnreachedRow "unreached-row" Warning,
    UnreadFact "unread-fact" Note,
    UnreadField "unread-field" Warning,
    Unsourced "unsourced" Note,
    UnstatedFact "unstated-fact" Note,
    Unused "unused" Note,
    UnusedAllow "unused-allow" Warning,
    WrongCells "wrong-cells" Error,
    WrongIndex "wrong-index" Error,
    WrongMember "wrong-member" Error,
}

impl Code {
    /// Tells whether it is a finding of analysis: what checking does not look for, but what a proof tells of a
    /// ruleset that has no errors.
    #[must_use]
    pub fn is_finding(self) -> bool {
        matches!(
            self,
            Code::AlwaysExcepted
                | Code::AlwaysRecommended
                | Code::AlwaysTrue
                | Code::DeadRule
                | Code::ExpiredFact
                | Code::IdleField
                | Code::IdleScore
                | Code::IdleValue
                | Code::NeverRecommended
                | Code::NoRecommendation
                | Code::OverlappingRows
                | Code::SameRule
                | Code::Unproved
                | Code::UnprovedRows
                | Code::UnreachedRow
        )
    }

    /// Returns the code of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name() == name)
    }
}
