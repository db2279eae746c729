//! The tool's own words, in English and Chinese. Other languages fall back to English.

use crate::date::Date;
use crate::decide::State;
use crate::model::NeedState;
use crate::operator::Verdict;

/// A language of the tool's own words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tongue {
    /// English.
    English,
    /// Chinese.
    Chinese,
}

macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident: $english:literal, $chinese:literal;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(self) -> &'static str {
                match self {
                    Tongue::English => $english,
                    Tongue::Chinese => $chinese,
                }
            }
        )*
    };
}

impl Tongue {
    /// Returns the language for a BCP 47 tag.
    #[must_use]
    pub fn of(tag: &str) -> Tongue {
        let primary = tag.split(['-', '_']).next().unwrap_or("");
        if primary.eq_ignore_ascii_case("zh") { Tongue::Chinese } else { Tongue::English }
    }

    phrases! {
        /// What a text shows of a value that is unknown.
        not_known: "not known", "未知";
        /// An empty set.
        nothing: "nothing", "无";
        /// What became of a rule for a channel that it has no instance for.
        no_instance: "`where` leaves it out", "不在 where 的范围内";
        /// What may be typed instead of an answer to a question.
        keys: "An empty line leaves a question open, < goes back to the one before, . ends.", "空行跳过此题，< 返回上一题，. 结束。";
        /// The heading of the channels.
        channels: "Channels", "渠道";
        /// The heading of the mixes.
        mixes: "Mixes", "组合";
        /// The heading of what is to be done.
        to_do: "To do", "待办";
        /// The heading of what shuts targets out.
        excluded: "Excluded", "已排除";
        /// The heading of what decides.
        reasons: "Reasons", "理由";
        /// The heading of what to change for a better verdict.
        smallest_changes: "Smallest changes for a better verdict", "改动最少、结论更好的答案";
        /// The heading of notes.
        notes: "Notes", "说明";
        /// The word before a warning.
        warning: "warning", "注意";
        /// The word before a note.
        note: "note", "说明";
        /// The heading of answers that are missing.
        missing: "Answers still needed", "还需要回答";
        /// The heading of facts that no source tells.
        no_source: "No source says", "没有来源说明";
        /// The heading of disputed values without which a verdict would be another.
        rests_on: "Disputed, and a verdict rests on it", "有争议，且影响结论";
        /// A source in which little trust is put.
        low_confidence: "low confidence", "可信度低";
        /// The heading of values that were assumed.
        assumed: "Assumed, for the profile leaves it out", "按默认值假定（资料未填）";
        /// The heading of the sources.
        sources: "Sources", "来源";
        /// The heading of ties.
        ties: "Ties", "并列";
        /// The heading of all rules.
        rules: "All rules", "全部规则";
        /// The word before a capped verdict.
        at_best: "at best", "至多";
        /// Before what a source cannot settle.
        could_be: "could be", "可能为";
        /// Before the leaning of an undecided target.
        leaning: "leaning", "倾向";
        /// Between a value and who disputes it.
        disputed: "disputed", "有争议";
        /// The word before a line of a text.
        line: "line", "第";
        /// A rule without a condition.
        always: "always", "总是";
        /// Before a verdict that nobody can give yet.
        undecided: "undecided", "未定";
        /// The default of a field.
        by_default: "default", "默认";
        /// A field that the profile leaves out.
        left_out: "not given", "未填";
        /// Before the day on which a source was read.
        accessed: "read on", "查阅于";
        /// Between a fact and what it took the place of.
        replaces: "replaces", "取代";
        /// Before the next command.
        next: "next", "下一步";
    }

