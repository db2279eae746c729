//! How long the smallest changes take: `cargo bench --bench advise`.
//!
//! 330 channels with some 1,500 facts, rules `for each` of them over ten fields: one target that an answer lifts, one
//! that two lift, one that nothing lifts.

use qudao_engine::advise::{STEPS, advise};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::model::{Profile, Ruleset};
use qudao_language::profile::{Format, read};
use qudao_language::syntax::Sources;

const CHANNELS: usize = 330;

fn main() {
    divan::main();
}

fn ruleset() -> Ruleset {
    let mut text = String::from(
        "ruleset bench \"Bench\" { as of 2026-01-01 }\n\
         enum Region { north, south, east, west, centre }\nenum Kind { sole, company, club, state }\n\
         profile {\n  orders: int per month in 0 .. 100_000\n  price: number EUR in 0 .. 10_000\n  \
         budget: number EUR per month in 0 .. 1_000_000\n  region: Region\n  kind: Kind fixed\n  \
         goods: set of Region\n  founded: date\n  staff: int in 0 .. 1000\n  online: bool\n  urgent: bool\n  \
         weight: number kg in 0 .. 100\n}\nunit kg\n\
         fact fee: number EUR per month\nfact share: number EUR\nfact limit: number kg\nfact least: int\n\
         fact open_to[Region]: bool\nfact since: date\n",
    );
    for channel in 0..CHANNELS {
        let fee = channel * 37 % 400;
        text.push_str(&format!("channel c{channel} \"Channel {channel}\" {{\n  fee = {fee} EUR per month\n"));
        if channel % 2 == 0 {
            text.push_str(&format!("  share = {} EUR\n", channel % 9));
        }
        text.push_str(&format!("  limit = {} kg\n  least = {}\n", 1 + channel % 40, channel % 25));
        for (index, region) in ["north", "south", "east"].iter().enumerate() {
            if (channel + index) % 3 != 0 {
                text.push_str(&format!("  open_to[{region}] = {}\n", (channel + index) % 4 != 0));
            }
        }
        text.push_str("}\n");
    }
    text.push_str(
        "rule closed for each c { when not c.open_to[region], then exclude c }\n\
         rule heavy for each c { when weight > c.limit, then exclude c }\n\
         rule dear for each c { when c.fee + 0.5 * budget > budget - 20 EUR per month, then score c -2 }\n\
         rule cheap for each c { when c.fee < 100 EUR per month and orders > 50 per month, then score c +1 }\n\
         rule small for each c { when staff < c.least, then cap c at possible }\n\
         rule fast for each c { when urgent and c.limit > 3 kg, then score c +1 }\n\
         rule web for each c { when online and count(goods) >= 2, then score c +1 }\n\
         rule old for each c { when months(founded, today) < 12 months, then score c -1 }\n\
         rule never { when kind == state, then score c7 +1 }\n\
         rule stays { when kind != state, then exclude c8 }\n\
         rule two { when price > 100 EUR and abs(staff - 20) <= 2, then score c9 +5 }\n",
    );
    check(&Sources::new("bench.qd", text.into_bytes())).ruleset.expect("the ruleset has no errors")
}

fn profile(ruleset: &Ruleset) -> Profile {
    let text = "{orders: 20, price: 50, budget: 300, region: north, kind: sole, goods: [north], founded: 2025-06-01, \
                staff: 3, online: false, urgent: false, weight: 30}";
    let read = read(ruleset, "profile.yaml", text.into(), Format::Yaml, &[]);
    read.profile.expect("the profile has no errors")
}

#[divan::bench(args = ["c0", "c7", "c8", "c9", "c200"], sample_count = 5, sample_size = 1)]
fn smallest_changes(bencher: divan::Bencher<'_, '_>, target: &str) {
    let ruleset = ruleset();
    let profile = profile(&ruleset);
    let target = ruleset.target(target).expect("the channel is declared");
    let day = ruleset.as_of.unwrap_or(Date::MIN);
    bencher.bench(|| advise(&ruleset, &profile, day, target, STEPS).ways.len());
}
