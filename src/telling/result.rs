//! The result as JSON, `qudao.result/1`: keys are never renamed within the version, every key is always there.

mod condition;
mod view;

use std::io;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use crate::words::{Speaker, evidence, exact_text, text_of, told};
use qudao_engine::advise::{Advice, Change};
use qudao_language::decide::{
    Assumed, Await, Cause, Decision, Measured, Missing, NeedDecision, NeedOrigin, Pending, Read, Reason,
    TargetDecision, Trace,
};
use qudao_language::model::{
    Channel, Citation, EffectKind, Entry, Field, Id, Need, RankBy, Rule, Target, Template, Type, Value,
};
use qudao_language::source::Span;

use condition::{ConditionView, ReadView, cells, computed, conditions, operand, read};
use view::{
    AssumedView, BetterView, ChangeView, DisputedFactView, EffectOfView, ExceptionView, FieldView,
    InstanceView, MeasureView, NeedView, NoteView, OpenFactView, PendingView, PlaceView, ReasonView,
    ReplacedView, RuleView, SourceView, TargetView, ValueView, WhyView,
};

/// The schema of a result.
pub const SCHEMA: &str = "qudao.result/1";

/// Returns a decision as the JSON object `qudao.result/1`; with `trace`, every instance of every rule is in it.
#[must_use]
pub fn to_json(decision: &Decision<'_>, speaker: Speaker<'_>, trace: bool) -> Json {
    let writer = Writer { decision, speaker };
    serde_json::to_value(writer.document(trace)).expect("the keys of a result are texts")
}

/// Returns a decision as [`to_json`] does, without the trace, and in the key `why` what to change for a better verdict
/// on one target.
#[must_use]
pub fn why_json(decision: &Decision<'_>, speaker: Speaker<'_>, advice: &Advice) -> Json {
    let writer = Writer { decision, speaker };
    let mut document = to_json(decision, speaker, false);
    let why = serde_json::to_value(writer.why(advice)).expect("the keys of a result are texts");
    document.as_object_mut().expect("a result is an object").insert("why".into(), why);
    document
}

/// Returns a decision with what became of these rules alone, under the key `rules`.
#[must_use]
pub fn rules_json(decision: &Decision<'_>, speaker: Speaker<'_>, rules: &[Id<Rule>]) -> Json {
    let mut document = to_json(decision, speaker, true);
    let names: Vec<&str> = rules.iter().map(|rule| &*decision.ruleset.rules[*rule].name).collect();
    let listed = document.get_mut("rules").and_then(Json::as_array_mut).expect("a trace lists the rules");
    listed.retain(|entry| entry["rule"].as_str().is_some_and(|name| names.contains(&name)));
    document
}

/// Of a document of more reasons than these two thirds would be spaces that nobody looks at.
const MOST_INDENTED: usize = 1_000;

/// Writes the JSON object that [`to_json`] returns, indented or as one line; as one line if it is large. Nothing but one target at a time is held: the
/// needs of all targets are a square where one channel needs the next.
///
/// # Errors
/// Those of `out`.
pub fn write_json(
    decision: &Decision<'_>,
    speaker: Speaker<'_>,
    trace: bool,
    indented: bool,
    out: impl io::Write,
) -> io::Result<()> {
    let writer = Writer { decision, speaker };
    let document = writer.document(trace);
    let targets = decision.channels.iter().chain(&decision.mixes).map(|target| decision.target(*target));
    let reasons: usize = targets.map(|told| told.reasons.len() + told.pending.len()).sum();
    let written = match indented && reasons <= MOST_INDENTED {
        true => serde_json::to_writer_pretty(out, &document),
        false => serde_json::to_writer(out, &document),
    };
    Ok(written?)
}

#[derive(Serialize)]
struct Document<'d, 'r> {
    schema: &'static str,
    tool: &'static str,
    lang: String,
    ruleset: RulesetView,
    as_of: String,
    profile: ProfileView,
    thresholds: ThresholdsView,
    rank_by: Vec<RankView>,
    first: FirstView,
    best: BestView,
    channels: Targets<'d, 'r>,
    mixes: Targets<'d, 'r>,
    notes: Vec<NoteView>,
    missing: Vec<MissingView>,
    missing_for_measures: Vec<MissingView>,
    missing_for_needs: Vec<MissingView>,
    missing_for_notes: Vec<MissingView>,
    assumed: Vec<AssumedView>,
    sources: Map<String, Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<RuleView>>,
}

