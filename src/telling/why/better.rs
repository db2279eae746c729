//! The smallest changes of a profile that would give a better verdict, in words.

use crate::words::{Speaker, Tongue};
use qudao_engine::advise::{Advice, Change, Way};
use qudao_language::model::{Type, Value};

use crate::document::{Block, Item, List, Mark};

/// Returns the changes; nothing where there is no better verdict to be had.
pub(super) fn better(speaker: &Speaker<'_>, advice: &Advice) -> Option<Block> {
    let tongue = speaker.tongue;
    let ways = advice.ways.iter().map(|way| {
        let mark = Mark::Verdict(tongue.verdict(way.verdict), tongue.colon());
        Item::new(mark, changes(speaker, way))
    });
    let list = List { items: ways.collect(), rest: rest(tongue, advice).into(), ..List::default() };
    advice.sought.then(|| Block::section(tongue.smallest_changes(), vec![Block::List(list)]))
}

/// Returns what changes: `posts = 30 per month (now 9 per month) and repeat = often (now not known)`.
fn changes(speaker: &Speaker<'_>, way: &Way) -> String {
    let all: Vec<String> = way.changes.iter().map(|change| one(speaker, change)).collect();
    match speaker.tongue {
        Tongue::English => speaker.tongue.and(&all),
        Tongue::Chinese => all.join("、"),
    }
}

fn one(speaker: &Speaker<'_>, change: &Change) -> String {
    let field = &speaker.ruleset.fields[change.field];
    let (name, tongue) = (&field.name, speaker.tongue);
    if let (Some(Value::Set(from)), Value::Set(to), Type::Set(of)) = (&change.from, &change.to, field.ty) {
        let names = |members: Vec<u32>| {
            let names: Vec<String> =
                speaker.members(&members.into_iter().collect(), of).map(str::to_string).collect();
            tongue.and(&names)
        };
        let (more, less) =
            (names(to.difference(from).copied().collect()), names(from.difference(to).copied().collect()));
        let (with, without) = match tongue {
            Tongue::English => (format!("with {more} besides"), format!("without {less}")),
            Tongue::Chinese => (format!("再加 {more}"), format!("去掉 {less}")),
        };
        let both = [(with, more), (without, less)];
        let said: Vec<String> =
            both.into_iter().filter(|(_, names)| !names.is_empty()).map(|(said, _)| said).collect();
        return format!("{name} {}", tongue.and(&said));
    }
    let to = match (change.any_other, tongue) {
        (false, _) => speaker.id(&change.to, field.ty),
        (true, Tongue::English) => "any other text".to_string(),
        (true, Tongue::Chinese) => "其他任意文字".to_string(),
    };
    let from = change.from.as_ref().map(|from| speaker.id(from, field.ty));
    let from = from.unwrap_or_else(|| tongue.not_known().to_string());
    match tongue {
        Tongue::English => format!("{name} = {to} (now {from})"),
        Tongue::Chinese => format!("{name} = {to}（现值：{from}）"),
    }
}

/// Says how far the search went, where that is not plain from the ways it found. That there is none is said only where
/// it is certain.
fn rest(tongue: Tongue, advice: &Advice) -> String {
    let english = tongue == Tongue::English;
    let say = |in_english: &str, in_chinese: &str| if english { in_english } else { in_chinese }.to_string();
    let none = match advice.tried {
        0 => String::new(),
        1 => say("No change of one field gives one", "改动 1 个字段不会更好"),
        2 => say("No change of one or two fields gives one", "改动 1 至 2 个字段不会更好"),
        _ => say("No change of up to three fields gives one", "改动 1 至 3 个字段不会更好"),
    };
    if advice.ways.is_empty() {
        return match (advice.complete, advice.tried) {
            (true, 0) => say("No field that may change has a bearing on it.", "没有可改动的字段与它有关。"),
            (true, _) => none + &say(".", "。"),
            (false, 0) => say(
                "None was found; the search did not cover every change of one field.",
                "未找到；单个字段的改动并未全部查遍。",
            ),
            (false, _) => {
                none + &say(
                    "; of more fields, none was found, but the search did not cover all.",
                    "；更多字段的改动未找到，但并未全部查遍。",
                )
            }
        };
    }
    if advice.complete {
        return String::new();
    }
    say(
        "The search did not cover all changes: there may be others as small or smaller.",
        "并未查遍所有改动：可能还有同样小或更小的改动。",
    )
}
