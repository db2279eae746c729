//! A graph as a picture: things in columns, each to the right of what it depends on, drawn in whole numbers, so that it
//! is the same everywhere. The way is Sugiyama's: columns by the longest path, lines cut where they pass a column, the
//! order in a column by the middle of what is beside it.

use maud::{Markup, html};
use qudao_language::layout::width;
use qudao_language::visible::{one_line, visible};

use super::super::{Graph, Node, NodeKind};
use super::inline::View;

/// A label is cut off behind so many cells.
const MOST_CELLS: usize = 36;
/// How wide a cell of a label is, and the room around it.
const CELL: i64 = 7;
const ROOM: i64 = 24;
/// How high a thing is, how far the next one is below it, and a line that passes.
const HEIGHT: i64 = 28;
const PITCH: i64 = 38;
const PASSING: i64 = 12;
/// How far columns stand apart at least.
const APART: i64 = 56;
/// So often the order and the heights are gone over.
const SWEEPS: usize = 8;

/// Returns the picture of a graph.
pub(super) fn draw(graph: &Graph, view: View<'_>) -> Markup {
    let laid = Laid::out(graph);
    html! {
        svg .graph role="group" aria-label=(one_line(&graph.title)) width=(laid.width) height=(laid.height)
            viewBox={"0 0 " (laid.width) " " (laid.height)} {
            g aria-hidden="true" { @for line in &laid.lines { path .line d=(line) {} } }
            @for (node, at) in graph.nodes.iter().zip(&laid.boxes) {
                @match node.place.and_then(|place| view.places?.address(place)) {
                    Some(address) => a href=(address) { (thing(node, at)) },
                    None => (thing(node, at)),
                }
            }
        }
    }
}

/// A thing: a shape that tells what it is, and its name.
fn thing(node: &Node, at: &Place) -> Markup {
    let (class, round) = match node.kind {
        NodeKind::Asked => ("is-asked", HEIGHT / 2),
        NodeKind::Named => ("is-named", HEIGHT / 4),
        NodeKind::Rule => ("is-rule", 0),
        NodeKind::Target => ("is-target", 3),
    };
    let label = cut(&node.label);
    html! {
        g class={"node " (class)} {
            @if label != one_line(&node.label) { title { (visible(&node.label)) } }
            rect x=(at.x) y=(at.y) width=(at.width) height=(HEIGHT) rx=(round) {}
            text x=(at.x + ROOM / 2) y=(at.y + HEIGHT / 2 + 4) { (label) }
        }
    }
}

