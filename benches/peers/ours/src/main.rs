//! Our side of the comparison. Variants:
//!   single   one profile at a time, up to the ids of the rules that fired, as the other engines do
//!   full     one profile at a time, and exclusions, scores with ranges, needs, verdicts and the first place besides
//!   full10   the same, a tenth of the values unknown
//!   adverse  the same, nine tenths unknown, an exception to every rule, each with a sum over two fields
//! The last two cannot fire what the reference fires. In their place it is made sure that what fires and what is
//! pending is what it has to be: with less known nothing else fires, and all that fired is still possible.
//! Values are encoded inside the timed part: what is prepared is what the hand-written references get, decimals as
//! whole hundredths.
use std::collections::BTreeSet;
use std::fmt::Write;

use bench_common::typed::{Profile, Schema};
use bench_common::{Atom, Fired, Peer, Spell, Workload};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::model::{Field, Id, Ruleset};
use qudao_engine::program::{Program, Scratch};
use qudao_language::syntax::Sources;
use serde_json::Value;

struct Words;

impl Spell for Words {
    fn atom(&self, w: &Workload, a: &Atom) -> String {
        match a {
            Atom::Eq { field, value: Value::Bool(true) } => field.clone(),
            Atom::Eq { field, value: Value::Bool(false) } => format!("not {field}"),
            Atom::Eq { field, value } => format!("{field} == {}", value.as_str().unwrap()),
            Atom::In { field, values } => format!("{field} in {{{}}}", values.join(", ")),
            Atom::Contains { field, value } => format!("{field} has {value}"),
            Atom::Ge { field, value } => format!("{field} >= {}", w.num(field, *value)),
            Atom::Lt { field, value } => format!("{field} < {}", w.num(field, *value)),
        }
    }
    fn and(&self) -> &'static str {
        " and "
    }
    fn or(&self) -> &'static str {
        " or "
    }
    fn not(&self, x: &str) -> String {
        format!("not ({x})")
    }
}

fn ruleset(w: &Workload, adverse: bool) -> String {
    let mut text = String::from("ruleset bench \"Bench\" { version \"1.0.0\" }\n");
    let mut fields = String::from("profile {\n");
    for f in &w.fields {
        let ty = match f.ty.as_str() {
            "int" => "int".into(),
            "decimal" => "number".into(),
            "bool" => "bool".into(),
            kind => {
                let _ = writeln!(text, "enum {}_values {{ {} }}", f.name, f.values.join(", "));
                format!("{}{}_values", if kind == "set" { "set of " } else { "" }, f.name)
            }
        };
        let _ = writeln!(fields, "  {}: {ty}", f.name);
    }
    text += &fields;
    text += "}\nrequirement paper \"Paper\"\n";
    for c in &w.channels {
        let _ = writeln!(text, "channel {c}");
    }
    for r in &w.rules {
        let c = &r.effect.channel;
        let effect = match r.effect.kind.as_str() {
            "score" => format!("score {c} {:+}", r.effect.delta),
            "exclude" => format!("exclude {c}"),
            "recommend" => format!("score {c} +50"),
            _ => format!("{c} needs paper"),
        };
        let _ = writeln!(text, "rule r{} {{\n  when {}\n  then {effect}\n  because \"{}\"\n}}", r.id, Words.rule(w, r), r.reason);
        if adverse {
            let least = 100_000 + r.id * 7 % 1000;
            let _ = writeln!(text, "rule x{} exception to r{} {{ when followers + sku_count > {least} then note {c} \"Too large\" }}", r.id, r.id);
        }
    }
    text
}

/// What the timed part begins with.
struct Typed {
    plain: Profile,
    /// The decimals, in hundredths.
    hundredths: [i64; 3],
    /// The fields that are not known, by bit.
    unknown: u32,
}

struct Fields {
    codes: [Id<Field>; 6],
    sets: [Id<Field>; 3],
    whole: [Id<Field>; 5],
    decimal: [Id<Field>; 3],
    bools: [Id<Field>; 5],
}

struct Ours {
    program: Program<'static>,
    scratch: Scratch,
    fields: Fields,
    schema: Schema,
    profiles: Vec<Typed>,
    /// The neutral id of each rule; nothing for exceptions.
    ids: Vec<Option<u32>>,
    full: bool,
    /// How many of a hundred values are unknown.
    unknown: u64,
}

