//! A form to fill in: a row a profile, a column a field, with what may be answered as lists to choose from.

use qudao_language::date::Date;
use qudao_language::model::{Enum, Field, Id, Type, Value};
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Formula};

use super::{Cell, Sheet, save, unwritten};
use crate::words::{Speaker, exact_text};

/// So many profiles have room.
const ROWS: u32 = 1000;
/// Messages of Excel have so many characters at most.
const MESSAGE: usize = 255;
/// The sheet of what may be chosen, which nobody has need to see.
const LISTS: &str = "lists";

/// Returns the bytes of a workbook that asks for the fields of profiles.
///
/// # Errors
/// If there are more fields than columns of a sheet.
pub fn form(speaker: &Speaker<'_>, day: Date) -> Result<Vec<u8>, String> {
    let speaker = &speaker.with_titles();
    let (ruleset, tongue) = (speaker.ruleset, speaker.tongue);
    let fields: Vec<(Id<Field>, &Field)> = ruleset.fields.entries().collect();
    let heads = heads(speaker, &fields);
    let says: Vec<String> = fields.iter().map(|(_, field)| says(speaker, field).join("\n")).collect();
    let taken = |head: &str| head.to_lowercase() == tongue.whose_head();
    let whose =
        !heads.iter().any(|head| taken(head)) && !ruleset.fields.iter().any(|field| taken(&field.name));
    let whose = whose.then_some((tongue.whose_head(), Some(tongue.whose_says())));
    let mut columns: Vec<(&str, Option<&str>)> = whose.into_iter().collect();
    let first = u16::try_from(columns.len()).unwrap_or(0);
    columns.extend(heads.iter().zip(&says).map(|(head, says)| (head.as_str(), Some(says.as_str()))));
    let mut profiles = Sheet::new(tongue.profiles_head(), &columns)?;
    let mut lists = Sheet::new(LISTS, &[])?;
    let mut listed = 0;
    for (((_, field), says), column) in fields.iter().zip(&says).zip(first..) {
        let choices = choices(speaker, field);
        let mut rule = DataValidation::new();
        if !choices.is_empty() {
            let list = column_of(listed, &choices);
            lists.column(listed, &choices)?;
            listed += 1;
            rule = rule.allow_list_formula(Formula::new(list));
        } else if let Some(ranged) = range(field) {
            rule = ranged;
        } else {
            profiles.shown_as(column, "@")?;
            continue;
        }
        // What is not in the list of a set, several of its values, is right too; so is `3 per week` where a number is.
        let strict = matches!(field.ty, Type::Bool | Type::Enum(_));
        let style =
            if strict { DataValidationErrorStyle::Stop } else { DataValidationErrorStyle::Information };
        let message: String = says.chars().take(MESSAGE).collect();
        let rule = rule.set_error_style(style).set_error_message(message).map_err(unwritten)?;
        profiles.validate(column, ROWS, &rule)?;
        if matches!(field.ty, Type::Date) {
            profiles.shown_as(column, "yyyy-mm-dd")?;
        }
    }
    let about = [tongue.question(), tongue.section_head(), tongue.takes_head(), tongue.name_head()];
    let mut questions = Sheet::new(tongue.questions_head(), &about.map(|head| (head, None)))?;
    for (((_, field), head), says) in fields.iter().zip(&heads).zip(&says) {
        let section = field.section.and_then(|section| ruleset.sections.get(section));
        let section = section.map_or("", |section| section.get(speaker.language));
        questions.row(&[Cell::Text(head), Cell::Text(section), Cell::Text(says), Cell::Text(&field.name)])?;
    }
    let mut sheets = vec![profiles, questions];
    if listed > 0 {
        lists.hide();
        sheets.push(lists);
    }
    save(sheets, ruleset.title.get(speaker.language), day)
}

/// What the column of each field is called: by its question, unless another field is asked for alike.
fn heads(speaker: &Speaker<'_>, fields: &[(Id<Field>, &Field)]) -> Vec<String> {
    let ruleset = speaker.ruleset;
    let asked: Vec<Option<&str>> = ruleset
        .fields
        .iter()
        .map(|field| field.question.as_ref().map(|question| question.get(speaker.language).trim()))
        .collect();
    let alone = |question: &&str| {
        let alike = asked.iter().flatten().filter(|other| other.to_lowercase() == question.to_lowercase());
        alike.count() == 1 && !ruleset.fields.iter().any(|field| *field.name == **question)
    };
    let name = |((_, field), asked): (&(Id<Field>, &Field), &Option<&str>)| {
        asked.filter(alone).unwrap_or(&field.name).to_string()
    };
    fields.iter().zip(&asked).map(name).collect()
}

