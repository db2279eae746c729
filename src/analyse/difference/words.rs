//! What a difference is told in: English or Chinese.

use super::{Difference, Doubt, Extent, Regions, Standing, Tally, Uncovered, What};
use crate::analyse::edits::{Declared, Edit};
use crate::model::{NeedState, Ruleset, Target};
use crate::operator::Verdict;
use crate::words::Tongue;

/// Picks the text of a language.
pub(super) fn pick<'t>(tongue: Tongue, english: &'t str, chinese: &'t str) -> &'t str {
    match tongue {
        Tongue::English => english,
        Tongue::Chinese => chinese,
    }
}

fn verdict(tongue: Tongue, verdict: Option<Verdict>) -> &'static str {
    verdict.map_or(tongue.undecided(), |verdict| tongue.verdict(verdict))
}

fn declared(tongue: Tongue, declared: Declared) -> &'static str {
    let chinese = match declared {
        Declared::Verdicts => "结论门槛",
        Declared::Levels => "级别",
        Declared::Day => "日期",
        Declared::Field => "字段",
        Declared::Enum => "枚举",
        Declared::Fact => "事实",
        Declared::Channel => "渠道",
        Declared::Mix => "组合",
        Declared::Requirement => "条件",
        Declared::Let => "定义",
        Declared::Rule => "规则",
    };
    pick(tongue, declared.as_str(), chinese)
}

/// Returns an edit as text.
pub(super) fn edit(tongue: Tongue, edit: &Edit) -> String {
    if tongue == Tongue::English {
        return edit.to_string();
    }
    let word = declared(tongue, edit.declared);
    let name = if edit.name.is_empty() { String::new() } else { format!(" `{}`", edit.name) };
    match (edit.part, &edit.old, &edit.new) {
        (Some("name"), Some(old), Some(new)) => format!("{word} `{old}` 改名为 `{new}`"),
        (None, Some(_), _) => format!("{word}{name} 已删除"),
        (None, None, _) => format!("{word}{name} 是新增的"),
        (Some(part), old, new) => {
            let part = if part == "value" { String::new() } else { format!("，{part}") };
            let or_nothing = |text: &Option<String>| text.clone().unwrap_or_else(|| "无".into());
            format!("{word}{name}{part}：{} → {}", or_nothing(old), or_nothing(new))
        }
    }
}

/// Returns in which way an answer changes.
pub(super) fn what(tongue: Tongue, what: &What) -> String {
    let verdict = |of: &Option<Verdict>| verdict(tongue, *of);
    let not_needed = pick(tongue, "not needed", "不需要");
    let need = |state: &Option<NeedState>| state.map_or(not_needed, |state| tongue.need_state(state));
    let none = pick(tongue, "none", "无");
    let first = |name: &Option<String>| name.clone().unwrap_or_else(|| none.into());
    let (colon, place) = (tongue.colon(), pick(tongue, "first", "首选"));
    let another = pick(tongue, "another", "另一渠道");
    match what {
        What::Verdict { target, old, new } => format!("{target}{colon}{} → {}", verdict(old), verdict(new)),
        What::First { old, new } => format!("{place}{colon}{} → {}", first(old), first(new)),
        What::Lead { target, gains: true } => format!("{place}{colon}{another} → {target}"),
        What::Lead { target, gains: false } => format!("{place}{colon}{target} → {another}"),
        What::Need { target, need: name, old, new } => {
            let needs = pick(tongue, "needs", "需要");
            format!("{target} {needs} {name}{colon}{} → {}", need(old), need(new))
        }
    }
}

/// A verdict with its points.
pub(super) fn standing(tongue: Tongue, standing: Option<&Standing>) -> String {
    let Some(standing) = standing else { return pick(tongue, "not there", "不存在").into() };
    format!("{} ({})", verdict(tongue, standing.verdict), standing.points)
}