/// A name as there is room for it.
fn cut(label: &str) -> String {
    let label = one_line(label);
    if width(&label) <= MOST_CELLS {
        return label;
    }
    let mut cells = 0;
    let fits = |c: &char| {
        cells += width(c.encode_utf8(&mut [0; 4]));
        cells < MOST_CELLS
    };
    let kept: String = label.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

/// Where a thing is drawn.
#[derive(Clone, Copy, Default)]
struct Place {
    x: i64,
    y: i64,
    width: i64,
}

/// A graph with its places.
struct Laid {
    width: i64,
    height: i64,
    boxes: Vec<Place>,
    lines: Vec<String>,
}

/// A thing in a column, or a line that passes it.
#[derive(Default)]
struct Spot {
    column: usize,
    /// The thing; none of a line.
    node: Option<usize>,
    before: Vec<usize>,
    after: Vec<usize>,
    /// Its middle.
    y: i64,
}

impl Spot {
    fn high(&self) -> i64 {
        if self.node.is_some() { PITCH } else { PASSING }
    }
}

impl Laid {
    fn out(graph: &Graph) -> Laid {
        let columns_of = columns(graph);
        let mut spots: Vec<Spot> = Vec::new();
        for (node, column) in columns_of.iter().enumerate() {
            spots.push(Spot { column: *column, node: Some(node), ..Spot::default() });
        }
        let mut ways: Vec<Vec<usize>> = Vec::new();
        for (from, to) in &graph.edges {
            let (Some(first), Some(last)) = (columns_of.get(*from), columns_of.get(*to)) else { continue };
            // What leads back goes without a line; the words tell it.
            if first >= last {
                continue;
            }
            let mut way = vec![*from];
            for column in first + 1..*last {
                way.push(spots.len());
                spots.push(Spot { column, ..Spot::default() });
            }
            way.push(*to);
            for pair in way.windows(2) {
                let [a, b] = pair else { continue };
                if let Some(spot) = spots.get_mut(*a) {
                    spot.after.push(*b);
                }
                if let Some(spot) = spots.get_mut(*b) {
                    spot.before.push(*a);
                }
            }
            ways.push(way);
        }
        let count = columns_of.iter().max().map_or(0, |last| last + 1);
        let mut columns: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (at, spot) in spots.iter().enumerate() {
            if let Some(column) = columns.get_mut(spot.column) {
                column.push(at);
            }
        }
        stack(&columns, &mut spots);
        for sweep in 0..SWEEPS {
            order(&mut columns, &mut spots, sweep % 2 == 0);
        }
        for sweep in 0..SWEEPS {
            level(&columns, &mut spots, sweep % 2 == 0);
        }
        Laid::drawn(graph, &columns, &mut spots, &ways)
    }

    fn drawn(graph: &Graph, columns: &[Vec<usize>], spots: &mut [Spot], ways: &[Vec<usize>]) -> Laid {
        let top = spots.iter().map(|spot| spot.y).min().unwrap_or(0) - HEIGHT / 2 - 4;
        spots.iter_mut().for_each(|spot| spot.y -= top);
        let height = spots.iter().map(|spot| spot.y).max().unwrap_or(0) + HEIGHT / 2 + 4;
        let mut boxes = vec![Place::default(); graph.nodes.len()];
        let (mut edges, mut x) = (Vec::new(), 4);
        for column in columns {
            let of = |spot: &usize| spots.get(*spot)?.node;
            let wide = |node| graph.nodes.get(node).map_or(0, |node: &Node| width(&cut(&node.label)));
            let cells = column.iter().filter_map(of).map(wide).max().unwrap_or(0);
            let wide = CELL * i64::try_from(cells).unwrap_or(0) + ROOM;
            for spot in column.iter().filter_map(|spot| spots.get(*spot)) {
                if let Some(at) = spot.node.and_then(|node| boxes.get_mut(node)) {
                    *at = Place { x, y: spot.y - HEIGHT / 2, width: wide };
                }
            }
            edges.push((x, x + wide));
            // The more lines there are, the more room they need to part.
            let lines: usize = column.iter().filter_map(|spot| spots.get(*spot)).map(|s| s.after.len()).sum();
            x += wide + APART + i64::try_from(lines).unwrap_or(0).min(80);
        }
        let width = edges.last().map_or(0, |(_, right)| right + 4);
        let spot = |at: &usize| {
            let spot = spots.get(*at)?;
            let (left, right) = edges.get(spot.column)?;
            Some((*left, *right, spot.y))
        };
        let lines = ways.iter().map(|way| {
            let mut line = String::new();
            for pair in way.windows(2) {
                let [Some((from, x, y)), Some((to, end, goal))] =
                    [pair.first(), pair.last()].map(|at| at.and_then(spot))
                else {
                    continue;
                };
                if line.is_empty() {
                    line.push_str(&format!("M{x} {y}"));
                } else {
                    line.push_str(&format!("M{from} {y}H{x}"));
                }
                let middle = (x + to) / 2;
                line.push_str(&format!("C{middle} {y} {middle} {goal} {to} {goal}"));
                debug_assert!(from <= x && to <= end);
            }
            line
        });
        Laid { width, height, lines: lines.collect(), boxes }
    }
}

/// The column of each thing: behind all that it depends on. What is alike stands together: rules, and targets behind them.
fn columns(graph: &Graph) -> Vec<usize> {
    let count = graph.nodes.len();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits = vec![0_usize; count];
    for (from, to) in &graph.edges {
        if let (Some(after), Some(waits)) = (after.get_mut(*from), waits.get_mut(*to)) {
            after.push(*to);
            *waits += 1;
        }
    }
    let mut columns = vec![0_usize; count];
    let mut done = vec![false; count];
    let mut ready: Vec<usize> = (0..count).filter(|node| waits.get(*node) == Some(&0)).collect();
    let mut next = 0;
    for _ in 0..count {
        // Where all that is left waits for each other, the first goes on.
        let node = ready.pop().or_else(|| {
            let left = (next..count).find(|node| done.get(*node) == Some(&false))?;
            next = left + 1;
            Some(left)
        });
        let Some(node) = node else { break };
        if let Some(done) = done.get_mut(node) {
            *done = true;
        }
        let column = columns.get(node).copied().unwrap_or(0);
        for to in after.get(node).into_iter().flatten() {
            if done.get(*to) != Some(&false) {
                continue;
            }
            if let (Some(behind), Some(waits)) = (columns.get_mut(*to), waits.get_mut(*to)) {
                *behind = (*behind).max(column + 1);
                *waits -= 1;
                if *waits == 0 {
                    ready.push(*to);
                }
            }
        }
    }
    for kind in [NodeKind::Rule, NodeKind::Target] {
        let own = || columns.iter().zip(&graph.nodes).filter(|(_, node)| node.kind == kind);
        let last = own().map(|(column, _)| *column).max().unwrap_or(0);
        for (column, node) in columns.iter_mut().zip(&graph.nodes) {
            if node.kind == kind {
                *column = last;
            }
        }
    }
    columns
}

/// Puts what is in a column below each other.
fn stack(columns: &[Vec<usize>], spots: &mut [Spot]) {
    for column in columns {
        let mut y = 0;
        for at in column {
            let Some(spot) = spots.get_mut(*at) else { continue };
            y += spot.high() / 2;
            spot.y = y;
            y += spot.high() / 2;
        }
    }
}

/// The middle of what is beside a thing, on one side.
fn middle(spots: &[Spot], at: usize, forward: bool) -> Option<i64> {
    let spot = spots.get(at)?;
    let beside = if forward { &spot.before } else { &spot.after };
    let heights = beside.iter().filter_map(|other| Some(spots.get(*other)?.y));
    let sum: i64 = heights.sum();
    let count = i64::try_from(beside.len()).ok().filter(|count| *count > 0)?;
    Some(sum / count)
}

/// Brings each column into the order of what is beside it.
fn order(columns: &mut [Vec<usize>], spots: &mut [Spot], forward: bool) {
    let mut numbers: Vec<usize> = (0..columns.len()).collect();
    if !forward {
        numbers.reverse();
    }
    for number in numbers {
        let Some(column) = columns.get_mut(number) else { continue };
        column.sort_by_cached_key(|at| {
            middle(spots, *at, forward).or_else(|| Some(spots.get(*at)?.y)).unwrap_or(0)
        });
        stack(std::slice::from_ref(column), spots);
    }
}

/// Brings what is in each column as near as can be to the height of what is beside it, its order kept: half way between
/// the highest and the lowest that it may be.
fn level(columns: &[Vec<usize>], spots: &mut [Spot], forward: bool) {
    let mut numbers: Vec<usize> = (0..columns.len()).collect();
    if !forward {
        numbers.reverse();
    }
    for column in numbers.into_iter().filter_map(|number| columns.get(number)) {
        let wanted: Vec<(i64, i64)> = column
            .iter()
            .filter_map(|at| {
                let spot = spots.get(*at)?;
                Some((middle(spots, *at, forward).unwrap_or(spot.y), spot.high()))
            })
            .collect();
        let mut low: Vec<i64> = Vec::new();
        let mut before: Option<(i64, i64)> = None;
        for (y, high) in &wanted {
            let y = before.map_or(*y, |(above, room)| (*y).max(above + (room + high) / 2));
            low.push(y);
            before = Some((y, *high));
        }
        let mut behind: Option<(i64, i64)> = None;
        for ((at, (y, high)), low) in column.iter().zip(&wanted).zip(&low).rev() {
            let y = behind.map_or(*y, |(below, room)| (*y).min(below - (room + high) / 2));
            behind = Some((y, *high));
            if let Some(spot) = spots.get_mut(*at) {
                spot.y = (y + low) / 2;
            }
        }
    }
}
