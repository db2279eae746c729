//! Tree → model: names, types, units, quotes, cycles. Goes on after an error and reports all.
//!
//! A function that finds a mistake reports it and returns nothing; whoever gets nothing says no more of it.

mod arithmetic;
mod bounds;
mod channels;
mod comparison;
mod cycles;
mod exchanges;
mod expectations;
mod expression;
mod left_out;
mod lets;
mod literal;
mod merge;
mod mistaken;
mod names;
mod needs;
mod operand;
mod points;
mod quotes;
mod rules;
mod scope;
mod sheets;
mod sourced;
mod synonyms;
mod tables;
mod texts;
mod units;
mod unknown;
mod usage;
mod uses;
mod variants;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

pub use operand::FUNCTIONS;
pub use quotes::{Lock, lock};
pub use sheets::Sheets;
pub use uses::{Mention, NameKind, Named};
pub use variants::inherit;

use crate::date::Date;
use crate::diagnostic::{self, Code, Diagnostic, Effort, Fix};
use crate::model::{
    self, Arena, Channel, Enum, Fact, Field, Id, Let, Mix, Requirement, Rule, Ruleset, Source, Thresholds,
    Type, UnitDefinition, Units,
};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, DeclarationKind};
use crate::syntax::{SheetNames, Sources};

/// What came of checking a ruleset.
#[derive(Debug)]
pub struct Checked {
    /// The ruleset, unless an error keeps it from being evaluated.
    pub ruleset: Option<Ruleset>,
    /// Everything that is wrong or doubtful, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings of analysis that the ruleset allows; they are not looked for here.
    pub allowed: Vec<Allowed>,
    /// What each name stands for, in no order; a place may be told more than once.
    pub mentions: Vec<Mention>,
}

/// A finding of analysis that a declaration allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowed {
    /// The finding.
    pub code: Code,
    /// The declaration.
    pub within: Span,
    /// The override of it that the `allow` stands in, if it does.
    pub beside: Option<Span>,
    /// The `allow` itself.
    pub span: Span,
    /// Whether it stands in a ruleset that is extended: what it silenced there may be gone here.
    pub inherited: bool,
}

impl Allowed {
    /// Tells whether a place lies where the finding is allowed.
    #[must_use]
    pub fn covers(&self, place: Span) -> bool {
        self.within.contains(place) || self.beside.is_some_and(|beside| beside.contains(place))
    }
}

/// Checks a ruleset of which all files were brought.
#[must_use]
pub fn check(sources: &Sources) -> Checked {
    let (layers, circles) = sources.declarations();
    let base = layers.iter().rev().skip(1).flatten().map(|declaration| declaration.span.file).collect();
    let sheets = Sheets::read(sources, &layers);
    let mut merged = merge::merge(layers, &sheets);
    let circles_of_variants = variants::fill(&mut merged.declarations);
    let mut checker = Checker::new(sources, &merged.declarations);
    checker.lost_everything |= sheets.lost;
    checker.unclaimed = merged.unclaimed;
    checker.diagnostics.extend(sheets.diagnostics);
    checker.diagnostics.extend_from_slice(sources.diagnostics());
    checker.diagnostics.extend(circles);
    checker.diagnostics.extend(circles_of_variants);
    // What could not be read may well be what is changed.
    let files = sources.files();
    let is_lost =
        |d: &Diagnostic| d.code == Code::NothingToOverride && checker.is_lost(files.slice(d.label.span));
    let of_merging: Vec<Diagnostic> = merged.diagnostics.into_iter().filter(|d| !is_lost(d)).collect();
    checker.diagnostics.extend(of_merging);
    checker.extends = merged.extends;
    checker.base = base;
    let ruleset = checker.run();
    checker.mention_declared(checker.declarations.iter().map(|declaration| &**declaration));
    checker.mention_declared(sources.declarations().0.into_iter().flatten());
    let mut diagnostics = std::mem::take(&mut checker.diagnostics);
    diagnostic::settle(sources.files(), &mut diagnostics);
    diagnostic::leave_conflicts_alone(&mut diagnostics);
    diagnostic::leave_cut_ends_alone(&mut diagnostics);
    diagnostic::sort(&mut diagnostics);
    // No text that is written anew becomes a workbook.
    let in_sheet =
        |fix: &mut Fix| fix.edits.iter().any(|edit| sources.files().get(edit.span.file).is_sheet());
    diagnostics.iter_mut().for_each(|diagnostic| drop(diagnostic.fix.take_if(in_sheet)));
    let ruleset = if diagnostic::any_error(&diagnostics) { None } else { ruleset };
    Checked { ruleset, diagnostics, allowed: checker.allowed, mentions: checker.mentions }
}