/// Targets, each told while it is written.
struct Targets<'d, 'r> {
    writer: Writer<'d, 'r>,
    of: &'d [Target],
}

impl Serialize for Targets<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.of.iter().map(|target| self.writer.target(*target)))
    }
}

#[derive(Serialize)]
struct RulesetView {
    name: String,
    title: String,
    version: Option<String>,
    digest: String,
    meaning: String,
    extends: Vec<String>,
}

#[derive(Serialize)]
struct ProfileView {
    name: String,
    file: Option<String>,
    fields: Vec<FieldView>,
}

#[derive(Serialize)]
struct ThresholdsView {
    recommended: i64,
    possible: i64,
}

/// What targets with one leaning are ranked by: `score`, or a measure.
#[derive(Serialize)]
struct RankView {
    by: String,
    higher_is_better: bool,
}

#[derive(Serialize)]
struct FirstView {
    target: Option<String>,
    settled: bool,
    tie: Vec<String>,
}

/// The best of channels and mixes.
#[derive(Serialize)]
struct BestView {
    target: Option<String>,
    /// A mix of recommended channels that is as good.
    with: Option<String>,
}

#[derive(Serialize)]
struct MissingView {
    field: String,
    question: Option<String>,
    affects: Vec<String>,
}

/// Writes the parts of a decision.
#[derive(Clone, Copy)]
struct Writer<'d, 'r> {
    decision: &'d Decision<'r>,
    speaker: Speaker<'r>,
}

impl<'d, 'r> Writer<'d, 'r> {
    fn document(&self, trace: bool) -> Document<'d, 'r> {
        let ruleset = self.decision.ruleset;
        let profile = self.decision.profile;
        let first = &self.decision.first;
        let best = self.decision.best();
        Document {
            schema: SCHEMA,
            tool: env!("CARGO_PKG_VERSION"),
            lang: self.speaker.language.to_string(),
            ruleset: RulesetView {
                name: ruleset.name.to_string(),
                title: ruleset.title.get(self.speaker.language).to_string(),
                version: ruleset.version.clone(),
                digest: ruleset.digest.clone(),
                meaning: ruleset.meaning().to_string(),
                extends: ruleset.extends.clone(),
            },
            as_of: self.decision.day.to_string(),
            profile: ProfileView {
                name: profile.name.clone(),
                file: profile.file.clone(),
                fields: ruleset.fields.ids().map(|id| self.field(id)).collect(),
            },
            thresholds: ThresholdsView {
                recommended: ruleset.thresholds.recommended,
                possible: ruleset.thresholds.possible,
            },
            rank_by: ruleset.rank.iter().map(|rank| self.rank(*rank)).collect(),
            first: FirstView {
                target: first.target.map(|target| self.name(target)),
                settled: first.settled,
                tie: self.names(&first.tie),
            },
            best: BestView {
                target: best.map(|best| self.name(best.target)),
                with: best.and_then(|best| best.with).map(|with| self.name(with)),
            },
            channels: Targets { writer: *self, of: &self.decision.channels },
            mixes: Targets { writer: *self, of: &self.decision.mixes },
            notes: self.decision.notes.iter().filter_map(|cause| self.note(*cause)).collect(),
            missing: self.decision.missing().iter().map(|(id, affects)| self.missing(*id, affects)).collect(),
            missing_for_measures: self.further(&self.decision.further().measures),
            missing_for_needs: self.further(&self.decision.further().needs),
            missing_for_notes: self.further(&self.decision.further().notes),
            assumed: self.decision.assumed().iter().map(|assumed| self.assumed(assumed)).collect(),
            sources: self.sources(),
            rules: trace.then(|| self.rules()),
        }
    }

    fn name(&self, target: Target) -> String {
        self.decision.ruleset.target_name(target).to_string()
    }

    fn names(&self, targets: &[Target]) -> Vec<String> {
        targets.iter().map(|target| self.name(*target)).collect()
    }

    fn place(&self, span: Span) -> PlaceView {
        self.decision.ruleset.files.place(span).into()
    }

    fn value(&self, value: Option<&Value>, ty: Type) -> ValueView {
        ValueView::new(&self.speaker, value, ty)
    }

