//! Rulesets that are made for benches.

/// A ruleset of so many rules over 25 fields and 12 channels.
pub(crate) fn ruleset(rules: usize) -> String {
    let mut text = String::from(
        "ruleset bench \"Bench\"\nenum Owner { individual, company, overseas, ngo }\nprofile {\n",
    );
    for field in 0..20 {
        text.push_str(&format!("  n{field}: number \"How many of {field}?\" in 0 .. 1000\n"));
    }
    for field in 0..5 {
        text.push_str(&format!("  owner{field}: Owner \"Who is {field}?\"\n"));
    }
    text.push_str("}\nfact limit: number\n");
    for channel in 0..12 {
        text.push_str(&format!("channel c{channel} \"Channel {channel}\" {{ limit = {channel} }}\n"));
    }
    for rule in 0..rules {
        text.push_str(&format!(
            "rule r{rule} \"Rule number {rule}\" {{\n  when n{} > {} and (owner{} == company or n{} <= c{}.limit)\n  \
             then score c{} +{}\n  because \"{{n{}}} is enough for {{owner{}}}\"\n}}\n",
            rule % 20,
            rule % 100,
            rule % 5,
            (rule + 7) % 20,
            rule % 12,
            (rule + 5) % 12,
            rule % 9 + 1,
            rule % 20,
            rule % 5
        ));
    }
    text
}