/// What is needed now and was not, and the other way round, each with its state.
pub(super) fn needs(tongue: Tongue, old: Option<&Standing>, new: Option<&Standing>) -> Vec<String> {
    let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
    let (needs, colon) = (pick(tongue, "needs", "需要"), tongue.colon());
    let mut found = Vec::new();
    for (name, state) in &new.needs {
        match old.needs.get(name) {
            None => found.push(format!("{needs} {name} ({})", tongue.need_state(*state))),
            Some(before) if before != state => {
                let (before, state) = (tongue.need_state(*before), tongue.need_state(*state));
                found.push(format!("{name}{colon}{before} → {state}"));
            }
            Some(_) => {}
        }
    }
    let gone = old.needs.keys().filter(|name| !new.needs.contains_key(*name));
    found.extend(gone.map(|name| match tongue {
        Tongue::English => format!("needs {name} no more"),
        Tongue::Chinese => format!("不再需要 {name}"),
    }));
    found
}

/// Why it is not known whether there is more.
pub(super) fn doubt(tongue: Tongue, doubt: &Doubt) -> String {
    match (tongue, doubt) {
        (Tongue::English, Doubt::TooLarge) => "the conditions are too large".into(),
        (Tongue::Chinese, Doubt::TooLarge) => "条件过大".into(),
        (Tongue::English, Doubt::Unshown(of)) => format!(
            "`{}` depends on conditions over several fields at once, and no profile was found that shows it",
            what(tongue, of)
        ),
        (Tongue::Chinese, Doubt::Unshown(of)) => {
            format!("“{}”取决于同时涉及多个字段的条件，没有找到能说明它的资料", what(tongue, of))
        }
        (Tongue::English, Doubt::Sampled(of, count)) => format!(
            "`{}` is too large to be proved; {count} sampled profiles of those of which it could be so agree",
            what(tongue, of)
        ),
        (Tongue::Chinese, Doubt::Sampled(of, count)) => {
            format!("“{}”过大，无法证明；抽查可能如此的 {count} 份资料，均一致", what(tongue, of))
        }
    }
}

/// What is not compared.
pub(super) fn uncovered(tongue: Tongue, uncovered: &Uncovered) -> String {
    match (tongue, uncovered) {
        (Tongue::English, Uncovered::Default(name)) => {
            format!("profiles that leave out `{name}`, whose default is another")
        }
        (Tongue::Chinese, Uncovered::Default(name)) => format!("未填 `{name}` 的资料（默认值不同）"),
        (Tongue::English, Uncovered::Range(name)) => {
            format!("values of `{name}` that one version alone allows")
        }
        (Tongue::Chinese, Uncovered::Range(name)) => format!("只有一个版本允许的 `{name}` 的值"),
        (Tongue::English, Uncovered::Type(name)) => {
            format!("profiles that give `{name}`, which is of another type")
        }
        (Tongue::Chinese, Uncovered::Type(name)) => format!("填了 `{name}` 的资料（类型不同）"),
        (Tongue::English, Uncovered::Values(name)) => {
            format!("values of `{name}` that one version alone has")
        }
        (Tongue::Chinese, Uncovered::Values(name)) => format!("只有一个版本才有的 `{name}` 的值"),
    }
}

/// Which channels and mixes only one of the two rulesets has.
fn apart(tongue: Tongue, difference: &Difference<'_>) -> String {
    let names = |ruleset: &Ruleset, targets: &[Target]| {
        let names: Vec<String> =
            targets.iter().map(|target| ruleset.target_name(*target).to_string()).collect();
        tongue.list(&names)
    };
    let came = names(difference.new.ruleset, &difference.pairs.came);
    let gone = names(difference.old.ruleset, &difference.pairs.gone);
    let told = [
        (pick(tongue, "New for everybody: ", "对所有资料都新增："), came),
        (pick(tongue, "Gone for everybody: ", "对所有资料都删除："), gone),
    ];
    let told = told.iter().filter(|(_, names)| !names.is_empty());
    let told: Vec<String> =
        told.map(|(what, names)| format!("{what}{names}{}", pick(tongue, ".", "。"))).collect();
    told.join(pick(tongue, " ", ""))
}