    fn why(&self, advice: &Advice) -> WhyView {
        let change = |change: &Change| {
            let field = &self.decision.ruleset.fields[change.field];
            ChangeView {
                field: field.name.to_string(),
                from: self.value(change.from.as_ref(), field.ty),
                to: self.value(Some(&change.to), field.ty),
                any_other: change.any_other,
            }
        };
        let better = advice.ways.iter().map(|way| BetterView {
            verdict: way.verdict.as_str(),
            changes: way.changes.iter().map(change).collect(),
        });
        WhyView {
            target: self.name(advice.target),
            better: better.collect(),
            tried: advice.tried,
            complete: advice.complete,
        }
    }

    fn field(&self, id: Id<Field>) -> FieldView {
        let field = &self.decision.ruleset.fields[id];
        let given = self.decision.profile.get(id);
        let ty = match field.ty {
            Type::Bool => "bool",
            Type::Number(number) if number.whole => "int",
            Type::Number(_) => "number",
            Type::Text => "text",
            Type::Date => "date",
            Type::Enum(id) if self.decision.ruleset.enums[id].ordered => "scale",
            Type::Enum(_) => "enum",
            Type::Set(_) => "set",
        };
        FieldView {
            field: field.name.to_string(),
            ty,
            value: self.value(given.value.as_ref(), field.ty),
            from: given.origin.as_str(),
            at: given.at.clone().map(PlaceView::from),
        }
    }

    fn target(&self, target: Target) -> TargetView {
        let ruleset = self.decision.ruleset;
        let decided = self.decision.target(target);
        let levels = ruleset.levels.iter().zip(&decided.tally);
        TargetView {
            id: self.name(target),
            kind: match target {
                Target::Channel(_) => "channel",
                Target::Mix(_) => "mix",
            },
            title: ruleset.target_title(target, self.speaker.language).to_string(),
            rank: decided.rank,
            verdict: decided.verdict.map_or("undecided", |verdict| verdict.as_str()),
            leaning: decided.leaning.as_str(),
            settled: decided.is_settled(),
            could_be: decided.could_be.iter().map(|verdict| verdict.as_str()).collect(),
            score: decided.score,
            score_range: [decided.score_range.0, decided.score_range.1],
            measures: decided.measures.iter().map(|measured| self.measured(target, measured)).collect(),
            tally: levels.map(|(level, count)| (level.name.to_string(), Json::from(*count))).collect(),
            capped_by: decided.capped_by.map(|cause| ruleset.rules[cause.rule].name.to_string()),
            tie: self.names(&decided.tie),
            reasons: decided.reasons.iter().map(|reason| self.reason(*reason)).collect(),
            pending: decided.pending.iter().map(|pending| self.pending(pending)).collect(),
            needs: self.decision.needs(target).map(|need| self.need(&need)).collect(),
            required_by: match target {
                Target::Channel(id) => self.names(&self.decision.required_by(id)),
                Target::Mix(_) => Vec::new(),
            },
            notes: decided.notes.iter().filter_map(|cause| self.note(*cause)).collect(),
            open_facts: self.open_facts(decided),
            disputed_facts: self.disputed_facts(target),
            members: ruleset
                .members(target)
                .iter()
                .map(|member| self.name(Target::Channel(*member)))
                .collect(),
        }
    }

    fn rank(&self, rank: RankBy) -> RankView {
        match rank {
            RankBy::Score => RankView { by: "score".into(), higher_is_better: true },
            RankBy::Measure(id) => {
                let measure = &self.decision.ruleset.measures[id];
                RankView { by: measure.name.to_string(), higher_is_better: measure.higher }
            }
        }
    }

    fn measured(&self, target: Target, measured: &Measured) -> MeasureView {
        let measure = &self.decision.ruleset.measures[measured.measure];
        let of = measure.of.get(&target).expect("a target that is measured has the measure");
        let unit = self.decision.ruleset.units.name(measure.ty.unit, true);
        let value = measured.value.as_ref();
        MeasureView {
            measure: measure.name.to_string(),
            title: measure.title.as_ref().map(|title| title.get(self.speaker.language).to_string()),
            value: value.map(|value| self.speaker.id(value, measure.value_type())),
            number: value.and_then(Value::as_number).map(exact_text),
            unit: (!unit.is_empty()).then_some(unit),
            low: measured.low.map(exact_text),
            high: measured.high.map(exact_text),
            condition: computed(self, &self.decision.trace_of(of, None)),
        }
    }

