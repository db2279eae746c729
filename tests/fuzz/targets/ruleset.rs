#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qudao_fuzz::ruleset(bytes));
