//! The first line of an answer.

use crate::decide::{Decision, TargetDecision};
use crate::model::NeedState;
use crate::operator::Verdict;
use crate::words::{Speaker, Tongue};

/// Returns the answer in a sentence or two. It says so when the answer is not decided yet, and when no source says.
pub(super) fn headline(decision: &Decision<'_>, speaker: &Speaker<'_>) -> String {
    let english = speaker.tongue == Tongue::English;
    let channels: Vec<&TargetDecision> =
        decision.channels.iter().map(|target| decision.target(*target)).collect();
    let title =
        |decided: &TargetDecision| speaker.ruleset.target_title(decided.target, speaker.language).to_string();
    let Some(first) = decision.first.target.map(|target| decision.target(target)) else {
        return match (channels.is_empty(), english) {
            (true, true) => "There is no channel to choose from.".into(),
            (true, false) => "没有可选的渠道。".into(),
            (false, true) => "No channel is left: every one is excluded.".into(),
            (false, false) => "没有剩下的渠道：全部已排除。".into(),
        };
    };
    let undecided = first.verdict.is_none() || (!decision.first.settled && !decision.missing().is_empty());
    if undecided {
        let count = decision.missing().len();
        let answers = match (count, english) {
            (0, true) => "answers that are unknown leave it open".to_string(),
            (1, true) => "1 answer is missing".to_string(),
            (_, true) => format!("{count} answers are missing"),
            (0, false) => "有未知的回答".to_string(),
            (_, false) => format!("还缺 {count} 个回答"),
        };
        let verdict = speaker.tongue.verdict(first.leaning);
        return if english {
            format!("Not decided yet: {answers}. So far {} comes first ({verdict}).", title(first))
        } else {
            format!("尚未确定：{answers}。目前{}居首（{verdict}）。", title(first))
        };
    }
    let mut line = match first.leaning {
        Verdict::Recommended => {
            let all: Vec<String> = channels
                .iter()
                .filter(|decided| decided.verdict == Some(Verdict::Recommended))
                .map(|decided| title(decided))
                .collect();
            let (head, rest) =
                all.split_first().map_or((String::new(), &[][..]), |(head, rest)| (head.clone(), rest));
            match (rest.is_empty(), english) {
                (true, true) => format!("Recommended: {head}"),
                (false, true) => format!("Recommended: {head}, then {}", speaker.tongue.and(rest)),
                (true, false) => format!("推荐：{head}"),
                (false, false) => format!("推荐：{head}，其次{}", speaker.tongue.and(rest)),
            }
        }
        Verdict::Possible => {
            if english {
                format!("Nothing is recommended; possible, best first: {}", title(first))
            } else {
                format!("没有推荐的渠道；可选中最好的是：{}", title(first))
            }
        }
        Verdict::Unsuitable | Verdict::Excluded => {
            if english {
                format!("Nothing is suitable; {} comes nearest", title(first))
            } else {
                format!("没有适合的渠道；最接近的是{}", title(first))
            }
        }
    };
    let to_do = first.needs.iter().filter(|need| need.state != NeedState::Met).count();
    match (to_do, english) {
        (0, _) => {}
        (1, true) => line.push_str("; 1 thing to do first"),
        (_, true) => line.push_str(&format!("; {to_do} things to do first")),
        (_, false) => line.push_str(&format!("；须先办 {to_do} 件事")),
    }
    line.push_str(if english { "." } else { "。" });
    let open_facts = decision.open_facts(first.target);
    if !open_facts.is_empty() {
        let facts: Vec<String> =
            open_facts.iter().map(|open| speaker.ruleset.entry_name(open.channel, open.entry)).collect();
        let facts = speaker.tongue.and(&facts);
        line.push_str(&if english {
            format!(" No source says {facts}: that could change it.")
        } else {
            format!("没有来源说明 {facts}，结果可能因此改变。")
        });
    } else if !decision.first.settled {
        line.push_str(if english {
            " What is unknown could put another first."
        } else {
            "未知的内容可能使其他渠道居首。"
        });
    }
    if !decision.first.tie.is_empty() {
        let tied: Vec<String> = decision.first.tie.iter().map(|t| title(decision.target(*t))).collect();
        let tied = speaker.tongue.and(&tied);
        line.push_str(&if english {
            format!(" It ties with {tied}; the order of declaration puts it first.")
        } else {
            format!("与{tied}并列；按声明顺序排在首位。")
        });
    }
    line
}
