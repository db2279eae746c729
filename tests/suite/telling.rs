//! How an answer is told: what a reason rests on, the same in every form, in the language asked for, and not at length.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use qudao_engine::advise::{Advice, STEPS, turn};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Read, Trace, Truth, decide};
use qudao_language::model::{Channel, Entry, ExprKind, Id, Profile, Rule, Ruleset};
use qudao_language::profile::{Format, read};
use qudao_telling::document::Document;
use qudao_telling::report;
use qudao_telling::result::to_json;
use qudao_telling::why::{self, Options};
use qudao_telling::words::Speaker;

use crate::laws::{case, cases, statements};
use crate::reading::random_profile;
use crate::support::{self, Work, assert_snapshot, files_below};

type FactKey = (Id<Channel>, Entry);

/// The facts with a value that a condition reads, each with whether it decides.
fn facts(traces: &[Trace<'_>]) -> BTreeMap<FactKey, bool> {
    let mut found = BTreeMap::new();
    for (read, decides) in traces.iter().flat_map(Trace::weighed_reads) {
        let Read::Fact { channel, entry, statement: Some(statement) } = read else { continue };
        if statement.value.is_some() {
            *found.entry((channel, entry)).or_default() |= decides;
        }
    }
    found
}

/// Whether a condition speaks of more than values: what is known, or what is excluded.
fn asks_more(traces: &[Trace<'_>]) -> bool {
    let mut asks = false;
    for trace in traces {
        trace
            .each(&mut |part| asks |= matches!(part.expr.kind, ExprKind::Known(..) | ExprKind::Excluded(..)));
    }
    asks
}

fn without(ruleset: &Ruleset, facts: &[FactKey]) -> Ruleset {
    let mut changed = ruleset.clone();
    for (channel, entry) in facts {
        statements(&mut changed, *channel).remove(entry);
    }
    changed
}

/// What an instance's condition comes to, and the facts that decide it.
fn proof(
    ruleset: &Ruleset,
    profile: &Profile,
    rule: Id<Rule>,
    channel: Option<Id<Channel>>,
) -> (Truth, BTreeSet<FactKey>) {
    let decision = decide(ruleset, profile, ruleset.as_of.unwrap());
    let traces = decision.condition(rule, channel);
    let deciding = facts(&traces).into_iter().filter(|(_, decides)| *decides).map(|(key, _)| key).collect();
    (decision.instance(rule, channel).unwrap().condition.truth, deciding)
}

#[test]
fn the_facts_that_decide_are_those_that_the_truth_rests_on() {
    let (mut idle, mut deciding) = (0, 0);
    for seed in 0..cases(250) {
        let case = case(seed + 7_000_000, 85);
        let (ruleset, profile) = (&case.ruleset, random_profile(&case.ruleset, &case.profile));
        let decision = decide(ruleset, &profile, ruleset.as_of.unwrap());
        for rule in ruleset.rules.ids() {
            for instance in decision.instances(rule) {
                let traces = decision.condition(rule, instance.channel);
                let truth = instance.condition.truth;
                if truth == Truth::Unknown || asks_more(&traces) {
                    continue;
                }
                let says = || format!("seed {}: {}", case.seed, ruleset.rules[rule].name);
                let read = facts(&traces);
                let vain: Vec<FactKey> =
                    read.iter().filter(|(_, decides)| !**decides).map(|(key, _)| *key).collect();
                if !vain.is_empty() {
                    idle += 1;
                    let (after, _) = proof(&without(ruleset, &vain), &profile, rule, instance.channel);
                    assert_eq!(after, truth, "{} without what decides nothing", says());
                }
                let cited: BTreeSet<FactKey> =
                    read.iter().filter(|(_, decides)| **decides).map(|(key, _)| *key).collect();
                for fact in &cited {
                    deciding += 1;
                    let (after, proof) = proof(&without(ruleset, &[*fact]), &profile, rule, instance.channel);
                    assert!(after != truth || proof != cited, "{} rests on a fact for nothing", says());
                }
            }
        }
    }
    println!("{idle} conditions read facts that decide nothing, {deciding} facts decide");
    assert!(idle > 30 && deciding > 300, "{idle} {deciding}");
}

/// The words of a text, each as often as it stands there; what only breaks lines or sets words apart is left out.
fn words(text: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            *words.entry(std::mem::take(&mut word)).or_default() += 1;
        }
        if c.is_alphanumeric() {
            *words.entry(c.to_string()).or_default() += 1;
        }
    }
    words
}

