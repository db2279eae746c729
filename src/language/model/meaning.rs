//! Digests: of a ruleset's texts, and of what in it decides.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{
    Citation, EffectKind, Enum, Expr, ExprKind, Fact, Field, Id, Let, Need, Number, OWN, Points, RankBy,
    Rule, Ruleset, Table, Target, TargetRef, Type, Unit, Value,
};
use crate::date::Date;

fn sha256(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    let mut hex = String::from("sha256:");
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Returns the digest of a text.
#[must_use]
pub fn text_digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Returns the digest of a quote's folded words.
#[must_use]
pub fn quote_digest(folded: &str) -> String {
    text_digest(folded)
}

/// Returns the digest of all parts of a ruleset and all texts of its sources.
#[must_use]
pub fn digest(parts: &[&str], texts: &[String]) -> String {
    let mut all: Vec<String> = parts.iter().map(|part| text_digest(part)).collect();
    all.sort_unstable();
    let mut texts = texts.to_vec();
    texts.sort_unstable();
    all.extend(texts);
    sha256(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

impl Ruleset {
    /// Returns the SHA-256 of what decides: equal for two rulesets that differ in wording, layout, names of rules, or the
    /// order of declarations that has no effect on ranking. It is made when it is first asked for.
    #[must_use]
    pub fn meaning(&self) -> &str {
        self.meaning.get_or_init(|| Writer::new(self).run())
    }

    /// Returns every citation, with who makes it: `service.broadcasts`, `rule no_shop`.
    #[must_use]
    pub fn citing(&self) -> Vec<(String, &Citation)> {
        let mut all: Vec<(String, &Citation)> = Vec::new();
        for (id, stated) in self.stating() {
            for (entry, statements) in stated {
                let name = self.entry_name(id, *entry);
                for statement in statements {
                    let disputed = statement.disputed.iter().flat_map(|disputed| &disputed.sources);
                    all.extend(
                        statement.sources.iter().chain(disputed).map(|citation| (name.clone(), citation)),
                    );
                }
            }
            if let Some(channel) = (id != OWN).then(|| &self.channels[id]) {
                let needs = channel.needs.iter().flat_map(|need| &need.sources);
                all.extend(needs.map(|citation| (format!("channel {}", channel.name), citation)));
            }
        }
        for mix in self.mixes.iter() {
            let needs = mix.needs.iter().flat_map(|need| &need.sources);
            all.extend(
                mix.sources.iter().chain(needs).map(|citation| (format!("mix {}", mix.name), citation)),
            );
        }
        for requirement in self.requirements.iter() {
            let name = format!("requirement {}", requirement.name);
            all.extend(requirement.sources.iter().map(|citation| (name.clone(), citation)));
        }
        for rule in self.rules.iter() {
            all.extend(rule.sources.iter().map(|citation| (format!("rule {}", rule.name), citation)));
        }
        for (_, unit) in self.units.iter() {
            all.extend(unit.sources.iter().map(|citation| (format!("unit {}", unit.name), citation)));
        }
        all
    }
}

/// Names that stand for others, so that what was renamed in between means the same in two rulesets.
#[derive(Clone, Default, Debug)]
pub struct Aliases {
    /// The names of targets.
    pub targets: BTreeMap<Target, Arc<str>>,
    /// The names of fields.
    pub fields: BTreeMap<Id<Field>, Arc<str>>,
    /// The names of values.
    pub members: BTreeMap<(Id<Enum>, u32), Arc<str>>,
    /// The names of parameters.
    pub parameters: BTreeMap<Id<Fact>, Arc<str>>,
    /// The names of lets.
    pub lets: BTreeMap<Id<Let>, Arc<str>>,
    /// The names of units whose amounts stay as they are written, for one of them is another amount in each ruleset.
    pub units: BTreeSet<Arc<str>>,
}

/// What expressions and effects of a ruleset mean, as texts that are equal where the meaning is: without layout, order
/// and units. Lets and exceptions stand by their names.
#[derive(Debug)]
pub struct Meanings<'r>(Writer<'r>);

impl<'r> Meanings<'r> {
    /// Makes the meanings of a ruleset.
    #[must_use]
    pub fn new(ruleset: &'r Ruleset) -> Meanings<'r> {
        Meanings::with(ruleset, Aliases::default())
    }

    /// Makes them, some names standing for others.
    #[must_use]
    pub fn with(ruleset: &'r Ruleset, aliases: Aliases) -> Meanings<'r> {
        let mut writer = Writer::new(ruleset);
        let lets = ruleset.lets.entries();
        writer.lets = lets
            .map(|(id, declared)| (id, format!("let {}", aliases.lets.get(&id).unwrap_or(&declared.name))))
            .collect();
        writer.aliases = aliases;
        Meanings(writer)
    }

    /// Makes them, lets standing for what they are, by whatever name.
    #[must_use]
    pub fn without_names(ruleset: &'r Ruleset, aliases: Aliases) -> Meanings<'r> {
        let mut writer = Writer::new(ruleset);
        writer.aliases = aliases;
        writer.define_lets();
        Meanings(writer)
    }

    /// Returns what a rule means, its exceptions by what they do.
    #[must_use]
    pub fn rule(&mut self, id: Id<Rule>) -> &str {
        self.0.rule(id);
        self.0.rules.get(&id).expect("it was just written")
    }

    /// Returns what an expression means.
    #[must_use]
    pub fn expr(&self, expr: &Expr) -> String {
        self.0.expr(expr)
    }

    /// Returns what an effect does; nothing for a note.
    #[must_use]
    pub fn effect(&self, effect: &EffectKind) -> Option<String> {
        self.0.effect(effect)
    }

    /// Returns a value of a type, enum values by their names.
    #[must_use]
    pub fn value(&self, value: &Value, ty: Type) -> String {
        self.0.value(value, ty)
    }

    /// Returns a type, enums by their names.
    #[must_use]
    pub fn ty(&self, ty: Type) -> String {
        self.0.ty(ty)
    }
}

/// Writes a ruleset in a form in which everything that does not decide is gone.
#[derive(Debug)]
struct Writer<'r> {
    ruleset: &'r Ruleset,
    lets: BTreeMap<Id<Let>, String>,
    rules: BTreeMap<Id<Rule>, String>,
    aliases: Aliases,
    /// The digest of the first rows of each table together, as far as somebody asked.
    earlier: RefCell<BTreeMap<Id<Table>, Vec<[u128; 2]>>>,
}

impl<'r> Writer<'r> {
    fn new(ruleset: &'r Ruleset) -> Writer<'r> {
        Writer {
            ruleset,
            lets: BTreeMap::new(),
            rules: BTreeMap::new(),
            aliases: Aliases::default(),
            earlier: RefCell::default(),
        }
    }

    fn run(mut self) -> String {
        let ruleset = self.ruleset;
        self.define_lets();
        let mut lines: Vec<String> = Vec::new();
        if ruleset.uses_day {
            lines.push(format!("as of {}", day(ruleset.as_of)));
        }
        lines.push(format!("verdicts {} {}", ruleset.thresholds.recommended, ruleset.thresholds.possible));
        for declared in ruleset.enums.iter() {
            let mut names: Vec<&str> = declared.members.iter().map(|member| &*member.name).collect();
            if !declared.ordered {
                names.sort_unstable();
            }
            lines.push(format!("enum {} {} {names:?}", declared.name, declared.ordered));
            let renamed = declared.members.iter().filter(|member| !member.was.is_empty());
            lines.extend(renamed.map(|member| format!("value {} was {:?}", member.name, member.was)));
        }
        for field in ruleset.fields.iter() {
            let value =
                |value: &Option<Value>| value.as_ref().map(|v| self.value(v, field.ty)).unwrap_or_default();
            lines.push(format!(
                "field {} {} in {:?} default {:?} {} was {:?}",
                field.name,
                self.ty(field.ty),
                (value(&field.low), value(&field.high)),
                value(&field.default),
                field.required,
                field.was
            ));
        }
        // The order of targets settles ties, so it stays.
        for (index, channel) in ruleset.channels.iter().enumerate() {
            let mut needs: Vec<String> = channel.needs.iter().map(|need| self.need(need.need)).collect();
            needs.sort_unstable();
            let owned = channel.owned.as_ref().map(|owned| self.expr(owned)).unwrap_or_default();
            lines.push(format!("channel {index} {} needs {needs:?} owned {owned}", channel.name));
        }
        for (id, stated) in ruleset.stating() {
            for (entry, statements) in stated {
                let ty = ruleset.facts[entry.0].ty;
                let name = ruleset.entry_name(id, *entry);
                let mut dated: Vec<String> = statements
                    .iter()
                    .filter_map(|s| Some((s, s.value.as_ref()?)))
                    .map(|(s, value)| format!("{} {} {}", self.value(value, ty), day(s.since), day(s.until)))
                    .collect();
                dated.sort_unstable();
                if !dated.is_empty() {
                    lines.push(format!("fact {name} {} {dated:?}", self.ty(ty)));
                }
            }
        }
        for (index, mix) in ruleset.mixes.iter().enumerate() {
            let mut members: Vec<&str> = mix.members.iter().map(|id| &*ruleset.channels[*id].name).collect();
            members.sort_unstable();
            let mut needs: Vec<String> = mix.needs.iter().map(|need| self.need(need.need)).collect();
            needs.sort_unstable();
            lines.push(format!("mix {index} {} of {members:?} needs {needs:?}", mix.name));
        }
        for requirement in ruleset.requirements.iter() {
            let met = requirement.met.as_ref().map(|met| self.expr(met)).unwrap_or_default();
            lines.push(format!("requirement {} {met}", requirement.name));
        }
        for measure in ruleset.measures.iter() {
            let of = measure.of.iter().map(|(target, of)| (self.name(*target), self.expr(of)));
            let of: Vec<_> = of.collect();
            let ty = self.ty(measure.value_type());
            lines.push(format!("measure {} {ty} {} {of:?}", measure.name, measure.higher));
        }
        let ranks = ruleset.rank.iter().map(|rank| match rank {
            RankBy::Score => "score",
            RankBy::Measure(id) => &ruleset.measures[*id].name,
        });
        let ranks: Vec<&str> = ranks.collect();
        if ranks != ["score"] {
            lines.push(format!("rank by {ranks:?}"));
        }
        for id in ruleset.rules.ids() {
            self.rule(id);
        }
        // A rule without effects decides only what it is an exception to, and stands there.
        let acts = |id: &Id<Rule>| ruleset.rules[*id].effects.iter().any(|effect| !effect.kind.is_note());
        let mut rules: Vec<&String> =
            self.rules.iter().filter(|(id, _)| acts(id)).map(|(_, rule)| rule).collect();
        rules.sort_unstable();
        lines.sort_unstable();
        lines.extend(rules.into_iter().cloned());
        sha256(&lines.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Writes lets by what they stand for, each after those that it reads.
    fn define_lets(&mut self) {
        let mut open: Vec<Id<Let>> = self.ruleset.lets.ids().collect();
        while let Some(id) = open.pop() {
            if self.lets.contains_key(&id) {
                continue;
            }
            let mut missing = Vec::new();
            self.ruleset.lets[id].value.walk(&mut |part| {
                if let ExprKind::Let(other) = part.kind
                    && !self.lets.contains_key(&other)
                {
                    missing.push(other);
                }
            });
            if missing.is_empty() {
                let text = text_digest(&self.expr(&self.ruleset.lets[id].value));
                self.lets.insert(id, text);
            } else {
                open.push(id);
                open.append(&mut missing);
            }
        }
    }

    /// Writes a rule, its exceptions by what they do; a rule that only says something decides nothing.
    fn rule(&mut self, id: Id<Rule>) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if self.rules.contains_key(&id) {
                continue;
            }
            let rule = &self.ruleset.rules[id];
            let missing: Vec<Id<Rule>> =
                rule.exceptions.iter().copied().filter(|e| !self.rules.contains_key(e)).collect();
            if missing.is_empty() {
                let text = self.write_rule(rule);
                self.rules.insert(id, text);
            } else {
                open.push(id);
                open.extend(missing);
            }
        }
    }

    fn write_rule(&self, rule: &Rule) -> String {
        let mut effects: Vec<String> =
            rule.effects.iter().filter_map(|effect| self.effect(&effect.kind)).collect();
        effects.sort_unstable();
        let mut exceptions: Vec<String> = rule
            .exceptions
            .iter()
            .map(|e| text_digest(self.rules.get(e).map_or("", String::as_str)))
            .collect();
        exceptions.sort_unstable();
        let channels = rule.for_each.as_ref().map(|for_each| {
            let names: Vec<&str> =
                for_each.channels.iter().map(|id| self.name(Target::Channel(*id))).collect();
            let filter = for_each.filter.as_ref().map(|filter| self.expr(filter)).unwrap_or_default();
            format!("{names:?} where {filter}")
        });
        let when = rule.when.as_ref().map(|when| self.expr(when)).unwrap_or_default();
        format!("rule {channels:?} when {when} then {effects:?} except {exceptions:?}")
    }

    fn effect(&self, effect: &EffectKind) -> Option<String> {
        Some(match effect {
            EffectKind::Score(target, points, _) => {
                let points = match points {
                    Points::Fixed(points) => points.to_string(),
                    Points::Rated(rating) => self.expr(&rating.value),
                };
                format!("score {} {points}", self.target(*target))
            }
            EffectKind::Exclude(target) => format!("exclude {}", self.target(*target)),
            EffectKind::Cap(target, verdict) => format!("cap {} {}", self.target(*target), verdict.as_str()),
            EffectKind::Needs(target, needs) => {
                let mut needs: Vec<String> = needs.iter().map(|need| self.need(*need)).collect();
                needs.sort_unstable();
                format!("{} needs {needs:?}", self.target(*target))
            }
            EffectKind::Note(..) => return None,
        })
    }

    fn name(&self, target: Target) -> &str {
        self.aliases.targets.get(&target).map_or(self.ruleset.target_name(target), |name| name)
    }

    fn target(&self, target: TargetRef) -> &str {
        match target {
            TargetRef::Named(target) => self.name(target),
            TargetRef::Variable => "*",
        }
    }

    fn need(&self, need: Need) -> String {
        match need {
            Need::Channel(id) => self.name(Target::Channel(id)).to_string(),
            Need::Requirement(_) => self.ruleset.need_name(need).to_string(),
        }
    }

    /// Whether one of a unit's units is another amount in each ruleset.
    fn differs(&self, unit: Unit) -> bool {
        let units = unit.numerator.into_iter().chain(unit.denominator);
        units.into_iter().any(|id| self.aliases.units.contains(&self.ruleset.units.get(id).name))
    }

    fn unit(&self, unit: Unit) -> String {
        self.ruleset.units.name(unit, false)
    }

    /// Whether a conversion from one type to another depends on such a unit.
    fn convert_differs(&self, from: Type, to: Type) -> bool {
        [from, to].into_iter().any(|ty| matches!(ty, Type::Number(ty) if self.differs(ty.unit)))
    }

    fn ty(&self, ty: Type) -> String {
        match ty {
            Type::Bool => "bool".into(),
            Type::Text => "text".into(),
            Type::Date => "date".into(),
            Type::Number(number) => {
                format!("{} {}", if number.whole { "int" } else { "number" }, self.unit(number.unit))
            }
            Type::Enum(id) => self.ruleset.enums[id].name.to_string(),
            Type::Set(id) => format!("set of {}", self.ruleset.enums[id].name),
        }
    }

    fn value(&self, value: &Value, ty: Type) -> String {
        let member = |member: u32| match ty {
            Type::Enum(id) | Type::Set(id) => {
                let alias = self.aliases.members.get(&(id, member));
                alias.map_or(self.ruleset.enums[id].member_name(member), |name| name).to_string()
            }
            Type::Bool | Type::Text | Type::Date | Type::Number(_) => member.to_string(),
        };
        match value {
            Value::Bool(value) => value.to_string(),
            Value::Number(Number { written: Some(written), .. }) if self.differs(written.unit) => {
                format!("{} {}", written.digits, self.unit(written.unit))
            }
            Value::Number(number) => {
                let unit = if let Type::Number(ty) = ty { self.unit(ty.unit) } else { String::new() };
                format!("{}/{} {unit}", number.value.numerator(), number.value.denominator())
            }
            Value::Text(text) => format!("{text:?}"),
            Value::Date(date) => date.to_string(),
            Value::Enum(number) => member(*number),
            Value::Set(members) => {
                let mut names: Vec<String> = members.iter().map(|number| member(*number)).collect();
                names.sort_unstable();
                format!("{names:?}")
            }
        }
    }

    /// What the rows of a table before one of a number say, in whatever order: the sum of their digests, so that with each
    /// further row comes one more.
    fn earlier(&self, table: Id<Table>, number: usize) -> [u128; 2] {
        let mut known = self.earlier.borrow_mut().remove(&table).unwrap_or_else(|| vec![[0; 2]]);
        for row in self.ruleset.tables[table].matches.iter().take(number).skip(known.len() - 1) {
            let digest = Sha256::digest(self.expr(row).as_bytes());
            let (halves, _) = digest.as_chunks::<16>();
            let mut sum = *known.last().expect("there is a sum of no row");
            for (sum, half) in sum.iter_mut().zip(halves) {
                *sum = sum.wrapping_add(u128::from_be_bytes(*half));
            }
            known.push(sum);
        }
        let found = *known.get(number).expect("each row before was added");
        self.earlier.borrow_mut().insert(table, known);
        found
    }

    fn expr(&self, expr: &Expr) -> String {
        let all = |parts: &[Expr], sorted: bool| {
            let mut written: Vec<String> = parts.iter().map(|part| self.expr(part)).collect();
            if sorted {
                written.sort_unstable();
            }
            written.join(",")
        };
        let members = |members: &mut dyn Iterator<Item = String>| {
            let mut names: Vec<String> = members.collect();
            names.sort_unstable();
            names.join(",")
        };
        match &expr.kind {
            ExprKind::Literal(value) => self.value(value, expr.ty),
            ExprKind::Field(id) => {
                self.aliases.fields.get(id).unwrap_or(&self.ruleset.fields[*id].name).to_string()
            }
            ExprKind::Let(id) => self.lets.get(id).expect("a let is digested before what reads it").clone(),
            ExprKind::OfChannel(each) => {
                let each = each.iter().map(|(channel, of)| {
                    format!("{} {}", self.name(Target::Channel(*channel)), self.expr(of))
                });
                format!("each({})", each.collect::<Vec<_>>().join(","))
            }
            ExprKind::Today => "today".into(),
            ExprKind::Fact(fact) => {
                let channel = match fact.channel {
                    Some(id) if id == OWN => String::new(),
                    Some(id) => format!("{}.", self.name(Target::Channel(id))),
                    None => "*.".into(),
                };
                let indexes: Vec<String> = fact.indexes.iter().map(|index| self.expr(index)).collect();
                let index = indexes.join("][");
                let alias = self.aliases.parameters.get(&fact.fact);
                format!("{channel}{}[{index}]", alias.unwrap_or(&self.ruleset.facts[fact.fact].name))
            }
            ExprKind::And(parts) => format!("and({})", all(parts, true)),
            ExprKind::Or(parts) => format!("or({})", all(parts, true)),
            ExprKind::Min(parts) => format!("min({})", all(parts, true)),
            ExprKind::Max(parts) => format!("max({})", all(parts, true)),
            ExprKind::Not(a) => format!("not({})", self.expr(a)),
            ExprKind::Compare(op, a, b) => format!("({}{}{})", self.expr(a), op.as_str(), self.expr(b)),
            ExprKind::InSet { subject, negated, members: values } => {
                let values = members(&mut values.iter().map(|value| self.value(value, subject.ty)));
                format!("in({negated},{},{values})", self.expr(subject))
            }
            ExprKind::InList { subject, negated, members } => {
                let mut names: Vec<String> = members.iter().map(|member| self.expr(member)).collect();
                names.sort_unstable();
                format!("in({negated},{},{})", self.expr(subject), names.join(","))
            }
            ExprKind::InRange { subject, negated, low, high } => {
                let bound =
                    |bound: &Option<Box<Expr>>| bound.as_ref().map(|b| self.expr(b)).unwrap_or_default();
                format!("in({negated},{},{}..{})", self.expr(subject), bound(low), bound(high))
            }
            ExprKind::Has(a, b) => format!("has({},{})", self.expr(a), self.expr(b)),
            ExprKind::HasMany(a, quantifier, values) => {
                let names = members(&mut values.iter().map(|value| self.value(&Value::Enum(*value), a.ty)));
                format!("has {}({},{names})", quantifier.as_str(), self.expr(a))
            }
            ExprKind::HasSet(a, quantifier, b) => {
                format!("has {}({},{})", quantifier.as_str(), self.expr(a), self.expr(b))
            }
            ExprKind::SetOf(parts) => format!("set({})", all(parts, true)),
            ExprKind::Common(a, b) => {
                let mut names = [self.expr(a), self.expr(b)];
                names.sort_unstable();
                format!("common({})", names.join(","))
            }
            ExprKind::Known(a, negated) => format!("known({negated},{})", self.expr(a)),
            ExprKind::Excluded(target, negated) => format!("excluded({negated},{})", self.target(*target)),
            ExprKind::Leads(channel, race) => {
                let channel = channel.map_or("*", |channel| self.name(Target::Channel(channel)));
                let parts = race.entrants.iter().flat_map(|it| [&it.takes_part, &it.value]);
                let parts = members(&mut parts.map(|part| self.expr(part)));
                format!("leads({},{channel},{parts})", race.highest)
            }
            ExprKind::Earlier(table, number) => {
                let [high, low] = self.earlier(*table, *number);
                format!("earlier({high:032x}{low:032x})")
            }
            ExprKind::If(parts) => format!("if({})", all(&**parts, false)),
            ExprKind::Negate(a) => format!("-({})", self.expr(a)),
            ExprKind::Sum(terms) => {
                format!(
                    "sum({})",
                    members(&mut terms.iter().map(|(sign, term)| format!("{sign:?}{}", self.expr(term))))
                )
            }
            ExprKind::Convert(a, _) if self.convert_differs(a.ty, expr.ty) => {
                format!("({}→{})", self.expr(a), self.ty(expr.ty))
            }
            ExprKind::Scale(a, factor) | ExprKind::Convert(a, factor) => {
                format!("({}*{}/{})", self.expr(a), factor.numerator(), factor.denominator())
            }
            ExprKind::Product(a, b) => format!("({}*{})", self.expr(a), self.expr(b)),
            ExprKind::Quotient(a, b) => format!("({}/{})", self.expr(a), self.expr(b)),
            ExprKind::Round(rounding, a, step) => {
                format!("{}({},{})", rounding.as_str(), self.expr(a), self.expr(step))
            }
            ExprKind::Abs(a) => format!("abs({})", self.expr(a)),
            ExprKind::Count(a) => format!("count({})", self.expr(a)),
            ExprKind::Between(unit, a, b) => format!("{unit:?}({},{})", self.expr(a), self.expr(b)),
            ExprKind::Shift(unit, sign, a, b) => {
                format!("{sign:?}{unit:?}({},{})", self.expr(a), self.expr(b))
            }
        }
    }
}

fn day(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}