    /// Returns the word for true or false.
    #[must_use]
    pub fn yes_no(self, value: bool) -> &'static str {
        match (self, value) {
            (Tongue::English, true) => "yes",
            (Tongue::English, false) => "no",
            (Tongue::Chinese, true) => "是",
            (Tongue::Chinese, false) => "否",
        }
    }

    /// Returns the word for a verdict.
    #[must_use]
    pub fn verdict(self, verdict: Verdict) -> &'static str {
        match (self, verdict) {
            (Tongue::English, verdict) => verdict.as_str(),
            (Tongue::Chinese, Verdict::Recommended) => "推荐",
            (Tongue::Chinese, Verdict::Possible) => "可选",
            (Tongue::Chinese, Verdict::Unsuitable) => "不适合",
            (Tongue::Chinese, Verdict::Excluded) => "已排除",
        }
    }

    /// Returns the word for the state of a need.
    #[must_use]
    pub fn need_state(self, state: NeedState) -> &'static str {
        match (self, state) {
            (Tongue::English, state) => state.as_str(),
            (Tongue::Chinese, NeedState::Met) => "已具备",
            (Tongue::Chinese, NeedState::Unmet) => "未具备",
            (Tongue::Chinese, NeedState::Unknown) => "未知",
        }
    }

    /// Returns the word for what became of a rule.
    #[must_use]
    pub fn state(self, state: State) -> &'static str {
        match (self, state) {
            (Tongue::English, State::Fired) => "fired",
            (Tongue::English, State::NotFired) => "did not fire",
            (Tongue::English, State::Pending) => "pending",
            (Tongue::English, State::Excepted) => "set aside by an exception",
            (Tongue::Chinese, State::Fired) => "触发",
            (Tongue::Chinese, State::NotFired) => "未触发",
            (Tongue::Chinese, State::Pending) => "待定",
            (Tongue::Chinese, State::Excepted) => "因例外而不适用",
        }
    }

    /// Returns a sentence on what became of a rule.
    #[must_use]
    pub fn became(self, state: State) -> &'static str {
        match (self, state) {
            (Tongue::English, State::Fired) => "it fired",
            (Tongue::English, State::NotFired) => "it did not fire",
            (Tongue::English, State::Pending) => "it is pending",
            (Tongue::English, State::Excepted) => "an exception sets it aside",
            (Tongue::Chinese, _) => self.state(state),
        }
    }

    /// Joins words that hold together: `a, b and c`.
    #[must_use]
    pub fn and(self, words: &[String]) -> String {
        self.join(words, "and", "和")
    }

    /// Joins words of which one holds: `a, b or c`.
    #[must_use]
    pub fn or(self, words: &[String]) -> String {
        self.join(words, "or", "或")
    }

    fn join(self, words: &[String], english: &str, chinese: &str) -> String {
        match (self, words) {
            (_, []) => String::new(),
            (_, [one]) => one.clone(),
            (Tongue::English, [init @ .., last]) => format!("{} {english} {last}", init.join(", ")),
            (Tongue::Chinese, [init @ .., last]) => format!("{}{chinese}{last}", init.join("、")),
        }
    }

    /// Returns the word for a built-in unit, where the language has another than its name.
    #[must_use]
    pub fn unit(self, name: &str) -> Option<&'static str> {
        let words = [
            ("second", "秒"),
            ("minute", "分钟"),
            ("hour", "小时"),
            ("day", "天"),
            ("week", "周"),
            ("month", "个月"),
            ("year", "年"),
            ("percent", "%"),
            ("CNY", "元"),
            ("USD", "美元"),
            ("EUR", "欧元"),
        ];
        match self {
            Tongue::English => None,
            Tongue::Chinese => words.iter().find(|(unit, _)| *unit == name).map(|(_, word)| *word),
        }
    }

    /// Returns a day.
    #[must_use]
    pub fn date(self, date: Date) -> String {
        match self {
            Tongue::English => date.to_string(),
            Tongue::Chinese => {
                let (year, month, day) = date.parts();
                format!("{year}年{month}月{day}日")
            }
        }
    }

    /// Says at which day facts are read.
    #[must_use]
    pub fn as_of(self, day: Date) -> String {
        match self {
            Tongue::English => format!("as of {day}"),
            Tongue::Chinese => format!("截至 {day}"),
        }
    }

    /// Says when a source was read, and how many days ago.
    #[must_use]
    pub fn read_ago(self, source: &str, day: Date, days: i64) -> String {
        match self {
            Tongue::English if days == 1 => format!("{source}, {day}, 1 day ago"),
            Tongue::English => format!("{source}, {day}, {days} days ago"),
            Tongue::Chinese => format!("{source}，{day}，{days} 天前"),
        }
    }

    /// Says that a value ended, and that none came after it.
    #[must_use]
    pub fn ended(self, day: Date) -> String {
        match self {
            Tongue::English => format!("ended on {day}; nothing is stated of any day since"),
            Tongue::Chinese => format!("{day} 已到期，此后没有说明"),
        }
    }

    /// Says of sources that they have no day.
    #[must_use]
    pub fn without_day(self, sources: &[String]) -> String {
        match self {
            Tongue::English => format!("{}, without a day", self.list(sources)),
            Tongue::Chinese => format!("{}，没有日期", self.list(sources)),
        }
    }

    /// Says of a quote that the text does not have it.
    #[must_use]
    pub fn not_in_the_text(self) -> &'static str {
        match self {
            Tongue::English => "is not in the text",
            Tongue::Chinese => "不在文中",
        }
    }

    /// Says how many words of a text are cited.
    #[must_use]
    pub fn words_cited(self, cited: usize, all: usize) -> String {
        match self {
            Tongue::English => format!("{cited} of {all} words are cited"),
            Tongue::Chinese => format!("共 {all} 词，引用 {cited} 词"),
        }
    }

    /// Returns a number of points.
    #[must_use]
    pub fn points(self, points: i64) -> String {
        match (self, points) {
            (Tongue::English, 1 | -1) => format!("{points} point"),
            (Tongue::English, _) => format!("{points} points"),
            (Tongue::Chinese, _) => format!("{points} 分"),
        }
    }

    /// Asks whether further questions are wanted.
    #[must_use]
    pub fn ask_more(self, more: &str) -> String {
        match self {
            Tongue::English => format!("{more}. Go on? y or n"),
            Tongue::Chinese => format!("{more}。继续吗？y（是）或 n（否）"),
        }
    }

    /// Puts a remark behind something: `a (b)`.
    #[must_use]
    pub fn bracket(self, remark: &str) -> String {
        match self {
            Tongue::English => format!(" ({remark})"),
            Tongue::Chinese => format!("（{remark}）"),
        }
    }

    /// Returns the mark between two halves of a sentence.
    #[must_use]
    pub fn semicolon(self) -> &'static str {
        match self {
            Tongue::English => "; ",
            Tongue::Chinese => "；",
        }
    }

    /// Joins things that stand side by side: `a, b`.
    #[must_use]
    pub fn list(self, words: &[String]) -> String {
        words.join(match self {
            Tongue::English => ", ",
            Tongue::Chinese => "，",
        })
    }

    /// Returns the mark between a heading and what it heads.
    #[must_use]
    pub fn colon(self) -> &'static str {
        match self {
            Tongue::English => ": ",
            Tongue::Chinese => "：",
        }
    }
}
