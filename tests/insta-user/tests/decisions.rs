//! The decisions of the ruleset, compared with the snapshots that `qudao test` keeps beside it.

#[test]
fn decisions() {
    for entry in std::fs::read_dir("rules/profiles").unwrap() {
        let profile = entry.unwrap().path();
        let text = qudao::testing::snapshot_of("rules/shop.qd", &profile, std::fs::read).unwrap();
        let name = profile.file_stem().unwrap().to_str().unwrap();
        insta::with_settings!({ snapshot_path => "../rules/snapshots", prepend_module_to_snapshot => false },
            { insta::assert_snapshot!(name, text) });
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let told = |ruleset: &str, profile: &str| {
        qudao::testing::snapshot_of(ruleset, profile, |path| match path.to_str() {
            Some("a.qd") => Ok(b"ruleset a \"A\"\nchannel x\nprofile { n: int }\n".to_vec()),
            Some("wrong.qd") => Ok(b"channel x\n".to_vec()),
            Some("n.yaml") => Ok(b"m: 1\n".to_vec()),
            _ => Err("no such file"),
        })
        .unwrap_err()
    };
    assert_eq!(told("none.qd", "n.yaml"), "cannot read `none.qd`: no such file");
    assert!(told("wrong.qd", "n.yaml").contains("wrong.qd:"));
    assert!(told("a.qd", "n.yaml").contains("n.yaml:1:1"));
    assert!(told("a.qd", "n.txt").contains("ends in none of"));
}
