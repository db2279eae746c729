//! A question of an interview in words: what is asked, why, and how to answer.

use crate::ask::{Question, Why};
use crate::model::{Type, Value};
use crate::words::{Speaker, Tongue};

use super::page::{Page, Style};

/// So many rules are named at most.
const MOST_RULES: usize = 3;

/// So many targets are named at most.
const MOST_TARGETS: usize = 4;

/// Returns a question as a text of 80 columns: the question itself, why it is asked, and the answers that it takes.
#[must_use]
pub fn question(speaker: Speaker<'_>, question: &Question, number: usize, colour: bool) -> String {
    let ruleset = speaker.ruleset;
    let field = &ruleset.fields[question.field];
    let mut page = Page::new(colour);
    let asked = field.question.as_ref().map_or(&*field.name, |text| text.get(speaker.language));
    page.hang(&[(Style::Strong, &format!("{number}. "))], asked);
    page.hang(&[(Style::Plain, "   ")], &why(speaker, question));
    if let Type::Enum(of) | Type::Set(of) = field.ty {
        let members = &ruleset.enums[of].members;
        let names = super::page::widest(members.iter().map(|member| &*member.name), 24);
        for (number, member) in (1..).zip(members) {
            let lead = format!("   {number:>3}  {}  ", super::page::column(&member.name, names));
            let title = member.title.as_ref().map_or("", |title| title.get(speaker.language));
            page.hang(&[(Style::Plain, &lead)], title);
        }
    }
    page.hang(&[(Style::Faint, "   ")], &how(speaker, question));
    page.finish()
}

fn why(speaker: Speaker<'_>, question: &Question) -> String {
    let ruleset = speaker.ruleset;
    let english = speaker.tongue == Tongue::English;
    let name = &ruleset.fields[question.field].name;
    let targets = targets(speaker, question);
    let mut rules: Vec<String> =
        question.rules.iter().map(|rule| ruleset.rules[*rule].name.to_string()).collect();
    if rules.len() > MOST_RULES {
        rules.truncate(MOST_RULES);
        rules.push("…".into());
    }
    let rules = match (rules.is_empty(), english) {
        (true, _) => String::new(),
        (false, true) => format!(", by {}", speaker.tongue.list(&rules)),
        (false, false) => format!("（规则 {}）", speaker.tongue.list(&rules)),
    };
    match (question.why, english) {
        (Why::Required, true) => format!("{name}: every profile answers this."),
        (Why::Required, false) => format!("{name}：必须回答。"),
        (Why::Verdict, true) => format!("{name}: decides about {targets}{rules}."),
        (Why::Verdict, false) => format!("{name}：决定 {targets}的结论{rules}。"),
        (Why::First, true) => format!("{name}: may change the order of {targets}{rules}."),
        (Why::First, false) => format!("{name}：可能影响 {targets}的排序{rules}。"),
    }
}

/// The first targets that a question decides about, and how many more there are.
fn targets(speaker: Speaker<'_>, question: &Question) -> String {
    let names = question.affects.iter().map(|target| speaker.ruleset.target_name(*target).to_string());
    let mut names: Vec<String> = names.collect();
    let all = names.len();
    let more = if all > MOST_TARGETS { names.split_off(MOST_TARGETS - 1).len() } else { 0 };
    match (speaker.tongue, more) {
        (Tongue::English, 0) => speaker.tongue.and(&names),
        (Tongue::English, _) => format!("{} and {more} more", names.join(", ")),
        (Tongue::Chinese, 0) => format!("{} ", names.join("、")),
        (Tongue::Chinese, _) => format!("{} 等 {all} 个目标", names.join("、")),
    }
}

fn how(speaker: Speaker<'_>, question: &Question) -> String {
    let field = &speaker.ruleset.fields[question.field];
    let english = speaker.tongue == Tongue::English;
    let takes = match (field.ty, english) {
        (Type::Bool, true) => "y or n".into(),
        (Type::Bool, false) => "y（是）或 n（否）".into(),
        (Type::Enum(_), true) => "a number or a name".into(),
        (Type::Enum(_), false) => "编号或名称".into(),
        (Type::Set(_), true) => "numbers or names, parted by commas; - for none".into(),
        (Type::Set(_), false) => "编号或名称，用逗号分隔；- 表示都没有".into(),
        (Type::Number(number), _) => {
            let unit = speaker.ruleset.units.name(number.unit, true);
            match (unit.is_empty(), english) {
                (true, true) => "a number".into(),
                (true, false) => "数字".into(),
                (false, true) => format!("a number in {unit}"),
                (false, false) => format!("数字，单位 {unit}"),
            }
        }
        (Type::Date, true) => "a day such as 2026-03-01".into(),
        (Type::Date, false) => "日期，例如 2026-03-01".into(),
        (Type::Text, true) => "a text".into(),
        (Type::Text, false) => "文字".to_string(),
    };
    let shown = |value: &Value| speaker.id(value, field.ty);
    let range = match (&field.low, &field.high, english) {
        (None, None, _) => String::new(),
        (Some(low), Some(high), true) => format!(" from {} to {}", shown(low), shown(high)),
        (Some(low), None, true) => format!(", at least {}", shown(low)),
        (None, Some(high), true) => format!(", at most {}", shown(high)),
        (Some(low), Some(high), false) => format!("，{} 至 {}", shown(low), shown(high)),
        (Some(low), None, false) => format!("，至少 {}", shown(low)),
        (None, Some(high), false) => format!("，至多 {}", shown(high)),
    };
    if english {
        format!("{takes}{range}; ? if not known")
    } else {
        format!("{takes}{range}；? 表示不清楚")
    }
}
