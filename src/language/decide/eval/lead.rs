//! Which channel leads by a measure: found for all that are compared at once, not for each two of them.

use super::{Context, Silent};
use crate::decide::cuts::Cuts;
use crate::decide::judged::{Judged, Truth};
use crate::decide::ranges::axis;
use crate::decide::trace::Recorder;
use crate::exact::Exact;
use crate::model::{Channel, Entrant, Id, Race, Type, Value};

/// Of an unknown lead that is told, so many others are shown that keep it open.
const MOST_SHOWN: usize = 8;

/// Who leads, and how each of those stands that are compared.
#[derive(Clone, Debug)]
pub(super) struct Lead {
    leads: Vec<Judged>,
    standings: Vec<Standing>,
}

/// How one stands; the less, the better.
#[derive(Clone, Debug)]
struct Standing {
    takes_part: Judged,
    value: Option<Exact>,
    /// Whether the value is known, or some filling of the unknown fields would make it so.
    settles: bool,
    /// The least and the greatest that it may be.
    low: End,
    high: End,
}

/// An end of what a number may be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum End {
    NoLeast,
    At(Exact),
    NoGreatest,
}

impl Standing {
    /// Whether it is no worse than another, in which case another is no reason for it not to lead.
    fn beside(&self, other: &Standing) -> Truth {
        match (other.takes_part.truth, self.value.zip(other.value)) {
            (Truth::False, _) => Truth::True,
            (_, Some((own, other))) if own <= other => Truth::True,
            (Truth::True, Some(_)) => Truth::False,
            _ => Truth::Unknown,
        }
    }
}

/// The least of some ends, and the least of the others: without one of them, one of both is left.
#[derive(Default)]
struct Least([Option<(End, usize)>; 2]);

impl Least {
    fn of(ends: impl Iterator<Item = (End, usize)>) -> Least {
        let mut least = Least::default();
        for end in ends {
            let [first, second] = &mut least.0;
            if first.is_none_or(|known| end < known) {
                *second = first.replace(end);
            } else if second.is_none_or(|known| end < known) {
                *second = Some(end);
            }
        }
        least
    }

    fn without(&self, place: usize) -> Option<End> {
        self.0.iter().flatten().find(|(_, of)| *of != place).map(|(end, _)| *end)
    }
}

impl<'r> Context<'r> {
    /// Whether a channel leads. What is recorded is how it stands, and how those do that decide.
    pub(super) fn leads<R: Recorder<'r>>(
        &self,
        race: &'r Race,
        channel: Id<Channel>,
        recorder: &mut R,
    ) -> Judged {
        let key = std::ptr::from_ref(race) as usize;
        let round = self.kept.borrow().round;
        let known = self.kept.borrow().leads.get(&key).is_some_and(|(of, _)| *of == round);
        if !known {
            let standings = race.entrants.iter().map(|entrant| self.standing(race, entrant)).collect();
            let mut lead = Lead::new(standings);
            self.along_one_field(race, &mut lead);
            self.kept.borrow_mut().leads.insert(key, (round, lead));
        }
        let place = race.place(channel);
        let (judged, shown) = {
            let kept = self.kept.borrow();
            let (_, lead) = kept.leads.get(&key).expect("it was found a moment ago");
            let shown = if R::COMPLETE { lead.deciding(place, recorder.told()) } else { Vec::new() };
            (*lead.leads.get(place).expect("each that is compared leads or not"), shown)
        };
        for entrant in shown.into_iter().filter_map(|place| race.entrants.get(place)) {
            if self.truth(&entrant.takes_part, None, recorder).truth != Truth::False {
                self.value(&entrant.value, None, recorder);
            }
        }
        judged
    }

    /// Where all wait for one number and are lines over it, tells which of them that number could make lead: those of which
    /// a piece is the least of all (the lower envelope).
    fn along_one_field(&self, race: &'r Race, lead: &mut Lead) -> Option<()> {
        let mut unknown = race.fields.iter().filter(|field| self.field(**field).is_none());
        let (Some(field), None) = (unknown.next(), unknown.next()) else { return None };
        let declared = &self.ruleset.fields[*field];
        let Type::Number(_) = declared.ty else { return None };
        let mut cuts = Cuts::of_one(self, *field);
        let mut lines = Vec::new();
        for (place, (entrant, standing)) in race.entrants.iter().zip(&lead.standings).enumerate() {
            match standing.takes_part.truth {
                Truth::Unknown => return None,
                Truth::False => {}
                Truth::True => {
                    let (times, plus) = cuts.line(&entrant.value)?;
                    let turned = |number: Exact| if race.highest { number.negated() } else { number };
                    lines.push((place, Straight { times: turned(times), plus: turned(plus) }));
                }
            }
        }
        let ends = [&declared.low, &declared.high].map(|end| end.as_ref().and_then(axis));
        let envelope = Envelope::new(lines.iter().map(|(_, line)| *line).collect())?;
        let found: Option<Vec<_>> =
            lines.iter().map(|(place, line)| Some((*place, envelope.judge(line, ends)?))).collect();
        for (place, (can_hold, can_fail)) in found? {
            let judged = lead.leads.get_mut(place).filter(|judged| judged.truth == Truth::Unknown);
            judged.into_iter().for_each(|judged| *judged = Judged { can_hold, can_fail, ..*judged });
        }
        Some(())
    }

    fn standing(&self, race: &Race, entrant: &'r Entrant) -> Standing {
        let takes_part = self.truth(&entrant.takes_part, None, &mut Silent);
        let valued = self.value(&entrant.value, None, &mut Silent);
        let known = valued.known().and_then(Value::as_number);
        let (low, high) = valued.ends();
        let turned = |end: Option<Exact>| end.map(|end| if race.highest { end.negated() } else { end });
        let (low, high) = if race.highest { (high, low) } else { (low, high) };
        Standing {
            takes_part,
            value: turned(known),
            settles: valued.settles(),
            low: turned(low).map_or(End::NoLeast, End::At),
            high: turned(high).map_or(End::NoGreatest, End::At),
        }
    }
}

