//! Things by number: an arena holds them, an id names one of them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The number of a thing in its [`Arena`].
pub struct Id<T> {
    index: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// Returns the id of the thing at an index of its arena.
    #[must_use]
    pub const fn new(index: usize) -> Id<T> {
        Id { index: index as u32, of: PhantomData }
    }

    /// Returns the index.
    #[must_use]
    pub fn index(self) -> usize {
        self.index as usize
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Id<T> {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Id<T>) -> bool {
        self.index == other.index
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Id<T>) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Id<T>) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// Things of one kind, in the order of their declaration.
#[derive(Clone, Debug)]
pub struct Arena<T> {
    items: Vec<T>,
}

impl<T> Default for Arena<T> {
    fn default() -> Arena<T> {
        Arena { items: Vec::new() }
    }
}

impl<T> FromIterator<T> for Arena<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Arena<T> {
        Arena { items: items.into_iter().collect() }
    }
}

impl<T> Arena<T> {
    /// Adds a thing.
    pub fn push(&mut self, item: T) -> Id<T> {
        self.items.push(item);
        Id::new(self.items.len() - 1)
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns all ids.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = Id<T>> + ExactSizeIterator + use<T> {
        (0..self.items.len()).map(Id::new)
    }

    /// Returns all things.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// Returns all things, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// Returns all ids with their things.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (Id<T>, &T)> {
        self.items.iter().enumerate().map(|(i, item)| (Id::new(i), item))
    }

    /// Returns the first thing of which something is true.
    pub fn find(&self, test: impl Fn(&T) -> bool) -> Option<Id<T>> {
        self.items.iter().position(test).map(Id::new)
    }
}

impl<T> Index<Id<T>> for Arena<T> {
    type Output = T;

    fn index(&self, id: Id<T>) -> &T {
        self.items.get(id.index()).expect("an id is used with the arena that made it")
    }
}

impl<T> IndexMut<Id<T>> for Arena<T> {
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        self.items.get_mut(id.index()).expect("an id is used with the arena that made it")
    }
}

/// A value for each thing of an [`Arena`], by its id. An id of a thing that the arena did not have is a mistake of the
/// program, and stops it.
#[derive(Debug)]
pub struct IdMap<K, V> {
    values: Vec<V>,
    of: PhantomData<fn() -> K>,
}

impl<K, V: Clone> Clone for IdMap<K, V> {
    fn clone(&self) -> IdMap<K, V> {
        IdMap { values: self.values.clone(), of: PhantomData }
    }
}

impl<K, V: PartialEq> PartialEq for IdMap<K, V> {
    fn eq(&self, other: &IdMap<K, V>) -> bool {
        self.values == other.values
    }
}

impl<K, V: Eq> Eq for IdMap<K, V> {}

impl<K, V> Default for IdMap<K, V> {
    /// Returns the values of an empty arena.
    fn default() -> IdMap<K, V> {
        IdMap { values: Vec::new(), of: PhantomData }
    }
}

impl<K, V> IdMap<K, V> {
    /// Makes a value for each thing of an arena.
    pub fn of(arena: &Arena<K>, value: impl FnMut(Id<K>) -> V) -> IdMap<K, V> {
        IdMap { values: arena.ids().map(value).collect(), of: PhantomData }
    }

    /// Returns all values, in the order of their ids.
    pub fn values(&self) -> std::slice::Iter<'_, V> {
        self.values.iter()
    }

    /// Returns all values, to be changed.
    pub fn values_mut(&mut self) -> std::slice::IterMut<'_, V> {
        self.values.iter_mut()
    }

    /// Returns all ids with their values.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (Id<K>, &V)> {
        self.values.iter().enumerate().map(|(i, value)| (Id::new(i), value))
    }
}

impl<K, V> Index<Id<K>> for IdMap<K, V> {
    type Output = V;

    fn index(&self, id: Id<K>) -> &V {
        self.values.get(id.index()).expect("an id is used with the values of the arena that made it")
    }
}

impl<K, V> IndexMut<Id<K>> for IdMap<K, V> {
    fn index_mut(&mut self, id: Id<K>) -> &mut V {
        self.values.get_mut(id.index()).expect("an id is used with the values of the arena that made it")
    }
}
