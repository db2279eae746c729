//! Names that are near to a wrong one, and what looking for them may cost.

/// Longer names are not compared, in characters.
const LONGEST: usize = 64;

/// How much comparing of names a check still has, in characters. Past it, nobody would read what is found.
#[derive(Clone, Copy, Debug)]
pub struct Effort(usize);

impl Default for Effort {
    fn default() -> Effort {
        Effort(30_000_000)
    }
}

impl Effort {
    /// Takes some of it, and tells whether there was any left.
    pub fn spend(&mut self, characters: usize) -> bool {
        let left = self.0 > 0;
        self.0 = self.0.saturating_sub(characters);
        left
    }

    /// Tells whether there is any left.
    #[must_use]
    pub fn is_left(self) -> bool {
        self.0 > 0
    }
}

/// Returns the name nearest to `wrong`, if one is near enough to have been meant.
///
/// The distance is Damerau and Levenshtein's; a third of the longer word may differ, and at most four letters.
/// A name that contains the other whole, from four letters, counts as near. Names of more than 64 letters have none.
#[must_use]
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_within(&mut Effort::default(), wrong, names)
}

/// Returns what stands behind a sentence on a name that is none: the nearest one, if there is one.
#[must_use]
pub fn nearest_hint(near: Option<&str>) -> String {
    near.map(|near| format!("; the nearest name is `{near}`")).unwrap_or_default()
}

/// Returns the name nearest to `wrong` among those that the effort reaches.
#[must_use]
pub fn nearest_within<'a>(
    effort: &mut Effort,
    wrong: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let folded = fold(wrong)?;
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        if name == wrong {
            continue;
        }
        if !effort.spend(name.len().min(LONGEST)) {
            break;
        }
        let Some(other) = fold(name) else { continue };
        let longer = folded.len().max(other.len());
        let most = (longer / 3).clamp(1, 4);
        let gap = longer - folded.len().min(other.len());
        let near = if gap > most { None } else { distance(&folded, &other, most, effort) };
        let distance = match near {
            Some(distance) if distance < longer => distance,
            _ if contains(&folded, &other) => gap + 4,
            _ => continue,
        };
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// Returns the letters of a name, small ones for capitals; none for a name that is too long to compare.
fn fold(name: &str) -> Option<Vec<char>> {
    // A letter takes four bytes at most.
    let letters: Vec<char> = if name.len() > 4 * LONGEST { return None } else { name.chars().collect() };
    let small: Vec<char> = letters.into_iter().flat_map(char::to_lowercase).collect();
    (small.len() <= LONGEST).then_some(small)
}

/// Tells whether the longer of two names contains the other, from four letters.
fn contains(a: &[char], b: &[char]) -> bool {
    let (short, long) = if b.len() < a.len() { (b, a) } else { (a, b) };
    short.len() >= 4 && long.windows(short.len()).any(|part| part == short)
}

/// Returns how many letters are to be changed, added, removed or swapped with their neighbours, if not more than `most`.
fn distance(a: &[char], b: &[char], most: usize, effort: &mut Effort) -> Option<usize> {
    const FAR: usize = usize::MAX / 2;
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(FAR);
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![FAR; b.len() + 1];
        let mut least = FAR;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
            least = least.min(i + 1);
        }
        // Cells farther from the diagonal are too far in any case.
        for (j, y) in b.iter().enumerate().take(i + most + 1).skip(i.saturating_sub(most)) {
            let mut cell = at(&last, j) + usize::from(x != y);
            cell = cell.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                cell = cell.min(at(&before, j - 1) + 1);
            }
            if let Some(slot) = row.get_mut(j + 1) {
                *slot = cell;
            }
            least = least.min(cell);
        }
        effort.spend(2 * most + 1);
        if least > most {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|found| *found <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_names_are_offered() {
        assert_eq!(nearest("montly_budget", ["monthly_budget", "goals"]), Some("monthly_budget"));
        assert_eq!(nearest("gaols", ["goal", "goals"]), Some("goals"));
        assert_eq!(nearest("pasts", ["posts", "owner"]), Some("posts"));
        assert_eq!(nearest("xyz", ["posts", "owner"]), None);
        assert_eq!(nearest("budget", ["monthly_budget_cny", "owner"]), Some("monthly_budget_cny"));
        assert_eq!(nearest("a", ["b"]), None);
        assert_eq!(nearest("订阅好", ["订阅号"]), Some("订阅号"));
        assert_eq!(nearest("Owner", ["owner"]), Some("owner"));
        assert_eq!(nearest("MB", ["mb", "kB"]), Some("mb"));
    }

    #[test]
    fn distances_are_those_of_damerau_and_levenshtein() {
        let words =
            ["", "a", "ab", "ba", "abc", "acb", "bca", "monthly", "montly", "monhtly", "mnothyl", "posts"];
        for a in words {
            for b in words {
                let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
                let known = strsim::osa_distance(a, b);
                for most in 0..8 {
                    let found = distance(&x, &y, most, &mut Effort::default());
                    assert_eq!(found, Some(known).filter(|known| *known <= most), "{a} {b} {most}");
                }
            }
        }
    }

    #[test]
    fn long_names_and_spent_effort_end_the_search() {
        let long = "x".repeat(65);
        assert_eq!(nearest(&long, [&*long.replacen('x', "y", 1)]), None);
        assert_eq!(nearest("posts", ["x".repeat(1_000_000).as_str(), "post"]), Some("post"));
        let mut effort = Effort(20);
        assert_eq!(
            nearest_within(&mut effort, "posts", ["owner", "goals", "budget", "licence", "post"]),
            None
        );
        assert!(!effort.is_left());
    }
}
