//! Who asks, resolved once: a thread meets the same few principals again and again.

use std::cell::RefCell;

use openmds_policy::access::{Index, Subject};

use crate::codec::{DecodeError, Request};

/// Calls `use_subject` with who asks, as the index knows it.
pub(crate) fn with<T>(
    index: &Index,
    request: &Request<'_>,
    use_subject: impl FnOnce(&Subject) -> T,
) -> Result<T, DecodeError> {
    thread_local! {
        static OF_THREAD: RefCell<Subjects<Subject>> = const { RefCell::new(Subjects::new()) };
    }
    OF_THREAD.with_borrow_mut(|subjects| {
        let who = (request.principal, request.groups.bytes());
        let subject = subjects.find_or(index.version(), who, || {
            let groups = request.groups.names()?;
            Ok(index.subject(request.principal, &groups))
        })?;
        Ok(use_subject(subject.as_ref()))
    })
}

/// Places, in pairs; a newcomer takes the older one of its pair.
const PLACES: usize = 256;
/// A principal with more bytes of name and groups is resolved each time: what strangers send must
/// not fill the memory of every thread.
const LONGEST: usize = 8 * 1024;

#[derive(Debug)]
struct Entry<T> {
    rules: u64,
    principal: Box<str>,
    groups: Box<[u8]>,
    subject: T,
}

impl<T> Entry<T> {
    fn is_for(&self, rules: u64, principal: &str, groups: &[u8]) -> bool {
        self.rules == rules && *self.principal == *principal && *self.groups == *groups
    }
}

/// A thread's subjects, each resolved against the rules of one number.
#[derive(Debug)]
pub(crate) struct Subjects<T> {
    places: Vec<[Option<Entry<T>>; 2]>,
}

impl<T> Subjects<T> {
    pub(crate) const fn new() -> Self {
        Self { places: Vec::new() }
    }

    /// The subject of that principal and its groups, as they are written, by the rules of that
    /// number. Allocates nothing if it is known.
    pub(crate) fn find_or<E>(
        &mut self,
        rules: u64,
        (principal, groups): (&str, &[u8]),
        resolve: impl Fn() -> Result<T, E>,
    ) -> Result<Found<'_, T>, E> {
        if principal.len().saturating_add(groups.len()) > LONGEST {
            return Ok(Found::Resolved(resolve()?));
        }
        if self.places.is_empty() {
            self.places.resize_with(PLACES / 2, || [None, None]);
        }
        let place = usize::from(place(principal, groups)) % (PLACES / 2);
        let Some([newer, older]) = self.places.get_mut(place) else {
            return Ok(Found::Resolved(resolve()?));
        };
        let is_it = |entry: &Option<Entry<T>>| {
            entry
                .as_ref()
                .is_some_and(|entry| entry.is_for(rules, principal, groups))
        };
        if !is_it(newer) {
            if !is_it(older) {
                *older = Some(Entry {
                    rules,
                    principal: principal.into(),
                    groups: groups.into(),
                    subject: resolve()?,
                });
            }
            std::mem::swap(newer, older);
        }
        match newer {
            Some(entry) => Ok(Found::Kept(&entry.subject)),
            None => Ok(Found::Resolved(resolve()?)),
        }
    }
}

/// A subject, kept or not.
pub(crate) enum Found<'a, T> {
    Kept(&'a T),
    Resolved(T),
}

impl<T> AsRef<T> for Found<'_, T> {
    fn as_ref(&self) -> &T {
        match self {
            Self::Kept(subject) => subject,
            Self::Resolved(subject) => subject,
        }
    }
}

/// Groups are many bytes, and those of one principal are the same nearly always: their number of
/// bytes and the last of them must do.
fn place(principal: &str, groups: &[u8]) -> u8 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let tail = groups
        .last_chunk::<8>()
        .map_or(0, |tail| u64::from_ne_bytes(*tail));
    let mut hash = u64::try_from(groups.len()).unwrap_or(0) ^ tail;
    for bytes in principal.as_bytes().chunks(8) {
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(bytes) {
            *to = *from;
        }
        hash = (hash.rotate_left(5) ^ u64::from_ne_bytes(word)).wrapping_mul(FACTOR);
    }
    hash.to_be_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Subjects};

    fn ask(subjects: &mut Subjects<u32>, rules: u64, who: (&str, &[u8]), number: u32) -> u32 {
        let found = subjects.find_or(rules, who, || Ok::<_, ()>(number));
        *found.unwrap().as_ref()
    }

    #[test]
    fn a_subject_is_resolved_once_for_each_principal_groups_and_rules() {
        let mut subjects = Subjects::new();
        assert_eq!(ask(&mut subjects, 1, ("User:a", b""), 1), 1);
        assert_eq!(ask(&mut subjects, 1, ("User:a", b""), 2), 1);
        assert_eq!(ask(&mut subjects, 1, ("User:a", b"g"), 3), 3);
        assert_eq!(ask(&mut subjects, 2, ("User:a", b""), 4), 4);
        assert_eq!(ask(&mut subjects, 2, ("User:b", b""), 5), 5);
        assert_eq!(ask(&mut subjects, 2, ("User:a", b""), 6), 4);
    }

    #[test]
    fn what_cannot_be_resolved_is_not_kept() {
        let mut subjects = Subjects::new();
        let failed = subjects.find_or(1, ("User:a", b""), || Err("no"));
        assert_eq!(failed.err(), Some("no"));
        assert_eq!(ask(&mut subjects, 1, ("User:a", b""), 7), 7);
    }

    #[test]
    fn any_number_of_strangers_takes_no_more_room() {
        let mut subjects = Subjects::new();
        for number in 0..10_000 {
            let name = format!("User:{number}");
            assert_eq!(ask(&mut subjects, 1, (&name, b""), number), number);
        }
        assert!(subjects.places.len() <= super::PLACES);
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(ask(&mut subjects, 1, (&long, b""), 1), 1);
        assert_eq!(ask(&mut subjects, 1, (&long, b""), 2), 2);
    }

    /// Two that share a place do not push each other out.
    #[test]
    fn neighbours_stay() {
        let mut subjects = Subjects::new();
        let first = super::place("User:0", b"");
        let other = (1..10_000)
            .map(|number| format!("User:{number}"))
            .find(|name| super::place(name, b"") == first)
            .unwrap();
        for _ in 0..3 {
            assert_eq!(ask(&mut subjects, 1, ("User:0", b""), 1), 1);
            assert_eq!(ask(&mut subjects, 1, (&other, b""), 2), 2);
        }
        assert_eq!(ask(&mut subjects, 1, ("User:0", b""), 3), 1);
        assert_eq!(ask(&mut subjects, 1, (&other, b""), 3), 2);
    }
}
