//! The words of a site that tells a ruleset.

use qudao_language::model::Type;
use qudao_language::operator::{CompareOp, Quantifier};

use super::Tongue;

impl Tongue {
    phrases! {
        /// Names the list of chapters.
        chapters: "Chapters", "章节";
        /// Names what leads to the pages around one.
        pages: "Pages", "翻页";
        /// Leads to the page before.
        page_before: "← Previous page", "← 上一页";
        /// Leads to the next page.
        page_behind: "Next page →", "下一页 →";
        /// Behind the heading of what began on a page before.
        goes_on: "(continued)", "（续）";
        /// Heads a picture in words.
        in_words: "The same in words", "文字说明";
        /// What takes its time.
        writing_pages: "writing the pages", "正在生成页面";
        /// The chapter that opens.
        overview: "Overview", "概览";
        /// The chapter of what is asked.
        questions: "Questions", "问题";
        /// The chapter of what there is to choose.
        options: "Options", "选项";
        /// The chapter of what decides.
        rules_chapter: "Rules", "规则";
        /// The chapter of decision tables.
        tables: "Tables", "决策表";
        /// The chapter of parameters, rates and measures.
        numbers: "Numbers", "数值";
        /// The chapter of named conditions, lists of values and units.
        terms: "Terms", "术语";
        /// The chapter of what has to be obtained.
        requirements: "Requirements", "所需条件";
        /// The chapter of pictures.
        graph: "Dependencies", "依赖关系";
        /// The chapter of tests.
        tests: "Tests", "测试";
        /// The chapter of what another version changes.
        changes: "Changes", "变更";
        /// Tells what the chapter of questions holds.
        questions_lead: "What is asked, in what form it is answered, and what the answer decides.",
            "要问什么，如何回答，以及回答影响什么。";
        /// Tells what the chapter of options holds.
        options_lead: "What there is to choose, with all that is known of it, and where that was read.",
            "可供选择的选项，已知的事实及其出处。";
        /// Tells what the chapter of facts holds.
        facts_lead: "What is told of each option, side by side.", "各选项的事实，逐项并列。";
        /// Tells what the chapter of rules holds.
        rules_lead: "What speaks for an option and against it, what rules it out, what it asks for, and why.",
            "哪些情况支持或反对某个选项，哪些情况将其排除，需要什么，以及理由。";
        /// Tells what the chapter of tables holds.
        tables_lead: "Rules in rows: what stands in all cells of a row has to hold.", "按行书写的规则：一行中各单元格的条件须全部成立。";
        /// Tells what the chapter of numbers holds.
        numbers_lead: "Numbers that rules reckon with, since when they hold, and what is reckoned.", "规则所用的数值、生效时间以及计算方法。";
        /// Tells what the chapter of terms holds.
        terms_lead: "What the names mean that rules use.", "规则中所用名称的含义。";
        /// Tells what the chapter of requirements holds.
        requirements_lead: "What has to be there, how it is obtained, and what needs it.", "需要具备什么，如何取得，哪些选项需要。";
        /// Tells what the chapter of sources holds.
        sources_lead: "Where facts and rules come from, and which words were read there.", "事实和规则的出处，以及所引用的原文。";
        /// Tells what the chapter of pictures holds.
        graph_lead: "Which answers decide about which options.", "哪些回答影响哪些选项。";
        /// Tells what the chapter of tests holds.
        tests_lead: "What is checked of the rules each time they change.", "规则每次改动时的检查结果。";
        /// Tells what the chapter of changes holds.
        changes_lead: "What comes out otherwise than with the version before.", "与之前的版本相比，结果有何不同。";
        /// Heads how a verdict comes about.
        how_decided: "How it is decided", "如何得出结论";
        /// Heads what a site was made from.
        site_made_from: "What this was made from", "依据";
        /// Before the verdict that a target has from so many points on.
        from_points: "from", "至少";
        /// Heads what gives points.
        level: "weight", "权重";
        /// Before how targets are ranked.
        ranked_by: "Ranked by", "排序依据";
        /// What is ranked by where no measure is.
        the_score: "points", "得分";
        /// A truth value.
        type_bool: "yes or no", "是或否";
        /// A whole number.
        type_whole: "a whole number", "整数";
        /// A number.
        type_number: "a number", "数字";
        /// A text.
        type_text: "a text", "文字";
        /// A day.
        type_date: "a day", "日期";
        /// One of several values.
        type_enum: "one of these", "选择一项";
        /// Any of several values.
        type_set: "any of these", "可选多项";
        /// The value that a field has when nobody gives one.
        assumed_if_empty: "If it is left out", "未填时";
        /// Of a field that must be given.
        has_to_be_given: "It has to be answered.", "必须回答。";
        /// Of a field that advice leaves as it is.
        is_fixed: "It is taken as given: advice does not propose to change it.", "视为既定，不建议更改。";
        /// Before old names.
        formerly: "formerly", "曾用名";
        /// Before the targets that a question decides about.
        decides_about: "Decides about", "影响";
        /// Of a question that nothing reads.
        decides_none: "No rule reads it.", "没有规则使用。";
        /// Before the rules that read something.
        read_by: "Read by", "用于";
        /// Heads the name of a fact.
        fact: "fact", "事实";
        /// Heads since when something holds.
        holds: "holds", "有效期";
        /// Heads where something was read.
        read_where: "source", "来源";
        /// Before the rules on a target.
        rules_on_it: "Rules on it", "相关规则";
        /// Before what a mix is made of.
        made_of: "Made of", "组成";
        /// Before the mixes that a channel is in.
        used_in: "Used in", "用于组合";
        /// Before what a target needs whoever asks.
        always_needs: "Always needs", "必须具备";
        /// Before the condition on which a channel is there already.
        owned_if: "Counts as had already if", "视为已有，若";
        /// The rules on every channel.
        for_every: "Every option", "所有选项";
        /// The rules that say something of the whole answer.
        for_all: "The whole answer", "整个结论";
        /// A rule that stands elsewhere, for it concerns several.
        told_elsewhere: "See also", "另见";
        /// Heads a condition of which all parts must hold.
        when_all: "When all of these hold", "当以下各项全部成立";
        /// Heads a condition of which one part must hold.
        when_any: "When at least one of these holds", "当以下至少一项成立";
        /// Heads a condition of one part.
        when: "When", "当";
        /// All parts hold.
        all_hold: "all of these hold", "以下各项全部成立";
        /// Some part holds.
        any_holds: "at least one of these holds", "以下至少一项成立";
        /// Not all parts hold.
        not_all_hold: "not all of these hold", "以下各项并非全部成立";
        /// No part holds.
        none_holds: "none of these holds", "以下各项均不成立";
        /// Of a rule without a condition.
        in_any_case: "In any case", "任何情况下";
        /// Before the exceptions to a rule.
        unless: "Unless one of these applies", "除非以下规则适用";
        /// Before the rules that a rule is an exception to.
        sets_aside: "Sets aside", "优先于";
        /// Before the reason of a rule.
        reason: "Reason", "理由";
        /// Which channels a rule is about, where not all.
        only_for: "Only for", "仅限";
        /// Which it leaves out.
        only_where: "Only for those of which this holds", "仅限满足以下条件的选项";
        /// Heads the rows of a table.
        row: "row", "行";
        /// Heads what a row does.
        effect: "effect", "作用";
        /// A cell that anything matches.
        anything: "anything", "任意";
        /// Of a table of which every row counts.
        policy_collect: "Every row that matches counts.", "所有匹配的行都生效。";
        /// Of a table of which the first row counts.
        policy_first: "The first row that matches counts.", "只有第一个匹配的行生效。";
        /// Of a table whose rows exclude each other.
        policy_unique: "At most one row matches.", "最多只有一行匹配。";
        /// Heads rates.
        rates_head: "Rates", "汇率与换算";
        /// Heads named conditions.
        named_conditions: "Named conditions and numbers", "命名的条件与数值";
        /// Heads lists of values.
        lists_of_values: "Lists of values", "取值列表";
        /// Of a list in ascending order.
        ascending: "from the least to the greatest", "从低到高";
        /// Heads units.
        units_head: "Units", "单位";
        /// How a measure comes about.
        reckoned: "How it is reckoned", "计算方法";
        /// Of a measure of which more is better.
        more_is_better: "More is better.", "越高越好。";
        /// Of a measure of which less is better.
        less_is_better: "Less is better.", "越低越好。";
        /// Of a measure that a mix sums up.
        mixes_sum: "That of a mix is the sum of its members'.", "组合的数值为各成员之和。";
        /// How something is obtained.
        how_obtained: "How", "办法";
        /// When a requirement is met.
        met_when: "Met when", "已具备，当";
        /// What needs it.
        needed_by: "Needed by", "需要它的";
        /// Heads what cites a source.
        cited_by: "Cited by", "引用于";
        /// Of a source that nothing cites.
        not_cited: "Nothing cites it.", "没有引用。";
        /// How far a source is trusted.
        trust: "confidence", "可信度";
        /// Trust.
        trust_high: "high", "高";
        /// Trust.
        trust_medium: "medium", "中";
        /// Trust.
        trust_low: "low", "低";
        /// The day of today.
        this_day: "the day of the answer", "作答当日";
        /// The channel that a rule is about, where it is about each.
        the_option: "the option", "该选项";
        /// The picture of all.
        whole_picture: "All options", "全部选项";
        /// Between a thing of a picture and what depends on it.
        leads_to: "→", "→";
        /// Between two parts of a line.
        comma: ", ", "，";
        /// Heads the files of a ruleset.
        files_head: "Files", "文件";
        /// Heads the rulesets that one extends.
        extends_head: "Extends", "基于";
        /// Before the facts that no source tells.
        no_source_says_of: "No source says", "没有来源说明";
        /// Heads the values that an entry is of.
        of_which: "of", "对象";
        /// Who published a source.
        publisher: "published by", "发布者";
        /// Heads the words of a source that are cited.
        words_read: "words", "原文";
        /// Heads where in a source they stand.
        where_in_it: "where", "位置";
        /// Behind a target that is ruled out.
        is_ruled_out: " is ruled out", "被排除";
        /// Between a target and what it needs.
        does_need: " needs ", "需要";
        /// Leads from the rules on a target to its facts.
        what_is_known: "What is known of it", "已知事实";
    }