/// A number that is a line over a field.
#[derive(Clone, Copy, Debug)]
struct Straight {
    times: Exact,
    plus: Exact,
}

impl Straight {
    fn at(&self, place: Exact) -> Option<Exact> {
        self.times.times(place)?.plus(self.plus)
    }
}

/// The least of some lines: each from the place on where it meets the one before.
struct Envelope(Vec<(Option<Exact>, Straight)>);

impl Envelope {
    /// Finds it in the order of the slopes; nothing past the exact range.
    fn new(mut lines: Vec<Straight>) -> Option<Envelope> {
        lines.sort_by(|a, b| b.times.cmp(&a.times).then(a.plus.cmp(&b.plus)));
        lines.dedup_by(|next, before| next.times == before.times);
        let mut pieces: Vec<(Option<Exact>, Straight)> = Vec::new();
        for line in lines {
            let mut meets = None;
            while let Some((from, last)) = pieces.last() {
                let place = line.plus.minus(last.plus)?.over(last.times.minus(line.times)?)?;
                if from.is_some_and(|from| place <= from) {
                    pieces.pop();
                    continue;
                }
                meets = Some(place);
                break;
            }
            pieces.push((meets, line));
        }
        Some(Envelope(pieces))
    }

    /// The piece that is the least at a place.
    fn least_at(&self, place: Exact) -> Option<Exact> {
        let next = self.0.partition_point(|(from, _)| from.is_none_or(|from| from <= place));
        self.0.get(next.checked_sub(1)?)?.1.at(place)
    }

    /// Whether one of the lines is the least somewhere between two ends, and whether it is not.
    fn judge(&self, line: &Straight, ends: [Option<Exact>; 2]) -> Option<(bool, bool)> {
        let gap = |place: Exact| line.at(place)?.minus(self.least_at(place)?);
        // It comes nearest where the slope of the least passes its own.
        let nearest = self.0.partition_point(|(_, piece)| piece.times > line.times);
        let from = self.0.get(nearest).and_then(|(from, _)| *from);
        let any = || self.0.get(1).and_then(|(from, _)| *from).unwrap_or(Exact::ZERO);
        let place = from.or(ends[0]).unwrap_or_else(any);
        let place = ends[0].map_or(place, |low| place.max(low));
        let place = ends[1].map_or(place, |high| place.min(high));
        let can_hold = gap(place)? <= Exact::ZERO;
        let mut can_fail = false;
        for (end, piece) in ends.iter().zip([self.0.first(), self.0.last()]) {
            can_fail |= match (end, piece) {
                (Some(end), _) => gap(*end)? > Exact::ZERO,
                // Far away the slope decides.
                (None, Some((_, piece))) => piece.times != line.times || piece.plus < line.plus,
                (None, None) => false,
            };
        }
        Some((can_hold, can_fail))
    }
}

