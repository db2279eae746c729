//! The words of `check` about all it found, and of what came of tests.

use qudao_language::date::Date;
use qudao_language::diagnostic::{Frame, Severity};
use qudao_language::operator::Verdict;

use super::Tongue;

impl Tongue {
    phrases! {
        /// Where nothing was found.
        nothing_wrong: "nothing wrong", "没有发现问题";
        /// Above files that were made.
        made: "made", "已创建";
        /// What is awaited.
        checking: "checking", "正在检查";
        /// What is awaited.
        testing: "testing", "正在测试";
        /// What is awaited.
        comparing: "comparing", "正在比较";
        /// What is awaited.
        looking_for_better: "looking for a better verdict", "正在寻找更好的结论";
        /// What coverage counts.
        rules_covered: "rules", "规则";
        /// What coverage counts.
        atoms_covered: "atoms", "条件";
        /// What coverage counts.
        verdicts_covered: "verdicts", "结论";
        /// What coverage counts.
        facts_covered: "facts", "事实";
        /// Why there is no lock.
        no_lock: "no lock is written while there are errors", "有错误时不写入锁定文件";
        /// Before what failed.
        fail: "FAIL", "失败";
        /// Before what is neither proved nor refuted.
        undecided_property: "UNDECIDED", "未定";
        /// Before what a test expects.
        expected: "expected", "期望";
        /// Before what is the case instead.
        actual: "actual", "实际";
        /// Of a run without tests.
        no_test_was_run: "no test was run, which is a failure: ", "没有运行任何测试，视为失败：";
        /// Of a ruleset that could not be read.
        errors: "errors", "有错误";
        /// Of what changed its place.
        order_of_lines: "order of lines", "行的顺序";
        /// Of a case.
        as_its_snapshot: "as its snapshot says", "与快照一致";
        /// Of a case.
        accepted: "accepted", "已接受";
        /// Of a case.
        no_snapshot_yet: "it has no snapshot yet", "尚无快照";
        /// Of a case.
        snapshot_in_conflict: "its snapshot holds the marks of a merge conflict; --accept writes it anew", "快照中有合并冲突的标记；--accept 会重新写入";
        /// Of a case.
        differs_from_snapshot: "the decision differs from its snapshot", "结论与快照不同";
        /// Of a case.
        left_over: "a `.snap.new` lies beside that nobody needs any more", "旁边有一个不再需要的 `.snap.new`";
        /// Of a case.
        unusable_profile: "the profile cannot be used", "资料无法使用";
        /// Of a ruleset whose tests reach all.
        everything_reached: "everything is reached", "全部都已触及";
        /// What a property needs.
        property_needs_day: "the ruleset depends on the day: give it an `as of`, or say --every-day", "该规则集取决于日期：请给它写上 `as of`，或使用 --every-day";
        /// What a test needs.
        test_needs_day: "the ruleset depends on the day: give the test an `as of`, or the ruleset", "该规则集取决于日期：请给测试或规则集写上 `as of`";
        /// What a case needs.
        case_needs_day: "the ruleset depends on the day: give it an `as of`, or say --as-of", "该规则集取决于日期：请给它写上 `as of`，或使用 --as-of";
        /// Of targets.
        every_one_excluded: "every one is excluded", "全部已排除";
        /// What moved a snapshot.
        threshold: "threshold", "门槛";
        /// The same.
        order_of_declaration: "order of declaration", "声明的顺序";
        /// The same.
        other_lines: "other lines", "其他行";
        /// The same.
        new_cases: "new cases", "新的用例";
        /// The same.
        marks_of_conflict: "the marks of a merge conflict in the snapshot", "快照中合并冲突的标记";
        /// How settings act together.
        together_with_rules: "together with what rules or the profile say now", "与规则或资料现在的内容共同起作用";
        /// The same.
        together_all: "together: only with all of them as before does it stay", "共同起作用：只有全部如前，才不变";
        /// The same.
        together_any: "together: with any one of them as before it stays", "共同起作用：任何一个如前，就不变";
        /// How review is decided, key by key.
        review_keys: "[a]ccept  [r]eject  [s]kip  [c]ase by case  [d]ifference of the next case  [q]uit", "a 接受  r 拒绝  s 跳过  c 逐个用例  d 下一个用例的差异  q 退出";
        /// The same of a case.
        review_case_keys: "[a]ccept  [r]eject  [s]kip  [q]uit", "a 接受  r 拒绝  s 跳过  q 退出";
        /// Where nothing is pending.
        no_snapshot_pending: "no snapshot is pending", "没有待审的快照";
        /// Where all is decided.
        nothing_to_review: "nothing is left to review", "全部已审";
        /// Above a suggested test.
        to_be_confirmed: "To be confirmed: this is what the ruleset says today.", "待确认：这是规则集目前的结论。";
        /// Of answers.
        missing_nothing: "missing nothing", "没有缺少的";
    }

