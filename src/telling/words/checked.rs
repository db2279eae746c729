//! What `check` says of a ruleset that has no errors, in other languages than English. The room that says it stands below
//! this one, so it is known here by its English: what stands between backticks, and each number, has its place by number.

use qudao_language::diagnostic::{Diagnostic, Severity};

use super::Tongue;

/// The English, and the Chinese.
const SAID: &[(&str, &str)] = &[
    ("nothing reads the field {0}", "没有任何地方读取字段 {0}"),
    ("asked of everyone, used nowhere", "人人要答，却无处使用"),
    ("remove it, or say why it stays: {0}", "请删除，或写明保留的理由：{0}"),
    ("nothing reads the fact {0}", "没有任何地方读取事实 {0}"),
    ("nothing reads the parameter {0}", "没有任何地方读取参数 {0}"),
    ("changes no answer", "不影响任何结论"),
    ("no channel states the fact {0}", "没有渠道写明事实 {0}"),
    ("the parameter {0} has no value", "参数 {0} 没有值"),
    ("read, and never known", "被读取，却始终未知"),
    ("state it in a channel, or say why it is open: {0}", "请在渠道中写明，或说明为何未定：{0}"),
    ("state it behind {0}, or say why it is open: {1}", "请写在 {0} 之后，或说明为何未定：{1}"),
    ("nothing uses the source {0}", "没有任何地方使用来源 {0}"),
    ("nothing uses the enum {0}", "没有任何地方使用枚举 {0}"),
    ("nothing uses the scale {0}", "没有任何地方使用等级 {0}"),
    ("nothing uses the unit {0}", "没有任何地方使用单位 {0}"),
    ("nothing uses the weight {0}", "没有任何地方使用权重 {0}"),
    ("nothing uses the level {0}", "没有任何地方使用档次 {0}"),
    ("nothing uses the let {0}", "没有任何地方使用定义 {0}"),
    ("nothing uses the measure {0}", "没有任何地方使用指标 {0}"),
    ("nothing uses the requirement {0}", "没有任何地方使用要求 {0}"),
    ("declared, used nowhere", "已声明，却无处使用"),
    (
        "no value of {0} has a source, and most other facts have one",
        "{0} 的值都没有来源，而其他事实大多有来源",
    ),
    ("this value of {0} has no source, and most others have one", "{0} 的这个值没有来源，而其他值大多有来源"),
    ("this row of {0} has no source, and most others have one", "{0} 的这一行没有来源，而其他行大多有来源"),
    ("this rule has no source, and most others have one", "这条规则没有来源，而其他规则大多有来源"),
    ("no {0}", "没有 {0}"),
    ("say who tells it: {0}; or why nobody has to: {1}", "请写明出处：{0}；或说明为何不需要出处：{1}"),
    ("so it is in {0} more places", "另有 {0} 处也是如此"),
    ("there is no {0} here to allow", "此处没有 {0} 可忽略"),
    ("silences nothing", "没有可忽略的"),
    ("remove it", "删除"),
    ("the answers change with the day, and no {0} says which", "结论随日期而变，却没有 {0} 指明日期"),
    ("no {0} in this header", "文件头没有 {0}"),
    ("this depends on the day", "这里取决于日期"),
    ("write {0}; a caller can still ask for another day", "请写 {0}；使用时仍可另指日期"),
    ("not in all of the ruleset's languages", "未用规则集的全部语言写明"),
    ("write {0} behind it, or {1} in a block {2}", "请在其后写 {0}，或在 {2} 中写 {1}"),
    ("write {0} behind it; a block {1} translates what has a name", "请在其后写 {0}；{1} 翻译有名称的内容"),
    ("the header names no language {0}", "文件头没有写语言 {0}"),
    ("a translation that is never shown by default", "默认从不显示的译文"),
    ("write {0}", "写作 {0}"),
    ("nothing here knows the text of {0}", "此处没有 {0} 的原文"),
    ("not looked up", "未核对"),
    ("bring the text: {0}; lock its quotes: {1}", "请提供原文：{0}；锁定引文：{1}"),
    ("a quote of {0} words is more than a fragment", "引文有 {0} 词，不只是片段"),
    ("too long to be a fragment", "过长，不算片段"),
    ("quote at most {0} words, and tell the rest in your own", "请至多引用 {0} 词，其余用自己的话写"),
    ("this text holds the invisible character {0}", "这段文字中有不可见字符 {0}"),
    ("this text holds {0} invisible characters", "这段文字中有 {0} 个不可见字符"),
    ("it cannot be seen here", "此处看不见"),
    ("the first cannot be seen here", "第一个在此处，看不见"),
    (
        "where it is meant, write it as an escape, so that a reader sees it",
        "若确实需要，请写成转义，让读者看得见",
    ),
    ("write the escape", "写成转义"),
    ("the field {0} is now {1}", "字段 {0} 现名 {1}"),
    ("the channel {0} is now {1}", "渠道 {0} 现名 {1}"),
    ("the value {0} is now {1}", "值 {0} 现名 {1}"),
    ("its old name, which is still read", "这是旧名，仍可使用"),
];

/// Behind the name of what lacks translations.
const LACKS: &str = "{0} lacks a translation into ";

impl Tongue {
    /// Tells what `check` found of a ruleset without errors in this language. What is not known in it stays as it is.
    #[must_use]
    pub fn checked(self, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if self == Tongue::English {
            return found;
        }
        for told in found.iter_mut().filter(|found| found.severity < Severity::Error) {
            let labels = std::iter::once(&mut told.label).chain(&mut told.labels);
            let fixes = told.fix.iter_mut().chain(&mut told.choices).map(|fix| &mut fix.message);
            let texts = labels.map(|label| &mut label.message).chain(&mut told.notes).chain(fixes);
            for text in texts.chain([&mut told.message]) {
                if let Some(known) = known(text) {
                    *text = known;
                }
            }
        }
        found
    }
}

fn known(english: &str) -> Option<String> {
    let (said, of) = parts(english);
    if said.starts_with(LACKS) {
        return lacking(english);
    }
    let (_, chinese) = SAID.iter().find(|(english, _)| *english == said)?;
    let mut text = (*chinese).to_string();
    for (number, of) in of.iter().enumerate() {
        text = text.replace(&format!("{{{number}}}"), of);
    }
    Some(text)
}

/// A text with numbers in the places of what it speaks of, and what that is.
fn parts(text: &str) -> (String, Vec<&str>) {
    let (mut said, mut of) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '`' => rest.get(1..).and_then(|inner| inner.find('`')).map(|end| end + 2),
            '0'..='9' => Some(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())),
            _ => None,
        };
        let (piece, behind) = rest.split_at(end.unwrap_or(c.len_utf8()));
        match end {
            Some(_) => {
                said.push_str(&format!("{{{}}}", of.len()));
                of.push(piece);
            }
            None => said.push_str(piece),
        }
        rest = behind;
    }
    (said, of)
}

/// What lacks translations, and which parts of it into which languages.
fn lacking(english: &str) -> Option<String> {
    let (owner, lists) = english.split_once(" lacks a translation into ")?;
    let lists = lists.split(" and into ").map(|list| {
        let (language, parts) = list.split_once(" of its ")?;
        let parts: Vec<String> = parts.split(", ").map(|part| format!("`{part}`")).collect();
        Some(format!("{language}（{}）", parts.join("、")))
    });
    let lists = lists.collect::<Option<Vec<String>>>()?;
    Some(format!("{owner} 缺少译文：{}", lists.join("，")))
}
