//! Rulesets that ship inside the binary.

/// A bundled ruleset: its name and all its files by path; the main file is named like the ruleset.
struct Bundle {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// A bundle of the files of `rulesets/NAME`.
macro_rules! bundle {
    ($name:literal: $($file:literal)*) => {
        Bundle {
            name: $name,
            files: &[$(($file, include_str!(concat!("rulesets/", $name, "/", $file)))),*],
        }
    };
}

const BUNDLES: &[Bundle] = &[
    bundle!("aws-messaging":
        "aws-messaging.qd" "profile.qd" "questions.qd" "rules.qd" "services.qd" "tests.qd"
        "profiles/alarms.yaml" "profiles/bank_entries.yaml" "profiles/click_stream.json"
        "profiles/image_jobs.yaml" "profiles/old_warehouse.yaml" "profiles/shop_events.toml"
        "questions/audit_for_years.yaml" "questions/kafka_programs.yaml" "questions/old_java_system.yaml"
        "questions/payment_steps.yaml" "questions/prices_in_order.yaml" "questions/scans.yaml"
        "questions/sensor_log.yaml" "questions/shop_of_saas.yaml" "questions/sign_up_mails.yaml"
        "questions/thumbnails.yaml"),
    bundle!("china-channels":
        "china-channels.qd" "platforms.qd" "profile.qd" "questions.qd" "rules.qd" "sources.qd"
        "tests.qd" "profiles/first_call.yaml" "profiles/french_cosmetics.yaml"
        "profiles/infant_food.yaml" "profiles/museum.yaml" "profiles/tea_house.yaml"
        "profiles/watchmaker.yaml" "questions/bag_maker.yaml" "questions/car_brand.yaml"
        "questions/dresses.yaml" "questions/film.yaml" "questions/hotel.yaml" "questions/lamps.yaml"
        "questions/lamps_short.yaml" "questions/law_firm.yaml" "questions/snacks.yaml"
        "questions/vitamins.yaml"),
    bundle!("data-export-china":
        "data-export-china.qd" "profile.qd" "questions.qd" "rules.qd" "tests.qd" "ways.qd"
        "profiles/app_studio.json" "profiles/car_maker.toml" "profiles/first_call.yaml"
        "profiles/hotel_group.yaml" "profiles/online_shop.yaml" "profiles/personnel_abroad.yaml"
        "questions/bank_risk_report.yaml" "questions/game_in_2023.yaml" "questions/lab_abroad.yaml"
        "questions/loyalty_members.yaml" "questions/machine_readings.yaml"
        "questions/payroll_without_rules.yaml" "questions/small_newsletter.yaml"
        "questions/support_for_europe.yaml" "questions/tour_operator.yaml" "questions/zone_trial.yaml"),
    bundle!("licence":
        "licence.qd" "licences.qd" "profile.qd" "questions.qd" "rules.qd" "tests.qd"
        "profiles/company_library.yaml" "profiles/course.json" "profiles/embedded_header.toml"
        "profiles/small_tool.yaml" "profiles/typeface.yaml" "profiles/undecided.yaml"
        "profiles/web_service.yaml" "questions/bus_stops.yaml" "questions/codec.yaml"
        "questions/free_enclosure.yaml" "questions/letters.yaml" "questions/open_keyboard.yaml"
        "questions/phone_app.yaml" "questions/photos_for_all.yaml" "questions/plugin_host.yaml"
        "questions/recipes.yaml" "questions/snippets.yaml"),
    bundle!("payments":
        "payments.qd" "methods.qd" "profile.qd" "questions.qd" "rules.qd" "tests.qd" "fees.csv"
        "profiles/bookshop.yaml" "profiles/first_call.yaml" "profiles/newspaper.yaml"
        "profiles/swiss_watches.json" "profiles/tea_in_china.toml" "profiles/waffle_box.yaml"
        "questions/bicycles.yaml" "questions/consultant.yaml" "questions/course_for_americans.yaml"
        "questions/fashion.yaml" "questions/furniture.yaml" "questions/game.yaml" "questions/gym.yaml"
        "questions/leather_for_china.yaml" "questions/monthly_gifts.yaml" "questions/tickets.yaml"),
    bundle!("us-texting":
        "us-texting.qd" "numbers.qd" "profile.qd" "questions.qd" "rules.qd" "tests.qd" "fees.csv"
        "limits.csv" "profiles/choir_leader.yaml" "profiles/few_answers.yaml" "profiles/food_bank.toml"
        "profiles/pizzeria.yaml" "profiles/ride_app.json" "profiles/stadium_bar.yaml"
        "questions/bank_codes.yaml" "questions/barber.yaml" "questions/cbd_shop.yaml"
        "questions/county_race.yaml" "questions/dentist.yaml" "questions/fashion_pictures.yaml"
        "questions/live_vote.yaml" "questions/outdoor_shop.yaml" "questions/shop_in_berlin.yaml"
        "questions/wine_merchant.yaml"),
    bundle!("wechat":
        "wechat.qd" "accounts.qd" "channels.qd" "mini_program.qd" "notes.qd" "profile.qd" "questions.qd"
        "reader.qd" "tests.qd" "together.qd" "sources.lock" "profiles/blogger.yaml"
        "profiles/charity.yaml" "profiles/fashion_group.toml" "profiles/few_answers.yaml"
        "profiles/game_studio.json" "profiles/hong_kong_tutor.yaml" "profiles/large_brand.yaml"
        "profiles/local_bakery.yaml" "profiles/overseas_cosmetics.yaml"
        "profiles/overseas_photographer.yaml" "profiles/restaurant_chain.yaml"
        "questions/coffee_chain.yaml" "questions/event_planner.yaml" "questions/food_blogger.yaml"
        "questions/grocer_in_sydney.yaml" "questions/language_teacher.yaml" "questions/machine_maker.yaml"
        "questions/museum.yaml" "questions/skin_care_group.yaml" "questions/toy_launch.yaml"
        "questions/watchmaker_abroad.yaml"),
    bundle!("wechat-today":
        "wechat-today.qd" "accounts.qd" "channels.qd" "further.qd" "mini_program.qd" "new_channels.qd"
        "profile.qd" "questions.qd" "requirements.qd" "sources.qd" "tests.qd" "profiles/blogger.yaml"
        "profiles/charity.yaml" "profiles/clinic.yaml" "profiles/first_call.yaml"
        "profiles/foreign_photographer.yaml" "profiles/hong_kong_tutor.yaml" "profiles/large_brand.yaml"
        "profiles/overseas_cosmetics.yaml" "profiles/restaurant_chain.yaml"
        "questions/city_newspaper.yaml" "questions/hong_kong_gift_shop.yaml"
        "questions/loyalty_data_abroad.yaml" "questions/machine_builder_abroad.yaml"
        "questions/noodle_chain.yaml" "questions/photographer_without_id.yaml"
        "questions/private_bank.yaml" "questions/street_food_vlogger.yaml" "questions/tour_operator.yaml"
        "questions/tutoring_school.yaml"),
];

/// Returns the names of the bundled rulesets.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUNDLES.iter().map(|bundle| bundle.name)
}

/// Returns all files of a bundled ruleset by their paths.
#[must_use]
pub fn files(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    BUNDLES.iter().find(|bundle| is_called(bundle.name, name)).map(|bundle| bundle.files)
}

/// Returns a file of a bundled ruleset. A name of the language holds no hyphen, so `_` may stand for it.
#[must_use]
pub fn file(name: &str, path: &str) -> Option<&'static str> {
    files(name)?.iter().find(|(file, _)| is_called(file, path)).map(|(_, text)| *text)
}

fn is_called(name: &str, given: &str) -> bool {
    let alike = |(own, given): (u8, u8)| own == given || (own == b'-' && given == b'_');
    name.len() == given.len() && name.bytes().zip(given.bytes()).all(alike)
}