    sentences! {
        /// What `--fix` could do.
        fix_mends(sure: usize): "--fix mends {sure} of them", "--fix 可修正其中 {sure} 处";
        /// The same with guesses.
        guesses_mend(guesses: usize): "--fix --unsafe-fixes mends {guesses} of them by a guess", "--fix --unsafe-fixes 可按猜测修正其中 {guesses} 处";
        /// Both.
        both_mend(sure: usize, guesses: usize): "--fix mends {sure} of them, with --unsafe-fixes {guesses} more by a guess", "--fix 可修正其中 {sure} 处，加 --unsafe-fixes 可再按猜测修正 {guesses} 处";
        /// Of a file that was written.
        wrote(file: &str): "wrote {file}", "已写入 {file}";
        /// Of a change that was made.
        fixed_here(place: &str, code: &str, what: &str): "{place}: fixed[{code}]: {what}", "{place}：已修正[{code}]：{what}";
        /// Names a property.
        property(name: &str): "property {name}", "性质 {name}";
        /// Names a case.
        case(name: &str): "case {name}", "用例 {name}";
        /// Names a case, and says what is wrong with it.
        case_is(name: &str, what: &str): "case {name}: {what}", "用例 {name}：{what}";
        /// Heads what passed.
        passed_in(count: usize, name: &str): "{count} passed in {name}", "{name} 中通过 {count} 项";
        /// Heads a cause whose title is told.
        cause_of(number: usize, count: usize, title: &str, cases: &str): "Cause {number} of {count}: {title} ({cases})", "原因 {number}/{count}：{title}（{cases}）";
        /// Heads a case that is told in full.
        in_full(case: &str): "{case} in full:", "{case} 的全部变化：";
        /// Of a snapshot.
        no_profile_of(file: &str): "{file}: no profile has this name; --prune removes it", "{file}：没有同名的资料；--prune 会删除它";
        /// Of a file that was removed.
        removed(file: &str): "removed {file}", "已删除 {file}";
        /// Heads what was covered.
        coverage_of(percent: usize, kinds: &str): "coverage {percent}%: {kinds}", "覆盖率 {percent}%：{kinds}";
        /// Of how many of a kind.
        so_many_of(kind: &str, seen: usize, all: usize): "{kind} {seen} of {all}", "{kind} {seen}/{all}";
        /// Of a rule that tests never made fire.
        rule_never_fires(name: &str): "rule {name} never fires", "规则 {name} 从未触发";
        /// Of a rule that tests never kept from firing.
        rule_fires_always(name: &str): "rule {name} fires always", "规则 {name} 每次都触发";
        /// Of a condition.
        atom_is_never(text: &str, truth: bool): "`{text}` is never {truth}", "`{text}` 从未为 {truth}";
        /// Of a target.
        verdict_is_never(target: &str, verdict: &str): "{target} is never {verdict}", "{target} 从未得出“{verdict}”";
        /// Of a fact.
        fact_is_never_read(fact: &str): "{fact} is never read", "{fact} 从未被读取";
        /// Of what no test could be suggested for.
        no_profile_found(what: &str): "no profile was found for this: {what}", "没有找到能做到这一点的资料：{what}";
        /// Of a coverage that is too low.
        too_little_covered(name: &str, percent: usize, least: u8): "the coverage of {name} is {percent}%, less than {least}%", "{name} 的覆盖率为 {percent}%，低于 {least}%";
        /// What to do about changes.
        review_them(named: &str): "`qudao review {named}` steps through the changes; `qudao test {named} --accept` takes all", "`qudao review {named}` 逐个查看变化；`qudao test {named} --accept` 全部接受";
        /// Why a test was not run.
        test_leaves_out(fields: &str): "the test leaves out {fields}, which every profile must give", "测试没有给出 {fields}，而每份资料都必须给出";
        /// Why a test was not run.
        not_run(why: &str): "not run: {why}", "未运行：{why}";
        /// Of an expectation that is not met.
        expected_actual(expected: &str, actual: &str): "expected {expected}, actual {actual}", "期望 {expected}，实际 {actual}";
        /// Of a profile's file.
        ends_in_no_format(file: &str): "the profile `{file}` ends in none of .json, .yaml, .yml and .toml", "资料 `{file}` 的扩展名不是 .json、.yaml、.yml 或 .toml";
        /// Of a profile's file.
        unreadable_profile(file: &str, why: &str): "cannot read the profile `{file}`: {why}", "无法读取资料 `{file}`：{why}";
        /// Of a profile that has mistakes.
        wrong_profile(file: &str, shown: &str): "the profile `{file}` cannot be used\n{shown}", "资料 `{file}` 无法使用\n{shown}";
        /// Of files that would have one snapshot.
        one_snapshot_for(files: &str): "{files} would have one snapshot; rename one of them", "{files} 会共用一个快照；请给其中之一改名";
        /// Of answers.
        missing_fields(fields: &str): "missing {fields}", "缺少 {fields}";
        /// Of a target.
        without_reasons(target: &str): "{target} without reasons", "{target} 没有理由";
        /// What moved a snapshot.
        points_of(rules: &str, by: &str): "points of {rules}: {by}", "{rules} 的加减分：{by}";
        /// The same.
        score_of(target: &str, by: &str): "score of {target}: {by}", "{target} 的得分：{by}";
        /// The same.
        fact_named(name: &str): "fact {name}", "事实 {name}";
        /// The same.
        reads_fact(name: &str): "reads fact {name}", "读取事实 {name}";
        /// The same.
        acts_otherwise(rule: &str): "{rule} acts otherwise", "{rule} 的作用有变";
        /// The same.
        comes_to_act(rule: &str): "{rule} comes to act", "{rule} 开始起作用";
        /// The same.
        acts_no_more(rule: &str): "{rule} acts no more", "{rule} 不再起作用";
        /// The same.
        acts_elsewhere(rule: &str): "{rule} acts elsewhere", "{rule} 在别处起作用";
        /// The same.
        cap_by(rules: &str): "cap by {rules}", "{rules} 的限制";
        /// The same.
        need_of(need: &str): "need of {need}", "对 {need} 的需要";
        /// The same.
        target_is_new(target: &str): "{target} is new", "{target} 是新的";
        /// The same.
        target_is_gone(target: &str): "{target} is gone", "{target} 已不存在";
        /// The same.
        words_of(rule: &str): "words of {rule}", "{rule} 的文字";
        /// The same.
        whether_missing(field: &str): "whether {field} is missing", "是否缺少 {field}";
        /// The same.
        is_named_now(old: &str, new: &str): "{old} is named {new} now", "{old} 现名 {new}";
        /// What a suggested test shows.
        shows_firing(rule: &str): "{rule} fires", "{rule} 触发";
        /// The same.
        shows_no_firing(rule: &str): "{rule} does not fire", "{rule} 不触发";
        /// The same.
        shows_truth(text: &str, truth: bool): "`{text}` is {truth}", "`{text}` 为 {truth}";
        /// The same.
        shows_verdict(target: &str, verdict: &str): "{target} is {verdict}", "{target} 的结论为“{verdict}”";
        /// Of a file that was read.
        read_file(file: &str): "read {file}", "已读取 {file}";
        /// How much is left to review.
        left_to_review(count: usize): "{count} left to review", "还有 {count} 项待审";
        /// How causes are accepted.
        accept_some(path: &str): "`qudao review {path} --accept-causes NUMBER` accepts some; `qudao test {path} --accept` takes all", "`qudao review {path} --accept-causes NUMBER` 接受其中一些；`qudao test {path} --accept` 全部接受";
        /// Of rules.
        pending_rules(rules: &str): "pending {rules}", "待定：{rules}";
        /// Of rules.
        set_aside_rules(rules: &str): "an exception sets aside {rules}", "因例外而不适用：{rules}";
        /// Of rules.
        rules_do_not_fire(rules: &str): "rule {rules} does not fire", "规则 {rules} 没有触发";
        /// Of rules.
        rules_fire(rules: &str): "{rules} fire", "{rules} 触发";
    }