    fn open_facts(&self, decided: &TargetDecision) -> Vec<OpenFactView> {
        let ruleset = self.decision.ruleset;
        let facts = self.decision.open_facts(decided.target).iter().map(|open| OpenFactView {
            fact: ruleset.entry_name(open.channel, open.entry),
            title: ruleset.facts[open.entry.0]
                .title
                .as_ref()
                .map(|t| t.get(self.speaker.language).to_string()),
            could_be: open.could_be.iter().map(|verdict| verdict.as_str()).collect(),
            ended: self.ended(open.channel, open.entry),
        });
        facts.collect()
    }

    fn channel_name(&self, channel: Option<Id<Channel>>) -> Option<String> {
        channel.map(|id| self.name(Target::Channel(id)))
    }

    fn reason(&self, reason: Reason) -> ReasonView {
        let cause = match reason {
            Reason::Rule(cause) => cause,
            Reason::Through(channel) => return ReasonView::through(self.name(Target::Channel(channel))),
        };
        let ruleset = self.decision.ruleset;
        let rule = &ruleset.rules[cause.rule];
        let effect = EffectView::of(self, cause);
        let traces = self.decision.condition(cause.rule, cause.channel);
        ReasonView {
            rule: Some(rule.name.to_string()),
            instance: self.channel_name(cause.channel),
            title: rule.title.as_ref().map(|title| title.get(self.speaker.language).to_string()),
            at: Some(self.place(rule.span)),
            effect: effect.word,
            points: effect.points,
            rating: self.decision.rating(cause).map(|rating| operand(self, &rating)),
            level: effect.level,
            cap: effect.cap,
            needs: effect.needs,
            through: None,
            because: rule.because.as_ref().map(|because| self.text(because, cause.channel)),
            condition: Some(conditions(self, &traces)),
            cells: rule.row.as_ref().map_or(Vec::new(), |row| cells(self, row, &traces)),
            exceptions: self.exceptions(cause.rule, cause.channel, &mut Vec::new()),
            sources: self.citations(&rule.sources),
            cited: self.cited(cause),
            told: self.told(cause),
            replaced: rule.replaced.as_ref().map(|replaced| ReplacedView {
                at: self.place(replaced.span),
                sources: self.citations(&replaced.sources),
            }),
        }
    }

    /// All that an effect rests on.
    fn cited(&self, cause: Cause) -> Vec<SourceView> {
        let cited = evidence(self.decision, &self.speaker, cause).into_iter();
        cited.map(|citation| SourceView::new(self.decision.ruleset, citation)).collect()
    }

    /// The facts that the text of an effect tells, or its points are made of, and its condition does not rest on.
    fn told(&self, cause: Cause) -> Vec<ReadView> {
        let text = text_of(self.decision.ruleset, cause);
        let of_text = text.map(|text| told(self.decision, &self.speaker, text, (cause.rule, cause.channel)));
        let mut all: Vec<Read<'_>> = of_text.unwrap_or_default();
        for what in self.decision.rating(cause).iter().flat_map(Trace::reads) {
            if !all.iter().any(|other| other.is_same(what)) {
                all.push(what);
            }
        }
        all.into_iter().map(|what| read(self, what, true)).collect()
    }

    /// The last day on which a channel told a fact, where it tells it no more.
    fn ended(&self, channel: Id<Channel>, entry: Entry) -> Option<String> {
        let ended = self.decision.ruleset.ended(channel, entry, self.decision.day);
        ended.map(|day| day.to_string())
    }

    fn text(&self, template: &'r Template, channel: Option<Id<Channel>>) -> String {
        self.speaker.fill(self.decision, template, channel)
    }

    fn condition(&self, rule: Id<Rule>, channel: Option<Id<Channel>>) -> ConditionView {
        conditions(self, &self.decision.condition(rule, channel))
    }

    /// The exceptions that meet an instance, each told in full at its first mention.
    fn exceptions(
        &self,
        rule: Id<Rule>,
        channel: Option<Id<Channel>>,
        seen: &mut Vec<(Id<Rule>, Option<Id<Channel>>)>,
    ) -> Vec<ExceptionView> {
        let mut views = Vec::new();
        for (exception, instance) in self.decision.exceptions(rule, channel) {
            let first = !seen.contains(&(exception, instance));
            seen.push((exception, instance));
            let state =
                self.decision.instance(exception, instance).expect("it is met in this decision").state();
            views.push(ExceptionView {
                rule: self.decision.ruleset.rules[exception].name.to_string(),
                instance: self.channel_name(instance),
                state: state.as_str(),
                condition: self.condition(exception, instance),
                exceptions: if first { self.exceptions(exception, instance, seen) } else { Vec::new() },
            });
        }
        views
    }