/// What is to be known of a field: its question, what it takes, and what is taken where nothing is said.
fn says(speaker: &Speaker<'_>, field: &Field) -> Vec<String> {
    let tongue = speaker.tongue;
    let mut lines = Vec::new();
    lines.extend(field.question.as_ref().map(|question| question.get(speaker.language).to_string()));
    // The unit is told once.
    let bound = |value: &Option<Value>| {
        let value = value.as_ref()?;
        Some(value.as_number().map_or_else(|| speaker.value(value, field.ty), exact_text))
    };
    let between = tongue.between(bound(&field.low), bound(&field.high));
    let bounds = if field.low.is_some() || field.high.is_some() { between } else { String::new() };
    lines.push(match field.ty {
        Type::Bool => tongue.takes_truth().into(),
        Type::Text => tongue.takes_text().into(),
        Type::Date => format!("{} {bounds}", tongue.takes_day()),
        Type::Enum(_) => format!("{} {}", tongue.takes_one(), tongue.list(&members(speaker, field))),
        Type::Set(_) => format!("{} {}", tongue.takes_some(), tongue.list(&members(speaker, field))),
        Type::Number(number) => {
            let unit = speaker.unit(number.unit);
            let kind = if number.whole { tongue.takes_whole() } else { tongue.takes_number() };
            let unit = if unit.is_empty() { unit } else { tongue.bracket(&unit) };
            format!("{kind}{unit} {bounds}")
        }
    });
    if field.required {
        lines.push(tongue.must_be_given().into());
    }
    if let Some(default) = &field.default {
        lines.push(format!(
            "{}{}{}",
            tongue.without_answer(),
            tongue.colon(),
            speaker.value(default, field.ty)
        ));
    }
    lines.iter().map(|line| line.trim().to_string()).collect()
}

/// The titles of the values that a field takes; of one whose title is another's too, its name.
fn members(speaker: &Speaker<'_>, field: &Field) -> Vec<String> {
    let (Type::Enum(id) | Type::Set(id)) = field.ty else { return Vec::new() };
    let of: &Enum = &speaker.ruleset.enums[id];
    // A cell with several values is cut at these.
    let parted = |title: &str| matches!(field.ty, Type::Set(_)) && title.contains([',', ';', '|']);
    let title = |number: usize| {
        let member = of.members.get(number)?;
        let title = member.title.as_ref()?.get(speaker.language);
        (of.member_called(title) == u32::try_from(number).ok() && !parted(title)).then_some(title)
    };
    let allowed = |number: &usize| {
        let member = u32::try_from(*number).unwrap_or(u32::MAX);
        matches!(field.ty, Type::Set(_)) || field.allows(&Value::Enum(member))
    };
    let numbers = (0..of.members.len()).filter(allowed);
    let name = |number: usize| of.member_name(u32::try_from(number).unwrap_or(u32::MAX));
    numbers.map(|number| title(number).unwrap_or_else(|| name(number)).to_string()).collect()
}

/// What may be chosen, each as it stands in a cell.
fn choices(speaker: &Speaker<'_>, field: &Field) -> Vec<Choice> {
    match field.ty {
        Type::Bool => vec![Choice::Truth(true), Choice::Truth(false)],
        Type::Enum(_) | Type::Set(_) => members(speaker, field).into_iter().map(Choice::Word).collect(),
        Type::Number(_) | Type::Text | Type::Date => Vec::new(),
    }
}

/// Something to choose.
pub(super) enum Choice {
    Truth(bool),
    Word(String),
}

/// Where a list stands, as formulas write it.
fn column_of(column: u16, list: &[Choice]) -> String {
    let mut letters = String::new();
    let mut rest = u32::from(column) + 1;
    while rest > 0 {
        letters.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    format!("={LISTS}!${letters}$1:${letters}${}", list.len())
}

/// The range of a number or a day, as Excel checks it.
fn range(field: &Field) -> Option<DataValidation> {
    let rule = DataValidation::new();
    match field.ty {
        Type::Number(number) => {
            // Bounds that are no decimals are left to whoever reads the form.
            let decimal = |value: &Value| value.as_number()?.to_string().parse::<f64>().ok();
            let low = field.low.as_ref().and_then(decimal);
            let high = field.high.as_ref().and_then(decimal);
            let bound = match (low, high) {
                (Some(low), Some(high)) => DataValidationRule::Between(low, high),
                (Some(low), None) => DataValidationRule::GreaterThanOrEqualTo(low),
                (None, Some(high)) => DataValidationRule::LessThanOrEqualTo(high),
                (None, None) => DataValidationRule::Between(-1e15, 1e15),
            };
            let small = |bound: Option<f64>| bound.is_none_or(|bound| bound.abs() <= f64::from(i32::MAX));
            if number.whole && small(low) && small(high) && (low.is_some() || high.is_some()) {
                let bound = match (low, high) {
                    (Some(low), Some(high)) => DataValidationRule::Between(low as i32, high as i32),
                    (Some(low), None) => DataValidationRule::GreaterThanOrEqualTo(low as i32),
                    (_, high) => DataValidationRule::LessThanOrEqualTo(high.unwrap_or_default() as i32),
                };
                return Some(rule.allow_whole_number(bound));
            }
            Some(rule.allow_decimal_number(bound))
        }
        Type::Date => {
            let day = |value: &Option<Value>, otherwise: (u16, u8, u8)| {
                let parts = match value {
                    Some(Value::Date(day)) => {
                        let (year, month, of_month) = day.parts();
                        (year.unsigned_abs(), month.unsigned_abs(), of_month.unsigned_abs())
                    }
                    _ => otherwise,
                };
                ExcelDateTime::from_ymd(parts.0, parts.1, parts.2).ok()
            };
            let (low, high) = (day(&field.low, (1900, 3, 1))?, day(&field.high, (9999, 12, 31))?);
            Some(rule.allow_date(DataValidationRule::Between(low, high)))
        }
        Type::Bool | Type::Text | Type::Enum(_) | Type::Set(_) => None,
    }
}
