//! Circles in what depends on what.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::diagnostic::{Code, Diagnostic, shortened};
use crate::exact::grouped;
use crate::source::Span;

/// Returns the strongly connected groups of a graph, each after the groups that it depends on.
///
/// `edges[n]` are the nodes that node n depends on. The algorithm is Tarjan's (Depth-first search and linear graph
/// algorithms, 1972), with a stack of its own, so that a long chain costs no recursion.
pub(super) fn groups(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; edges.len()];
    let mut low = vec![UNSEEN; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let (mut stack, mut found, mut next) = (Vec::new(), Vec::new(), 0);
    for root in 0..edges.len() {
        if order.get(root) != Some(&UNSEEN) {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                set(&mut order, node, next);
                set(&mut low, node, next);
                set(&mut on_stack, node, true);
                stack.push(node);
                next += 1;
            }
            if let Some(other) = edges.get(node).and_then(|edges| edges.get(edge)).copied() {
                calls.push((node, edge + 1));
                if get(&order, other) == UNSEEN {
                    calls.push((other, 0));
                } else if get(&on_stack, other) {
                    let least = get(&low, node).min(get(&order, other));
                    set(&mut low, node, least);
                }
                continue;
            }
            if get(&low, node) == get(&order, node) {
                let mut group = Vec::new();
                while let Some(member) = stack.pop() {
                    set(&mut on_stack, member, false);
                    group.push(member);
                    if member == node {
                        break;
                    }
                }
                group.reverse();
                found.push(group);
            }
            if let Some((parent, _)) = calls.last() {
                let least = get(&low, *parent).min(get(&low, node));
                set(&mut low, *parent, least);
            }
        }
    }
    found
}

fn get<T: Copy>(values: &[T], index: usize) -> T {
    *values.get(index).expect("each node has its place")
}

fn set<T>(values: &mut [T], index: usize, value: T) {
    *values.get_mut(index).expect("each node has its place") = value;
}

/// Tells whether a group is a circle: more than one node, or one that depends on itself.
pub(super) fn is_circle(group: &[usize], edges: &[Vec<usize>]) -> bool {
    match group {
        [one] => edges.get(*one).is_some_and(|edges| edges.contains(one)),
        _ => true,
    }
}

/// Returns a circle through the first node of a group, as the nodes on the way, the first not repeated.
pub(super) fn circle(group: &[usize], edges: &[Vec<usize>]) -> Vec<usize> {
    let Some(start) = group.first().copied() else { return Vec::new() };
    let members: BTreeSet<usize> = group.iter().copied().collect();
    // A shortest way back to the start, found breadth first.
    let mut from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for other in edges.get(node).into_iter().flatten().copied().filter(|other| members.contains(other)) {
            if other == start {
                let mut way = vec![node];
                let mut at = node;
                while let Some(before) = from.get(&at) {
                    way.push(*before);
                    at = *before;
                }
                way.reverse();
                return way;
            }
            if other != node && !from.contains_key(&other) {
                from.insert(other, node);
                queue.push_back(other);
            }
        }
    }
    group.to_vec()
}

/// A member of a circle, and how it leads to the next.
pub(super) struct Link<'a> {
    pub(super) name: &'a str,
    /// Where it is declared.
    pub(super) declared: Span,
    /// Where it says what leads on.
    pub(super) place: Span,
}

/// Returns the links of a circle, the last leading back to the first. `link` makes one of a member and the next.
pub(super) fn links<'a>(circle: &[usize], link: impl Fn(usize, usize) -> Option<Link<'a>>) -> Vec<Link<'a>> {
    let next = circle.iter().cycle().skip(1);
    circle.iter().zip(next).filter_map(|(from, to)| link(*from, *to)).collect()
}

/// So many places of a circle are shown.
const MAX_PLACES: usize = 6;

/// Reports a circle: at the member that is declared first, with the next ones as labels and the way round as a note.
///
/// `does` stands between two members, `needs`; `itself` is said of the first, `comes to need itself`.
pub(super) fn report(mut links: Vec<Link<'_>>, does: &str, itself: &str, many: &str) -> Option<Diagnostic> {
    let first = links.iter().enumerate().min_by_key(|(_, link)| link.declared)?.0;
    links.rotate_left(first);
    let names: Vec<&str> = links.iter().map(|link| link.name).collect();
    let mut steps = links.iter().zip(names.iter().cycle().skip(1)).take(MAX_PLACES);
    let says = |link: &Link<'_>, next: &str| format!("`{}` {does} `{next}`", link.name);
    let (link, next) = steps.next()?;
    let message = format!("`{}` {itself}", link.name);
    let mut diagnostic = Diagnostic::new(Code::Cycle, link.place, message).here(says(link, next));
    for (link, next) in steps {
        diagnostic = diagnostic.also(link.place, says(link, next));
    }
    Some(diagnostic.note(way(&names, many)))
}

/// Returns the way round a circle: all members if they are few, `a → b → … → a (20,000 channels)` if not.
fn way(names: &[&str], many: &str) -> String {
    let few = names.len() <= MAX_PLACES;
    let mut shown: Vec<String> = names
        .iter()
        .take(if few { MAX_PLACES } else { 2 })
        .map(|name| shortened(name).into_owned())
        .collect();
    if !few {
        shown.push("…".into());
    }
    shown.extend(names.first().map(|name| shortened(name).into_owned()));
    let way = shown.join(" → ");
    if few { way } else { format!("{way} ({} {many})", grouped(names.len() as u128, ',')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_way_round_is_shortened() {
        assert_eq!(way(&["a"], "lets"), "a → a");
        assert_eq!(way(&["a", "b", "c"], "lets"), "a → b → c → a");
        assert_eq!(way(&["a"; 1_234_567], "lets"), "a → a → … → a (1,234,567 lets)");
        assert_eq!(grouped(100, ','), "100");
    }

    #[test]
    fn groups_come_after_what_they_depend_on() {
        let edges = vec![vec![1], vec![2], vec![1, 3], vec![], vec![4]];
        assert_eq!(groups(&edges), vec![vec![3], vec![1, 2], vec![0], vec![4]]);
        assert!(is_circle(&[4], &edges) && is_circle(&[1, 2], &edges) && !is_circle(&[0], &edges));
        assert_eq!(circle(&[1, 2], &edges), vec![1, 2]);
    }

    #[test]
    fn a_long_chain_does_not_recurse() {
        let edges: Vec<Vec<usize>> =
            (0..200_000).map(|i| if i == 0 { vec![] } else { vec![i - 1] }).collect();
        assert_eq!(groups(&edges).len(), 200_000);
    }
}