    fn pending(&self, pending: &Pending) -> PendingView {
        let awaits = pending.awaits.iter().map(|awaited| {
            let pairs = match awaited {
                Await::Field(id) => vec![("field", Json::from(&*self.decision.ruleset.fields[*id].name))],
                Await::Fact(channel, entry) => vec![
                    ("fact", Json::from(self.decision.ruleset.entry_name(*channel, *entry))),
                    ("ended", Json::from(self.ended(*channel, *entry))),
                ],
            };
            pairs.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
        });
        let mut view = PendingView {
            awaits: awaits.collect(),
            effect: "exclude",
            open: pending.open,
            ..PendingView::default()
        };
        match pending.reason {
            Reason::Through(channel) => view.through = Some(self.name(Target::Channel(channel))),
            Reason::Rule(cause) => {
                let effect = EffectView::of(self, cause);
                view.rule = Some(self.decision.ruleset.rules[cause.rule].name.to_string());
                view.instance = self.channel_name(cause.channel);
                view.effect = effect.word;
                view.points = effect.points;
                (view.least, view.greatest) = match pending.untold {
                    true => (Some(pending.points.0), Some(pending.points.1)),
                    false => (None, None),
                };
                view.level = effect.level;
                view.cap = effect.cap;
                view.needs = effect.needs;
            }
        }
        view
    }

    fn need(&self, need: &NeedDecision) -> NeedView {
        let ruleset = self.decision.ruleset;
        let (rule, sources) = match need.origin {
            NeedOrigin::Rule(rule, _) => (Some(rule), &ruleset.rules[rule].sources),
            NeedOrigin::Stated(index) => {
                let stated = ruleset.stated_needs(need.because_of);
                (None, &stated.get(index).expect("a stated need is one of its target's").sources)
            }
        };
        let mut view = NeedView {
            need: ruleset.need_name(need.need).to_string(),
            kind: "channel",
            title: ruleset.need_title(need.need, self.speaker.language).to_string(),
            state: need.state.as_str(),
            because_of: self.name(need.because_of),
            rule: rule.map(|rule| ruleset.rules[rule].name.to_string()),
            how: None,
            cost: None,
            takes: None,
            condition: None,
            sources: self.citations(sources),
        };
        match need.need {
            Need::Requirement(id) => {
                let requirement = &ruleset.requirements[id];
                view.kind = "requirement";
                view.how = requirement.how.as_ref().map(|how| self.text(how, None));
                view.cost = requirement.cost.as_ref().map(|cost| self.speaker.amount(cost));
                view.takes = requirement.takes.as_ref().map(|takes| self.speaker.amount(takes));
                view.condition = self.outside(requirement.met.as_ref());
                view.sources.extend(self.citations(&requirement.sources));
            }
            Need::Channel(id) => view.condition = self.outside(ruleset.channels[id].owned.as_ref()),
        }
        view
    }

    /// The condition of something outside of rules: `met when`, `owned when`.
    fn outside(&self, condition: Option<&'r qudao_language::model::Expr>) -> Option<ConditionView> {
        Some(conditions(self, &[self.decision.trace(condition?)?]))
    }

    fn note(&self, cause: Cause) -> Option<NoteView> {
        let rule = &self.decision.ruleset.rules[cause.rule];
        let EffectKind::Note(_, text, warning) = cause.kind(self.decision.ruleset) else { return None };
        Some(NoteView {
            level: if *warning { "warning" } else { "note" },
            text: self.text(text, cause.channel),
            rule: rule.name.to_string(),
            instance: self.channel_name(cause.channel),
            at: self.place(rule.span),
            condition: self.condition(cause.rule, cause.channel),
            sources: self.citations(&rule.sources),
            cited: self.cited(cause),
            told: self.told(cause),
        })
    }

    fn missing(&self, field: Id<Field>, affects: &[Target]) -> MissingView {
        let field = &self.decision.ruleset.fields[field];
        let question = field.question.as_ref();
        MissingView {
            field: field.name.to_string(),
            question: question.map(|question| question.get(self.speaker.language).to_string()),
            affects: self.names(affects),
        }
    }

    fn further(&self, further: &[Missing]) -> Vec<MissingView> {
        further.iter().map(|missing| self.missing(missing.field, &missing.affects)).collect()
    }

