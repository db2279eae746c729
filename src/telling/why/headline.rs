//! The first line of an answer.

use super::rests::{some, some_targets};
use crate::words::{Speaker, Tongue};
use qudao_language::decide::{Best, Decision, TargetDecision};
use qudao_language::model::Target;
use qudao_language::operator::Verdict;

/// So many are named in it at most; the answer below names more.
const MOST_TITLES: usize = 10;

/// Returns the answer in a sentence or two. It says so when the answer is not decided yet, and when no source says.
#[must_use]
pub fn headline<'r>(decision: &Decision<'r>, speaker: &Speaker<'r>) -> String {
    let headline = Headline { decision, speaker };
    match decision.best() {
        Some(best) => headline.of(best),
        None => headline.nothing_left(),
    }
}

struct Headline<'a, 'r> {
    decision: &'a Decision<'r>,
    speaker: &'a Speaker<'r>,
}

impl Headline<'_, '_> {
    fn english(&self) -> bool {
        self.speaker.tongue == Tongue::English
    }

    fn say(&self, english: &str, chinese: &str) -> String {
        if self.english() { english.into() } else { chinese.into() }
    }

    /// The title of a target; of a mix, that it is one.
    fn title(&self, target: Target) -> String {
        let title = self.speaker.ruleset.target_title(target, self.speaker.language);
        match target {
            Target::Channel(_) => title.to_string(),
            Target::Mix(_) => format!("{title}{}", self.speaker.tongue.bracket(self.speaker.tongue.mix())),
        }
    }

    /// The titles of some targets; where names are not told, of the first of them.
    fn titles(&self, targets: &[Target]) -> String {
        if self.speaker.by_title {
            return some_targets(self.speaker, targets);
        }
        let titles = targets.iter().map(|target| self.title(*target)).collect();
        some(self.speaker.tongue, titles, MOST_TITLES)
    }

    fn nothing_left(&self) -> String {
        if self.decision.channels.is_empty() {
            return self.say("There is no channel to choose from.", "没有可选的渠道。");
        }
        self.say("No channel is left: every one is excluded.", "没有剩下的渠道：全部已排除。")
    }

    fn of(&self, best: Best) -> String {
        let leader = self.decision.target(best.target);
        let rival = self.rival(leader);
        let open = match best.target {
            Target::Channel(_) => !self.decision.first.settled,
            Target::Mix(_) => rival.is_some(),
        };
        let waits = open && !self.decision.missing().is_empty();
        if leader.verdict.is_none() || waits || rival.is_some_and(|rival| rival.verdict.is_none()) {
            return self.undecided(leader, rival);
        }
        let mut line = self.verdict(best, leader);
        let to_do = leader.open_needs();
        match (to_do, self.english()) {
            (0, _) => {}
            (1, true) => line.push_str("; 1 thing to do first"),
            (_, true) => line.push_str(&format!("; {to_do} things to do first")),
            (_, false) => line.push_str(&format!("；须先办 {to_do} 件事")),
        }
        if let Some(with) = best.with {
            let title = self.title(with);
            line.push_str(&if self.english() {
                format!("; as good together: {title}")
            } else {
                format!("；组合使用同样好：{title}")
            });
        }
        if self.speaker.by_title {
            line.push_str(&self.other_mixes(best));
        }
        line.push_str(&self.say(".", "。"));
        if !self.decision.open_facts(leader.target).is_empty() {
            line.push_str(&self.silence(leader));
        } else if open || rival.is_some() {
            line.push_str(
                &self.say(" What is unknown could put another first.", "未知的内容可能使其他渠道居首。"),
            );
        }
        if !leader.tie.is_empty() {
            let tied = self.titles(&leader.tie);
            line.push_str(&match (self.english(), self.speaker.by_title) {
                (true, false) => format!(" It ties with {tied}; the order of declaration puts it first."),
                (false, false) => format!("与{tied}并列；按声明顺序排在首位。"),
                (true, true) => format!(" It ties with {tied}: they are equally good."),
                (false, true) => format!("与{tied}并列，同样好。"),
            });
        }
        line
    }

    /// The mixes that are recommended, besides the best.
    fn other_mixes(&self, best: Best) -> String {
        let mixes = self.decision.mixes.iter().copied().filter(|mix| {
            let recommended = self.decision.target(*mix).verdict == Some(Verdict::Recommended);
            recommended && *mix != best.target && Some(*mix) != best.with
        });
        let mixes: Vec<Target> = mixes.collect();
        match mixes.is_empty() {
            true => String::new(),
            false => self.speaker.tongue.also_together(&some_targets(self.speaker, &mixes)),
        }
    }