impl Lead {
    /// Finds who leads: each that takes part and is no worse than any other that does.
    fn new(standings: Vec<Standing>) -> Lead {
        let all = || standings.iter().enumerate();
        let number = |of: &Standing| of.value.map(End::At);
        // Of those that certainly take part, and of those that may.
        let sure = all().filter(|(_, it)| it.takes_part.truth == Truth::True);
        let sure = Least::of(sure.filter_map(|(place, it)| Some((number(it)?, place))));
        let may = || all().filter(|(_, it)| it.takes_part.truth != Truth::False);
        let known = Least::of(may().filter_map(|(place, it)| Some((number(it)?, place))));
        let unknown = may().filter(|(_, it)| it.value.is_none()).count();
        // Of those that no filling of the unknown fields keeps from taking part, and of those that one lets take part.
        let must = || all().filter(|(_, it)| !it.takes_part.can_fail);
        let highest = Least::of(must().map(|(place, it)| (it.high, place)));
        let stuck = must().filter(|(_, it)| !it.settles).count();
        let can = all().filter(|(_, it)| it.takes_part.can_hold && it.settles);
        let lowest = Least::of(can.map(|(place, it)| (it.low, place)));
        let judge = |(place, own): (usize, &Standing)| {
            let part = own.takes_part;
            let value = number(own);
            let worse = |than: Option<End>| value.zip(than).is_some_and(|(own, than)| than < own);
            let others = unknown - usize::from(value.is_none() && part.truth != Truth::False);
            let alone = known.without(place).is_none() && others == 0;
            let truth = if part.truth == Truth::False || worse(sure.without(place)) {
                Truth::False
            } else if part.truth == Truth::True
                && (alone || others == 0 && value.is_some() && !worse(known.without(place)))
            {
                Truth::True
            } else {
                Truth::Unknown
            };
            let others_stuck = stuck - usize::from(!own.settles && !part.can_fail);
            let fits = highest.without(place).is_none_or(|high| own.settles && own.low <= high);
            let beaten = own.settles && lowest.without(place).is_some_and(|low| own.high > low);
            Judged {
                truth,
                can_hold: part.can_hold && others_stuck == 0 && fits,
                can_fail: truth != Truth::True && (part.can_fail || beaten),
            }
        };
        Lead { leads: all().map(judge).collect(), standings }
    }

    /// Those that make one lead or not, itself before the others: where it does not, the best of them; where that is not
    /// known, those that keep it open, a few if it is told.
    fn deciding(&self, place: usize, told: bool) -> Vec<usize> {
        let own = self.standings.get(place).expect("who is compared stands somewhere");
        let others = || self.standings.iter().enumerate().filter(|(other, _)| *other != place);
        let beside = |truth| others().filter(move |(_, other)| own.beside(other) == truth);
        let places = |of: &mut dyn Iterator<Item = (usize, &Standing)>| of.map(|(place, _)| place).collect();
        let shown: Vec<usize> = match self.leads.get(place).map(|judged| judged.truth) {
            Some(Truth::False) if own.takes_part.truth == Truth::False => Vec::new(),
            Some(Truth::False) => beside(Truth::False)
                .min_by_key(|(_, other)| other.value)
                .map(|(best, _)| best)
                .into_iter()
                .collect(),
            // The nearest come first, those that do not take part last.
            Some(Truth::True) | None => {
                let mut all: Vec<(usize, &Standing)> = others().collect();
                all.sort_by_key(|(_, other)| (other.takes_part.truth == Truth::False, other.value));
                places(&mut all.into_iter())
            }
            Some(Truth::Unknown) => {
                places(&mut beside(Truth::Unknown).take(if told { MOST_SHOWN } else { usize::MAX }))
            }
        };
        [place].into_iter().chain(shown).collect()
    }
}
