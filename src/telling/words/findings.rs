//! The words of what analysis finds: messages, labels and notes.

use qudao_language::date::Date;

use super::Tongue;

impl Tongue {
    phrases! {
        /// Of a ruleset that is too large.
        not_analysed: "the ruleset is too large for its conditions to be analysed", "规则集过大，无法分析其中的条件";
        /// What follows from that.
        nothing_proved: "nothing is proved of its rules", "对其中的规则未作任何证明";
        /// Of what could not be settled.
        not_proved: "not proved", "未能证明";
        /// Before a profile that is one.
        as_this: "as", "例如：";
        /// Before a profile for which it is so.
        as_for_this: "as for", "例如下面的资料：";
        /// Before a profile for which it is so too.
        even_for: "even for", "对下面的资料也是如此：";
        /// Before a profile that two rows match.
        both_match: "both match", "两行都匹配下面的资料：";
        /// Before a profile for which two rules fire.
        both_fire: "both fire for", "对下面的资料，两者都触发：";
        /// Before a profile for which a rule fires in vain.
        in_vain: "it fires in vain for", "对下面的资料，它触发而不起作用：";
        /// Before a profile for which an earlier row counts.
        earlier_taken: "an earlier row is taken for", "对下面的资料，取用的是更靠前的一行：";
        /// Before a profile for which an exception holds.
        set_aside_for: "its condition holds, and it is set aside, for", "对下面的资料，其条件成立，却因例外而不适用：";
        /// What could be done about an expired fact.
        state_anew: "state what holds now, with `since`; or that it is not known: `= unknown since DATE`", "请用 `since` 写明现在的值；若不清楚，则写 `= unknown since DATE`";
        /// Of a field on which nothing depends.
        all_stays: "whatever the answer, all else stays the same", "无论如何回答，其余都不变";
        /// What could be done about it.
        remove_idle_field: "remove it, or say why it stays: `allow idle-field \"…\"`", "请删除，或写明保留的理由：`allow idle-field \"…\"`";
        /// Of values that nothing tells apart.
        not_told_apart: "no decision tells these values apart", "没有任何结论区分这些值";
        /// Whether there are gaps.
        whether_all_recommended: "whether every profile gets a recommendation", "是否每份资料都有推荐";
        /// That it is too large to be known.
        all_recommended_too_large: "whether every profile gets a recommendation is too large to be proved", "是否每份资料都有推荐：过大，无法证明";
        /// Of a gap.
        no_recommendation: "a profile gets no recommendation", "有资料得不到任何推荐";
        /// What that is.
        none_recommended: "none of its channels is recommended", "没有任何渠道被推荐";
        /// Of what no profile has recommended.
        nobody_recommended: "no profile gets it recommended", "没有任何资料使它被推荐";
        /// Of what every profile has recommended.
        always_the_same: "no profile gets another verdict", "没有任何资料得出别的结论";
        /// Of a row that overlaps another.
        one_row_at_most: "in a table where one row at most may match", "该表中至多只能有一行匹配";
        /// Of the other row.
        matches_too: "this row matches too", "这一行也匹配";
        /// Of a row of which it is not known.
        not_proved_only: "not proved to be the only one", "未能证明只有它匹配";
        /// Of the other row.
        may_match_too: "this row may match too", "这一行也可能匹配";
        /// Of a rule that is too large.
        fires_for_some: "it fires for some profiles and not for others; no more is known", "对有些资料触发，对有些不触发；此外不得而知";
        /// Why a rule is dead.
        where_leaves_all_out: "its `where` leaves out every channel", "其 `where` 排除了所有渠道";
        /// The same.
        never_true: "no profile makes its condition true", "没有任何资料使其条件成立";
        /// The same.
        facts_alone: "its condition reads facts alone, and by these it does not hold", "其条件只读取事实，而按这些事实它不成立";
        /// Of a rule whose exceptions always hold.
        always_set_aside: "whenever its condition holds, an exception to it does too", "只要其条件成立，它的某个例外也成立";
        /// Of the exceptions.
        an_exception: "an exception to it", "它的例外";
        /// Of a row behind others.
        earlier_matches: "an earlier row matches whenever this one does", "只要这一行匹配，更靠前的某一行也匹配";
        /// Of the other row.
        comes_first: "this row comes first", "这一行在前";
        /// Of a condition.
        true_for_every: "true for every profile", "对任何资料都成立";
        /// Of a row.
        cells_hold_for_every: "its cells hold for every profile", "其单元格对任何资料都成立";
        /// Of a rule that does what another does.
        acts_again: "acts a second time", "重复起作用";
        /// Of the other.
        acts_the_same: "acts the same way", "作用相同";
        /// Of points that never count.
        excluded_then: "whenever it fires, what it scores is excluded", "只要它触发，它加减分的对象就已被排除";
        /// Of an `allow`.
        silences_nothing: "silences nothing", "没有可忽略的";
        /// What to do about it.
        remove_it: "remove it", "删除";
        /// Why something is searched.
        months_are_searched: "months and years between two days that vary are searched, not proved", "两个可变日期之间的月数、年数只能搜索，不能证明";
        /// The same.
        shifts_are_searched: "a day some months from one that varies is searched, not proved", "可变日期前后若干个月的日期只能搜索，不能证明";
        /// The same.
        products_are_searched: "a product of two values that vary is searched, not proved", "两个可变值的乘积只能搜索，不能证明";
        /// The same.
        too_many_compared: "more channels are compared by a measure than is proved", "按一项数值比较的渠道多于可证明的数目";
        /// The same.
        excluded_inside: "what is excluded is asked inside it", "其中问到了排除的情况";
        /// The same.
        several_ways: "with fields unknown it may come out in several ways", "有字段未知时，可能有多种结果";
        /// The same.
        too_many_cases: "it has too many cases to be told apart", "情况过多，无法逐一区分";
        /// Why a question is open.
        several_sums: "it depends on several sums of the same fields, and no profile was found that settles it", "它取决于相同字段的多个和，未找到能判定它的资料";
        /// The same.
        waits_not_followed: "what waits through another channel, or for a part of a sum, is not followed, and no profile was found that refutes it", "经由其他渠道的等待，或对和的一部分的等待，未予追踪；也没有找到能推翻它的资料";
        /// Why a property is undecided.
        ruleset_too_large: "the ruleset is too large", "规则集过大";
    }

