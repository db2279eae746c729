//! The shapes of a result's parts.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::condition::{ConditionView, OperandView, ReadView};
use crate::words::{Speaker, exact_text};
use qudao_language::model::{Citation, Ruleset, Type, Value};
use qudao_language::source::Place;

#[derive(Serialize)]
pub(super) struct PlaceView {
    file: String,
    line: u32,
    column: u32,
}

impl From<Place> for PlaceView {
    fn from(place: Place) -> PlaceView {
        PlaceView { file: place.file, line: place.line, column: place.column }
    }
}

/// A value as it is shown; a number also exactly, with its unit; a scale's value also by its place in the scale.
#[derive(Serialize, Clone, Default)]
pub(super) struct ValueView {
    value: Json,
    number: Option<String>,
    unit: Option<String>,
    order: Option<u32>,
}

impl ValueView {
    pub(super) fn new(speaker: &Speaker<'_>, value: Option<&Value>, ty: Type) -> ValueView {
        let Some(value) = value else { return ValueView::default() };
        let mut view = ValueView::default();
        match (value, ty) {
            (Value::Number(number), Type::Number(ty)) => {
                let unit = speaker.ruleset.units.name(ty.unit, true);
                view.number = Some(exact_text(number.value));
                view.unit = (!unit.is_empty()).then_some(unit);
            }
            (Value::Enum(member), Type::Enum(id)) if speaker.ruleset.enums[id].ordered => {
                view.order = Some(*member)
            }
            _ => {}
        }
        view.value = match (value, ty) {
            (Value::Bool(value), _) => Json::from(*value),
            (Value::Set(members), Type::Set(id)) => speaker.members(members, id).map(Json::from).collect(),
            (Value::Number(_) | Value::Text(_) | Value::Date(_) | Value::Enum(_) | Value::Set(_), _) => {
                Json::from(speaker.id(value, ty))
            }
        };
        view
    }
}

#[derive(Serialize)]
pub(super) struct FieldView {
    pub(super) field: String,
    #[serde(rename = "type")]
    pub(super) ty: &'static str,
    #[serde(flatten)]
    pub(super) value: ValueView,
    pub(super) from: &'static str,
    pub(super) at: Option<PlaceView>,
}

#[derive(Serialize)]
pub(super) struct TargetView {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) rank: usize,
    pub(super) verdict: &'static str,
    pub(super) leaning: &'static str,
    pub(super) settled: bool,
    pub(super) could_be: Vec<&'static str>,
    pub(super) score: i64,
    pub(super) score_range: [i64; 2],
    pub(super) measures: Vec<MeasureView>,
    pub(super) tally: Map<String, Json>,
    pub(super) capped_by: Option<String>,
    pub(super) tie: Vec<String>,
    pub(super) reasons: Vec<ReasonView>,
    pub(super) pending: Vec<PendingView>,
    pub(super) needs: Vec<NeedView>,
    pub(super) required_by: Vec<String>,
    pub(super) notes: Vec<NoteView>,
    pub(super) open_facts: Vec<OpenFactView>,
    pub(super) disputed_facts: Vec<DisputedFactView>,
    pub(super) members: Vec<String>,
}

/// What a measure is of a target. The unit is there where the value is not.
#[derive(Serialize)]
pub(super) struct MeasureView {
    pub(super) measure: String,
    pub(super) title: Option<String>,
    pub(super) value: Option<String>,
    pub(super) number: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) low: Option<String>,
    pub(super) high: Option<String>,
    pub(super) condition: ConditionView,
}

#[derive(Serialize)]
pub(super) struct ReasonView {
    pub(super) rule: Option<String>,
    pub(super) instance: Option<String>,
    pub(super) title: Option<String>,
    pub(super) at: Option<PlaceView>,
    pub(super) effect: &'static str,
    pub(super) points: Option<i64>,
    /// How its points came about, where a constant makes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rating: Option<OperandView>,
    pub(super) level: Option<String>,
    pub(super) cap: Option<&'static str>,
    pub(super) needs: Vec<String>,
    pub(super) through: Option<String>,
    pub(super) because: Option<String>,
    pub(super) condition: Option<ConditionView>,
    pub(super) cells: Vec<ConditionView>,
    pub(super) exceptions: Vec<ExceptionView>,
    pub(super) sources: Vec<SourceView>,
    /// All that it rests on: the sources of the rule, of what decides its condition, and of what its text tells.
    pub(super) cited: Vec<SourceView>,
    /// The facts that its text alone tells.
    pub(super) told: Vec<ReadView>,
    pub(super) replaced: Option<ReplacedView>,
}

/// The rule of the base that an override took the place of.
#[derive(Serialize)]
pub(super) struct ReplacedView {
    pub(super) at: PlaceView,
    pub(super) sources: Vec<SourceView>,
}

impl ReasonView {
    /// An exclusion that comes through a needed channel or a mix's member.
    pub(super) fn through(channel: String) -> ReasonView {
        ReasonView {
            rule: None,
            instance: None,
            title: None,
            at: None,
            effect: "exclude",
            points: None,
            rating: None,
            level: None,
            cap: None,
            needs: Vec::new(),
            through: Some(channel),
            because: None,
            condition: None,
            cells: Vec::new(),
            exceptions: Vec::new(),
            sources: Vec::new(),
            cited: Vec::new(),
            told: Vec::new(),
            replaced: None,
        }
    }
}