/// Checks that the answer on a screen and the one in Markdown tell the same.
fn assert_same_told(decision: &Decision<'_>, speaker: Speaker<'_>, top: Option<usize>, says: &str) {
    let options = Options { top, trace: true, ..Options::default() };
    let told = why::answer(decision, speaker, &options);
    let (text, markdown) = (told.terminal(false), told.markdown());
    // A report has a title, heads of columns, words for marks, and the quotes at its end.
    let sources = format!("\n## {}\n", speaker.tongue.sources());
    let (body, end) =
        markdown.split_once(&sources).unwrap_or((markdown.rsplit_once("\n---\n").unwrap().0, ""));
    let footer = markdown.rsplit_once("\n---\n").unwrap().1;
    assert!(end.is_empty() || end.contains("\n---\n"), "{says}");
    let heads = ["# ", "| | id |", "| | 标识"];
    let marks = [speaker.tongue.warning(), speaker.tongue.note()].map(|word| format!("- *{word}* "));
    let body: String = body
        .lines()
        .filter(|line| !heads.iter().any(|head| line.starts_with(head)))
        .map(|line| {
            let line =
                marks.iter().fold(line.to_string(), |line, mark| line.replacen(mark.as_str(), "- ", 1));
            let line = line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            line.replace("[x] ", "").replace('\\', "") + "\n"
        })
        .collect();
    // Where there are measures, a screen has the heads of columns too, or the measures with their heads below a row.
    let titles: Vec<String> = decision
        .ruleset
        .measures
        .iter()
        .map(|measure| format!("      {}  ", measure.title(speaker.language)))
        .collect();
    let text: String = text
        .lines()
        .filter(|line| !["     id  ", "     标识  "].iter().any(|head| line.starts_with(head)))
        .map(|line| titles.iter().find_map(|title| line.strip_prefix(title.as_str())).unwrap_or(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    let text = text.replace("[x] ", "");
    let (shown, mut reported) = (words(&text), words(&(body + &footer.replace('\\', ""))));
    // On a screen the name of a target heads what is told of it.
    for line in text.lines().filter(|line| !line.starts_with(' ')) {
        if let Some((id, _)) = line.split_once("  ")
            && decision.ruleset.target(id).is_some()
        {
            words(id).into_keys().for_each(|word| *reported.entry(word).or_default() += 1);
        }
    }
    let counts = |word: &String| (shown.get(word).copied(), reported.get(word).copied());
    let all: BTreeSet<&String> = shown.keys().chain(reported.keys()).collect();
    let differ: Vec<_> =
        all.into_iter().map(|word| (word, counts(word))).filter(|(_, (a, b))| a != b).collect();
    assert!(differ.is_empty(), "{says}: {differ:?}\n{text}\n{markdown}");
}

#[test]
fn both_forms_tell_the_same_of_the_shipped_profiles() {
    let mut told = 0;
    for (ruleset, profiles) in shipped() {
        for (name, profile) in profiles {
            let decision = decide(&ruleset, &profile, ruleset.as_of.unwrap());
            for language in ["en", "zh"] {
                for top in [None, Some(1)] {
                    told += 1;
                    assert_same_told(&decision, Speaker::new(&ruleset, Some(language)), top, &name);
                }
            }
        }
    }
    assert!(told > 60, "{told}");
}

#[test]
fn both_forms_tell_the_same_of_random_answers() {
    for seed in 0..cases(300) {
        let case = case(seed + 8_000_000, 60);
        let profile = random_profile(&case.ruleset, &case.profile);
        let decision = decide(&case.ruleset, &profile, case.ruleset.as_of.unwrap());
        let language = if seed % 2 == 0 { "en" } else { "zh" };
        let speaker = Speaker::new(&case.ruleset, Some(language));
        assert_same_told(&decision, speaker, None, &format!("seed {}", case.seed));
    }
}

/// Scores of two channels and two mixes, and whether each may yet be excluded or lifted.
fn mixes(rules: &str) -> Ruleset {
    support::ruleset(&format!(
        "ruleset m \"M\"\nprofile {{\n k: bool\n n: bool\n}}\nchannel a \"A\"\nchannel b \"B\"\nchannel c \"C\"\n\
         mix ab \"A with B\" {{ of a, b }}\nmix bc \"B with C\" {{ of b, c }}\n{rules}"
    ))
}

#[test]
fn headlines_name_mixes_where_they_lead() {
    let variants = [
        ("better", "rule r { when k then score a, b -1, score ab +1 }"),
        ("better by points", "rule r { when k then score a +1, score ab +2 }"),
        ("several", "rule r { when k then score a, b, c -1, score ab +1, score bc +2 }"),
        ("several tie", "rule r { when k then score a, b, c -1, score ab, bc +2 }"),
        ("possible", "rule r { when k then score a, b, c, bc -1 }"),
        ("nearest", "rule r { when k then score a, b, c, bc -2, score ab -1 }"),
        ("equal, of the recommended", "rule r { when k then score a, b, ab +1 }"),
        ("equal, the second of the recommended", "rule r { when k then score b, c, ab, bc +1 }"),
        ("equal, not of the recommended", "rule r { when k then score a, ab +1 }"),
        ("worse", "rule r { when k then score a, b +2, score ab +1 }"),
        ("all channels excluded", "rule r { when k then exclude a, exclude b, exclude c }"),
        ("some excluded", "rule r { when k then exclude a, score bc +1, score b, c -1 }"),
        (
            "undecided and leading",
            "rule r { when k then score a, b, c -1 }\nrule s { when n then score ab +1 }",
        ),
        ("undecided and behind", "rule r { when k then score a, b +0 }\nrule s { when n then score ab +1 }"),
        (
            "undecided though one is recommended",
            "rule r { when k then score a +1 }\nrule s { when n then score ab +1 }",
        ),
        (
            "open by a fact",
            "fact f: bool\nrule r { when k then score a -1, score b, c -1 }\nrule s { when a.f then score ab +1 }",
        ),
        ("needs", "requirement q \"Q\"\nrule r { when k then score ab +1, ab needs q }"),
    ];
    let mut told = String::new();
    for (name, rules) in variants {
        let ruleset = mixes(rules);
        let read = support::profile(&ruleset, "k: true");
        let profile = read.profile.unwrap();
        let decision = decide(&ruleset, &profile, Date::MIN);
        for language in ["en", "zh"] {
            let speaker = Speaker::new(&ruleset, Some(language));
            let answer = why::answer(&decision, speaker, &Options::default());
            let (text, markdown) = (answer.terminal(false), answer.markdown());
            let (headline, rest) = text.split_once("\n\n").unwrap();
            let line = markdown.lines().find_map(|line| line.strip_prefix("**")?.strip_suffix("**")).unwrap();
            assert_eq!(words(headline), words(line), "{name}");
            let _ = writeln!(told, "{name}: {}", line.replace('\\', ""));
            if language == "en" {
                let rows = rest.lines().filter(|line| line.starts_with("  ") && line.contains("("));
                rows.filter(|row| !["  ?", "  ["].iter().any(|sign| row.starts_with(sign)))
                    .for_each(|row| told.push_str(&format!("{row}\n")));
            }
        }
        let result = to_json(&decision, Speaker::new(&ruleset, None), false);
        let _ = writeln!(told, "  {}", result["best"]);
    }
    assert_snapshot("reports/snapshots", "headlines", &told);
}

/// The shipped rulesets, each with its profiles.
fn shipped() -> Vec<(Ruleset, Vec<(String, Profile)>)> {
    let names = ["wechat", "wechat-today", "aws-messaging", "licence", "payments", "us-texting"].into_iter();
    let of = |name: &str| {
        let folder = support::folder("../rulesets").join(name);
        let main = std::fs::read(folder.join(format!("{name}.qd"))).unwrap();
        let mut sources = qudao_language::syntax::Sources::new(&format!("{name}.qd"), main);
        while let Some(wanted) = sources.wanted() {
            match std::fs::read(folder.join(&wanted.path)) {
                Ok(bytes) => sources.supply(bytes),
                Err(_) => sources.absent("it is not there"),
            }
        }
        let ruleset = qudao_language::check::check(&sources).ruleset.unwrap();
        let profiles = files_below(&folder.join("profiles")).into_iter().map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let format = Format::of_name(&name).unwrap();
            let profile = read(&ruleset, &name, std::fs::read(&path).unwrap(), format, &[]).profile;
            (name, profile.unwrap())
        });
        let profiles = profiles.collect();
        (ruleset, profiles)
    };
    names.map(of).collect()
}

