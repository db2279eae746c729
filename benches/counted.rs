//! The program, which tells at its end how much memory it asked for: what `scale.py --guard` counts. That is the same on
//! every machine, which seconds and instructions are not, and it grows where work does: hardly anything is gone through
//! without a list, a set or a text for what is found.

#[cfg_attr(test, allow(dead_code, unused_imports, reason = "the tests of the program run with the program"))]
#[path = "../src/main.rs"]
mod program;

fn main() -> std::process::ExitCode {
    let mut ended = None;
    let asked = allocation_counter::measure(|| ended = Some(program::main()));
    eprintln!("{} {}", asked.count_total, asked.bytes_total);
    ended.expect("the program ran to its end")
}
