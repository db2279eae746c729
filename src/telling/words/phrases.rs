//! The tool's own words, in English and Chinese. Other languages fall back to English.

use qudao_language::date::Date;
use qudao_language::decide::{State, Truth};
use qudao_language::model::{NeedState, primary};
use qudao_language::operator::Verdict;

/// So many words of a list are a few.
const FEW: usize = 6;

/// A language of the tool's own words.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Tongue {
    /// English.
    #[default]
    English,
    /// Chinese.
    Chinese,
}

impl Tongue {
    /// Returns the language for a BCP 47 tag.
    #[must_use]
    pub fn of(tag: &str) -> Tongue {
        if primary(tag) == "zh" { Tongue::Chinese } else { Tongue::English }
    }

    /// Returns the language that somebody asked for, else English.
    #[must_use]
    pub fn told_in(language: Option<&str>) -> Tongue {
        language.map_or(Tongue::English, Tongue::of)
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
        /// What a mix is.
        mix: "mix", "组合";
        /// The heading of what is to be done.
        to_do: "To do", "待办";
        /// The heading of what shuts targets out.
        excluded: "Excluded", "已排除";
        /// The heading of what decides.
        reasons: "Reasons", "理由";
        /// The heading of what to change for a better verdict.
        smallest_changes: "Smallest changes for a better verdict", "改动哪些答案，结论会更好";
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
        /// The heading of measures.
        measures: "Measures", "指标";
        /// The heading of ties.
        ties: "Ties", "并列";
        /// The heading of all rules.
        rules: "All rules", "全部规则";
        /// The word before a capped verdict.
        at_best: "at best", "至多";
        /// Before what a source cannot settle.
        could_be: "could be", "可能是";
        /// Before the leaning of an undecided target.
        leaning: "leaning", "倾向";
        /// Behind a target of which facts are open.
        not_all_said: "no source says all", "有事项待核实";
        /// Behind a target whose verdict would be another with the value of another source.
        rests_on_disputed: "rests on a disputed value", "依据有争议";
        /// Before what a requirement costs.
        costs: "costs", "费用";
        /// Before how long a requirement takes.
        takes: "takes", "需时";
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
        /// Behind a part of a condition that could be otherwise.
        decides_nothing: "decides nothing", "不起作用";
        /// Behind a part of a condition that is as good a reason as the one that decides.
        would_do: "would do alone", "单独也足够";
        /// Behind the branch of an `if` that is not its value.
        not_taken: "not taken", "未取";
        /// Why a fact has no value.
        no_source_says: "no source says", "没有来源说明";
        /// Of what was said just before.
        as_above: "as above", "同上";
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

    /// Returns the word for a verdict, or for none.
    #[must_use]
    pub fn verdict_or_undecided(self, verdict: Option<Verdict>) -> &'static str {
        verdict.map_or(self.undecided(), |verdict| self.verdict(verdict))
    }

