//! The words of workbooks.

use super::Tongue;

impl Tongue {
    phrases! {
        /// Names the sheet of answers.
        answers_head: "Answers", "结果";
        /// Names the sheet of reasons.
        reasons_head: "Reasons", "理由";
        /// Names the sheet of sources, and heads them.
        sources_head: "Sources", "来源";
        /// Heads what a rule does.
        effect_head: "effect", "作用";
        /// Heads how something is done.
        how_head: "how", "办法";
        /// Heads what something is needed for.
        for_head: "for", "适用于";
        /// Heads whether something is done.
        state_head: "state", "状态";
        /// Heads where in a source something stands.
        place_head: "place", "位置";
        /// Heads the words of a source.
        words_head: "words", "原文";
        /// Heads why it does it.
        why_head: "reason", "理由";
        /// Heads titles.
        title_head: "title", "标题";
        /// Heads those who published something.
        publisher_head: "published by", "发布者";
        /// Heads the day on which something was read.
        read_head: "read on", "查阅日期";
        /// Before what a target needs.
        needs_word: "needs", "需要";
        /// In the last row of a sheet that is full.
        no_room: "there is no room for more", "已无更多空间";
        /// Names the sheet of a form that is filled in.
        profiles_head: "Profiles", "填写";
        /// Names the sheet of a form that tells of its columns.
        questions_head: "Questions", "问题说明";
        /// Heads whose answers a row of a form holds.
        whose_head: "client", "客户";
        /// Says so of the column.
        whose_says: "Whose answers these are; not used to decide", "填写对象；不参与判断";
        /// Heads the group of a question.
        section_head: "section", "分组";
        /// Heads what an answer may be.
        takes_head: "what it takes", "填写内容";
        /// Heads what a field is called in the rules.
        name_head: "name", "名称";
        /// What a cell of a form takes: a truth value.
        takes_truth: "TRUE or FALSE", "TRUE（是）或 FALSE（否）";
        /// The same of a text.
        takes_text: "a text", "文字";
        /// The same of a day.
        takes_day: "a day", "日期";
        /// Before values of which one is the answer.
        takes_one: "one of", "选一项：";
        /// Before values of which any are the answer.
        takes_some: "any of these, with ; between them:", "可选多项，用 ; 分隔：";
        /// The same of a whole number.
        takes_whole: "a whole number", "整数";
        /// The same of a number.
        takes_number: "a number", "数字";
        /// Of a field that must be given.
        must_be_given: "must be given", "必填";
        /// Before what is taken where nothing is said.
        without_answer: "left empty", "不填则视为";
        /// What a rule says that decides nothing.
        remark: "note", "说明";
    }
}
