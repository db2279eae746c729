//! Declarations other than rules, tests and properties.

use super::{Builder, Kind, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::ast;
use crate::syntax::sources::workbook_sheet;

/// A fact has at most so many indexes.
const MAX_INDEXES: usize = 3;

impl Builder<'_> {
    /// Builds the declaration that an entry rule of the grammar found.
    pub(in crate::syntax) fn declaration(&mut self, node: &Node<'_>) -> ast::Declaration {
        let kind = self.declaration_kind(node);
        // What stands in a block is read with it.
        if matches!(
            node.kind(),
            Kind::fact
                | Kind::facts
                | Kind::unit_declaration
                | Kind::enumeration
                | Kind::scale
                | Kind::weight
                | Kind::levels
                | Kind::let_declaration
        ) {
            for child in node.children().filter(|child| child.kind() == Kind::allow_clause) {
                self.allow_here(&child);
            }
        }
        ast::Declaration { span: node.span(), kind, allows: std::mem::take(&mut self.allows), replaced: None }
    }

    fn declaration_kind(&mut self, node: &Node<'_>) -> ast::DeclarationKind {
        use ast::DeclarationKind as D;
        match node.kind() {
            Kind::ruleset => D::Ruleset(self.ruleset(node)),
            Kind::import => D::Import(self.text_in(node)),
            Kind::source => D::Source(self.source(node)),
            Kind::unit_declaration => D::Unit(self.unit_declaration(node)),
            Kind::enumeration => D::Enum(self.enumeration(node, false)),
            Kind::scale => D::Enum(self.enumeration(node, true)),
            Kind::profile => D::Profile(self.fields_in(node)),
            Kind::fact => D::Fact(self.fact(node)),
            Kind::parameter | Kind::override_parameter => D::Parameter(self.parameter(node)),
            Kind::facts => {
                let file = node.child(Kind::csv_file);
                D::Facts(self.rows_from(&file.unwrap_or_else(|| unreachable!("grammar: `facts` has a file"))))
            }
            Kind::channel => D::Channel(self.channel(node)),
            Kind::mix => D::Mix(self.mix(node)),
            Kind::requirement => D::Requirement(self.requirement(node)),
            Kind::weight => D::Weight(self.weight(node)),
            Kind::levels => D::Levels(self.members(node)),
            Kind::let_declaration => D::Let(self.let_declaration(node)),
            Kind::measure => D::Measure(self.measure(node)),
            Kind::rule => D::Rule(self.rule(node)),
            Kind::verdicts => D::Verdicts(self.thresholds(node)),
            Kind::test => D::Test(self.test(node)),
            Kind::property => D::Property(self.property(node)),
            Kind::extends => D::Extends(match node.child(Kind::name) {
                Some(name) => ast::Base::Name(self.name(&name)),
                None => ast::Base::Path(self.text_in(node)),
            }),
            Kind::remove => D::Remove(self.remove(node)),
            Kind::overriding => self.overriding(node),
            Kind::override_mix => D::Mix(self.mix(node)),
            Kind::texts => D::Texts(self.texts(node)),
            _ => unreachable!("grammar: every entry rule has its declaration"),
        }
    }

    fn remove(&mut self, node: &Node<'_>) -> ast::Remove {
        match node.child(Kind::removed) {
            Some(kind) => ast::Remove { kind: self.name(&kind), name: self.name_of(node) },
            None => unreachable!("grammar: `remove` says what"),
        }
    }

    fn overriding(&mut self, node: &Node<'_>) -> ast::DeclarationKind {
        match node.children().find(|child| child.kind() != Kind::kw_override) {
            Some(inner) => ast::DeclarationKind::Override(Box::new(self.declaration(&inner))),
            None => unreachable!("grammar: `override` is followed by a declaration"),
        }
    }

    fn texts(&mut self, node: &Node<'_>) -> ast::Texts {
        let language = node.child(Kind::language);
        let language = language.unwrap_or_else(|| unreachable!("grammar: `texts` has a language"));
        let language = self.name(&language);
        let mut entries = Vec::new();
        for entry in node.children().filter(|child| child.kind() == Kind::text_entry) {
            let (Some(path), Some(text)) = (entry.child(Kind::text_path), entry.child(Kind::plain_text))
            else {
                unreachable!("grammar: an entry has a path and a text")
            };
            // Only reasons hold expressions; in any other text a brace is itself.
            let reason =
                path.text().split('.').skip(2).any(|part| matches!(part, "because" | "note" | "how"));
            let value = match reason {
                true => self.template_pieces(&text),
                false => vec![ast::Piece::Plain(self.plain(&text).value)],
            };
            let text = Spanned { value, span: text.span() };
            entries.push(ast::TextEntry { path: self.name(&path), text });
        }
        ast::Texts { language, entries }
    }

    fn title(&mut self, node: &Node<'_>) -> Option<ast::Text> {
        node.child(Kind::text).map(|text| self.text(&text))
    }

    fn ruleset(&mut self, node: &Node<'_>) -> ast::Ruleset {
        let mut ruleset = ast::Ruleset {
            name: self.name_of(node),
            title: self.title(node),
            version: None,
            languages: Vec::new(),
            as_of: None,
            rank: None,
        };
        let (mut version, mut languages, mut as_of, mut rank) = (None, None, None, None);
        for child in node.children() {
            let span = child.span();
            match child.kind() {
                Kind::version => {
                    let value = self.text_in(&child);
                    self.once(&mut ruleset.version, &mut version, value, span, "version");
                }
                Kind::languages => {
                    let tags = child.children().filter(|tag| tag.kind() == Kind::language);
                    let tags = tags.map(|tag| self.name(&tag)).collect();
                    let mut slot = None;
                    self.once(&mut slot, &mut languages, tags, span, "languages");
                    if let Some(tags) = slot {
                        ruleset.languages = tags;
                    }
                }
                Kind::as_of => {
                    let value = self.date_in(&child);
                    self.once(&mut ruleset.as_of, &mut as_of, value, span, "as of");
                }
                Kind::rank_by => {
                    let value = Spanned { value: self.names(&child), span };
                    self.once(&mut ruleset.rank, &mut rank, value, span, "rank by");
                }
                _ => {}
            }
        }
        ruleset
    }

    /// The first plain text among a node's children.
    /// The file that holds rows, a sheet of a workbook as `book.xlsx!Fees`.
    pub(super) fn rows_from(&mut self, node: &Node<'_>) -> Spanned<String> {
        let mut file = self.text_in(node);
        if node.has(Kind::kw_xlsx) {
            if !file.value.to_ascii_lowercase().ends_with(".xlsx") {
                let message = "the name of a workbook ends in `.xlsx`";
                let diagnostic =
                    Diagnostic::new(Code::BadPath, file.span, message).here("another kind of file");
                self.report(diagnostic.note("save it as .xlsx, or as CSV: `from csv \"FILE\"`"));
            }
            let sheet = node.children().filter(|child| child.kind() == Kind::plain_text).nth(1);
            let sheet = sheet.map(|sheet| self.plain(&sheet).value).unwrap_or_default();
            file.value = workbook_sheet(&file.value, &sheet);
        }
        file
    }

    pub(super) fn text_in(&mut self, node: &Node<'_>) -> Spanned<String> {
        match node.child(Kind::plain_text) {
            Some(text) => self.plain(&text),
            None => unreachable!("grammar: this clause has a text"),
        }
    }

    fn source(&mut self, node: &Node<'_>) -> ast::Source {
        let mut source = ast::Source {
            name: self.name_of(node),
            title: self.title(node),
            url: None,
            publisher: None,
            published: None,
            accessed: None,
            confidence: None,
            text: None,
        };
        let mut first: [Option<Span>; 6] = [None; 6];
        let [url, publisher, published, accessed, confidence, text] = &mut first;
        for child in node.children() {
            let span = child.span();
            match child.kind() {
                Kind::source_url => {
                    let value = self.text_in(&child);
                    self.once(&mut source.url, url, value, span, "url");
                }
                Kind::source_publisher => {
                    let value = self.text_in(&child);
                    self.once(&mut source.publisher, publisher, value, span, "publisher");
                }
                Kind::source_published => {
                    let value = match child.child(Kind::plain_text) {
                        Some(text) => self.plain(&text),
                        None => {
                            let when = child.children().find(|c| c.kind() != Kind::kw_published);
                            let when =
                                when.unwrap_or_else(|| unreachable!("grammar: `published` has a value"));
                            if when.kind() == Kind::date {
                                self.date(&when);
                            }
                            Spanned { value: when.text().to_string(), span: when.span() }
                        }
                    };
                    self.once(&mut source.published, published, value, span, "published");
                }
                Kind::source_accessed => {
                    let value = self.date_in(&child);
                    self.once(&mut source.accessed, accessed, value, span, "accessed");
                }
                Kind::source_confidence => {
                    let level = child.child(Kind::confidence_level);
                    let level = level.unwrap_or_else(|| unreachable!("grammar: `confidence` has a level"));
                    let value = self.name(&level);
                    self.once(&mut source.confidence, confidence, value, span, "confidence");
                }
                Kind::source_text => {
                    let value = self.text_in(&child);
                    self.once(&mut source.text, text, value, span, "text");
                }
                Kind::allow_clause => {
                    self.allow_here(&child);
                }
                _ => {}
            }
        }
        source
    }

    pub(super) fn from(&mut self, node: &Node<'_>) -> Vec<ast::From> {
        let clauses: Vec<Node<'_>> =
            node.children().filter(|child| child.kind() == Kind::from_clause).collect();
        clauses.iter().map(|child| self.clause_from(child)).collect()
    }

    pub(super) fn clause_from(&mut self, node: &Node<'_>) -> ast::From {
        let mut from = ast::From { source: self.name_of(node), quotes: Vec::new(), at: None };
        let mut place = false;
        for child in node.children() {
            match child.kind() {
                Kind::kw_at => {
                    place = true;
                }
                Kind::plain_text => {
                    let text = self.plain(&child);
                    if place {
                        from.at = Some(text);
                    } else {
                        from.quotes.push(text);
                    }
                }
                _ => {}
            }
        }
        from
    }

    fn unit_declaration(&mut self, node: &Node<'_>) -> ast::Unit {
        let name = self.name_of(node);
        let rate = node.child(Kind::unit_rate).map(|rate| self.statement(&rate, name.clone()));
        ast::Unit {
            name,
            title: self.title(node),
            decimals: node.child(Kind::decimals).map(|decimals| {
                let number = decimals.child(Kind::number);
                let text = number.as_ref().map_or("", Node::text);
                Spanned { value: text.parse().ok(), span: decimals.span() }
            }),
            rates: rate.into_iter().collect(),
        }
    }

    pub(super) fn members(&mut self, node: &Node<'_>) -> Vec<ast::Member> {
        let is_member = |child: &Node<'_>| matches!(child.kind(), Kind::member | Kind::value);
        let nodes: Vec<Node<'_>> = node.children().filter(is_member).collect();
        nodes
            .iter()
            .map(|child| ast::Member {
                name: self.name_of(child),
                title: self.title(child),
                was: self.old_names(child),
            })
            .collect()
    }

    fn old_names(&self, node: &Node<'_>) -> Vec<ast::Name> {
        let old = node.children().filter(|child| child.kind() == Kind::old_name);
        old.map(|old| self.name_of(&old)).collect()
    }

    fn enumeration(&mut self, node: &Node<'_>, ordered: bool) -> ast::Enum {
        if !ordered {
            let spans: Vec<Span> = node
                .children()
                .filter(|child| child.kind() == Kind::value)
                .map(|child| child.span())
                .collect();
            self.separated(&spans, "value");
        }
        ast::Enum { name: self.name_of(node), title: self.title(node), members: self.members(node), ordered }
    }

    fn fields_in(&mut self, node: &Node<'_>) -> Vec<ast::ProfileItem> {
        let Some(fields) = node.child(Kind::fields) else { unreachable!("grammar: a profile has fields") };
        let mut items = Vec::new();
        let mut spans = Vec::new();
        for child in fields.children() {
            match child.kind() {
                Kind::field => {
                    spans.push(child.span());
                    items.push(ast::ProfileItem::Field(Box::new(self.field(&child))));
                }
                Kind::section => {
                    spans.clear();
                    let title = child.child(Kind::text).map(|text| self.text(&text));
                    let title = title.unwrap_or_else(|| unreachable!("grammar: a section has a title"));
                    let name = child.child(Kind::name).map(|name| self.name(&name));
                    items.push(ast::ProfileItem::Section(name, title, self.fields_in(&child)));
                }
                Kind::allow_clause => {
                    self.allow_here(&child);
                }
                _ => {}
            }
            if let [.., before, after] = spans.as_slice() {
                self.separated(&[*before, *after], "field");
            }
        }
        items
    }

    fn field(&mut self, node: &Node<'_>) -> ast::Field {
        let mut field = ast::Field {
            span: node.span(),
            name: self.name_of(node),
            ty: self.type_in(node, 1),
            question: self.title(node),
            range: None,
            default: None,
            required: None,
            fixed: None,
            was: Vec::new(),
            allows: Vec::new(),
        };
        let (mut range, mut default, mut required, mut fixed) = (None, None, None, None);
        for child in node.children() {
            let span = child.span();
            if child.kind() == Kind::field_range {
                let bounds = child.child(Kind::literal_range);
                let bounds = bounds.unwrap_or_else(|| unreachable!("grammar: `in` has a range"));
                let value = self.literal_range(&bounds);
                self.once(&mut field.range, &mut range, value, span, "in");
            } else if child.kind() == Kind::field_default {
                let value = self.literal_in(&child);
                self.once(&mut field.default, &mut default, value, span, "default");
            } else if child.kind() == Kind::field_required {
                self.once(&mut field.required, &mut required, span, span, "required");
            } else if child.kind() == Kind::field_fixed {
                self.once(&mut field.fixed, &mut fixed, span, span, "fixed");
            } else if child.kind() == Kind::field_was {
                field.was.push(self.name_of(&child));
            } else if child.kind() == Kind::field_allow
                && let Some(allow) = child.child(Kind::allow_clause)
            {
                field.allows.push(self.allow(&allow));
            }
        }
        field
    }

    /// The type among a node's children, after so many names that are not it.
    fn type_in(&mut self, node: &Node<'_>, names: usize) -> ast::Type {
        let ty = node
            .children()
            .filter(|child| matches!(child.kind(), Kind::name | Kind::number_type | Kind::set_type))
            .nth(names);
        match ty {
            Some(ty) => self.ty(&ty),
            None => unreachable!("grammar: this declaration has a type"),
        }
    }

    fn ty(&mut self, node: &Node<'_>) -> ast::Type {
        let kind = match node.kind() {
            Kind::number_type => {
                let whole = node.child(Kind::number_word).is_some_and(|word| word.text() == "int");
                ast::TypeKind::Number { whole, unit: node.child(Kind::unit).map(|unit| self.unit(&unit)) }
            }
            Kind::set_type => ast::TypeKind::Set(self.name_of(node)),
            _ => ast::TypeKind::Name(self.name(node)),
        };
        ast::Type { span: node.span(), kind }
    }

    fn fact(&mut self, node: &Node<'_>) -> ast::Fact {
        let indexes = self.indexes(node);
        ast::Fact { name: self.name_of(node), indexes, ty: self.type_in(node, 1), title: self.title(node) }
    }

    fn indexes(&mut self, node: &Node<'_>) -> Vec<ast::Name> {
        let indexes = node.children().filter(|child| child.kind() == Kind::fact_index);
        let indexes: Vec<ast::Name> = indexes.map(|index| self.name_of(&index)).collect();
        if let Some(further) = indexes.get(MAX_INDEXES) {
            let message = format!("a fact has at most {MAX_INDEXES} indexes");
            let diagnostic = Diagnostic::new(Code::WrongIndex, further.span, message);
            self.report(diagnostic.here("one too many").note("put two of the enums into one"));
        }
        indexes
    }

    fn parameter(&mut self, node: &Node<'_>) -> ast::Parameter {
        let mut parameter = ast::Parameter {
            name: self.name_of(node),
            indexes: self.indexes(node),
            ty: node.has(Kind::colon).then(|| self.type_in(node, 1)),
            title: self.title(node),
            was: self.old_names(node),
            statements: Vec::new(),
        };
        let block = node.child(Kind::parameter_block);
        let mut previous: Option<Span> = None;
        for child in node.children().chain(block.iter().flat_map(Node::children)) {
            match child.kind() {
                Kind::parameter_value => {
                    if let Some(previous) = previous {
                        self.separated(&[previous, child.span()], "value");
                    }
                    parameter.statements.push(self.statement(&child, parameter.name.clone()));
                    previous = Some(child.span());
                }
                Kind::allow_clause => {
                    self.allow_here(&child);
                    previous = Some(child.span());
                }
                _ => {}
            }
        }
        parameter
    }

    fn channel(&mut self, node: &Node<'_>) -> ast::Channel {
        let mut channel = ast::Channel {
            name: self.name_of(node),
            title: self.title(node),
            was: self.old_names(node),
            like: node.child(Kind::like).map(|like| self.name_of(&like)),
            statements: Vec::new(),
            needs: Vec::new(),
            owned: None,
        };
        let Some(block) = node.child(Kind::channel_block) else { return channel };
        let mut owned = None;
        let mut previous: Option<Span> = None;
        for child in block.children() {
            match child.kind() {
                Kind::statement => {
                    if let Some(previous) = previous {
                        self.separated(&[previous, child.span()], "fact");
                    }
                    channel.statements.push(self.statement(&child, self.name_of(&child)));
                    previous = Some(child.span());
                }
                Kind::needs => {
                    channel.needs.push(self.needs(&child));
                    previous = Some(child.span());
                }
                Kind::owned => {
                    let value = self.expression_in(&child);
                    self.once(&mut channel.owned, &mut owned, value, child.span(), "owned when");
                    previous = Some(child.span());
                }
                Kind::allow_clause => {
                    self.allow_here(&child);
                    previous = Some(child.span());
                }
                _ => {}
            }
        }
        channel
    }

    fn statement(&mut self, node: &Node<'_>, fact: ast::Name) -> ast::Statement {
        let indexes = node.children().filter(|child| child.kind() == Kind::statement_index);
        let indexes: Vec<Node<'_>> = indexes.filter_map(|index| index.child(Kind::dotted)).collect();
        let mut statement = ast::Statement {
            span: node.span(),
            fact,
            indexes: indexes.iter().map(|index| self.dotted(index)).collect(),
            value: self.literal_in(node),
            since: None,
            until: None,
            from: self.from(node),
            disputed: Vec::new(),
            replaced: Vec::new(),
        };
        let (mut since, mut until) = (None, None);
        for child in node.children() {
            let span = child.span();
            match child.kind() {
                Kind::since => {
                    let value = self.date_in(&child);
                    self.once(&mut statement.since, &mut since, value, span, "since");
                }
                Kind::until => {
                    let value = self.date_in(&child);
                    self.once(&mut statement.until, &mut until, value, span, "until");
                }
                Kind::disputed => {
                    let value = self.literal_in(&child);
                    statement.disputed.push((value, self.from(&child)));
                }
                _ => {}
            }
        }
        statement
    }

    fn needs(&mut self, node: &Node<'_>) -> ast::Needs {
        ast::Needs { span: node.span(), names: self.names(node), from: self.from(node) }
    }

    fn mix(&mut self, node: &Node<'_>) -> ast::Mix {
        let mut mix = ast::Mix {
            name: self.name_of(node),
            title: self.title(node),
            members: Vec::new(),
            needs: Vec::new(),
            from: self.from(node),
        };
        let mut members = None;
        for child in node.children() {
            match child.kind() {
                Kind::members => {
                    let mut slot = None;
                    let names = self.names(&child);
                    self.once(&mut slot, &mut members, names, child.span(), "of");
                    mix.members.extend(slot.unwrap_or_default());
                }
                Kind::needs => {
                    mix.needs.push(self.needs(&child));
                }
                Kind::allow_clause => {
                    self.allow_here(&child);
                }
                _ => {}
            }
        }
        mix
    }

    fn requirement(&mut self, node: &Node<'_>) -> ast::Requirement {
        let mut requirement = ast::Requirement {
            name: self.name_of(node),
            title: self.title(node),
            met: None,
            how: None,
            cost: None,
            takes: None,
            from: self.from(node),
        };
        let (mut met, mut how, mut cost, mut takes) = (None, None, None, None);
        for child in node.children() {
            let span = child.span();
            match child.kind() {
                Kind::met_when => {
                    let value = self.expression_in(&child);
                    self.once(&mut requirement.met, &mut met, value, span, "met when");
                }
                Kind::how => {
                    let value = self.template_in(&child);
                    self.once(&mut requirement.how, &mut how, value, span, "how");
                }
                Kind::cost => {
                    let value = self.amount(&child);
                    self.once(&mut requirement.cost, &mut cost, value, span, "cost");
                }
                Kind::takes => {
                    let value = self.amount(&child);
                    self.once(&mut requirement.takes, &mut takes, value, span, "takes");
                }
                Kind::allow_clause => {
                    self.allow_here(&child);
                }
                _ => {}
            }
        }
        requirement
    }

    fn amount(&mut self, node: &Node<'_>) -> ast::Amount {
        match (node.child(Kind::signed_quantity), node.child(Kind::text)) {
            (Some(quantity), _) => ast::Amount::Quantity(self.quantity(&quantity)),
            (None, Some(text)) => ast::Amount::Text(self.text(&text)),
            (None, None) => unreachable!("grammar: an amount is a quantity or a text"),
        }
    }

    pub(super) fn template_in(&mut self, node: &Node<'_>) -> ast::Template {
        match node.child(Kind::text) {
            Some(text) => self.template(&text),
            None => unreachable!("grammar: this clause has a text"),
        }
    }

    fn weight(&mut self, node: &Node<'_>) -> ast::Weight {
        match node.child(Kind::signed_quantity) {
            Some(value) => ast::Weight { name: self.name_of(node), value: self.quantity(&value) },
            None => unreachable!("grammar: a weight has a value"),
        }
    }

    fn let_declaration(&mut self, node: &Node<'_>) -> ast::Let {
        let ty = node.has(Kind::colon).then(|| self.type_in(node, 1));
        ast::Let { name: self.name_of(node), ty, value: self.expression_in(node) }
    }

    fn measure(&mut self, node: &Node<'_>) -> ast::Measure {
        let Some(for_each) = node.child(Kind::for_each) else {
            unreachable!("grammar: a measure is for each")
        };
        let mut measure = ast::Measure {
            name: self.name_of(node),
            ty: self.type_in(node, 1),
            title: self.title(node),
            for_each: self.for_each(&for_each),
            value: self.expression_in(node),
            higher: None,
            sums: None,
        };
        let (mut better, mut sums) = (None, None);
        for child in node.children() {
            let span = child.span();
            match child.kind() {
                Kind::better => {
                    let higher = child.has(Kind::kw_higher);
                    self.once(&mut measure.higher, &mut better, higher, span, "is better");
                }
                Kind::mixes_sum => self.once(&mut measure.sums, &mut sums, span, span, "mixes sum"),
                Kind::allow_clause => {
                    self.allow_here(&child);
                }
                _ => {}
            }
        }
        measure
    }

    fn thresholds(&mut self, node: &Node<'_>) -> Vec<ast::Threshold> {
        let mut thresholds = Vec::new();
        for child in node.children().filter(|child| child.kind() == Kind::threshold) {
            let verdict =
                child.children().find(|c| matches!(c.kind(), Kind::kw_recommended | Kind::kw_possible));
            let (Some(verdict), Some(points)) = (verdict, child.child(Kind::points)) else {
                unreachable!("grammar: a threshold has a verdict and points")
            };
            let (verdict, points) = (self.name(&verdict), self.points(&points));
            thresholds.push(ast::Threshold { span: child.span(), verdict, points });
        }
        thresholds
    }
}
