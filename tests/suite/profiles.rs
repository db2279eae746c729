//! Profiles: how they are written back, in which forms they are read.

use qudao_language::exact::Exact;
use qudao_language::model::{Number, Profile, Ruleset, Value};
use qudao_language::profile::yaml_text;

use crate::generate::{self, Dice};
use crate::support::{profile, ruleset, ruleset_of_profiles};

fn taken(ruleset: &Ruleset, text: &str) -> Profile {
    let read = profile(ruleset, text);
    read.profile.unwrap_or_else(|| panic!("{:?}\n{text}", read.diagnostics))
}

/// What a profile says, without the places.
fn said(profile: &Profile) -> Vec<String> {
    profile.values.iter().map(|value| format!("{:?} {:?}", value.value, value.origin)).collect()
}

#[test]
fn a_profile_written_as_yaml_is_read_back() {
    let shops = ruleset_of_profiles();
    for text in [
        "owner: null\n",
        "owner: company\ncity: \"no: # \\\"x\\\" \\\\ \\n\\e[31m\"\nfounded: 2021-06-01\nsize: null\nlicence: true\n",
        "owner: company\ngoals: []\nposts: 3 per week\nbudget: 0.10\nshare: 5%\n客户数: 7\n",
        "owner: overseas\ngoals: [sell, content]\ncity: 'null'\nposts: 1 per day\n",
    ] {
        let read = taken(&shops, text);
        let written = yaml_text(&shops, &read);
        assert_eq!(said(&taken(&shops, &written)), said(&read), "{written}");
    }
    let random = generate::ruleset(&mut Dice::seeded(7, 400));
    let random = ruleset(&random.text);
    for seed in 0..200 {
        let read = taken(&random, &generate::yaml(&generate::profile(&mut Dice::seeded(seed, 400), 60)));
        let written = yaml_text(&random, &read);
        assert_eq!(said(&taken(&random, &written)), said(&read), "{written}");
    }
}

#[test]
fn a_number_is_written_in_a_unit_that_tells_it() {
    let shops = ruleset_of_profiles();
    let mut made = Profile::empty(&shops, "made");
    let of = |name: &str| shops.fields.find(|field| &*field.name == name).unwrap();
    let number = |n, d| Some(Value::Number(Number::computed(Exact::fraction(n, d).unwrap())));
    made.set(of("posts"), number(90, 7));
    made.set(of("share"), number(1, 3));
    made.set(of("budget"), number(25, 10));
    assert_eq!(yaml_text(&shops, &made), "owner: null\nposts: 3 per week\nbudget: 2.5\n# share: ≈0.3333\n");
}