    fn assumed(&self, assumed: &Assumed) -> AssumedView {
        let field = &self.decision.ruleset.fields[assumed.field];
        let could_be = assumed.could_be.iter().map(|(target, verdicts)| {
            (self.name(*target), verdicts.iter().map(|verdict| Json::from(verdict.as_str())).collect())
        });
        AssumedView {
            field: field.name.to_string(),
            value: self.value(self.decision.profile.get(assumed.field).value.as_ref(), field.ty),
            could_be: could_be.collect(),
        }
    }

    fn disputed_facts(&self, target: Target) -> Vec<DisputedFactView> {
        let ruleset = self.decision.ruleset;
        let facts = self.decision.disputed_facts(target).iter().map(|fact| {
            let (statement, other) = self.decision.dispute(fact);
            let declared = &ruleset.facts[fact.entry.0];
            DisputedFactView {
                fact: ruleset.entry_name(fact.channel, fact.entry),
                title: declared.title.as_ref().map(|title| title.get(self.speaker.language).to_string()),
                value: self.value(statement.value.as_ref(), declared.ty),
                other: self.value(other.value.as_ref(), declared.ty).into(),
                sources: self.citations(&other.sources),
                could_be: fact.could_be.iter().map(|verdict| verdict.as_str()).collect(),
            }
        });
        facts.collect()
    }

    fn citations(&self, citations: &[Citation]) -> Vec<SourceView> {
        citations.iter().map(|citation| SourceView::new(self.decision.ruleset, citation)).collect()
    }

    fn sources(&self) -> Map<String, Json> {
        let sources = self.decision.ruleset.sources.iter().map(|source| {
            let details = serde_json::json!({
                "title": source.title.as_ref().map(|title| title.get(self.speaker.language)),
                "url": source.url,
                "publisher": source.publisher,
                "published": source.published,
                "accessed": source.accessed.map(|day| day.to_string()),
                "confidence": source.confidence.as_deref(),
            });
            (source.name.to_string(), details)
        });
        sources.collect()
    }

    fn rules(&self) -> Vec<RuleView> {
        let mut rules = Vec::new();
        for (id, rule) in self.decision.ruleset.rules.entries() {
            for instance in self.decision.instances(id).iter().filter(|instance| !instance.left_out) {
                let exceptions = self.decision.exceptions(id, instance.channel).into_iter();
                let effects = 0..rule.effects.len();
                rules.push(RuleView {
                    rule: rule.name.to_string(),
                    instance: self.channel_name(instance.channel),
                    state: instance.state().as_str(),
                    condition: self.condition(id, instance.channel),
                    exceptions: exceptions
                        .map(|(rule, channel)| InstanceView {
                            rule: self.decision.ruleset.rules[rule].name.to_string(),
                            instance: self.channel_name(channel),
                        })
                        .collect(),
                    effects: effects
                        .filter_map(|effect| {
                            self.effect(Cause { rule: id, channel: instance.channel, effect })
                        })
                        .collect(),
                });
            }
        }
        rules
    }

    /// What an effect of an instance does; none where it is on no target.
    fn effect(&self, cause: Cause) -> Option<EffectOfView> {
        let target = match cause.kind(self.decision.ruleset).target() {
            Some(target) => Some(self.name(target.resolve(cause.channel)?)),
            None => None,
        };
        let EffectView { word, points, level, cap, needs } = EffectView::of(self, cause);
        Some(EffectOfView { target, effect: word, points, level, cap, needs })
    }
}

/// What an effect does, as JSON tells it.
struct EffectView {
    word: &'static str,
    points: Option<i64>,
    level: Option<String>,
    cap: Option<&'static str>,
    needs: Vec<String>,
}

impl EffectView {
    fn of(writer: &Writer<'_, '_>, cause: Cause) -> EffectView {
        let ruleset = writer.decision.ruleset;
        let mut view =
            EffectView { word: "exclude", points: None, level: None, cap: None, needs: Vec::new() };
        match cause.kind(ruleset) {
            EffectKind::Exclude(_) => {}
            EffectKind::Cap(_, verdict) => {
                view.word = "cap";
                view.cap = Some(verdict.as_str());
            }
            EffectKind::Score(_, _, level) => {
                view.word = "score";
                view.points = writer.decision.points(cause);
                let declared = |level| ruleset.levels.get(level).expect("a level that counts is declared");
                view.level = level.map(|level| declared(level).name.to_string());
            }
            EffectKind::Needs(_, needs) => {
                view.word = "needs";
                view.needs = needs.iter().map(|need| ruleset.need_name(*need).to_string()).collect();
            }
            EffectKind::Note(..) => view.word = "note",
        }
        view
    }
}