    /// Returns the words that stand around what a diagnostic says.
    #[must_use]
    pub fn frame(self) -> Frame {
        match self {
            Tongue::English => Frame::ENGLISH,
            Tongue::Chinese => Frame {
                note: "说明",
                warning: "警告",
                error: "错误",
                help: "提示：",
                fix: "修正：",
                perhaps: "或许：",
                either: "可选：",
                more: "详见：",
            },
        }
    }

    /// Says how many findings of each severity there are in how many files.
    #[must_use]
    pub fn found_in(self, found: &[(usize, Severity)], files: usize) -> String {
        let some = found.iter().filter(|(count, _)| *count > 0);
        match self {
            Tongue::English => {
                let told: Vec<String> = some.map(|(count, of)| counted(*count, of.as_str())).collect();
                let told = if told.is_empty() { self.nothing_wrong().to_string() } else { told.join(", ") };
                format!("{told} in {}", counted(files, "file"))
            }
            Tongue::Chinese => {
                let frame = self.frame();
                let told: Vec<String> =
                    some.map(|(count, of)| format!("{count} 个{}", frame.severity(*of))).collect();
                let told = if told.is_empty() { self.nothing_wrong().to_string() } else { told.join("，") };
                format!("{files} 个文件：{told}")
            }
        }
    }