fn advice(decision: &Decision<'_>) -> Vec<Advice> {
    let told = why::told_in_full(decision).into_iter();
    told.map(|target| turn(decision.ruleset, decision.profile, decision.day, target, STEPS)).collect()
}

/// The answer for a client, without and with its sources.
fn for_client(decision: &Decision<'_>, speaker: Speaker<'_>, advice: &[Advice], ids: bool) -> [Document; 2] {
    let told = why::client(decision, speaker, advice, ids);
    [told.document.clone(), told.in_text(&speaker)]
}

#[test]
fn a_client_reads_titles_in_one_language() {
    let mut told = 0;
    for (ruleset, profiles) in shipped() {
        let fields = ruleset.fields.iter().map(|field| &*field.name);
        let rules = ruleset.rules.iter().map(|rule| &*rule.name);
        let requirements = ruleset.requirements.iter().map(|requirement| &*requirement.name);
        let targets = ruleset.targets().map(|target| ruleset.target_name(target));
        let names = fields.chain(rules).chain(requirements).chain(targets);
        let names: Vec<&str> = names.filter(|name| name.contains('_')).collect();
        let chinese = !ruleset.tags().is_empty();
        for (name, profile) in &profiles {
            let decision = decide(&ruleset, profile, ruleset.as_of.unwrap());
            let advice = advice(&decision);
            for language in ["en", "zh"].into_iter().filter(|language| chinese || *language == "en") {
                let speaker = Speaker::new(&ruleset, Some(language));
                let [body, whole] = for_client(&decision, speaker, &advice, false);
                for text in [whole.terminal(false), whole.markdown().replace('\\', "")] {
                    let shown = names.iter().find(|name| text.contains(**name));
                    assert_eq!(shown, None, "{name}\n{text}");
                }
                // Two pages, for somebody who answered everything.
                let lines = whole.terminal(false).lines().count();
                assert!(&*ruleset.name != "wechat" || lines <= 120, "{name} in {language} has {lines} lines");
                let text = body.terminal(false);
                // `wechat-today` names a Chinese word in an English title.
                let english = language == "en" && &*ruleset.name == "wechat";
                let foreign = |c: char| english && ('一'..='鿿').contains(&c);
                assert_eq!(text.chars().find(|c| foreign(*c)), None, "{name}\n{text}");
                // Of English in Chinese there are names alone, such as those of sources.
                let words =
                    ["recommended", "possible", "assumed", "warning", "would", " is ", "To do", "answer"];
                let own = words.iter().find(|word| language == "zh" && text.contains(**word));
                assert_eq!(own, None, "{name}\n{text}");
                let ids = for_client(&decision, speaker, &advice, true)[1].markdown();
                let best = decision.best().map(|best| ruleset.target_name(best.target));
                assert!(best.is_none_or(|best| ids.contains(best)), "{name}\n{ids}");
                told += 1;
            }
        }
    }
    assert!(told > 30, "{told}");
}

