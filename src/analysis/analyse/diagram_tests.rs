use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::stop::CalledOff;
use super::*;

/// Random choices (splitmix64).
struct Dice(u64);

impl Dice {
    fn pick(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % count
    }
}

/// A function with its table: its value at each combination of cells.
struct Known {
    diagram: Ref,
    table: Vec<i64>,
}

fn points(widths: &[u32]) -> Vec<Cells> {
    let mut all = vec![Vec::new()];
    for width in widths {
        all = all
            .iter()
            .flat_map(|cells: &Cells| {
                (0..*width as usize).map(|cell| cells.iter().copied().chain([Some(cell)]).collect::<Cells>())
            })
            .collect();
    }
    all
}

/// Random functions over few cells, each made of two earlier ones.
fn random(dice: &mut Dice, diagrams: &mut Diagrams, all: &[Cells]) -> Vec<Known> {
    let mut conditions: Vec<Known> = Vec::new();
    for _ in 0..6 {
        let variable = dice.pick(diagrams.variables() as u64) as usize;
        let mask = dice.pick(1 << diagrams.width(variable));
        let diagram = diagrams.cell(variable, |cell| mask >> cell & 1 == 1).unwrap();
        let table = all.iter().map(|cells| (mask >> cells[variable].unwrap() & 1) as i64).collect();
        conditions.push(Known { diagram, table });
    }
    for _ in 0..12 {
        let (a, b) = (dice.pick(conditions.len() as u64), dice.pick(conditions.len() as u64));
        let (a, b) = (&conditions[a as usize], &conditions[b as usize]);
        let zip =
            |f: fn(i64, i64) -> i64| a.table.iter().zip(&b.table).map(|(a, b)| f(*a, *b)).collect::<Vec<_>>();
        let (diagram, table) = match dice.pick(4) {
            0 => (diagrams.and(a.diagram, b.diagram), zip(|a, b| a & b)),
            1 => (diagrams.or(a.diagram, b.diagram), zip(|a, b| a | b)),
            2 => (diagrams.differ(a.diagram, b.diagram), zip(|a, b| a ^ b)),
            _ => (diagrams.not(a.diagram), zip(|a, _| 1 - a)),
        };
        conditions.push(Known { diagram: diagram.unwrap(), table });
    }
    conditions
}

#[test]
fn diagrams_agree_with_tables() {
    for seed in 0..200 {
        let mut dice = Dice(seed);
        let widths: Vec<u32> = (0..1 + dice.pick(4)).map(|_| 1 + dice.pick(4) as u32).collect();
        let all = points(&widths);
        let mut diagrams = Diagrams::new(widths.clone(), Budget::default()).unwrap();
        let conditions = random(&mut dice, &mut diagrams, &all);
        // Sums, thresholds, and the lesser of two.
        let mut sum = Known { diagram: NO, table: vec![0; all.len()] };
        for known in &conditions {
            let points = dice.pick(9) as i64 - 4;
            let bounded = diagrams.add_within(sum.diagram, (known.diagram, points), (-3, 2)).unwrap();
            sum.diagram = diagrams.add_where(sum.diagram, known.diagram, points).unwrap();
            assert_eq!(bounded, diagrams.map(sum.diagram, &|sum| sum.clamp(-3, 2)).unwrap());
            sum.table.iter_mut().zip(&known.table).for_each(|(sum, holds)| *sum += points * holds);
        }
        let limit = dice.pick(9) as i64 - 4;
        let reached = Known {
            diagram: diagrams.at_least(sum.diagram, limit).unwrap(),
            table: sum.table.iter().map(|sum| i64::from(*sum >= limit)).collect(),
        };
        let three = diagrams.constant(3);
        let capped = Known {
            diagram: diagrams.least(sum.diagram, three).unwrap(),
            table: sum.table.iter().map(|sum| *sum.min(&3)).collect(),
        };
        for known in conditions.iter().chain([&sum, &reached, &capped]) {
            check(&mut diagrams, &widths, &all, known);
        }
        // A function is kept once: equal tables mean equal diagrams.
        for (a, b) in conditions.iter().zip(conditions.iter().skip(1)) {
            assert_eq!(a.table == b.table, a.diagram == b.diagram, "seed {seed}");
        }
    }
}