    /// Returns what a verdict could be: `possible or excluded`.
    #[must_use]
    pub fn verdicts(self, verdicts: &[Verdict]) -> String {
        let words: Vec<String> = verdicts
            .iter()
            .map(|verdict| match self {
                Tongue::English => self.verdict(*verdict).to_string(),
                Tongue::Chinese => format!("“{}”", self.verdict(*verdict)),
            })
            .collect();
        self.or(&words)
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
            (Tongue::Chinese, [init @ .., last]) => {
                let init = init.join("、");
                let behind = if last.starts_with(|c: char| c.is_ascii_alphanumeric()) { " " } else { "" };
                format!("{init}{}{chinese}{behind}{last}", self.apart(&init))
            }
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

    /// Says that what a source told held until a day.
    #[must_use]
    pub fn ended(self, day: Date) -> String {
        match self {
            Tongue::English => format!("the source's value ended on {day}"),
            Tongue::Chinese => format!("来源的数值已于 {day} 到期"),
        }
    }

    /// Says by which rule a verdict is capped.
    #[must_use]
    pub fn capped_by(self, rule: &str) -> String {
        match self {
            Tongue::English => format!("capped by {rule}"),
            Tongue::Chinese => format!("受 {rule} 限制"),
        }
    }

    /// Says how many more there are that are not shown.
    #[must_use]
    pub fn more(self, count: usize) -> String {
        match self {
            Tongue::English => format!("{count} more"),
            Tongue::Chinese => format!("另有 {count} 项"),
        }
    }

    /// Says how many have a verdict.
    #[must_use]
    pub fn so_many(self, count: usize, verdict: &str) -> String {
        match self {
            Tongue::English => format!("{count} {verdict}"),
            Tongue::Chinese => format!("{verdict} {count}"),
        }
    }

    /// Says how much more there is to do for a target.
    #[must_use]
    pub fn more_to_do(self, count: usize, target: &str) -> String {
        match self {
            Tongue::English => format!("{count} more to do; the proof of {target} tells all"),
            Tongue::Chinese => format!("还有 {count} 件待办；{target} 的证明列出全部"),
        }
    }

    /// Says how much there is to do.
    #[must_use]
    pub fn to_do_count(self, count: usize) -> String {
        match self {
            Tongue::English => format!("{count} to do"),
            Tongue::Chinese => format!("{count} 件待办"),
        }
    }

    /// Says what something is: `Cards is unsuitable`.
    #[must_use]
    pub fn is(self, what: &str, word: &str) -> String {
        match self {
            Tongue::English => format!("{what} is {word}"),
            Tongue::Chinese => format!("{what}{word}"),
        }
    }

    /// Says for which target something is needed.
    #[must_use]
    pub fn needed_for(self, target: &str) -> String {
        match self {
            Tongue::English => format!("for {target}"),
            Tongue::Chinese => format!("{target}所需"),
        }
    }

    /// Says of which target something was said before.
    #[must_use]
    pub fn as_for(self, target: &str) -> String {
        match self {
            Tongue::English => format!("as for {target}"),
            Tongue::Chinese => format!("同{target}"),
        }
    }

    /// Returns what sets words in Latin letters apart from Chinese ones behind them.
    #[must_use]
    pub fn apart(self, before: &str) -> &'static str {
        if self == Tongue::Chinese && before.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            " "
        } else {
            ""
        }
    }

    /// Returns words that stand between Chinese ones: those in Latin letters apart from them.
    #[must_use]
    pub fn set_apart(self, words: &str) -> String {
        let before = if words.starts_with(|c: char| c.is_ascii_alphanumeric()) { " " } else { "" };
        format!("{before}{words}{}", self.apart(words))
    }

    /// Says with which channel a target is excluded.
    #[must_use]
    pub fn excluded_through(self, channel: &str) -> String {
        match self {
            Tongue::English => format!("through {channel}, which is excluded"),
            Tongue::Chinese => format!("因{channel}已排除"),
        }
    }

    /// Says of targets that only their declaration orders them.
    #[must_use]
    pub fn tie(self, names: &str) -> String {
        match self {
            Tongue::English => format!("{names}: equal so far; they stand in the order of declaration"),
            Tongue::Chinese => format!("{names}：目前相等，按声明顺序排列"),
        }
    }

    /// Heads parameters.
    #[must_use]
    pub fn parameters(self) -> &'static str {
        match self {
            Tongue::English => "Parameters",
            Tongue::Chinese => "参数",
        }
    }

    /// Heads the facts of channels.
    #[must_use]
    pub fn facts(self) -> &'static str {
        match self {
            Tongue::English => "Facts",
            Tongue::Chinese => "事实",
        }
    }

    /// Heads the values of parameters.
    #[must_use]
    pub fn value(self) -> &'static str {
        match self {
            Tongue::English => "Value",
            Tongue::Chinese => "值",
        }
    }

    /// Says of facts that no source tells them.
    #[must_use]
    pub fn no_source_for(self, facts: &str) -> String {
        match self {
            Tongue::English => format!("no source says {facts}"),
            Tongue::Chinese => format!("没有来源说明{}", self.set_apart(facts).trim_end()),
        }
    }

    /// Says of a fact that what a source told of it held until a day.
    #[must_use]
    pub fn ended_for(self, fact: &str, day: Date) -> String {
        match self {
            Tongue::English => format!("the source's value of {fact} ended on {day}"),
            Tongue::Chinese => format!("来源中 {fact} 的数值已于 {day} 到期"),
        }
    }

    /// Says from which day and until which something holds; nothing where it always does.
    #[must_use]
    pub fn period(self, since: Option<Date>, until: Option<Date>) -> Option<String> {
        Some(match (self, since, until) {
            (_, None, None) => return None,
            (Tongue::English, Some(since), None) => format!("since {since}"),
            (Tongue::English, None, Some(until)) => format!("until {until}"),
            (Tongue::English, Some(since), Some(until)) => format!("since {since} until {until}"),
            (Tongue::Chinese, Some(since), None) => format!("自 {since} 起"),
            (Tongue::Chinese, None, Some(until)) => format!("至 {until} 止"),
            (Tongue::Chinese, Some(since), Some(until)) => format!("自 {since} 起，至 {until} 止"),
        })
    }

    /// Says what became of the rows before one of a table of which the first counts: whether it is free for them.
    #[must_use]
    pub fn rows_before(self, free: Truth, count: usize, row: &str) -> String {
        match (self, free, count) {
            (Tongue::English, Truth::True, 1) => "the row before does not match".into(),
            (Tongue::English, Truth::True, _) => format!("none of the {count} rows before matches"),
            (Tongue::English, Truth::False, _) => format!("{row} stands before it and matches"),
            (Tongue::English, Truth::Unknown, _) => format!("{row} stands before it and may match"),
            (Tongue::Chinese, Truth::True, _) => format!("前面 {count} 行都不匹配"),
            (Tongue::Chinese, Truth::False, _) => format!("前面的 {row} 已匹配"),
            (Tongue::Chinese, Truth::Unknown, _) => format!("前面的 {row} 可能匹配"),
        }
    }

    /// Says how many more rows of a table there are, how many of them are open, and how many stand behind the first row
    /// that matches.
    #[must_use]
    pub fn rows_beyond(
        self,
        table: &str,
        count: usize,
        open: usize,
        (behind, first): (usize, &str),
    ) -> String {
        let failed = count - open - behind;
        let parts = match self {
            Tongue::English => [
                (failed, format!("{failed} do not match")),
                (open, format!("{open} are open")),
                (behind, format!("{behind} stand behind {first}, which matches")),
            ],
            Tongue::Chinese => [
                (failed, format!("{failed} 行不匹配")),
                (open, format!("{open} 行待定")),
                (behind, format!("{behind} 行在已匹配的 {first} 之后")),
            ],
        };
        let parts: Vec<String> =
            parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
        match self {
            Tongue::English => {
                format!("{count} more rows of {table}: {}; a row is shown by its name", self.list(&parts))
            }
            Tongue::Chinese => {
                format!("{table} 另有 {count} 行：{}；可按行名查看", self.list(&parts))
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
    pub fn ended_for_good(self, day: Date) -> String {
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

    /// Returns a score by the levels that made it, each with its title, its points, and how often it did.
    #[must_use]
    pub fn by_level<'l>(self, levels: impl Iterator<Item = (&'l str, i64, i64)>, score: i64) -> String {
        let (mut parts, mut rest) = (Vec::new(), score);
        for (title, points, count) in levels.filter(|(.., count)| *count != 0) {
            rest = rest.saturating_sub(points.saturating_mul(count));
            parts.push(match self {
                Tongue::English => format!("{count} {title}"),
                Tongue::Chinese if count < 0 => format!("-{title} {} 条", count.unsigned_abs()),
                Tongue::Chinese => format!("{title} {count} 条"),
            });
        }
        if rest != 0 || parts.is_empty() {
            parts.push(rest.to_string());
        }
        self.list(&parts)
    }

    /// Says that there are so many more.
    #[must_use]
    pub fn and_more(self, count: usize) -> String {
        match self {
            Tongue::English => format!("and {count} more"),
            Tongue::Chinese => format!("以及另外 {count} 项"),
        }
    }

    /// Returns the word for the first place, and what is told of something that changed.
    #[must_use]
    pub fn heads_of_changes(self) -> [&'static str; 4] {
        match self {
            Tongue::English => ["first", "before", "now", "needs"],
            Tongue::Chinese => ["首选", "之前", "现在", "需要"],
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

    /// Returns within which bounds a number is that is not known.
    #[must_use]
    pub fn between(self, low: Option<String>, high: Option<String>) -> String {
        match (self, low, high) {
            (_, None, None) => String::new(),
            (Tongue::English, Some(low), Some(high)) => format!("between {low} and {high}"),
            (Tongue::English, Some(low), None) => format!("at least {low}"),
            (Tongue::English, None, Some(high)) => format!("at most {high}"),
            (Tongue::Chinese, Some(low), Some(high)) => format!("{low} 至 {high}"),
            (Tongue::Chinese, Some(low), None) => format!("至少 {low}"),
            (Tongue::Chinese, None, Some(high)) => format!("至多 {high}"),
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

    /// Returns a few of some words as a list, and how many more there are.
    #[must_use]
    pub fn some(self, words: &[String]) -> String {
        let mut told: Vec<String> = words.iter().take(FEW).cloned().collect();
        let more = words.len().saturating_sub(FEW);
        if more > 0 {
            told.push(match self {
                Tongue::English => format!("{more} more"),
                Tongue::Chinese => format!("另有 {more} 项"),
            });
        }
        self.list(&told)
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