/// What a name of the common set stands for.
#[derive(Clone, Copy, Debug)]
enum Symbol {
    Field(Id<Field>),
    Let(Id<Let>),
    Weight(i64),
    Channel(Id<Channel>),
    Mix(Id<Mix>),
    Parameter(Id<Fact>),
    /// Declared, but with a mistake that is reported.
    Broken,
}

/// Names of one set: what each stands for, and where it is declared.
type Names<T> = BTreeMap<Arc<str>, (T, Span)>;

struct Checker<'s> {
    sources: &'s Sources,
    declarations: &'s [Cow<'s, ast::Declaration>],
    /// The names of the rulesets that are extended.
    extends: Vec<String>,
    /// Their files.
    base: BTreeSet<FileId>,
    diagnostics: Vec<Diagnostic>,
    /// Channels that a sheet speaks of, and that nothing declares.
    unclaimed: Vec<ast::Name>,
    allowed: Vec<Allowed>,
    mentions: Vec<Mention>,
    /// Names that declarations with syntax errors may have declared.
    lost: BTreeSet<&'s str>,
    lost_words: BTreeSet<&'static str>,
    lost_everything: bool,

    symbols: Names<Symbol>,
    requirement_names: Names<Id<Requirement>>,
    rule_names: Names<()>,
    /// The rules that a name means: one, or the rows of a table; and where it is declared.
    selectors: BTreeMap<Arc<str>, (Vec<Id<Rule>>, Span)>,
    enum_names: Names<Id<Enum>>,
    fact_names: Names<Option<Id<Fact>>>,
    source_names: Names<Id<Source>>,
    unit_spans: BTreeMap<Id<UnitDefinition>, Span>,
    level_names: Names<usize>,
    property_names: Names<()>,

    header: Option<&'s ast::Ruleset>,
    languages: Vec<Arc<str>>,
    units: Units,
    enums: Arena<Enum>,
    sections: Vec<model::Text>,
    /// The name of each section, if it has one.
    section_names: Vec<Option<ast::Name>>,
    /// Where the title of each section stands.
    section_places: Vec<Span>,
    fields: Arena<Field>,
    facts: Arena<Fact>,
    parameters: model::Statements,
    source_list: Arena<Source>,
    channels: Arena<Channel>,
    mixes: Arena<Mix>,
    requirements: Arena<Requirement>,
    levels: Vec<model::Level>,
    levels_span: Option<Span>,
    lets: Arena<Let>,
    let_declarations: Vec<&'s ast::Let>,
    measure_names: Names<Id<model::Measure>>,
    measure_declarations: Vec<&'s ast::Measure>,
    /// The measures, by their number.
    drafted: Vec<lets::Drafted<'s>>,
    /// The types of the lets that are well.
    let_types: BTreeMap<Id<Let>, Type>,
    let_measures: BTreeMap<Id<Let>, bounds::Measured>,
    /// The channels that are compared by a measure, for the highest or the lowest.
    races: BTreeMap<(Id<model::Measure>, bool), Arc<model::Race>>,
    fact_bounds: BTreeMap<Id<Fact>, Option<bounds::Bound>>,
    rules: Arena<Rule>,
    tables: Arena<model::Table>,
    wording: BTreeMap<Span, Arc<str>>,
    translations: texts::Translations<'s>,
    rule_order: Vec<Id<Rule>>,
    channel_order: Vec<Id<Channel>>,
    thresholds: Thresholds,
    tests: Vec<model::Test>,
    properties: Vec<model::Property>,

    quotes: quotes::Quotes<'s>,
    /// The names of what is read or named somewhere, by the places of their declarations.
    used: BTreeSet<Span>,
    used_units: BTreeSet<Id<UnitDefinition>>,
    /// The lets that come of facts.
    lets_of_facts: BTreeSet<Id<Let>>,
    uses_day: Option<Span>,
    /// Whether old names stand for the new ones, as in profiles.
    reads_old_names: bool,
    /// What is left for looking for near names and passages.
    effort: Effort,
    /// Whether every name has its declaration.
    declared: bool,
    /// The names and titles that cells of CSV files may hold; made when a table is first read from one.
    sheet_names: Option<Box<SheetNames>>,
    /// What has a title, by the title; made when a title is first looked for.
    titles: Option<BTreeMap<String, Vec<Arc<str>>>>,
    /// The rule or the test that is looked at.
    around: Option<unknown::Around>,
    /// The variables of all rules.
    variables: BTreeSet<Arc<str>>,
    /// Names that are declared twice: what is said of them is not known.
    doubled: BTreeSet<Arc<str>>,
    /// Units whose declaration has a mistake.
    broken_units: BTreeSet<Id<UnitDefinition>>,
}

