//! How values are shown, and the texts of reasons with their values filled in.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Tongue;
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Filled, Measured};
use qudao_language::exact::{Exact, grouped};
use qudao_language::model::{
    Amount, Channel, Entry, Enum, Expr, ExprKind, Field, Id, Need, Number, OWN, Points, Ruleset, Source,
    Target, TargetRef, Template, Type, Unit, UnitDefinition, Value, nearest_tag, primary, serves,
};
use qudao_language::source::Span;

/// Shows a ruleset's things in a language.
#[derive(Clone, Copy, Debug)]
pub struct Speaker<'r> {
    /// The ruleset.
    pub ruleset: &'r Ruleset,
    /// The language of its texts, a BCP 47 tag.
    pub language: &'r str,
    /// The language of the tool's own words.
    pub tongue: Tongue,
    /// Whether things are called by their titles, not by their names.
    pub by_title: bool,
}

/// The language of texts without a tag, where the header names none.
const FIRST: &str = "en";

/// The languages of the program's own words.
const TONGUES: [&str; 2] = ["en", "zh"];

fn first(ruleset: &Ruleset) -> &str {
    ruleset.languages.first().map_or(FIRST, |tag| &**tag)
}

/// Returns the tag that comes nearest to one, of those that a ruleset has texts in.
fn nearest<'r>(ruleset: &'r Ruleset, asked: &str) -> Option<&'r str> {
    let first = [first(ruleset)];
    let tags = ruleset.tags();
    nearest_tag(first.into_iter().chain(tags.iter().copied()), asked)
}

/// Returns what is shown in another language than the one asked for, in a sentence: texts of the ruleset, or the
/// program's own words. Nothing where all are in it.
#[must_use]
pub fn not_in_language(ruleset: &Ruleset, asked: &str) -> Option<String> {
    let (name, first) = (&ruleset.name, first(ruleset));
    let tags = ruleset.tags();
    let Some(found) = nearest(ruleset, asked) else {
        // Where nothing says what the texts are in, they may be in the language asked for.
        if tags.is_empty() {
            return Some(format!("`{name}` names no languages; its texts are shown as they are written"));
        }
        let has = if tags.contains(&first) { tags } else { [&[first], &*tags].concat() };
        return Some(format!(
            "`{name}` has no texts in `{asked}`; those in `{first}` are shown (it has {})",
            has.join(", ")
        ));
    };
    let (lacking, all) = if found == first { (0, 0) } else { ruleset.untranslated(found) };
    let partly = (lacking > 0).then(|| {
        format!(
            "{lacking} of {all} texts of `{name}` are not translated into `{found}`; they are shown in `{first}`"
        )
    });
    if !serves(found, asked) {
        let further = partly.map(|partly| format!(", and {partly}")).unwrap_or_default();
        return Some(format!("`{name}` has no texts in `{asked}`; those in `{found}` are shown{further}"));
    }
    if partly.is_some() {
        return partly;
    }
    own_words(asked)
}

fn own_words(asked: &str) -> Option<String> {
    let known = TONGUES.contains(&&*primary(asked));
    (!known).then(|| {
        format!(
            "the program's own words are not translated into `{asked}`; they are in `en` (it has {})",
            TONGUES.join(", ")
        )
    })
}