#[test]
fn a_client_is_told_five_in_full_and_all_others_in_a_line() {
    let channels: String = (0..50).map(|at| format!("channel c{at} \"Way {at}.\"\n")).collect();
    let text =
        format!("ruleset r {{ as of 2026-01-01 }}\n{channels}rule x for each c {{ then score c +2 }}\n");
    let ruleset = support::ruleset(&text);
    let read = support::profile(&ruleset, "{}");
    let decision = decide(&ruleset, read.profile.as_ref().unwrap(), ruleset.as_of.unwrap());
    let advice = advice(&decision);
    assert_eq!(advice.len(), 5);
    let speaker = Speaker::new(&ruleset, None);
    let [_, whole] = for_client(&decision, speaker, &advice, false);
    let told = whole.terminal(false);
    assert_eq!(told.lines().filter(|line| line.starts_with("Way ") && line.len() < 8).count(), 5, "{told}");
    let line = told.replace("\n    ", " ");
    assert!(line.contains("Way 5., Way 6.,") && line.contains("Way 49.: recommended; x"), "{told}");
    assert!(told.contains("What you told us\nnothing\n"), "{told}");
    assert!(told.contains("Way 0., then Way 1., Way 2., Way 3. and 46 more"), "{told}");
    let page = report::report(&decision, speaker, &advice, "", false).html("en");
    assert!(page.matches("<details>").count() == 40 && page.contains("<p>and 10 more</p>"));
}