    sentences! {
        /// What a number is written in.
        in_unit(what: &str, unit: &str): "{what} in {unit}", "{what}，单位：{unit}";
        /// How many rules there are on something.
        so_many_rules(count: usize): "{count} rules", "{count} 条规则";
        /// How many options state a fact.
        stated_by(count: usize, all: usize): "stated of {count} of {all}", "{all} 个中有 {count} 个";
    }

    /// Returns how two values of a type are compared in words.
    #[must_use]
    pub fn compares(self, op: CompareOp, ty: Type) -> &'static str {
        use CompareOp::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};
        let days = ty == Type::Date;
        let ordered = matches!(ty, Type::Enum(_));
        match (self, op) {
            (Tongue::English, Equal) => "is",
            (Tongue::English, NotEqual) => "is not",
            (Tongue::English, Less) if days => "is before",
            (Tongue::English, AtMost) if days => "is at the latest",
            (Tongue::English, Greater) if days => "is after",
            (Tongue::English, AtLeast) if days => "is at the earliest",
            (Tongue::English, Less) if ordered => "is below",
            (Tongue::English, Greater) if ordered => "is above",
            (Tongue::English, Less) => "is less than",
            (Tongue::English, AtMost) => "is at most",
            (Tongue::English, Greater) => "is more than",
            (Tongue::English, AtLeast) => "is at least",
            (Tongue::Chinese, Equal) => "为",
            (Tongue::Chinese, NotEqual) => "不为",
            (Tongue::Chinese, Less) if days => "早于",
            (Tongue::Chinese, AtMost) if days => "不晚于",
            (Tongue::Chinese, Greater) if days => "晚于",
            (Tongue::Chinese, AtLeast) if days => "不早于",
            (Tongue::Chinese, Less) if ordered => "低于",
            (Tongue::Chinese, AtMost) if ordered => "不高于",
            (Tongue::Chinese, Greater) if ordered => "高于",
            (Tongue::Chinese, AtLeast) if ordered => "不低于",
            (Tongue::Chinese, Less) => "小于",
            (Tongue::Chinese, AtMost) => "不超过",
            (Tongue::Chinese, Greater) => "大于",
            (Tongue::Chinese, AtLeast) => "不小于",
        }
    }

    /// Returns which values a set has in words, before and behind these; `holds` says whether it is so.
    #[must_use]
    pub fn includes(self, quantifier: Quantifier, holds: bool) -> (&'static str, &'static str) {
        match (self, quantifier, holds) {
            (Tongue::English, Quantifier::Any, true) | (Tongue::English, Quantifier::None, false) => {
                ("includes any of", "")
            }
            (Tongue::English, Quantifier::None, true) | (Tongue::English, Quantifier::Any, false) => {
                ("includes none of", "")
            }
            (Tongue::English, Quantifier::All, true) => ("includes all of", ""),
            (Tongue::English, Quantifier::All, false) => ("does not include all of", ""),
            (Tongue::English, Quantifier::Only, true) => ("includes nothing but", ""),
            (Tongue::English, Quantifier::Only, false) => ("includes something besides", ""),
            (Tongue::Chinese, Quantifier::Any, true) | (Tongue::Chinese, Quantifier::None, false) => {
                ("包含", "中的至少一项")
            }
            (Tongue::Chinese, Quantifier::None, true) | (Tongue::Chinese, Quantifier::Any, false) => {
                ("不包含", "中的任何一项")
            }
            (Tongue::Chinese, Quantifier::All, true) => ("包含", "的全部"),
            (Tongue::Chinese, Quantifier::All, false) => ("未包含", "的全部"),
            (Tongue::Chinese, Quantifier::Only, true) => ("只包含", ""),
            (Tongue::Chinese, Quantifier::Only, false) => ("不只包含", ""),
        }
    }
}
