//! The names of an enum's values, to be found by the bytes that a table has them in.

use qudao_language::model::Enum;

/// Names with their numbers, in a table of open addressing (Knuth, "The Art of Computer Programming" 3, 6.4): most names
/// are told apart by their first eight bytes, which are compared as one number.
#[derive(Clone, Debug)]
pub(super) struct Vocabulary {
    /// A power of two of places, half of them empty at least.
    places: Vec<Option<Place>>,
    /// The names, each with its number; old names stand behind the others.
    names: Vec<(String, u32)>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    head: u64,
    length: usize,
    entry: u32,
}

/// The first eight bytes of a text as a number, zeros behind its end.
fn head(text: &[u8]) -> u64 {
    match text.first_chunk::<8>() {
        Some(head) => u64::from_le_bytes(*head),
        None => text.iter().rev().fold(0, |head, byte| head << 8 | u64::from(*byte)),
    }
}

impl Vocabulary {
    pub(super) fn new(of: &Enum) -> Vocabulary {
        let numbered = || of.members.iter().zip(0..);
        let now = numbered().map(|(member, number)| (member.name.to_string(), number));
        let old = numbered()
            .flat_map(|(member, number)| member.was.iter().map(move |was| (was.to_string(), number)));
        let names: Vec<(String, u32)> = now.chain(old).collect();
        let mut places = vec![None; (names.len() * 2).next_power_of_two()];
        let mask = places.len() - 1;
        for (entry, (name, number)) in (0..).zip(&names) {
            // A name that JSON writes with escapes is not found by its bytes.
            if of.member_read(name) != Some(*number)
                || name.contains(['"', '\\'])
                || name.contains(char::is_control)
            {
                continue;
            }
            let place = Place { head: head(name.as_bytes()), length: name.len(), entry };
            let mut at = place.begin(mask);
            while let Some(Some(_)) = places.get(at) {
                at = (at + 1) & mask;
            }
            if let Some(slot) = places.get_mut(at) {
                *slot = Some(place);
            }
        }
        Vocabulary { places, names }
    }

    /// The number of a name.
    #[inline]
    pub(super) fn number(&self, name: &[u8]) -> Option<u32> {
        self.find(head(name), name.len(), |known| known.as_bytes() == name)
    }

    /// The number of the name that stands before the first quotation mark of a text, and how long it is.
    #[inline]
    pub(super) fn quoted(&self, text: &[u8]) -> Option<(u32, usize)> {
        if let Some(first) = text.first_chunk::<8>() {
            let eight = u64::from_le_bytes(*first);
            let length = (marks(eight).trailing_zeros() / 8) as usize;
            if length < 8 {
                let head = eight & ((1 << (8 * length)) - 1);
                return Some((self.find(head, length, |_| true)?, length));
            }
        }
        let length = memchr::memchr(b'"', text)?;
        Some((self.number(text.get(..length)?)?, length))
    }

    #[inline]
    fn find(&self, head: u64, length: usize, same: impl Fn(&str) -> bool) -> Option<u32> {
        let mask = self.places.len() - 1;
        let mut at = Place { head, length, entry: 0 }.begin(mask);
        while let Some(Some(place)) = self.places.get(at) {
            if place.head == head
                && place.length == length
                && let Some((name, number)) = self.names.get(place.entry as usize)
                && (length <= 8 || same(name))
            {
                return Some(*number);
            }
            at = (at + 1) & mask;
        }
        None
    }
}

impl Place {
    /// Where to begin to look for it. Multiplying by the golden ratio mixes the upper bits.
    #[inline]
    fn begin(self, mask: usize) -> usize {
        let mixed = (self.head ^ self.length as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 32) as usize & mask
    }
}

/// Marks the quotation marks among eight bytes: the highest bit of each; what lies behind the first may be marked wrongly
/// (Warren, "Hacker's Delight", 6-1).
#[inline]
fn marks(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let other = eight ^ (ONES * b'"' as u64);
    other.wrapping_sub(ONES) & !other & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use qudao_language::model::Member;

    #[test]
    fn a_name_is_found_by_its_bytes_and_no_other_text_is() {
        let names = [
            "",
            "a",
            "seven_7",
            "eight__8",
            "nine___9x",
            "nine___9y",
            "a_long_name_of_more_than_sixteen",
            "名",
        ];
        let members = names.map(|name| Member { name: name.into(), title: None, was: Vec::new() });
        let of = Enum::new("e".into(), None, members.to_vec(), false);
        let known = Vocabulary::new(&of);
        for (number, name) in (0..).zip(names) {
            assert_eq!(known.number(name.as_bytes()), Some(number), "{name}");
            for behind in ["\"", "\",", "\",\"a\":\"a\"", "\"\"\"\"\"\"\"\"\"\""] {
                let text = format!("{name}{behind}");
                assert_eq!(known.quoted(text.as_bytes()), Some((number, name.len())), "{text}");
            }
            assert_eq!(known.quoted(name.as_bytes()), None);
        }
        for other in ["b", "seven_", "seven_7\0", "eight__9", "nine___9", "nine___9z", "\\u0061"] {
            assert_eq!(known.number(other.as_bytes()), None, "{other}");
            assert_eq!(known.quoted(format!("{other}\", 12345678").as_bytes()), None, "{other}");
        }
        let none = Vocabulary::new(&Enum::new("e".into(), None, Vec::new(), false));
        assert_eq!((none.number(b"a"), none.quoted(b"\"")), (None, None));
    }
}
