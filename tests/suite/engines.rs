//! The engines side by side: what is grounded, what is run as bits and what is answered row by row, held against `decide`.

use std::collections::BTreeSet;

use qudao_engine::ground::Ground;
use qudao_engine::program::batch::{Batch, Form, Options, Reject};
use qudao_engine::program::{Program, Scratch};
use qudao_language::decide::{Decision, Judged, Probe, Truth, decide};
use qudao_language::exact::{Exact, Rounding};
use qudao_language::model::{Id, Need, NeedState, Profile, Ruleset, Target, TargetMap};
use qudao_language::operator::Verdict;
use serde_json::{Value as Json, json};

use crate::generate;
use crate::reading::random_profile;

/// Every node of a grounded ruleset, judged for a profile.
fn judge(ground: &Ground<'_>, profile: &Profile) -> Vec<Judged> {
    let mut probe = Probe::new(ground.ruleset, profile, ground.day);
    let cells = ground.cells(profile);
    let all = ground.judge_all(&cells, |opaque| probe.judge(opaque.expr, opaque.channel));
    let ruleset = ground.ruleset;
    let excluded = |target| all[ground.targets[ruleset.target_index(target)].excluded.index()];
    probe.exclude(TargetMap::of(ruleset, excluded));
    ground.judge_all(&cells, |opaque| probe.judge(opaque.expr, opaque.channel))
}

pub(crate) fn assert_grounded(ground: &Ground<'_>, decision: &Decision<'_>, case: &str) {
    let all = judge(ground, decision.profile);
    for (rule, declared) in ground.ruleset.rules.entries() {
        let says = || format!("{case}: {} for {:?}", declared.name, decision.profile);
        let instances = decision.instances(rule);
        let range = ground.instances_of(rule);
        assert_eq!(range.len(), instances.len(), "{}", says());
        for (index, decided) in range.zip(instances) {
            let instance = &ground.instances[Id::new(index)];
            assert_eq!((instance.rule, instance.channel), (rule, decided.channel), "{}", says());
            assert_eq!(instance.left_out, decided.left_out, "{}", says());
            assert_eq!(all[instance.condition.index()], decided.condition, "condition; {}", says());
            assert_eq!(all[instance.fires.index()], decided.fires, "fires; {}", says());
        }
    }
    for target in ground.ruleset.targets() {
        let index = ground.ruleset.target_index(target);
        let (grounded, decided) = (all[ground.targets[index].excluded.index()], decision.target(target));
        assert_eq!(grounded, decided.excluded, "{case}: {target:?} for {:?}", decision.profile);
    }
}

/// What a program says is what `decide` says, to the last key that it has.
pub(crate) fn assert_runs(program: &Program<'_>, scratch: &mut Scratch, decision: &Decision<'_>, case: &str) {
    let ruleset = program.ruleset();
    let says = || format!("{case}: {:?}", decision.profile);
    program.load(scratch, decision.profile);
    program.run(scratch);
    let (mut fired, mut pending) = (BTreeSet::new(), BTreeSet::new());
    program.fired(scratch, |id| assert!(fired.insert(id)));
    program.pending(scratch, |id| assert!(pending.insert(id)));
    for rule in ruleset.rules.ids() {
        for (index, decided) in program.ground().instances_of(rule).zip(decision.instances(rule)) {
            let truth = match (fired.contains(&Id::new(index)), pending.contains(&Id::new(index))) {
                (true, _) => Truth::True,
                (_, true) => Truth::Unknown,
                _ => Truth::False,
            };
            assert_eq!(truth, decided.fires.truth, "{}; {}", ruleset.rules[rule].name, says());
        }
    }
    for target in ruleset.targets() {
        let (run, decided) = (program.outcome(scratch, target), decision.target(target));
        let name = || format!("{}; {}", ruleset.target_name(target), says());
        assert_eq!(run.excluded, decided.excluded, "excluded: {}", name());
        assert_eq!(
            (run.score, run.score_range, run.leaning, run.verdict),
            (decided.score, decided.score_range, decided.leaning, decided.verdict),
            "{}",
            name()
        );
        assert_eq!(run.could_be.iter().collect::<Vec<_>>(), decided.could_be, "{}", name());
        let needs: Vec<_> = program.needs(scratch, target).map(|n| (n.need, n.state, n.because_of)).collect();
        let wanted: Vec<_> = decision.needs(target).map(|n| (n.need, n.state, n.because_of)).collect();
        assert_eq!(needs, wanted, "{}", name());
        let open = wanted.iter().filter(|(_, state, _)| *state != NeedState::Met).count();
        assert_eq!(decided.open_needs(), open, "what is to do of {}", name());
        if let Target::Channel(id) = target {
            let needs = |other: &Target| decision.needs(*other).any(|need| need.need == Need::Channel(id));
            let by: Vec<Target> = ruleset.targets().filter(needs).collect();
            assert_eq!(decision.required_by(id), by, "{}", name());
        }
    }
    program.measure(scratch);
    for target in ruleset.targets() {
        let name = || format!("{}; {}", ruleset.target_name(target), says());
        assert_eq!(program.measured(scratch, target), decision.target(target).measures, "{}", name());
    }
    let channels =
        program.channels(scratch).into_iter().map(|index| Target::Channel(Id::new(index as usize)));
    assert_eq!(channels.collect::<Vec<_>>(), decision.channels, "{}", says());
    let mixes = program.mixes(scratch).into_iter().map(|index| Target::Mix(Id::new(index as usize)));
    assert_eq!(mixes.collect::<Vec<_>>(), decision.mixes, "{}", says());
    let first = program.first(scratch);
    let wanted = (decision.first.target, decision.first.settled, decision.first.tie.len());
    // A decision names twenty at most.
    assert_eq!((first.target, first.settled, first.ties.min(20)), wanted, "{}", says());
}

