//! How much of a shipped ruleset its own tests and snapshots hold in place: each rule is removed, each weight changed,
//! each threshold moved by one, one at a time. What nobody notices survives, and is printed:
//!
//! ```text
//! cargo test --release --test suite survivors -- --ignored --nocapture
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use qudao_analysis::testing::{run, snapshot};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::exact::Exact;
use qudao_language::model::{
    EffectKind, Enum, Expr, ExprKind, Id, Number, Points, Profile, Ruleset, Type, Value,
};
use qudao_language::profile::{Format, read};
use qudao_language::syntax::Sources;

use crate::support::files_below;

/// A ruleset with one change, and what was changed.
struct Mutant {
    says: String,
    ruleset: Ruleset,
}

/// A ruleset with its profiles.
struct Shipped {
    ruleset: Ruleset,
    /// The profiles that have snapshots, and those that only tests are given, by file.
    profiles: BTreeMap<PathBuf, Profile>,
    home: PathBuf,
}

impl Shipped {
    fn of(name: &str) -> Shipped {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets").join(name);
        let main = home.join(format!("{name}.qd"));
        let mut sources = Sources::new(&main.to_string_lossy(), std::fs::read(&main).unwrap());
        while let Some(wanted) = sources.wanted().cloned() {
            match std::fs::read(home.join(&wanted.path)) {
                Ok(bytes) => sources.supply(bytes),
                Err(error) => sources.absent(&error.to_string()),
            }
        }
        let ruleset = check(&sources).ruleset.unwrap();
        let files = ["profiles", "questions"].into_iter().flat_map(|folder| files_below(&home.join(folder)));
        let profiles = files
            .filter_map(|path| {
                let format = Format::of_name(&path.to_string_lossy())?;
                let read =
                    read(&ruleset, &path.to_string_lossy(), std::fs::read(&path).unwrap(), format, &[]);
                Some((path, read.profile.unwrap()))
            })
            .collect();
        Shipped { ruleset, profiles, home }
    }

    fn day(&self) -> Date {
        self.ruleset.as_of.unwrap_or(Date::MIN)
    }

    fn snapshots(&self, ruleset: &Ruleset) -> Vec<String> {
        let cases = self.home.join("profiles");
        let profiles = self.profiles.iter().filter(|(path, _)| path.starts_with(&cases));
        profiles.map(|(_, profile)| snapshot(&decide(ruleset, profile, self.day()))).collect()
    }

    /// Whether all tests pass.
    fn passes(&self, ruleset: &Ruleset) -> bool {
        ruleset.tests.iter().all(|test| {
            let base = test.file.as_ref().map(|file| &self.profiles[&self.home.join(&file.value)]);
            run(ruleset, test, base, None).passed()
        })
    }

    fn mutants(&self) -> Vec<Mutant> {
        let mut found = Vec::new();
        let mut add = |says: String, change: &dyn Fn(&mut Ruleset)| {
            let mut ruleset = self.ruleset.clone();
            change(&mut ruleset);
            found.push(Mutant { says, ruleset });
        };
        for (id, rule) in self.ruleset.rules.entries() {
            add(format!("rule {} is removed", rule.name), &|ruleset| {
                let never =
                    Expr { span: rule.span, ty: Type::Bool, kind: ExprKind::Literal(Value::Bool(false)) };
                ruleset.rules[id].when = Some(never);
            });
            for (number, effect) in rule.effects.iter().enumerate() {
                let EffectKind::Score(target, Points::Fixed(points), level) = &effect.kind else { continue };
                let level = level
                    .map(|level| if level + 1 < self.ruleset.levels.len() { level + 1 } else { level - 1 });
                let points = match level {
                    Some(level) => self.ruleset.levels[level].points * points.signum(),
                    None => points + 1,
                };
                let on = target.resolve(None).map_or("each", |target| self.ruleset.target_name(target));
                add(format!("rule {} gives {on} {points:+}", rule.name), &|ruleset| {
                    ruleset.rules[id].effects[number].kind =
                        EffectKind::Score(*target, Points::Fixed(points), level);
                });
            }
            let count = rule.when.as_ref().map_or(0, |when| steps(&self.ruleset, when.clone(), None).1);
            for step in 0..count {
                add(format!("rule {}, threshold {}", rule.name, step + 1), &|ruleset| {
                    let when = rule.when.clone().unwrap();
                    let changed = steps(ruleset, when, Some(step)).0;
                    ruleset.rules[id].when = Some(changed);
                });
            }
        }
        for (id, named) in self.ruleset.lets.entries() {
            let count = steps(&self.ruleset, named.value.clone(), None).1;
            for step in 0..count {
                add(format!("let {}, threshold {}", named.name, step + 1), &|ruleset| {
                    let changed = steps(ruleset, named.value.clone(), Some(step)).0;
                    ruleset.lets[id].value = changed;
                });
            }
        }
        for by in [-1, 1] {
            add(format!("recommended from {by:+}"), &|ruleset| ruleset.thresholds.recommended += by);
            add(format!("possible from {by:+}"), &|ruleset| ruleset.thresholds.possible += by);
        }
        found
    }
}

