//! What facts say, of which their indexes tell the entry.

use super::{Context, Silent};
use crate::decide::could::{Could, Valued};
use crate::decide::judged::Judged;
use crate::decide::trace::{Read, Recorder};
use crate::model::{Channel, Entry, FactRef, Id, Value};

impl<'r> Context<'r> {
    /// Whether a channel states an entry; not known where the index is not.
    pub(super) fn fact_is_known(&self, fact: &'r FactRef, channel: Option<Id<Channel>>) -> Judged {
        let Some(of) = fact.channel.or(channel) else { return Judged::STUCK };
        let stated = |index: Option<u32>| self.entry(of, (fact.fact, index)).is_some();
        match self.place(fact, channel, &mut Silent) {
            None => Judged::known(stated(None)),
            Some(place) => place.judge(
                |index| matches!(index, Value::Enum(member) if stated(Some(*member))),
                || Judged::OPEN,
            ),
        }
    }

    pub(super) fn fact<R: Recorder<'r>>(
        &self,
        fact: &'r FactRef,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Valued {
        let Some(of) = fact.channel.or(channel) else { return Valued::STUCK };
        let member = match self.place(fact, channel, recorder) {
            None => None,
            Some(Valued::Known(Value::Enum(member))) => Some(member),
            Some(index) => {
                // Which entry is not known: filling in the fields gives what the channel states of those it could be.
                recorder.read(Read::Fact { channel: of, entry: (fact.fact, None), statement: None });
                let Could::OneOf(members) = index.could() else { return Valued::Unknown(Could::Anything) };
                let values = members.iter().filter_map(|member| match member {
                    Value::Enum(member) => self.entry(of, (fact.fact, Some(*member))).cloned(),
                    _ => None,
                });
                return Valued::Unknown(Could::one_of(values));
            }
        };
        let entry = (fact.fact, member);
        let statement = self.ruleset.statement(of, entry, self.day);
        recorder.read(Read::Fact { channel: of, entry, statement });
        match self.entry(of, entry) {
            Some(value) => Valued::Known(value.clone()),
            None => Valued::STUCK,
        }
    }

    /// The entries that a fact may be read at: the one that its indexes tell, or those that they could.
    pub(in crate::decide) fn entries_read(
        &self,
        fact: &'r FactRef,
        channel: Option<Id<Channel>>,
    ) -> Vec<Entry> {
        let place = match self.place(fact, channel, &mut Silent) {
            None => return vec![(fact.fact, None)],
            Some(place) => place,
        };
        match place.could() {
            // Where a fact tells the index and no source tells that, it could be any.
            Could::OneOf(places) if !places.is_empty() => {
                let number = |place: &Value| if let Value::Enum(place) = place { Some(*place) } else { None };
                places.iter().filter_map(number).map(|place| (fact.fact, Some(place))).collect()
            }
            _ => self.ruleset.entries_of(fact.fact).collect(),
        }
    }

    /// The place of an entry, as a value of its index is; nothing where the fact has none.
    fn place<R: Recorder<'r>>(
        &self,
        fact: &'r FactRef,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Option<Valued> {
        let (first, further) = fact.indexes.split_first()?;
        let mut place = self.value(first, channel, recorder);
        for (index, of) in further.iter().zip(self.ruleset.facts[fact.fact].indexes.iter().skip(1)) {
            let size = self.ruleset.enums[*of].members.len() as u32;
            let index = self.value(index, channel, recorder);
            place = match (place, index) {
                (Valued::Known(Value::Enum(before)), Valued::Known(Value::Enum(value))) => {
                    Valued::Known(Value::Enum(before * size + value))
                }
                (place, index) => match (place.could(), index.could()) {
                    (Could::OneOf(places), Could::OneOf(values)) => {
                        let each =
                            places.iter().flat_map(|place| values.iter().map(move |value| (place, value)));
                        let places = each.filter_map(|pair| match pair {
                            (Value::Enum(before), Value::Enum(value)) => {
                                Some(Value::Enum(before * size + value))
                            }
                            _ => None,
                        });
                        Valued::Unknown(Could::OneOf(places.collect()))
                    }
                    _ => Valued::Unknown(Could::Anything),
                },
            };
        }
        Some(place)
    }
}