    /// Another that something unknown could give a better verdict: a mix, or a channel behind a mix.
    fn rival(&self, leader: &TargetDecision) -> Option<&TargetDecision> {
        let channels = self.decision.channels.iter().filter(|_| matches!(leader.target, Target::Mix(_)));
        let others = channels.chain(&self.decision.mixes).map(|target| self.decision.target(*target));
        let mut others = others.filter(|other| other.target != leader.target);
        others.find(|other| other.could_be.first().is_some_and(|verdict| *verdict < leader.leaning))
    }

    fn undecided(&self, leader: &TargetDecision, rival: Option<&TargetDecision>) -> String {
        let count = self.decision.missing().len();
        let answers = match (count, self.english()) {
            (0, true) => "answers that are unknown leave it open".to_string(),
            (1, true) => "1 answer is missing".to_string(),
            (_, true) => format!("{count} answers are missing"),
            (0, false) => "有未知的回答".to_string(),
            (_, false) => format!("还缺 {count} 个回答"),
        };
        let tongue = self.speaker.tongue;
        let (title, verdict) = (self.title(leader.target), tongue.verdict(leader.leaning));
        let rival = rival.filter(|rival| rival.verdict.is_none()).map(|rival| {
            let best = rival.could_be.first().copied().unwrap_or(rival.leaning);
            (self.title(rival.target), tongue.verdict(best))
        });
        match (rival, self.english()) {
            (None, true) => {
                format!("Not decided yet: {answers}. So far {title} comes first ({verdict}).")
            }
            (None, false) => format!("尚未确定：{answers}。目前{title}居首（{verdict}）。"),
            (Some((other, best)), true) => format!(
                "Not decided yet: {answers}. So far {title} comes first ({verdict}); {other} could be {best}."
            ),
            (Some((other, best)), false) => {
                format!("尚未确定：{answers}。目前{title}居首（{verdict}）；{other}可能为{best}。")
            }
        }
    }

    fn verdict(&self, best: Best, leader: &TargetDecision) -> String {
        let title = self.title(leader.target);
        match (leader.leaning, self.english()) {
            (Verdict::Recommended, _) => {
                let others = self.decision.channels.iter().copied().filter(|other| {
                    *other != best.target
                        && self.decision.target(*other).verdict == Some(Verdict::Recommended)
                });
                let others: Vec<Target> = others.collect();
                match (others.is_empty(), self.english()) {
                    (true, true) => format!("Recommended: {title}"),
                    (false, true) => format!("Recommended: {title}, then {}", self.titles(&others)),
                    (true, false) => format!("推荐：{title}"),
                    (false, false) => format!("推荐：{title}，其次{}", self.titles(&others)),
                }
            }
            (Verdict::Possible, true) => format!("Nothing is recommended; possible, best first: {title}"),
            (Verdict::Possible, false) => format!("没有推荐的渠道；可选中最好的是：{title}"),
            (Verdict::Unsuitable | Verdict::Excluded, true) => {
                format!("Nothing is suitable; {title} comes nearest")
            }
            (Verdict::Unsuitable | Verdict::Excluded, false) => {
                format!("没有适合的渠道；最接近的是{title}")
            }
        }
    }

    /// That no source says some facts, or that what sources said of them has ended.
    fn silence(&self, leader: &TargetDecision) -> String {
        let (ruleset, tongue) = (self.speaker.ruleset, self.speaker.tongue);
        let (mut silent, mut ended) = (Vec::new(), Vec::new());
        for open in self.decision.open_facts(leader.target) {
            let name = self.speaker.entry(open.channel, open.entry);
            match ruleset.ended(open.channel, open.entry, self.decision.day) {
                None => silent.push(name),
                Some(day) => ended.push(tongue.ended_for(&name, day)),
            }
        }
        let silent = (!silent.is_empty()).then(|| tongue.no_source_for(&some(tongue, silent, MOST_TITLES)));
        let parts: Vec<String> = silent.into_iter().chain(ended).collect();
        let parts = parts.join(tongue.semicolon());
        if self.english() {
            let mut letters = parts.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            format!(" {first}{}: that could change it.", letters.as_str())
        } else {
            format!("{parts}，结果可能因此改变。")
        }
    }
}
