//! Messages that are not on the path of requests: pairs of texts, layout `OMP1` of
//! `spec/native-bridge.md`. Keys may repeat; their order is kept.

/// The first four bytes; the digit is the layout's version.
pub const MAGIC: &[u8; 4] = b"OMP1";

/// Keys and values, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// No pair yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a pair at the end.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        self.0.push((key.to_owned(), value.into()));
    }

    /// The value of the first pair with this key.
    #[must_use]
    pub fn first(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// The values of all pairs with this key.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// The message. A text of more than 4 GiB cannot be written and is left empty.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let count = u32::try_from(self.0.len()).unwrap_or(0);
        out.extend_from_slice(&count.to_be_bytes());
        for text in self.0.iter().flat_map(|(key, value)| [key, value]) {
            match u32::try_from(text.len()) {
                Ok(length) => {
                    out.extend_from_slice(&length.to_be_bytes());
                    out.extend_from_slice(text.as_bytes());
                }
                Err(_) => out.extend_from_slice(&[0; 4]),
            }
        }
        out
    }

    /// Reads a message; `None` if the bytes are not one.
    #[must_use]
    pub fn decode(message: &[u8]) -> Option<Self> {
        let mut rest = message.strip_prefix(MAGIC)?;
        let count = length(&mut rest)?;
        let mut pairs = Self::new();
        for _ in 0..count {
            let key = text(&mut rest)?;
            let value = text(&mut rest)?;
            pairs.0.push((key.to_owned(), value.to_owned()));
        }
        rest.is_empty().then_some(pairs)
    }
}

fn length(rest: &mut &[u8]) -> Option<usize> {
    let (head, tail) = rest.split_first_chunk::<4>()?;
    *rest = tail;
    usize::try_from(u32::from_be_bytes(*head)).ok()
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = length(rest)?;
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    std::str::from_utf8(head).ok()
}

#[cfg(test)]
mod tests {
    use super::Pairs;

    #[test]
    fn what_was_written_is_read_back() {
        let mut pairs = Pairs::new();
        pairs.add("topic", "a");
        pairs.add("topic", "ü😀");
        pairs.add("", "");
        let back = Pairs::decode(&pairs.encode()).unwrap();
        assert_eq!(back, pairs);
        assert_eq!(back.all("topic").collect::<Vec<_>>(), ["a", "ü😀"]);
        assert_eq!(back.first("absent"), None);
    }

    #[test]
    fn no_cut_message_is_taken_for_a_whole_one() {
        let mut pairs = Pairs::new();
        pairs.add("key", "value");
        let message = pairs.encode();
        for end in 0..message.len() {
            assert_eq!(Pairs::decode(&message[..end]), None, "cut at {end}");
        }
        assert_eq!(Pairs::decode(b"OMP2\0\0\0\0"), None);
        assert_eq!(Pairs::decode(b"OMP1\xff\xff\xff\xff"), None);
    }
}