    sentences! {
        /// Of a question that could not be settled.
        is_undecided(whether: &str): "{whether} is undecided", "{whether}：未能判定";
        /// Puts the day before what a profile shows.
        on_day(day: Date, what: &str): "on {day}, {what}", "{day}，{what}";
        /// Of a fact whose value ended.
        last_value_ended(name: &str, until: Date): "the last value of `{name}` ended on {until}", "`{name}` 的最后一个值已于 {until} 到期";
        /// What that means.
        nothing_stated_of(today: Date): "nothing is stated of {today}", "未写明 {today} 的值";
        /// Of a field on which nothing depends.
        idle_field(name: &str): "no decision depends on `{name}`, though it is read", "虽然读取了 `{name}`，却没有任何结论取决于它";
        /// Of values that nothing tells apart.
        idle_values(names: &str, field: &str): "{names} of `{field}` make no difference among each other", "`{field}` 的 {names} 彼此没有差别";
        /// Of samples.
        each_sampled_gets_one(count: usize): "each of {count} sampled profiles gets one", "抽查 {count} 份资料，都有推荐";
        /// Whether a channel may be recommended.
        whether_ever_recommended(name: &str): "whether `{name}` is ever recommended", "`{name}` 是否会被推荐";
        /// Whether a rule may fire.
        whether_can_fire(name: &str): "whether `{name}` can fire", "`{name}` 能否触发";
        /// Of a channel.
        never_recommended(name: &str): "`{name}` is never recommended", "`{name}` 从不被推荐";
        /// What it may be.
        at_best_it_is(verdict: &str): "at best it is {verdict}", "最好的结论是“{verdict}”";
        /// Of a channel.
        always_recommended(name: &str): "`{name}` is recommended to everybody", "`{name}` 对任何资料都被推荐";
        /// Of two rows.
        rows_overlap(one: &str, other: &str): "the rows `{one}` and `{other}` match one profile", "`{one}` 和 `{other}` 两行匹配同一份资料";
        /// Of two rows of which it is not known.
        rows_may_overlap(one: &str, other: &str): "whether `{one}` and `{other}` can match one profile is undecided", "`{one}` 和 `{other}` 能否匹配同一份资料：未能判定";
        /// Of a rule.
        rule_too_large(name: &str): "`{name}` is too large for its parts to be analysed", "`{name}` 过大，无法分析其各部分";
        /// Of a rule.
        can_never_fire(name: &str): "`{name}` can never fire", "`{name}` 永远不会触发";
        /// Of a part of a condition.
        never_holds(part: &str): "{part} never holds", "{part} 永不成立";
        /// Before a profile.
        all_but_holds(part: &str): "all but {part} holds for", "对下面的资料，除 {part} 外都成立：";
        /// Of a rule whose exceptions always hold.
        never_fires(name: &str): "`{name}` never fires", "`{name}` 从不触发";
        /// Of a row.
        never_reached(name: &str): "the row `{name}` is never reached", "`{name}` 这一行永远取不到";
        /// Of a condition.
        condition_always_true(name: &str): "the condition of `{name}` is always true", "`{name}` 的条件始终成立";
        /// Of a part of one.
        part_always_true(name: &str): "a part of the condition of `{name}` is always true", "`{name}` 的条件有一部分始终成立";
        /// Of two rules.
        does_the_same(other: &str, one: &str): "`{other}` does the same as `{one}`, and always when it does", "`{other}` 与 `{one}` 作用相同，且总是同时触发";
        /// Of a rule.
        points_never_count(name: &str): "the points of `{name}` never count", "`{name}` 的加减分从不计入";
        /// Of an `allow`.
        nothing_to_allow(code: &str): "there is no `{code}` here to allow", "此处没有 `{code}` 可忽略";
        /// Why a question is open.
        it_depends_on(names: &str, why: &str): "it depends on {names}: {why}, and no profile was found that settles it", "它取决于 {names}：{why}；未找到能判定它的资料";
        /// Of what is sampled.
        samples_agree(count: usize): "too large to be proved; {count} sampled profiles agree", "过大，无法证明；抽查 {count} 份资料，均相符";
    }

