//! A question of an interview in words: what is asked, why, and how to answer.

use crate::words::{Speaker, Tongue};
use qudao_engine::ask::{Question, Why};
use qudao_language::model::{Type, Value};

use super::rests::some_targets;
use crate::document::{Kind, Screen, column, widest};

/// So many rules are named at most.
const MOST_RULES: usize = 3;

/// Returns a question as a text of 80 columns: the question itself, why it is asked, and the answers that it takes.
#[must_use]
pub fn question(speaker: Speaker<'_>, question: &Question, number: usize, colour: bool) -> String {
    let ruleset = speaker.ruleset;
    let field = &ruleset.fields[question.field];
    let mut screen = Screen::new(colour);
    let asked = field.question.as_ref().map_or(&*field.name, |text| text.get(speaker.language));
    screen.hang(&[(Kind::Strong, &format!("{number}. "))], "", &asked.into());
    let why = format!("{}{}{}", field.name, speaker.tongue.colon(), because(speaker, question));
    screen.hang(&[(Kind::Plain, "   ")], "", &why.into());
    if let Type::Enum(of) | Type::Set(of) = field.ty {
        let members = &ruleset.enums[of].members;
        let names = widest(members.iter().map(|member| &*member.name), 24);
        for (number, member) in (1..).zip(members) {
            let lead = format!("   {number:>3}  {}  ", column(&member.name, names));
            let title = member.title.as_ref().map_or("", |title| title.get(speaker.language));
            screen.hang(&[(Kind::Plain, &lead)], "", &title.into());
        }
    }
    screen.hang(&[(Kind::Faint, "   ")], "", &how(speaker, question).into());
    screen.text
}

/// Returns why a question is asked, in a sentence.
#[must_use]
pub fn because(speaker: Speaker<'_>, question: &Question) -> String {
    let ruleset = speaker.ruleset;
    let english = speaker.tongue == Tongue::English;
    let targets = some_targets(&speaker, &question.affects);
    let value = default(speaker, question);
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
        (Why::Required, true) => "every profile answers this.".into(),
        (Why::Required, false) => "必须回答。".into(),
        (Why::Verdict, true) => format!("decides about {targets}{rules}."),
        (Why::Verdict, false) => format!("决定{targets}的结论{rules}。"),
        (Why::First, true) => format!("may change the order of {targets}{rules}."),
        (Why::First, false) => format!("可能影响{targets}的排序{rules}。"),
        (Why::Assumed, true) => format!("{value} is assumed; another answer could change {targets}."),
        (Why::Assumed, false) => format!("目前假定为 {value}；改变可能影响{targets}的结论。"),
        (Why::Measures, true) => format!("settles amounts of {targets}."),
        (Why::Measures, false) => format!("用于计算{targets}的数值。"),
        (Why::Needs, true) => format!("could add to-dos for {targets}."),
        (Why::Needs, false) => format!("可能增加{targets}的待办。"),
        (Why::Notes, true) if targets.is_empty() => "could add a warning or a note.".into(),
        (Why::Notes, false) if targets.is_empty() => "可能增加说明。".into(),
        (Why::Notes, true) => format!("could add a warning or a note on {targets}."),
        (Why::Notes, false) => format!("可能增加关于{targets}的说明。"),
    }
}

/// The default of the field that a question asks for.
fn default(speaker: Speaker<'_>, question: &Question) -> String {
    let field = &speaker.ruleset.fields[question.field];
    field.default.as_ref().map(|value| speaker.id(value, field.ty)).unwrap_or_default()
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
    let confirms = match (question.why, english) {
        (Why::Assumed, true) => format!("an empty line confirms {}; ", default(speaker, question)),
        (Why::Assumed, false) => format!("空行确认 {}；", default(speaker, question)),
        (Why::Required | Why::Verdict | Why::First | Why::Measures | Why::Needs | Why::Notes, _) => {
            String::new()
        }
    };
    if english {
        format!("{takes}{range}; {confirms}? if not known")
    } else {
        format!("{takes}{range}；{confirms}? 表示不清楚")
    }
}