impl<'r> Speaker<'r> {
    /// Returns a speaker of a language, or of the one of the ruleset that comes nearest (`zh` for `zh_CN`); without one,
    /// or where the ruleset has none of its kind, of the ruleset's first.
    /// The tool's own words are in the language asked for all the same, if it has them.
    #[must_use]
    pub fn new(ruleset: &'r Ruleset, language: Option<&'r str>) -> Speaker<'r> {
        let first = first(ruleset);
        let Some(asked) = language else {
            return Speaker { ruleset, language: first, tongue: Tongue::of(first), by_title: false };
        };
        let language = nearest(ruleset, asked).unwrap_or(first);
        Speaker { ruleset, language, tongue: Tongue::of(asked), by_title: false }
    }

    /// Returns the same speaker, who calls things by their titles.
    #[must_use]
    pub fn with_titles(self) -> Speaker<'r> {
        Speaker { by_title: true, ..self }
    }

    /// Returns what a target is called.
    #[must_use]
    pub fn target(&self, target: Target) -> &'r str {
        match self.by_title {
            true => self.ruleset.target_title(target, self.language),
            false => self.ruleset.target_name(target),
        }
    }

    /// Returns what something needed is called.
    #[must_use]
    pub fn need(&self, need: Need) -> &'r str {
        match self.by_title {
            true => self.ruleset.need_title(need, self.language),
            false => self.ruleset.need_name(need),
        }
    }

    /// Returns what a field is called: by its question, or by its name.
    #[must_use]
    pub fn field(&self, field: Id<Field>) -> Cow<'r, str> {
        let declared = &self.ruleset.fields[field];
        match &declared.question {
            _ if !self.by_title => Cow::Borrowed(&*declared.name),
            Some(question) => Cow::Borrowed(question.get(self.language)),
            None => Cow::Owned(plain_name(&declared.name)),
        }
    }

    /// Returns what an entry of a channel's fact, or of a parameter, is called.
    #[must_use]
    pub fn entry(&self, channel: Id<Channel>, entry: Entry) -> String {
        if !self.by_title {
            return self.ruleset.entry_told(channel, entry);
        }
        let fact = self.fact(entry);
        if channel == OWN {
            return fact;
        }
        let of = self.ruleset.target_title(Target::Channel(channel), self.language);
        format!("{of}{}{fact}", self.tongue.colon())
    }

    /// Returns the title of an entry of a fact, with the titles of the values of its indexes.
    #[must_use]
    pub fn fact(&self, entry: Entry) -> String {
        let fact = &self.ruleset.facts[entry.0];
        let title = fact.title.as_ref().map(|title| title.get(self.language).to_string());
        let title = match fact.rate_of {
            // One of a unit is told as an amount is.
            Some(unit) => self.amount_of("1".into(), Unit { numerator: Some(unit), denominator: None }),
            None => title.unwrap_or_else(|| plain_name(&fact.name)),
        };
        let values = self.ruleset.entry_values(entry).into_iter();
        let values: Vec<String> = values.map(|(of, member)| self.member(member, of).to_string()).collect();
        if values.is_empty() { title } else { title + &self.tongue.bracket(&self.tongue.list(&values)) }
    }

    /// Returns the title of a value of an enum.
    fn member(&self, member: u32, id: Id<Enum>) -> &'r str {
        let members = &self.ruleset.enums[id].members;
        let declared = members.get(member as usize).expect("a value of an enum is one of its members");
        declared.title.as_ref().map_or(&*declared.name, |title| title.get(self.language))
    }

    /// Returns a value as things are called: with titles, or with names.
    #[must_use]
    pub fn shown(&self, value: &Value, ty: Type) -> String {
        if self.by_title { self.value(value, ty) } else { self.id(value, ty) }
    }

    /// Returns how a sentence calls a target: by what it is called, in Chinese always by its title.
    #[must_use]
    pub fn called(&self, target: Target) -> String {
        match self.tongue {
            Tongue::English => self.target(target).to_string(),
            Tongue::Chinese => match self.ruleset.target_title(target, self.language) {
                title if title.chars().all(char::is_alphanumeric) => title.to_string(),
                title => format!("“{title}”"),
            },
        }
    }

    /// Returns a number with its unit: as it was written, or as a decimal.
    #[must_use]
    pub fn number(&self, number: &Number, unit: Unit) -> String {
        let (digits, unit) = self.digits(number, unit);
        self.with_unit(digits, unit)
    }

    fn with_unit(&self, digits: String, unit: Unit) -> String {
        let plural = digits != "1" && digits != "-1";
        match self.ruleset.units.name(unit, plural) {
            name if name.is_empty() => digits,
            name if name == "percent" => format!("{digits}%"),
            name => format!("{digits} {name}"),
        }
    }

    /// Returns a number and its unit as they were written, or as a decimal; a calculated amount with the decimals of its
    /// unit.
    fn digits(&self, number: &Number, unit: Unit) -> (String, Unit) {
        if let Some(written) = &number.written {
            return (written.digits.to_string(), written.unit);
        }
        let decimals = unit.numerator.filter(|_| number.calculated);
        let decimals = decimals.and_then(|id| self.ruleset.units.get(id).decimals);
        let amount = decimals.and_then(|decimals| number.value.with_decimals(decimals));
        (amount.unwrap_or_else(|| number.value.to_string()), unit)
    }

    /// Digits in groups of three for a client, from five on: four may be a year.
    fn grouped(&self, digits: String) -> String {
        let (whole, decimals) =
            digits.split_once('.').map_or((&*digits, None), |(of, rest)| (of, Some(rest)));
        let (sign, bare) = whole.split_at(usize::from(whole.starts_with('-')));
        if !self.by_title || bare.len() < 5 || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
            return digits;
        }
        let grouped = format!("{sign}{}", grouped(bare, ','));
        match decimals {
            Some(decimals) => format!("{grouped}.{decimals}"),
            None => grouped,
        }
    }

    /// Returns a number in the unit of its type, where it was written in another: `710.00 CNY` for 100 USD.
    #[must_use]
    pub fn converted(&self, number: &Number, unit: Unit) -> Option<String> {
        let written = number.written.as_ref()?.unit;
        (written != unit).then(|| self.number(&Number::calculated(number.value), unit))
    }

    /// Returns what a declared unit is told by: `7.1 CNY`.
    #[must_use]
    pub fn rate(&self, id: Id<UnitDefinition>) -> Option<String> {
        let (rate, unit) = self.ruleset.units.rate(id)?;
        Some(self.number(&Number::computed(rate), unit))
    }

    /// Returns a number with its unit in words: titles in the language, rates as the language says them.
    #[must_use]
    pub fn quantity(&self, number: &Number, unit: Unit) -> String {
        let (digits, unit) = self.digits(number, unit);
        self.amount_of(self.grouped(digits), unit)
    }

    /// Returns some digits, or words for them, with a unit in words.
    fn amount_of(&self, digits: String, unit: Unit) -> String {
        let word = |id| self.unit_word(id);
        let titled =
            |id: Option<Id<UnitDefinition>>| id.is_some_and(|id| self.ruleset.units.get(id).title.is_some());
        match self.tongue {
            Tongue::Chinese => {
                let per = unit
                    .denominator
                    .map(|id| format!("每{} ", word(id).trim_start_matches('个')))
                    .unwrap_or_default();
                match unit.numerator.map(word) {
                    None => format!("{per}{digits}"),
                    Some(name) if name == "%" => format!("{per}{digits}%"),
                    Some(name) => format!("{per}{digits} {name}"),
                }
            }
            Tongue::English if titled(unit.numerator) || titled(unit.denominator) => {
                let mut text = digits;
                unit.numerator.into_iter().for_each(|id| text.push_str(&format!(" {}", word(id))));
                unit.denominator.into_iter().for_each(|id| text.push_str(&format!(" per {}", word(id))));
                text
            }
            Tongue::English => self.with_unit(digits, unit),
        }
    }

    /// Returns the points of an effect by their level, with their sign.
    #[must_use]
    pub fn level(&self, level: usize, points: &Points) -> String {
        let level = self.ruleset.levels.get(level).expect("an effect's level is a level");
        let sign = if points.range().0 < 0 { "-" } else { "+" };
        format!("{sign}{}", level.title.as_ref().map_or(&*level.name, |title| title.get(self.language)))
    }

    /// Returns a unit in words, without a number.
    #[must_use]
    pub fn unit(&self, unit: Unit) -> String {
        let word = |id| self.unit_word(id);
        match (self.tongue, unit.numerator.map(word), unit.denominator.map(word)) {
            (Tongue::Chinese, Some(name), Some(per)) => format!("{name}/{}", per.trim_start_matches('个')),
            (Tongue::Chinese, None, Some(per)) => format!("每{}", per.trim_start_matches('个')),
            (Tongue::Chinese, Some(name), None) => name,
            (Tongue::Chinese, None, None) => String::new(),
            (Tongue::English, ..) => self.amount_of(String::new(), unit).trim().to_string(),
        }
    }

    fn unit_word(&self, id: Id<UnitDefinition>) -> String {
        let definition = self.ruleset.units.get(id);
        definition.title.as_ref().map_or_else(
            || self.tongue.unit(&definition.name).unwrap_or(&definition.name).to_string(),
            |title| title.get(self.language).to_string(),
        )
    }

    /// Returns a value with ids in the place of titles, as traces have it.
    #[must_use]
    pub fn id(&self, value: &Value, ty: Type) -> String {
        match (value, ty) {
            (Value::Bool(value), _) => value.to_string(),
            (Value::Number(number), Type::Number(ty)) => self.number(number, ty.unit),
            (Value::Number(number), _) => number.value.to_string(),
            (Value::Text(text), _) => text.to_string(),
            (Value::Date(date), _) => date.to_string(),
            (Value::Enum(member), Type::Enum(id) | Type::Set(id)) => {
                self.ruleset.enums[id].member_name(*member).to_string()
            }
            (Value::Set(members), Type::Set(id)) => {
                let names: Vec<&str> = self.members(members, id).collect();
                format!("{{{}}}", names.join(", "))
            }
            (Value::Enum(_) | Value::Set(_), _) => String::new(),
        }
    }

    /// Says of a source that little trust is put in it, if so.
    #[must_use]
    pub fn doubt(&self, source: Id<Source>) -> Option<&'static str> {
        let low = self.ruleset.sources[source].confidence.as_deref() == Some("low");
        low.then(|| self.tongue.low_confidence())
    }

    /// Returns the names of a set's values, in the order of their declaration.
    pub fn members<'s>(
        &'s self,
        members: &'s BTreeSet<u32>,
        id: Id<Enum>,
    ) -> impl Iterator<Item = &'r str> + 's {
        let declared = &self.ruleset.enums[id];
        members.iter().map(move |member| declared.member_name(*member))
    }

    /// Returns a value for a text: titles in the language, words for true and false.
    #[must_use]
    pub fn value(&self, value: &Value, ty: Type) -> String {
        let title = |member: u32, id: Id<Enum>| self.member(member, id).to_string();
        match (value, ty) {
            (Value::Bool(value), _) => self.tongue.yes_no(*value).to_string(),
            (Value::Enum(member), Type::Enum(id) | Type::Set(id)) => title(*member, id),
            (Value::Set(members), Type::Set(id)) => {
                let titles: Vec<String> = members.iter().map(|member| title(*member, id)).collect();
                if titles.is_empty() { self.tongue.nothing().to_string() } else { self.tongue.and(&titles) }
            }
            (Value::Date(date), _) => self.date(*date),
            (Value::Number(number), Type::Number(ty)) => self.quantity(number, ty.unit),
            (Value::Number(_) | Value::Text(_) | Value::Enum(_) | Value::Set(_), _) => self.id(value, ty),
        }
    }

    /// Returns a day.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        self.tongue.date(date)
    }

    /// Returns the text of a reason, its expressions filled in.
    #[must_use]
    pub fn fill(
        &self,
        decision: &Decision<'r>,
        template: &'r Template,
        channel: Option<Id<Channel>>,
    ) -> String {
        let mut text = String::new();
        decision.fill(template, self.language, channel, |piece| match piece {
            Filled::Plain(plain) => text.push_str(plain),
            Filled::Target(Some(target)) => text.push_str(self.ruleset.target_title(target, self.language)),
            Filled::Value(expr, Some(value)) => text.push_str(&self.value(value, expr.ty)),
            Filled::Target(None) | Filled::Value(_, None) => text.push_str(self.tongue.not_known()),
        });
        text
    }

    /// Returns what a measure came out as: its value, or within which bounds it is.
    #[must_use]
    pub fn measured(&self, measured: &Measured) -> String {
        let ty = self.ruleset.measures[measured.measure].value_type();
        if let Some(value) = &measured.value {
            return self.value(value, ty);
        }
        let unit = self.ruleset.measures[measured.measure].ty.unit;
        let bound =
            |end: Option<Exact>| end.map(|end| self.grouped(self.digits(&Number::calculated(end), unit).0));
        match (bound(measured.low), bound(measured.high)) {
            (None, None) => self.tongue.not_known().to_string(),
            (Some(low), Some(high)) if low == high => self.amount_of(low, unit),
            (low, high) => self.amount_of(self.tongue.between(low, high), unit),
        }
    }

    /// Returns a cost or a time.
    #[must_use]
    pub fn amount(&self, amount: &Amount) -> String {
        match amount {
            Amount::Quantity(number, unit) => self.quantity(number, *unit),
            Amount::Text(text) => text.get(self.language).to_string(),
        }
    }
}

