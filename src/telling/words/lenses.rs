//! What stands on the lenses of an editor.

use super::Tongue;

impl Tongue {
    phrases! {
        /// Above a ruleset: runs all its tests.
        lens_run_all: "run all tests", "运行全部测试";
        /// Above a property: proves it.
        lens_prove: "prove", "证明";
        /// Above a test: runs it.
        lens_run: "run", "运行";
        /// Above a test or a profile: shows the answer.
        lens_show: "show", "显示结果";
        /// Above a profile: tells why the first verdict is what it is.
        lens_why: "why", "为什么";
        /// Above a profile whose snapshot differs.
        lens_accept: "accept snapshot", "接受快照";
        /// Above a profile that has no snapshot yet.
        lens_accept_new: "accept snapshot (new)", "接受快照（新）";
    }

    sentences! {
        /// Above a test: tells why a verdict is what it is.
        lens_why_of(target: &str): "why {target}", "为什么：{target}";
    }
}