/// What is said of all profiles at the end.
pub(super) fn conclusion(tongue: Tongue, difference: &Difference<'_>) -> Option<String> {
    let found = difference.regions.as_ref()?;
    let mut told = verdict_on_all(tongue, difference, found);
    let gap = pick(tongue, " ", "");
    if found.extent == Extent::Proved && !found.unknown_too && !found.unknown_same.is_empty() {
        let names = tongue.list(&found.unknown_same);
        told.push_str(gap);
        told.push_str(&match tongue {
            Tongue::English => format!("With fields unknown too, nothing changes for: {names}."),
            Tongue::Chinese => format!("即使有字段未知，以下渠道和组合也不变：{names}。"),
        });
    }
    if !found.uncovered.is_empty() {
        let all: Vec<String> = found.uncovered.iter().map(|part| uncovered(tongue, part)).collect();
        told.push_str(gap);
        told.push_str(&match tongue {
            Tongue::English => format!("Not compared: {}.", all.join("; ")),
            Tongue::Chinese => format!("未比较：{}。", all.join("；")),
        });
    }
    Some(told)
}

fn verdict_on_all(tongue: Tongue, difference: &Difference<'_>, found: &Regions) -> String {
    let apart = apart(tongue, difference);
    let english = tongue == Tongue::English;
    match (&found.extent, found.regions.is_empty()) {
        (Extent::Proved, true) if !apart.is_empty() => match english {
            true => format!(
                "{apart} For the other channels and mixes no decision changes, for any profile whose fields are all known. (proved)"
            ),
            false => format!("{apart}对其他渠道和组合，凡字段全部已知的资料，结论均不变。（已证明）"),
        },
        (Extent::Proved, true) if found.unknown_too => pick(
            tongue,
            "No decision changes, for any profile. (proved)",
            "对任何资料，结论均不变。（已证明）",
        )
        .into(),
        (Extent::Proved, true) => pick(
            tongue,
            "No decision changes, for any profile whose fields are all known. (proved)",
            "凡字段全部已知的资料，结论均不变。（已证明）",
        )
        .into(),
        (Extent::Proved, false) => pick(
            tongue,
            "These are all: for every other profile whose fields are all known no decision changes. (proved)",
            "以上是全部：其余字段全部已知的资料，结论均不变。（已证明）",
        )
        .into(),
        (Extent::Undecided(why), none) => {
            let why = doubt(tongue, why);
            match (english, none) {
                (true, true) => format!("Whether any decision changes is undecided: {why}."),
                (true, false) => format!("Whether there are more is undecided: {why}."),
                (false, true) => format!("是否有结论改变，尚未确定：{why}。"),
                (false, false) => format!("是否还有其他改变，尚未确定：{why}。"),
            }
        }
        (Extent::Sampled { profiles, differing: 0 }, _) => match english {
            true => format!("Too large to be proved; {profiles} sampled profiles agree."),
            false => format!("过大，无法证明；抽查 {profiles} 份资料，均一致。"),
        },
        (Extent::Sampled { profiles, differing }, _) => match english {
            true => format!("Too large to be proved; of {profiles} sampled profiles {differing} differ."),
            false => format!("过大，无法证明；抽查 {profiles} 份资料，其中 {differing} 份不同。"),
        },
    }
}

/// How many given profiles come out otherwise.
pub(super) fn tally(tongue: Tongue, tally: &Tally) -> String {
    if tongue == Tongue::Chinese {
        let mut text = format!("{} 份资料中有 {} 份结论不同", tally.all, tally.changed);
        if tally.first > 0 {
            text.push_str(&format!("；其中 {} 份首选渠道不同", tally.first));
        }
        if tally.rejected > 0 {
            text.push_str(&format!("；{} 份无法读取", tally.rejected));
        }
        return text + "。";
    }
    let profiles = if tally.all == 1 { "profile decides" } else { "profiles decide" };
    let mut text = format!("{} of {} {profiles} otherwise", tally.changed, tally.all);
    if tally.first > 0 {
        let gets = if tally.first == 1 { "gets" } else { "get" };
        text.push_str(&format!("; {} {gets} another first channel", tally.first));
    }
    if tally.rejected > 0 {
        text.push_str(&format!("; {} cannot be read", tally.rejected));
    }
    text + "."
}

/// Who cannot read a profile.
pub(super) fn rejected(tongue: Tongue, by_old: bool, by_new: bool) -> &'static str {
    match (by_old, by_new) {
        (true, true) => pick(tongue, "neither version can read it", "两个版本都无法读取"),
        (true, false) => pick(tongue, "only the new version can read it", "只有新版本能读取"),
        (false, _) => pick(tongue, "only the old version can read it", "只有旧版本能读取"),
    }
}