/// Moves one threshold of an expression: a number or a step of a scale that something is compared with. Tells how many
/// there are; each can be moved up and down.
fn steps(ruleset: &Ruleset, mut expr: Expr, chosen: Option<usize>) -> (Expr, usize) {
    let mut count = 0;
    walk(&mut expr, &mut |part| {
        let ordered = match &mut part.kind {
            ExprKind::Compare(op, a, b) if !op.is_equality() => vec![&mut **a, &mut **b],
            ExprKind::InRange { low, high, .. } => {
                [low, high].into_iter().flatten().map(|bound| &mut **bound).collect()
            }
            _ => Vec::new(),
        };
        for bound in ordered {
            let ty = bound.ty;
            let ExprKind::Literal(value) = &mut bound.kind else { continue };
            for by in [-1, 1] {
                let Some(moved) = moved(ruleset, value, ty, by) else { continue };
                if chosen == Some(count) {
                    *value = moved;
                    count += 1;
                    break;
                }
                count += 1;
            }
        }
    });
    (expr, count)
}

fn moved(ruleset: &Ruleset, value: &Value, ty: Type, by: i128) -> Option<Value> {
    match (value, ty) {
        (Value::Number(number), _) => {
            let moved = number.value.plus(Exact::fraction(by, 1)?)?;
            Some(Value::Number(Number::computed(moved)))
        }
        (Value::Enum(member), Type::Enum(id)) => {
            let id: Id<Enum> = id;
            let member = u32::try_from(i128::from(*member) + by).ok()?;
            ((member as usize) < ruleset.enums[id].members.len()).then_some(Value::Enum(member))
        }
        _ => None,
    }
}

/// Calls a function with an expression and all its parts that conditions are made of.
fn walk(expr: &mut Expr, visit: &mut impl FnMut(&mut Expr)) {
    visit(expr);
    match &mut expr.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter_mut().for_each(|part| walk(part, visit)),
        ExprKind::Not(part) => walk(part, visit),
        ExprKind::If(parts) => parts.iter_mut().for_each(|part| walk(part, visit)),
        _ => {}
    }
}

/// Returns how many of ten mutants are caught by all that a ruleset has, and by its tests alone; and the survivors.
fn caught(name: &str) -> (f64, f64, Vec<String>) {
    let shipped = Shipped::of(name);
    assert!(shipped.passes(&shipped.ruleset), "{name} passes its tests");
    let same = shipped.snapshots(&shipped.ruleset);
    let mutants = shipped.mutants();
    let (mut by_any, mut by_tests, mut survivors) = (0.0, 0.0, Vec::new());
    for mutant in &mutants {
        let tests = !shipped.passes(&mutant.ruleset);
        let any = tests || shipped.snapshots(&mutant.ruleset) != same;
        by_tests += f64::from(u8::from(tests));
        by_any += f64::from(u8::from(any));
        if !tests {
            let who = if any { "by snapshots only" } else { "SURVIVES" };
            survivors.push(format!("{name}: {}: {who}", mutant.says));
        }
    }
    let tenths = |count: f64| 10.0 * count / mutants.len() as f64;
    survivors.push(format!(
        "{name}: {} mutants, {by_any} caught, {by_tests} by hand-written expectations alone",
        mutants.len()
    ));
    (tenths(by_any), tenths(by_tests), survivors)
}

#[test]
#[ignore = "some hundred rulesets are tested one after the other"]
fn the_tests_of_shipped_rulesets_notice_changes() {
    let mut wrong = Vec::new();
    for name in qudao_language::bundled::names() {
        let (any, tests, survivors) = caught(name);
        survivors.iter().for_each(|line| println!("{line}"));
        if any < 9.0 || tests < 7.0 {
            wrong
                .push(format!("{name}: {any:.1} of ten are caught, {tests:.1} by hand-written expectations"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