/// Returns a name as words, for who reads no names: `monthly_budget` as `monthly budget`.
#[must_use]
pub fn plain_name(name: &str) -> String {
    name.replace(['_', '.'], " ")
}

/// Returns a number exactly: as a decimal, or as a fraction where no decimal tells it.
#[must_use]
pub fn exact_text(value: Exact) -> String {
    let text = value.to_string();
    if text.starts_with('≈') { format!("{}/{}", value.numerator(), value.denominator()) } else { text }
}

/// Returns what an expression says, on one line: its text, comments left out and white space folded.
#[must_use]
pub fn source_text(ruleset: &Ruleset, span: Span) -> String {
    if let Some(wording) = ruleset.wording.get(&span) {
        return wording.to_string();
    }
    let mut text = String::new();
    let (mut quoted, mut escaped, mut comment) = (false, false, false);
    for c in ruleset.files.slice(span).chars() {
        if comment {
            comment = c != '\n';
        } else if quoted {
            quoted = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            text.push(c);
            continue;
        } else if c == '#' {
            comment = true;
        }
        if comment || c.is_whitespace() {
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
        } else {
            quoted = c == '"';
            text.push(c);
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// Returns what an expression says: its text, or of what nobody wrote (that a measure is the lowest) its parts.
#[must_use]
pub fn expr_text(ruleset: &Ruleset, expr: &Expr) -> String {
    let text = source_text(ruleset, expr.span);
    if !text.is_empty() {
        return text;
    }
    let target = |target: &TargetRef| match target {
        TargetRef::Named(target) => ruleset.target_name(*target),
        TargetRef::Variable => "",
    };
    match &expr.kind {
        ExprKind::Let(id) => ruleset.lets[*id].name.to_string(),
        ExprKind::Compare(op, a, b) => match (expr_text(ruleset, a), expr_text(ruleset, b)) {
            // Of itself it asks whether there is a value.
            (a, b) if a == b => format!("{a} is known"),
            (a, b) => format!("{a} {} {b}", op.as_str()),
        },
        ExprKind::Excluded(of, false) => format!("{} is excluded", target(of)),
        ExprKind::Excluded(of, true) => format!("{} is eligible", target(of)),
        ExprKind::Not(inner) => format!("not ({})", expr_text(ruleset, inner)),
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| expr_text(ruleset, part)).collect();
            parts.join(if matches!(expr.kind, ExprKind::And(_)) { " and " } else { " or " })
        }
        _ => text,
    }
}
