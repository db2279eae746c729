//! What a difference is told in: English or Chinese.

use super::{Causes, Difference, Doubt, Extent, How, Question, Regions, Standing, Tally, Uncovered, What};
use crate::analyse::edits::{Declared, Edit};
use qudao_language::model::{NeedState, Ruleset, Target};
use qudao_language::operator::Verdict;
use qudao_telling::words::Tongue;

/// Picks the text of a language.
pub(super) fn pick<'t>(tongue: Tongue, english: &'t str, chinese: &'t str) -> &'t str {
    match tongue {
        Tongue::English => english,
        Tongue::Chinese => chinese,
    }
}

fn declared(tongue: Tongue, declared: Declared) -> &'static str {
    let chinese = match declared {
        Declared::Verdicts => "结论门槛",
        Declared::Levels => "级别",
        Declared::Day => "日期",
        Declared::Weight => "分值",
        Declared::Unit => "单位",
        Declared::Field => "字段",
        Declared::Enum => "枚举",
        Declared::Value => "值",
        Declared::Parameter => "参数",
        Declared::Fact => "事实",
        Declared::Channel => "渠道",
        Declared::Mix => "组合",
        Declared::Requirement => "条件",
        Declared::Let => "定义",
        Declared::Measure => "指标",
        Declared::Ranking => "排序",
        Declared::Table => "表",
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
        (Some("values"), gone, came) => {
            let gone = gone.as_ref().map(|names| format!("删除 {names}"));
            let came = came.as_ref().map(|names| format!("新增 {names}"));
            let told: Vec<String> = gone.into_iter().chain(came).collect();
            format!("{word}{name}：{}", told.join("；"))
        }
        (Some(part), old, new) => {
            let part = if part == "value" { String::new() } else { format!("，{part}") };
            let or_nothing = |text: &Option<String>| text.clone().unwrap_or_else(|| "无".into());
            format!("{word}{name}{part}：{} → {}", or_nothing(old), or_nothing(new))
        }
    }
}

/// Returns in which way an answer changes.
pub(super) fn what(tongue: Tongue, what: &What) -> String {
    let verdict = |of: &Option<Verdict>| tongue.verdict_or_undecided(*of);
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
    format!("{} ({})", tongue.verdict_or_undecided(standing.verdict), standing.points)
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

/// What may be asked of a change.
pub(super) fn question(tongue: Tongue, question: &Question) -> String {
    match (tongue, question) {
        (Tongue::English, Question::Verdict(target)) => format!("the verdict of {target}"),
        (Tongue::Chinese, Question::Verdict(target)) => format!("{target} 的结论"),
        (Tongue::English, Question::Needs(target)) => format!("what {target} needs"),
        (Tongue::Chinese, Question::Needs(target)) => format!("{target} 的需要"),
        (_, Question::First) => pick(tongue, "who comes first", "首选渠道").into(),
    }
}

/// So many reasons are told.
const REASONS: usize = 6;

/// Why it is not known whether there is more.
pub(super) fn doubt(tongue: Tongue, doubt: &Doubt) -> String {
    match (tongue, doubt) {
        (Tongue::English, Doubt::TooLarge) => "the conditions are too large".into(),
        (Tongue::Chinese, Doubt::TooLarge) => "条件过大".into(),
        (_, Doubt::Hard(all)) => {
            let names: Vec<String> =
                all.iter().map(|(of, name)| format!("{} `{name}`", declared(tongue, *of))).collect();
            match tongue {
                Tongue::English => {
                    format!("too large to be proved is the condition of {}", tongue.some(&names))
                }
                Tongue::Chinese => format!("以下条件过大，无法证明：{}", tongue.some(&names)),
            }
        }
        (Tongue::English, Doubt::Points(count)) => {
            format!("{count} conditions give and take points, too many sums to be told apart")
        }
        (Tongue::Chinese, Doubt::Points(count)) => format!("{count} 个条件加减分，组合过多，无法逐一区分"),
        (_, Doubt::Unshown(of, conditions)) => {
            let of = what(tongue, of);
            let names: Vec<String> = conditions.iter().map(|text| format!("`{text}`")).collect();
            let on = tongue.some(&names);
            match (tongue, names.is_empty()) {
                (Tongue::English, true) => format!(
                    "`{of}` depends on conditions over several fields at once, and no profile was found that shows it"
                ),
                (Tongue::English, false) => {
                    format!("`{of}` depends on {on}, and no profile was found that shows it")
                }
                (Tongue::Chinese, true) => {
                    format!("“{of}”取决于同时涉及多个字段的条件，没有找到能说明它的资料")
                }
                (Tongue::Chinese, false) => format!("“{of}”取决于 {on}，没有找到能说明它的资料"),
            }
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
    told.join(tongue.between_sentences())
}

/// What is said of all profiles at the end.
pub(super) fn conclusion(tongue: Tongue, difference: &Difference<'_>) -> Option<String> {
    let found = difference.regions.as_ref()?;
    let mut told = verdict_on_all(tongue, difference, found);
    let gap = tongue.between_sentences();
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
        (Extent::Undecided(why), none) if found.open.is_empty() => {
            let why = doubt(tongue, why);
            match (english, none) {
                (true, true) => format!("Whether any decision changes is undecided: {why}."),
                (true, false) => format!("Whether there are more is undecided: {why}."),
                (false, true) => format!("是否有结论改变，尚未确定：{why}。"),
                (false, false) => format!("是否还有其他改变，尚未确定：{why}。"),
            }
        }
        (Extent::Undecided(_) | Extent::Sampled { .. }, none) => open(tongue, found, none),
    }
}

/// What is proved and what is open, and what keeps it open.
fn open(tongue: Tongue, found: &Regions, none: bool) -> String {
    let mut told = Vec::new();
    if !found.proved.is_empty() {
        let names = tongue.some(&found.proved);
        told.push(match (tongue, none) {
            (Tongue::English, true) => format!(
                "Nothing changes for {names}, for any profile whose fields are all known. (proved)"
            ),
            (Tongue::English, false) => format!(
                "For {names} these are all the changes of verdicts and needs, for profiles whose fields are all known. (proved)"
            ),
            (Tongue::Chinese, true) => format!("凡字段全部已知的资料，{names} 的结论均不变。（已证明）"),
            (Tongue::Chinese, false) => {
                format!("凡字段全部已知的资料，{names} 的结论和需要的改变以上是全部。（已证明）")
            }
        });
    }
    // One reason often keeps several questions open: it is told once.
    let mut by_reason: Vec<(String, Vec<String>)> = Vec::new();
    for open in &found.open {
        let mut why = doubt(tongue, &open.why);
        if let Some((profiles, differing)) = open.sampled {
            why.push_str(&match (tongue, differing) {
                (Tongue::English, 0) => format!("; {profiles} sampled profiles agree"),
                (Tongue::English, _) => format!("; of {profiles} sampled profiles {differing} differ in it"),
                (Tongue::Chinese, 0) => format!("；抽查 {profiles} 份资料，均一致"),
                (Tongue::Chinese, _) => format!("；抽查 {profiles} 份资料，其中 {differing} 份在此不同"),
            });
        }
        let question = question(tongue, &open.question);
        match by_reason.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, questions)) => questions.push(question),
            None => by_reason.push((why, vec![question])),
        }
    }
    let left = by_reason.len().saturating_sub(REASONS);
    for (why, questions) in by_reason.iter().take(REASONS) {
        let questions = tongue.some(questions);
        told.push(match (tongue, none) {
            (Tongue::English, true) => {
                format!("Undecided is whether anything changes in {questions}: {why}.")
            }
            (Tongue::English, false) => format!("Undecided is whether there is more in {questions}: {why}."),
            (Tongue::Chinese, true) => format!("{questions} 是否改变，尚未确定：{why}。"),
            (Tongue::Chinese, false) => format!("{questions} 是否还有其他改变，尚未确定：{why}。"),
        });
    }
    if left > 0 {
        told.push(match tongue {
            Tongue::English => format!("{left} further questions are undecided."),
            Tongue::Chinese => format!("另有 {left} 个问题尚未确定。"),
        });
    }
    told.join(tongue.between_sentences())
}