/// What a row of the answer should say.
pub(crate) fn expected(ruleset: &Ruleset, profile: &Profile, line: u64) -> Json {
    let decision = decide(ruleset, profile, ruleset.as_of.unwrap());
    let targets = ruleset.targets().map(|target| {
        let decided = decision.target(target);
        let open = decision.needs(target).filter(|need| need.state != NeedState::Met);
        let row = json!({
            "verdict": decided.verdict.map_or("undecided", Verdict::as_str),
            "leaning": decided.leaning.as_str(),
            "score": decided.score,
            "low": decided.score_range.0,
            "high": decided.score_range.1,
            "needs": open.map(|need| ruleset.need_name(need.need)).collect::<Vec<_>>(),
        });
        (ruleset.target_name(target).to_string(), row)
    });
    let mut measures = serde_json::Map::new();
    for target in ruleset.targets() {
        for (id, measure) in ruleset.measures.entries().filter(|(_, it)| it.of.contains_key(&target)) {
            let measured = decision.target(target).measures.iter().find(|measured| measured.measure == id);
            let value = measured.and_then(|measured| measured.value.as_ref()?.as_number());
            let rounded = value.map(|value| value.rounded(Rounding::Nearest, billionth()).unwrap());
            let number = rounded.map_or(Json::Null, |value| value.to_string().parse().unwrap());
            measures.insert(format!("{}.{}", ruleset.target_name(target), measure.name), number);
        }
    }
    let mut fired = Vec::new();
    for (id, rule) in ruleset.rules.entries() {
        for instance in decision.instances(id).iter().filter(|instance| instance.fires.truth == Truth::True) {
            let channel = instance.channel.map(|channel| format!("[{}]", ruleset.channels[channel].name));
            fired.push(format!("{}{}", rule.name, channel.unwrap_or_default()));
        }
    }
    let mut row = json!({
        "line": line,
        "first": decision.first.target.map(|target| ruleset.target_name(target)),
        "settled": decision.first.settled,
        "targets": targets.collect::<serde_json::Map<_, _>>(),
        "fired": fired,
    });
    if !measures.is_empty() {
        row["measures"] = measures.into();
    }
    row
}

fn billionth() -> Exact {
    Exact::fraction(1, 1_000_000_000).unwrap()
}

fn json_row(profile: &[(&str, Option<&str>)], id: u64) -> String {
    let fields = profile.iter().map(|(name, value)| {
        let bare = value.is_none_or(|value| {
            value.starts_with('"') || matches!(value, "true" | "false") || value.parse::<f64>().is_ok()
        });
        let value = value.unwrap_or("null");
        let list = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let value = match list {
            Some(list) => {
                let members = list.split(", ").filter(|m| !m.is_empty()).map(|m| format!("\"{m}\""));
                format!("[{}]", members.collect::<Vec<_>>().join(","))
            }
            None if bare => value.to_string(),
            None => format!("\"{value}\""),
        };
        format!(", \"{name}\": {value}")
    });
    format!("{{\"id\": {id}, \"note\": {{\"any\": [1]}}{}}}", fields.collect::<String>())
}

fn csv_row(profile: &[(&str, Option<&str>)], id: u64) -> String {
    let cells = generate::FIELDS.iter().map(|field| {
        let value = profile.iter().find(|(name, _)| *name == field.name);
        let value = value.map_or("", |(_, value)| value.unwrap_or("unknown")).trim_matches('"');
        if value.contains(',') { format!(",\"{value}\"") } else { format!(",{value}") }
    });
    format!("{id}{}", cells.collect::<String>())
}

/// Each row is answered as `decide` answers it, read from NDJSON and from CSV.
pub(crate) fn assert_rows(program: &Program<'_>, rows: &[Vec<(&str, Option<&str>)>], case: &str) {
    let ruleset = program.ruleset();
    let options = Options { keep: vec!["id".into()], reasons: true, ..Options::default() };
    let batch = Batch::new(program, &options, Form::Ndjson).unwrap();
    let mut worker = batch.worker();
    let wanted: Vec<Json> = (1..)
        .zip(rows)
        .map(|(line, given)| expected(ruleset, &random_profile(ruleset, given), line))
        .collect();
    let lines: String = (1..).zip(rows).map(|(id, given)| json_row(given, id) + "\n").collect();
    worker.ndjson(lines.as_bytes(), 1);
    assert_answers(worker.take(), &wanted, |id| json!(id), case);
    let fields = generate::FIELDS.iter().map(|field| field.name);
    let names: Vec<String> = ["id"].into_iter().chain(fields).map(String::from).collect();
    let records: String = (1..).zip(rows).map(|(id, given)| csv_row(given, id) + "\n").collect();
    worker.csv(records.as_bytes(), &names, 1);
    assert_answers(worker.take(), &wanted, |id| json!(id.to_string()), case);
}

/// Compares answers with what is wanted; `id` says how the number that each row keeps is written.
fn assert_answers(
    (out, rejects): (Vec<u8>, Vec<Reject>),
    wanted: &[Json],
    id: impl Fn(usize) -> Json,
    case: &str,
) {
    assert!(rejects.is_empty(), "{case}: {rejects:?}");
    let lines = String::from_utf8(out).unwrap();
    let answers: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), wanted.len(), "{case}");
    for (number, (answer, wanted)) in (1..).zip(answers.iter().zip(wanted)) {
        let mut wanted = wanted.clone();
        wanted["id"] = id(number);
        assert_eq!(*answer, wanted, "{case}");
    }
}
