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
        /// What a rule says that decides nothing.
        remark: "note", "说明";
    }
}