#[derive(Serialize)]
pub(super) struct ExceptionView {
    pub(super) rule: String,
    pub(super) instance: Option<String>,
    pub(super) state: &'static str,
    pub(super) condition: ConditionView,
    pub(super) exceptions: Vec<ExceptionView>,
}

#[derive(Serialize, Default)]
pub(super) struct PendingView {
    pub(super) rule: Option<String>,
    pub(super) instance: Option<String>,
    pub(super) effect: &'static str,
    pub(super) points: Option<i64>,
    /// The least and the greatest points that may come of it, where no source tells a fact that makes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) least: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) greatest: Option<i64>,
    pub(super) level: Option<String>,
    pub(super) cap: Option<&'static str>,
    pub(super) needs: Vec<String>,
    pub(super) through: Option<String>,
    /// Whether the unknown fields leave open that it comes.
    pub(super) open: bool,
    pub(super) awaits: Vec<Map<String, Json>>,
}

#[derive(Serialize)]
pub(super) struct NeedView {
    pub(super) need: String,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) state: &'static str,
    pub(super) because_of: String,
    pub(super) rule: Option<String>,
    pub(super) how: Option<String>,
    pub(super) cost: Option<String>,
    pub(super) takes: Option<String>,
    pub(super) condition: Option<ConditionView>,
    pub(super) sources: Vec<SourceView>,
}

#[derive(Serialize)]
pub(super) struct RuleView {
    pub(super) rule: String,
    pub(super) instance: Option<String>,
    pub(super) state: &'static str,
    pub(super) condition: ConditionView,
    /// The exceptions that meet it.
    pub(super) exceptions: Vec<InstanceView>,
    pub(super) effects: Vec<EffectOfView>,
}

#[derive(Serialize)]
pub(super) struct InstanceView {
    pub(super) rule: String,
    pub(super) instance: Option<String>,
}

/// What an instance does if it fires.
#[derive(Serialize)]
pub(super) struct EffectOfView {
    /// Absent of a note on the whole answer.
    pub(super) target: Option<String>,
    pub(super) effect: &'static str,
    pub(super) points: Option<i64>,
    pub(super) level: Option<String>,
    pub(super) cap: Option<&'static str>,
    pub(super) needs: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct AssumedView {
    pub(super) field: String,
    #[serde(flatten)]
    pub(super) value: ValueView,
    pub(super) could_be: Map<String, Json>,
}

#[derive(Serialize)]
pub(super) struct NoteView {
    pub(super) level: &'static str,
    pub(super) text: String,
    pub(super) rule: String,
    pub(super) instance: Option<String>,
    pub(super) at: PlaceView,
    pub(super) condition: ConditionView,
    pub(super) sources: Vec<SourceView>,
    pub(super) cited: Vec<SourceView>,
    pub(super) told: Vec<ReadView>,
}

#[derive(Serialize)]
pub(super) struct WhyView {
    pub(super) target: String,
    pub(super) better: Vec<BetterView>,
    pub(super) tried: usize,
    pub(super) complete: bool,
}

#[derive(Serialize)]
pub(super) struct BetterView {
    pub(super) verdict: &'static str,
    pub(super) changes: Vec<ChangeView>,
}

#[derive(Serialize)]
pub(super) struct ChangeView {
    pub(super) field: String,
    pub(super) from: ValueView,
    pub(super) to: ValueView,
    pub(super) any_other: bool,
}

#[derive(Serialize)]
pub(super) struct OpenFactView {
    pub(super) fact: String,
    pub(super) title: Option<String>,
    pub(super) could_be: Vec<&'static str>,
    /// The last day on which it was told, where it is told no more.
    pub(super) ended: Option<String>,
}

/// A value that other sources tell of a fact, and with which a verdict would be another.
#[derive(Serialize)]
pub(super) struct DisputedFactView {
    pub(super) fact: String,
    pub(super) title: Option<String>,
    #[serde(flatten)]
    pub(super) value: ValueView,
    #[serde(flatten)]
    pub(super) other: OtherView,
    /// Of the other value.
    pub(super) sources: Vec<SourceView>,
    pub(super) could_be: Vec<&'static str>,
}

/// A second value, beside one whose unit it shares.
#[derive(Serialize)]
pub(super) struct OtherView {
    other: Json,
    other_number: Option<String>,
    other_order: Option<u32>,
}

impl From<ValueView> for OtherView {
    fn from(value: ValueView) -> OtherView {
        OtherView { other: value.value, other_number: value.number, other_order: value.order }
    }
}

#[derive(Serialize)]
pub(super) struct SourceView {
    source: String,
    quotes: Vec<QuoteView>,
    #[serde(rename = "where")]
    place: Option<String>,
}

#[derive(Serialize)]
struct QuoteView {
    text: String,
    line: Option<u32>,
}

impl SourceView {
    pub(super) fn new(ruleset: &Ruleset, citation: &Citation) -> SourceView {
        SourceView {
            source: ruleset.sources[citation.source].name.to_string(),
            quotes: citation
                .quotes
                .iter()
                .map(|q| QuoteView { text: q.text.clone(), line: q.line })
                .collect(),
            place: citation.at.clone(),
        }
    }
}