/// The edits that make a difference, as lines: each with its mark, and how they make it where there are several.
pub(super) fn causes(tongue: Tongue, edits: &[Edit], causes: &Causes) -> Vec<(&'static str, String)> {
    let told: Vec<&Edit> = causes.edits.iter().filter_map(|number| edits.get(*number)).collect();
    let mut declared: Vec<(Declared, &str)> =
        told.iter().map(|edit| (edit.declared, edit.name.as_str())).collect();
    declared.dedup();
    let mark = match causes.how {
        How::Perhaps => pick(tongue, "perhaps by", "可能因"),
        How::Each | How::Together => pick(tongue, "by", "因"),
    };
    let most = if causes.how == How::Perhaps { EDITS / 3 } else { EDITS };
    let mut lines: Vec<(&'static str, String)> =
        told.into_iter().take(most).map(|cause| (mark, edit(tongue, cause))).collect();
    if causes.edits.len() > most {
        let more = causes.edits.len() - most;
        lines.push((
            "",
            match tongue {
                Tongue::English => format!("and {more} more edits"),
                Tongue::Chinese => format!("以及另外 {more} 处改动"),
            },
        ));
    }
    let how = match causes.how {
        How::Each if declared.len() > 1 => pick(
            tongue,
            "(together: undoing any one of them undoes it)",
            "（共同导致：撤销其中任何一处即可复原）",
        ),
        How::Together if declared.len() > 1 => {
            pick(tongue, "(together: only undoing all of them undoes it)", "（共同导致：须全部撤销才能复原）")
        }
        How::Each | How::Together | How::Perhaps => return lines,
    };
    lines.push(("", how.into()));
    lines
}

/// Above changes that are told in a line each.
pub(super) fn in_short(tongue: Tongue, count: usize) -> String {
    match (tongue, count) {
        (Tongue::English, 1) => "1 more change, in short (`--top all` tells it in full)".into(),
        (Tongue::English, _) => format!("{count} more changes, in short (`--top all` tells them in full)"),
        (Tongue::Chinese, _) => format!("另有 {count} 处改变，从略（`--top all` 全部列出）"),
    }
}

/// So many edits are told as causes of one change.
const EDITS: usize = 12;

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