impl Ours {
    fn set(&mut self, i: usize) {
        let (program, scratch, f) = (&self.program, &mut self.scratch, &self.fields);
        let Typed { plain: p, hundredths, unknown } = &self.profiles[i];
        for (field, code) in f.codes.iter().zip([p.entity, p.industry, p.stage, p.home_region, p.price_tier, p.primary_language]) {
            program.set_code(scratch, *field, u32::from(code));
        }
        for (field, bits) in f.sets.iter().zip([p.goals, p.formats, p.assets]) {
            program.set_members(scratch, *field, &[u64::from(bits)]);
        }
        for (field, value) in f.whole.iter().zip([p.monthly_posts, p.sku_count, p.team_size, p.followers, p.years_operating]) {
            program.set_decimal(scratch, *field, value, 0);
        }
        for (field, value) in f.decimal.iter().zip(hundredths) {
            program.set_decimal(scratch, *field, *value, 2);
        }
        for (field, value) in f.bools.iter().zip([p.has_icp, p.hosting_in_china, p.needs_payment, p.regulated, p.has_legal_team]) {
            program.set_code(scratch, *field, u32::from(value));
        }
        let mut unknown = *unknown;
        while unknown != 0 {
            program.set_unknown(scratch, Id::new(unknown.trailing_zeros() as usize));
            unknown &= unknown - 1;
        }
    }

    fn run(&mut self, i: usize) -> (BTreeSet<usize>, BTreeSet<usize>) {
        self.set(i);
        self.program.run(&mut self.scratch);
        let (mut fired, mut possible) = (BTreeSet::new(), BTreeSet::new());
        self.program.fired(&self.scratch, |id| _ = fired.insert(id.index()));
        self.program.pending(&self.scratch, |id| _ = possible.insert(id.index()));
        possible.extend(&fired);
        (fired, possible)
    }

    /// Makes sure that less knowledge leaves all open that more settles.
    fn check(&mut self) {
        for i in 0..self.profiles.len().min(500) {
            let (fired, possible) = self.run(i);
            let unknown = std::mem::take(&mut self.profiles[i].unknown);
            let (known, all) = self.run(i);
            assert!(fired.is_subset(&known) && known == all && known.is_subset(&possible), "profile {i}");
            self.profiles[i].unknown = unknown;
        }
    }
}

impl Peer for Ours {
    const NAME: &'static str = "ours";
    type Source = String;
    fn translate(w: &Workload, variant: &str) -> String {
        ruleset(w, variant == "adverse")
    }
    fn load(text: String, w: &Workload, variant: &str) -> Self {
        let checked = check(&Sources::new("bench.qd", text.into_bytes()));
        let ruleset: &'static Ruleset = Box::leak(Box::new(checked.ruleset.expect("no errors")));
        let program = Program::new(ruleset, Date::MIN);
        assert!(program.slow().is_empty());
        let field = |name: &str| ruleset.fields.find(|f| &*f.name == name).expect("a field");
        let fields = Fields {
            codes: ["entity", "industry", "stage", "home_region", "price_tier", "primary_language"].map(field),
            sets: ["goals", "formats", "assets"].map(field),
            whole: ["monthly_posts", "sku_count", "team_size", "followers", "years_operating"].map(field),
            decimal: ["budget_cny", "audience_overseas_pct", "avg_order_cny"].map(field),
            bools: ["has_icp", "hosting_in_china", "needs_payment", "regulated", "has_legal_team"].map(field),
        };
        let ids = ruleset.rules.iter().map(|rule| rule.name.strip_prefix('r').map(|id| id.parse().expect("a number"))).collect();
        Ours {
            scratch: program.scratch(),
            program,
            fields,
            schema: Schema::new(&w.fields),
            profiles: vec![],
            ids,
            full: variant != "single",
            unknown: match variant {
                "full10" => 10,
                "adverse" => 90,
                _ => 0,
            },
        }
    }
    fn prepare(&mut self, profiles: &[Value]) {
        let mut dice = 1_u64;
        let mut typed = |v: &Value| {
            let plain = self.schema.profile(v);
            let hundredths =
                [plain.budget_cny, plain.audience_overseas_pct, plain.avg_order_cny].map(|x| (x * 100.0).round() as i64);
            let mut unknown = 0;
            for field in 0..22 {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                unknown |= u32::from((dice >> 33) % 100 < self.unknown) << field;
            }
            Typed { plain, hundredths, unknown }
        };
        self.profiles = profiles.iter().map(&mut typed).collect();
        if self.unknown > 0 {
            self.check();
        }
    }
    fn eval(&mut self, n: usize, out: &mut Fired) {
        for i in 0..n {
            self.set(i);
            if self.full {
                self.program.run(&mut self.scratch);
            } else {
                self.program.run_rules(&mut self.scratch);
            }
            self.program.fired(&self.scratch, |id| self.ids[id.index()].into_iter().for_each(|id| out.push(id)));
            out.end_profile();
        }
    }
}

fn main() {
    bench_common::run::<Ours>()
}