#[test]
fn what_a_client_reads_of_a_restaurant_chain() {
    let all = shipped();
    let (ruleset, profiles) = all.first().unwrap();
    let (_, profile) = profiles.iter().find(|(name, _)| name.starts_with("restaurant")).unwrap();
    let decision = decide(ruleset, profile, ruleset.as_of.unwrap());
    for language in ["en", "zh"] {
        let [_, whole] =
            for_client(&decision, Speaker::new(ruleset, Some(language)), &advice(&decision), false);
        assert_snapshot("reports/snapshots", &format!("client_{language}"), &whole.terminal(false));
        // Two pages.
        assert!(whole.terminal(false).lines().count() < 130);
    }
}

#[test]
fn a_report_is_a_page_for_each_profile_or_one_for_all() {
    let rules = "ruleset r \"Which?\" { as of 2026-01-01 }\nprofile { n: int \"How many?\" }\nchannel a \"One\"\n\
                 channel b \"Other\"\nrule x { when n > 3 then score a +2 because \"There are many.\" }\n";
    let work = Work::new(&[
        ("r.qd", rules),
        ("some.yaml", "n: 5\n"),
        ("few.yaml", "n: 1\n"),
        ("else/few.yaml", "n: 2\n"),
        ("wrong.yaml", "m: 2\n"),
    ]);
    let (status, out, err) = work.qudao("report r.qd some.yaml few.yaml -o pages/new");
    assert_eq!((status, &*out), (0, ""), "{err}");
    assert_eq!(err, "wrote pages/new/some.html\nwrote pages/new/few.html\n");
    assert_eq!(work.names("pages/new"), ["few.html", "some.html"]);
    let (some, few) = (work.read("pages/new/some.html"), work.read("pages/new/few.html"));
    assert!(some.contains("There are many.") && !few.contains(">There are many.</"), "{few}");
    assert_eq!(work.qudao("report r.qd some.yaml"), (0, some.clone(), String::new()));
    assert_eq!(work.qudao("report r.qd some.yaml -o -"), (0, some.clone(), String::new()));
    // As `eval` does, it takes folders and patterns of profiles.
    for (named, told) in [("else", "few"), ("s*.yaml", "some")] {
        let (status, _, err) = work.qudao(&format!("report r.qd {named} -o {told}.html"));
        assert_eq!((status, err), (0, format!("wrote {told}.html\n")));
    }
    assert_eq!(work.read("some.html"), some);
    let (status, out, _) = work.qudao("report r.qd s*.yaml few.yaml --compare");
    assert!(status == 0 && out.contains("few"), "{out}");
    // What a page was made from is told: another answer is another digest.
    let digests = |page: &str| -> Vec<String> {
        page.split("sha256:").skip(1).map(|rest| rest.chars().take(64).collect()).collect()
    };
    assert_eq!(digests(&some)[1], digests(&few)[1]);
    assert_ne!(digests(&some)[0], digests(&few)[0]);
    let (status, compared, _) = work.qudao("report r.qd some.yaml few.yaml --compare");
    assert!(status == 0 && compared.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{compared}");
    assert!(
        digests(&some).iter().chain(&digests(&few)).all(|digest| compared.contains(digest)),
        "{compared}"
    );
    for (command, says) in [
        ("report r.qd some.yaml few.yaml", "several profiles are a report each"),
        ("report r.qd few.yaml else/few.yaml -o pages", "two profiles are named `few`"),
        ("report r.qd some.yaml -o r.qd/page.html", "cannot write `r.qd/page.html`"),
        ("report r.qd some.yaml few.yaml -o r.qd", "cannot make the folder `r.qd`"),
        ("eval r.qd some.yaml --for client --format json", "writes text or Markdown, not JSON"),
        ("eval r.qd some.yaml --for client --trace", "tells no rules"),
        ("eval r.qd some.yaml --for client --top 1", "tells what is recommended"),
        ("eval r.qd some.yaml --ids", "`--ids` is for `--for client`"),
    ] {
        let (status, out, err) = work.qudao(command);
        assert!(status == 2 && out.is_empty() && err.contains(says), "{command}: {err}");
    }
    // One that cannot be used does not stop the others.
    let (status, _, err) = work.qudao("report r.qd wrong.yaml some.yaml -o pages");
    assert!(status == 1 && err.contains("error[") && err.contains("wrote pages/some.html"), "{err}");
}

/// A table of which the first matching row counts, its rows parted by a number.
fn long_table(rows: usize) -> String {
    let rows: String =
        (0..rows).map(|row| format!("  | {row} | {} || +1 |\n", ["-", "true"][row % 2])).collect();
    format!(
        "ruleset t \"T\" {{ as of 2026-01-01 }}\nprofile {{\n n: int in 0 .. 1000\n k: bool\n}}\nchannel a \"A\"\n\
         table fees first {{\n  | n | k || a |\n{rows}}}\n"
    )
}

#[test]
fn a_row_of_a_long_table_is_proved_on_a_page() {
    let ruleset = support::ruleset(&long_table(300));
    for (given, row) in [("n: 250\nk: true", Some("fees.251")), ("n: 251\nk: false", None), ("k: true", None)]
    {
        let profile = support::profile(&ruleset, given).profile.unwrap();
        let decision = decide(&ruleset, &profile, ruleset.as_of.unwrap());
        let target = ruleset.target("a").unwrap();
        for language in ["en", "zh"] {
            let speaker = Speaker::new(&ruleset, Some(language));
            let proof = why::proof(&decision, speaker, target, None).terminal(false);
            assert!(proof.lines().count() < 160, "{given}: {} lines", proof.lines().count());
            let all: Vec<Id<Rule>> = ruleset.rules.ids().collect();
            let table = why::proof_of_rules(&decision, speaker, "fees", &all).terminal(false);
            assert!(table.lines().count() < 160, "{given}: {} lines", table.lines().count());
            assert!(row.is_none_or(|row| proof.contains(row) && table.contains(row)), "{given}\n{table}");
            let brief = why::brief(&decision, speaker, target);
            assert!(brief.lines().count() < 40, "{given}: {brief}");
        }
        let result = to_json(&decision, Speaker::new(&ruleset, None), true);
        let rules = result["rules"].as_array().unwrap();
        let longest = rules.iter().map(|rule| rule.to_string().len()).max().unwrap();
        assert!(longest < 6_000, "{longest} bytes tell a row");
        let wrong = crate::trace::check(&result);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn rows_before_are_told_by_what_became_of_them() {
    let ruleset = support::ruleset(&long_table(30));
    let told = |given: &str, rule: &str, language: &str| {
        let profile = support::profile(&ruleset, given).profile.unwrap();
        let decision = decide(&ruleset, &profile, ruleset.as_of.unwrap());
        let rule = ruleset.rules.find(|declared| &*declared.name == rule).unwrap();
        why::proof_of_rules(&decision, Speaker::new(&ruleset, Some(language)), "fees", &[rule])
            .terminal(false)
    };
    assert!(told("n: 20\nk: true", "fees.21", "en").contains("✓ none of the 20 rows before matches"));
    assert!(told("n: 20\nk: true", "fees.21", "zh").contains("✓ 前面 20 行都不匹配"));
    assert!(told("n: 0\nk: true", "fees.2", "en").contains("✗ fees.1 stands before it and matches"));
    assert!(told("k: true", "fees.9", "en").contains("? fees.1 stands before it and may match"));
    assert!(told("n: 1", "fees.9", "en").contains("? fees.2 stands before it and may match"));
}

const TWO: &str = "ruleset t \"Title\" @zh \"标题\" { as of 2026-01-01, languages en, zh }\nprofile { k: bool \"K?\" @zh \"是吗？\" }\n\
                   channel a \"Ay\" @zh \"甲\"\nrule r \"Rule\" @zh \"规则\" { when k then score a +1 because \"yes\" @zh \"是\" }\n";

#[test]
fn a_language_is_found_by_its_tag_in_every_command() {
    let work = Work::new(&[("t.qd", TWO), ("p.yaml", "k: true\n"), ("rows.ndjson", "{\"k\": true}\n")]);
    let commands = [
        "eval t.qd p.yaml",
        "eval t.qd p.yaml --format markdown",
        "eval t.qd p.yaml --format json",
        "why t.qd p.yaml a",
        "why t.qd p.yaml r",
        "facts t.qd",
        "schema t.qd",
        "diff t.qd --as-of 2025-01-01 --and 2026-01-01",
        "batch t.qd rows.ndjson --explain 1",
    ];
    for command in commands {
        let (status, plain, warned) = work.qudao(&format!("{command} -q --lang zh"));
        assert_eq!((status, warned.as_str()), (0, ""), "{command}");
        for tag in ["zh_CN", "zh-Hans", "ZH", "zh-Hant-TW", "zh_CN.UTF-8", "zh-cmn-Hans-CN"] {
            assert_eq!(
                work.qudao(&format!("{command} -q --lang {tag}")),
                (0, plain.clone(), String::new()),
                "{command} {tag}"
            );
        }
        let (status, other, warned) = work.qudao(&format!("{command} -q --lang fr"));
        assert_eq!(other, work.qudao(command).1, "{command}");
        assert_eq!(
            (status, warned.as_str()),
            (0, "warning: `t` has no texts in `fr`; those in `en` are shown (it has en, zh)\n"),
            "{command}"
        );
    }
}

#[test]
fn what_is_not_in_the_language_asked_for_is_told() {
    let part = TWO.replace(" @zh \"是吗？\"", "").replace(" @zh \"是\"", "");
    let hant = TWO.replace("languages en, zh", "languages en, zh-Hant").replace("@zh", "@zh-Hant");
    let half = part.replace("languages en, zh", "languages en, zh-Hant").replace("@zh", "@zh-Hant");
    let german = TWO.replace("languages en, zh", "languages en, de").replace("@zh", "@de");
    let both = TWO.replace("languages en, zh", "languages zh-Hans, zh-Hant").replace("@zh", "@zh-Hant");
    let none =
        "ruleset t \"Title\"\nprofile { k: bool }\nchannel a \"Ay\"\nrule r { when k then score a +1 }\n";
    for (text, tag, warned, shown) in [
        (&*part, "zh_CN", "2 of 4 texts of `t` are not translated into `zh`; they are shown in `en`", "甲"),
        (&hant, "zh", "", "甲"),
        (&hant, "zh-TW", "", "甲"),
        (&hant, "zh-CN", "`t` has no texts in `zh-CN`; those in `zh-Hant` are shown", "甲"),
        (
            &half,
            "zh-CN",
            "`t` has no texts in `zh-CN`; those in `zh-Hant` are shown, and 2 of 4 texts of `t` are not translated \
             into `zh-Hant`; they are shown in `en`",
            "甲",
        ),
        (
            &german,
            "de-AT",
            "the program's own words are not translated into `de-AT`; they are in `en` (it has en, zh)",
            "甲",
        ),
        (&both, "zh-Hans", "", "Ay"),
        (&both, "zh", "", "Ay"),
        (&both, "zh-HK", "", "甲"),
        (none, "zh", "`t` names no languages; its texts are shown as they are written", "Ay"),
        (none, "en", "", "Ay"),
    ] {
        let work = Work::new(&[("t.qd", text)]);
        let (status, told, said) = work.qudao(&format!("eval t.qd -q --set k=true --lang {tag}"));
        let warned = if warned.is_empty() { String::new() } else { format!("warning: {warned}\n") };
        assert_eq!((status, said), (0, warned), "{tag}");
        assert!(told.contains(shown), "{tag}: {told}");
    }
}

/// Which of two comes before the other is told by what ranks, not by the score alone.
#[test]
fn who_comes_before_whom_is_told_by_what_ranks() {
    let ruleset = support::ruleset(
        "ruleset t { rank by cost }\nprofile { x: bool }\nchannel a\nchannel b\n\
         measure cost: number for each c in {a} = 1\n\
         rule r { when x then score b +1, cap b at possible }\n",
    );
    let profile = random_profile(&ruleset, &[("x", Some("true"))]);
    let decision = decide(&ruleset, &profile, Date::MIN);
    let [a, b] = ["a", "b"].map(|name| ruleset.target(name).unwrap());
    let told = why::over(&decision, Speaker::new(&ruleset, None), a, b).terminal(false);
    assert!(told.starts_with("a possible (0) comes before b possible (1).\n"), "{told}");
    assert!(told.contains("cost  a 1\n"), "{told}");
}

/// Whatever a ruleset is made of, each report of a decision can be made of it.
#[test]
fn every_report_of_a_random_ruleset_is_told() {
    let mut rated = 0;
    for seed in 0..cases(120) {
        let case = case(seed + 17_000_000, 60);
        let profile = random_profile(&case.ruleset, &case.profile);
        let decision = decide(&case.ruleset, &profile, case.ruleset.as_of.unwrap());
        let rules: Vec<Id<Rule>> = case.ruleset.rules.ids().collect();
        rated += usize::from(case.uses.contains_key("points from facts"));
        for language in ["en", "zh"] {
            let speaker = Speaker::new(&case.ruleset, Some(language));
            for target in case.ruleset.targets() {
                let told = why::proof(&decision, speaker, target, None).terminal(false);
                assert!(told.contains(case.ruleset.target_name(target)), "seed {seed}: {told}");
                assert!(!why::brief(&decision, speaker, target).is_empty(), "seed {seed}");
                for other in case.ruleset.targets().filter(|other| *other != target) {
                    let told = why::over(&decision, speaker, target, other).terminal(false);
                    assert!(told.contains(case.ruleset.target_name(other)), "seed {seed}: {told}");
                }
            }
            let told = why::answer(&decision, speaker, &Options::default());
            assert!(!told.terminal(false).is_empty() && !told.markdown().is_empty(), "seed {seed}");
            let told = why::proof_of_rules(&decision, speaker, "all", &rules).terminal(false);
            let named = case.ruleset.rules.iter().all(|rule| told.contains(&*rule.name));
            assert!(named, "seed {seed}: {told}");
        }
    }
    assert!(rated as u64 * 10 > cases(120), "{rated} rulesets have points from facts");
}

/// Where one channel needs the next, all that is to be done for each of them is a square.
#[test]
fn what_many_channels_need_is_told_in_part_and_counted() {
    let chain = |length: usize| {
        let mut text = String::from("ruleset t \"T\"\nprofile { h: bool }\nrequirement q { met when h }\n");
        for number in 0..length {
            let next = if number + 1 < length { format!("c{}", number + 1) } else { "q".into() };
            text.push_str(&format!("channel c{number} {{ needs {next} }}\n"));
        }
        support::ruleset(&(text + "rule r { when h then score c0 +1 }\n"))
    };
    let told = |length: usize| {
        let ruleset = chain(length);
        let profile = support::profile(&ruleset, "{}").profile.unwrap();
        let decision = decide(&ruleset, &profile, Date::parse("2026-01-01").unwrap());
        let first = ruleset.target("c0").unwrap();
        assert_eq!(decision.target(first).open_needs(), length);
        assert_eq!(decision.needs(first).count(), length);
        let last = ruleset.channels.ids().last().unwrap();
        assert_eq!(decision.required_by(last).len(), length - 1);
        why::answer(&decision, Speaker::new(&ruleset, None), &Options::default()).terminal(false)
    };
    let (short, long) = (told(60), told(240));
    assert!(short.contains("… 1 more to do; the proof of c39 tells all"), "{short}");
    assert!(long.len() < 6 * short.len(), "{} and {}", short.len(), long.len());
}