impl<'s> Checker<'s> {
    fn new(sources: &'s Sources, declarations: &'s [Cow<'s, ast::Declaration>]) -> Checker<'s> {
        let mut lost = BTreeSet::new();
        let mut lost_words = BTreeSet::new();
        let missing = [Code::FileUnreadable, Code::BadPath, Code::UnknownRuleset];
        let mut lost_everything = sources.diagnostics().iter().any(|d| missing.contains(&d.code));
        for part in sources.parts() {
            lost.extend(part.lost.names.iter().map(String::as_str));
            lost_words.extend(part.lost.words.iter().copied());
            lost_everything |= part.lost.everything;
        }
        Checker {
            sources,
            declarations,
            extends: Vec::new(),
            base: BTreeSet::new(),
            diagnostics: Vec::new(),
            unclaimed: Vec::new(),
            allowed: Vec::new(),
            mentions: Vec::new(),
            lost,
            lost_words,
            lost_everything,
            symbols: Names::new(),
            requirement_names: Names::new(),
            rule_names: Names::new(),
            selectors: BTreeMap::new(),
            enum_names: Names::new(),
            fact_names: Names::new(),
            source_names: Names::new(),
            unit_spans: BTreeMap::new(),
            level_names: Names::new(),
            property_names: Names::new(),
            header: None,
            languages: Vec::new(),
            units: Units::default(),
            enums: Arena::default(),
            sections: Vec::new(),
            section_names: Vec::new(),
            section_places: Vec::new(),
            fields: Arena::default(),
            facts: Arena::default(),
            parameters: model::Statements::new(),
            source_list: Arena::default(),
            channels: Arena::default(),
            mixes: Arena::default(),
            requirements: Arena::default(),
            levels: Vec::new(),
            levels_span: None,
            lets: Arena::default(),
            let_declarations: Vec::new(),
            measure_names: Names::new(),
            measure_declarations: Vec::new(),
            drafted: Vec::new(),
            let_types: BTreeMap::new(),
            let_measures: BTreeMap::new(),
            races: BTreeMap::new(),
            fact_bounds: BTreeMap::new(),
            rules: Arena::default(),
            tables: Arena::default(),
            wording: BTreeMap::new(),
            translations: texts::Translations::default(),
            rule_order: Vec::new(),
            channel_order: Vec::new(),
            thresholds: Thresholds { recommended: 1, possible: 0 },
            tests: Vec::new(),
            properties: Vec::new(),
            quotes: quotes::Quotes::default(),
            used: BTreeSet::new(),
            used_units: BTreeSet::new(),
            lets_of_facts: BTreeSet::new(),
            uses_day: None,
            reads_old_names: false,
            effort: Effort::default(),
            declared: false,
            sheet_names: None,
            titles: None,
            around: None,
            variables: BTreeSet::new(),
            doubled: BTreeSet::new(),
            broken_units: BTreeSet::new(),
        }
    }

    fn run(&mut self) -> Option<Ruleset> {
        self.gather_texts();
        self.declare();
        self.declared = true;
        self.quotes = quotes::Quotes::new(self);
        self.define_channels();
        self.define_lets();
        self.define_conditions();
        self.define_rules();
        self.define_checks();
        self.check_needs();
        let header = self.header?;
        let owner = texts::Owner::ruleset(&header.name);
        let title = self.words(&owner, "title", header.title.as_ref());
        let rank = self.ranking();
        let measures = self.finished_measures(&rank);
        self.check_texts();
        self.check_usage();
        let mut ruleset = Ruleset {
            name: header.name.value.clone(),
            name_span: header.name.span,
            title: title.unwrap_or_else(|| model::Text::new(&*header.name.value)),
            version: header.version.as_ref().map(|version| version.value.clone()),
            languages: self.languages.clone(),
            extends: std::mem::take(&mut self.extends),
            as_of: header.as_of.map(|day| day.value),
            uses_day: self.uses_day.is_some(),
            files: self.sources.files().clone(),
            inherited: {
                let files = self.sources.files().iter().map(|(id, _)| id);
                files.filter(|id| !self.sources.is_own(*id)).collect()
            },
            wording: std::mem::take(&mut self.wording),
            sources: std::mem::take(&mut self.source_list),
            units: self.units.clone(),
            enums: std::mem::take(&mut self.enums),
            fields: std::mem::take(&mut self.fields),
            sections: std::mem::take(&mut self.sections),
            facts: std::mem::take(&mut self.facts),
            parameters: std::mem::take(&mut self.parameters),
            channels: std::mem::take(&mut self.channels),
            mixes: std::mem::take(&mut self.mixes),
            requirements: std::mem::take(&mut self.requirements),
            levels: std::mem::take(&mut self.levels),
            measures,
            rank,
            lets: std::mem::take(&mut self.lets),
            rules: std::mem::take(&mut self.rules),
            tables: std::mem::take(&mut self.tables),
            rule_order: std::mem::take(&mut self.rule_order),
            channel_order: std::mem::take(&mut self.channel_order),
            thresholds: self.thresholds,
            tests: std::mem::take(&mut self.tests),
            properties: std::mem::take(&mut self.properties),
            digest: String::new(),
            meaning: OnceLock::new(),
        };
        self.check_quotes(&ruleset);
        if !diagnostic::any_error(&self.diagnostics) {
            let texts = self.quotes.text_digests(&ruleset.sources);
            ruleset.digest = model::digest(&self.sources.part_texts(), &texts);
        }
        Some(ruleset)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Tells whether a name may have been declared where a syntax error stands, or was declared twice; nothing more is
    /// said of it then.
    fn is_lost(&self, name: &str) -> bool {
        self.lost_everything || self.lost.contains(name) || self.doubled.contains(name)
    }

    /// Returns words for a type, such as `a number per month`.
    fn type_words(&self, ty: Type) -> String {
        match ty {
            Type::Bool => "true or false".into(),
            Type::Text => "a text".into(),
            Type::Date => "a date".into(),
            Type::Number(number) if number.unit.is_none() => "a plain number".into(),
            Type::Number(number) => format!("a number in `{}`", self.units.name(number.unit, true)),
            Type::Enum(id) => format!("a value of `{}`", self.enums[id].name),
            Type::Set(id) => format!("a set of `{}`", self.enums[id].name),
        }
    }

    fn find_symbol(&self, name: &str) -> Option<Symbol> {
        self.symbols.get(name).map(|(symbol, _)| *symbol)
    }

    /// The last day of the calendar stands in where a bound is left out.
    fn span_of_days(since: Option<Date>, until: Option<Date>) -> (Date, Date) {
        (since.unwrap_or(Date::MIN), until.unwrap_or(Date::MAX))
    }

    fn each<T>(&self, select: impl Fn(&'s DeclarationKind) -> Option<T>) -> Vec<(&'s ast::Declaration, T)> {
        self.declarations
            .iter()
            .filter_map(|declaration| Some((&**declaration, select(&declaration.kind)?)))
            .collect()
    }
}
