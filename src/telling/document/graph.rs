//! What depends on what: things, and lines between them.

use super::{Item, Kind, List, Mark, Place, Text};

/// Things, and which of them others depend on.
#[derive(Clone, Default, Debug)]
pub struct Graph {
    /// What it shows.
    pub title: String,
    /// The things.
    pub nodes: Vec<Node>,
    /// Pairs of things by their numbers: the second depends on the first.
    pub edges: Vec<(usize, usize)>,
    /// Before what depends on something, where it is told in words.
    pub word: &'static str,
}

/// A thing.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is called.
    pub label: String,
    /// Where more is told of it.
    pub place: Option<Place>,
    /// What it is.
    pub kind: NodeKind,
}

/// What a thing of a graph is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeKind {
    /// What is asked.
    Asked,
    /// What is named.
    Named,
    /// What decides.
    Rule,
    /// What is decided about.
    Target,
}

impl Graph {
    /// Returns the same in words: of each thing what depends on it.
    #[must_use]
    pub fn told(&self) -> List {
        let mut lines: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (from, to) in &self.edges {
            if let Some(line) = lines.get_mut(*from) {
                line.push(*to);
            }
        }
        let items = self.nodes.iter().zip(&lines).filter(|(_, line)| !line.is_empty()).map(|(node, line)| {
            let mut text = node.name().and(Kind::Faint, format!(" {} ", self.word));
            for (at, to) in line.iter().filter_map(|to| self.nodes.get(*to)).enumerate() {
                let comma = if at == 0 { "" } else { ", " };
                text.0.push((Kind::Plain, comma.to_string()));
                text.0.extend(to.name().0);
            }
            Item::new(Mark::Point, text)
        });
        List { items: items.collect(), ..List::default() }
    }
}

impl Node {
    fn name(&self) -> Text {
        Text::of(self.place.map_or(Kind::Plain, Kind::To), &*self.label)
    }
}