fn check(diagrams: &mut Diagrams, widths: &[u32], all: &[Cells], known: &Known) {
    for (cells, value) in all.iter().zip(&known.table) {
        assert_eq!(diagrams.at(known.diagram, cells), *value);
    }
    let mut counts: BTreeMap<i64, u128> = BTreeMap::new();
    for value in &known.table {
        *counts.entry(*value).or_default() += 1;
    }
    assert_eq!(diagrams.counts(known.diagram), counts);
    assert_eq!(diagrams.values(known.diagram), counts.keys().copied().collect());
    for variable in 0..widths.len() {
        let width = widths[variable] as usize;
        let value_in = |cells: &Cells, cell: usize| {
            let mut moved = cells.clone();
            moved[variable] = Some(cell);
            known.table[all.iter().position(|other| *other == moved).unwrap()]
        };
        let depends =
            all.iter().any(|cells| (0..width).any(|cell| value_in(cells, cell) != value_in(cells, 0)));
        assert_eq!(diagrams.support(known.diagram).contains(&variable), depends);
        let last = width - 1;
        let same = all.iter().all(|cells| value_in(cells, 0) == value_in(cells, last));
        let asking = diagrams.asking(known.diagram, variable);
        let alike = asking.iter().all(|node| diagrams.child(*node, 0) == diagrams.child(*node, last));
        assert_eq!(alike, same);
        let within = diagrams.within(known.diagram, variable, last).unwrap();
        for cells in all {
            assert_eq!(diagrams.at(within, cells), value_in(cells, last));
        }
    }
    if known.table.iter().all(|value| (0..2).contains(value)) {
        // The cheapest witness, the cost of a cell being its number.
        let cost = |cells: &Cells| cells.iter().map(|cell| cell.unwrap_or(0) as u64).sum::<u64>();
        let holding = all.iter().zip(&known.table).filter(|(_, holds)| **holds == 1);
        let cheapest = holding.map(|(cells, _)| cost(cells)).min();
        let witness = diagrams.witness(known.diagram, &|_, cell| cell as u64);
        assert_eq!(witness.as_ref().map(cost), cheapest);
        if let Some(witness) = witness {
            assert_eq!(diagrams.at(known.diagram, &witness), 1);
        }
    }
}

/// Who sits where: a condition whose diagram grows fast in this order of variables.
#[test]
fn past_the_budget_nothing_is_said() {
    let pairs = 14;
    let budget = Budget { nodes: 5_000, steps: 1_000_000 };
    let mut diagrams = Diagrams::new(vec![2; 2 * pairs], budget).unwrap();
    let same = (0..pairs).try_fold(YES, |same, pair| {
        let a = diagrams.cell(pair, |cell| cell == 1)?;
        let b = diagrams.cell(pair + pairs, |cell| cell == 1)?;
        let differ = diagrams.differ(a, b)?;
        diagrams.without(same, differ)
    });
    assert_eq!(same, Err(TooLarge));
    assert!(diagrams.size() <= 5_000);
    let few = Budget { nodes: 1_000_000, steps: 10 };
    diagrams.renew(few);
    let a = diagrams.cell(0, |cell| cell == 1).unwrap();
    let made = (1..20).try_fold(a, |all, variable| {
        let next = diagrams.cell(variable, |cell| cell == 1)?;
        diagrams.differ(all, next)
    });
    assert_eq!(made, Err(TooLarge));
    assert_eq!(Diagrams::new(vec![2; 5_000], Budget::default()).unwrap_err(), TooLarge);
}

/// Work that is called off ends at its next step, whatever budget is left.
#[test]
fn called_off_there_is_no_further_step() {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let mut diagrams = Diagrams::new(vec![2; 4], Budget::default()).unwrap();
    diagrams.stop_by(Stop::once_changed(&NUMBER));
    let mut cell = |variable| diagrams.cell(variable, |cell| cell == 1).unwrap();
    let (a, b, c) = (cell(0), cell(1), cell(2));
    assert!(diagrams.differ(a, b).is_ok());
    NUMBER.fetch_add(1, Ordering::Relaxed);
    let unwound = catch_unwind(AssertUnwindSafe(|| diagrams.differ(b, c))).unwrap_err();
    assert!(unwound.is::<CalledOff>());
}

/// A condition on one cell of many costs what one of few does.
#[test]
fn a_condition_costs_as_much_as_it_turns() {
    let cost = |cells: usize| {
        let mut diagrams = Diagrams::new(vec![cells as u32, 2], Budget::default()).unwrap();
        let flag = diagrams.cell(1, |cell| cell == 1).unwrap();
        for at in 1..cells - 1 {
            let mut runs = Vec::new();
            for (end, to) in [(at, NO), (at + 1, YES), (cells, NO)] {
                extend(&mut runs, end, to);
            }
            let here = diagrams.choose_runs(0, &runs).unwrap();
            diagrams.and(here, flag).unwrap();
        }
        diagrams.runs.len() as u64 + diagrams.spent().0
    };
    assert!(cost(4_000) <= 4 * cost(1_000) + 100, "{} for {}", cost(4_000), cost(1_000));
}