    /// Says how many notes are not told, as there are errors.
    #[must_use]
    pub fn notes_not_shown(self, count: usize) -> String {
        match self {
            Tongue::English => format!("errors first: {} not shown", counted(count, "note")),
            Tongue::Chinese => format!("先处理错误：{count} 条说明未显示"),
        }
    }

    /// Says how many mistakes were mended in a file or folder.
    #[must_use]
    pub fn fixed_in(self, count: usize, path: &str) -> String {
        match self {
            Tongue::English => format!("fixed {} in {path}", counted(count, "mistake")),
            Tongue::Chinese => format!("{path} 中修正了 {count} 处"),
        }
    }

    /// Joins names of which one is meant, however many: `a or b or c`.
    #[must_use]
    pub fn any_of(self, names: &[String]) -> String {
        names.join(match self {
            Tongue::English => " or ",
            Tongue::Chinese => "或",
        })
    }

    /// Says how many cases there are.
    #[must_use]
    pub fn cases(self, count: usize) -> String {
        match self {
            Tongue::English => counted(count, "case"),
            Tongue::Chinese => format!("{count} 个用例"),
        }
    }

    /// Says how many lines there are.
    #[must_use]
    pub fn lines(self, count: usize) -> String {
        match self {
            Tongue::English => counted(count, "line"),
            Tongue::Chinese => format!("{count} 行"),
        }
    }

    /// Says how many checks came out how, of those that passed and of each other outcome.
    #[must_use]
    pub fn outcomes(self, passed: usize, others: [usize; 7]) -> String {
        let words = match self {
            Tongue::English => {
                ["failed", "new", "unreferenced", "with errors", "skipped", "undecided", "not checked"]
            }
            Tongue::Chinese => ["失败", "新", "无人引用", "有错误", "跳过", "未定", "未检查"],
        };
        let [_, word, ..] = self.heads_of_outcomes();
        let others = others.into_iter().zip(words).filter(|(count, _)| *count > 0);
        let all = std::iter::once((passed, word)).chain(others);
        self.list(&all.map(|(count, word)| self.so_many(count, word)).collect::<Vec<_>>())
    }

    /// Says how many tests are suggested.
    #[must_use]
    pub fn suggested(self, count: usize) -> String {
        match (self, count) {
            (Tongue::English, 1) => "1 test is suggested; confirm what it expects".into(),
            (Tongue::English, _) => format!("{count} tests are suggested; confirm what they expect"),
            (Tongue::Chinese, _) => format!("建议了 {count} 个测试；请确认其中期望的内容"),
        }
    }

    /// Heads the columns of what came of tests.
    #[must_use]
    pub fn heads_of_outcomes(self) -> [&'static str; 4] {
        match self {
            Tongue::English => ["ruleset", "passed", "failed", "undecided"],
            Tongue::Chinese => ["规则集", "通过", "失败", "未定"],
        }
    }

    /// Says how many failed, are new and belong to nothing.
    #[must_use]
    pub fn failed_and_new(self, failed: usize, new: usize, unreferenced: usize) -> String {
        match self {
            Tongue::English => format!("{failed}, {new} new, {unreferenced} unreferenced"),
            Tongue::Chinese => format!("{failed}，新 {new}，无人引用 {unreferenced}"),
        }
    }

    /// Heads the profile that refutes a property.
    #[must_use]
    pub fn for_this_profile(self, day: Option<Date>) -> String {
        match (self, day) {
            (Tongue::English, None) => "for this profile".into(),
            (Tongue::English, Some(day)) => format!("for this profile on {day}"),
            (Tongue::Chinese, None) => "对下面的资料：".into(),
            (Tongue::Chinese, Some(day)) => format!("对下面的资料，{day}："),
        }
    }

    /// Says of a target whose verdict is open what it leans to and could be.
    #[must_use]
    pub fn open_verdict(self, leaning: Verdict, could_be: &[Verdict]) -> String {
        match self {
            Tongue::English => {
                let could_be: Vec<&str> = could_be.iter().map(|verdict| verdict.as_str()).collect();
                format!("undecided, leaning {}, could be {}", leaning.as_str(), could_be.join(" or "))
            }
            Tongue::Chinese => {
                format!("未定，倾向“{}”，可能是{}", self.verdict(leaning), self.verdicts(could_be))
            }
        }
    }
}

pub(super) fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