    /// Says that so many other rules are as large.
    #[must_use]
    pub fn so_are_others(self, count: usize) -> String {
        match (self, count) {
            (Tongue::English, 1) => "so is 1 more rule".into(),
            (Tongue::English, _) => format!("so are {count} more rules"),
            (Tongue::Chinese, _) => format!("另有 {count} 条规则也是如此"),
        }
    }

    /// Says that parts of a condition never hold together.
    #[must_use]
    pub fn never_together(self, parts: &[String]) -> String {
        match self {
            Tongue::English => format!("never together: {}", parts.join(" and ")),
            Tongue::Chinese => format!("从不同时成立：{}", parts.join("，")),
        }
    }

    /// Says that it cannot be proved whether a rule can fire, or always does.
    #[must_use]
    pub fn firing_too_large(self, name: &str, always: bool) -> String {
        match (self, always) {
            (Tongue::English, true) => format!("whether `{name}` always fires is too large to be proved"),
            (Tongue::English, false) => format!("whether `{name}` can fire is too large to be proved"),
            (Tongue::Chinese, true) => format!("`{name}` 是否总是触发：过大，无法证明"),
            (Tongue::Chinese, false) => format!("`{name}` 能否触发：过大，无法证明"),
        }
    }

    /// Says how many of sampled profiles make a rule fire: all or none.
    #[must_use]
    pub fn sampled_fire(self, all: bool, count: usize) -> String {
        match (self, all) {
            (Tongue::English, true) => format!("all of {count} sampled profiles make it fire"),
            (Tongue::English, false) => format!("none of {count} sampled profiles make it fire"),
            (Tongue::Chinese, true) => format!("抽查 {count} 份资料，它都触发"),
            (Tongue::Chinese, false) => format!("抽查 {count} 份资料，它都不触发"),
        }
    }

    /// Says of what else something is said.
    #[must_use]
    pub fn likewise(self, names: &[String]) -> String {
        let names = self.some(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>());
        match self {
            Tongue::English => format!("likewise {names}"),
            Tongue::Chinese => format!("同样如此：{names}"),
        }
    }

    /// Says that it cannot be proved whether a channel is never recommended, or always.
    #[must_use]
    pub fn recommending_too_large(self, name: &str, always: bool) -> String {
        match (self, always) {
            (Tongue::English, true) => {
                format!("whether `{name}` is always recommended is too large to be proved")
            }
            (Tongue::English, false) => {
                format!("whether `{name}` is never recommended is too large to be proved")
            }
            (Tongue::Chinese, true) => format!("`{name}` 是否总被推荐：过大，无法证明"),
            (Tongue::Chinese, false) => format!("`{name}` 是否从不被推荐：过大，无法证明"),
        }
    }

    /// Says how many of sampled profiles get a channel recommended: all or none.
    #[must_use]
    pub fn sampled_recommended(self, all: bool, count: usize) -> String {
        match (self, all) {
            (Tongue::English, true) => format!("all of {count} sampled profiles get it recommended"),
            (Tongue::English, false) => format!("none of {count} sampled profiles get it recommended"),
            (Tongue::Chinese, true) => format!("抽查 {count} 份资料，它都被推荐"),
            (Tongue::Chinese, false) => format!("抽查 {count} 份资料，它都不被推荐"),
        }
    }
}
