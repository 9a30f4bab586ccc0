//! A disk in memory that fails where a test says so, and loses at a power cut what nobody synced:
//! any part of it, in any order.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::rc::Rc;

use openmds_trail::{Disk, Name};

/// A small generator, so that a seed is all that a failure needs to come again.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Below `sides`, which is not 0.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Inode {
    pub(crate) now: Vec<u8>,
    synced: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Link(Name, usize),
    Unlink(Name),
    Rename(Name, Name),
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Faults {
    /// The power goes at this change of the disk, counted from 0; what it is doing happens in part.
    pub(crate) cut_at: Option<u64>,
    /// Changes from this one on fail, so many of them.
    pub(crate) fail: Option<(u64, u64, ErrorKind)>,
    /// Reads from this one on fail, so many of them.
    pub(crate) unreadable: Option<(u64, u64)>,
    /// Reads of these bytes of a segment fail.
    pub(crate) bad: Option<(u64, u64, u64)>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) inodes: Vec<Inode>,
    pub(crate) names: BTreeMap<Name, usize>,
    lasting: BTreeMap<Name, usize>,
    unsynced: Vec<Change>,
    open: BTreeMap<Name, usize>,
    locked: bool,
    absent: bool,
    pub(crate) changes: u64,
    pub(crate) reads: u64,
    pub(crate) faults: Faults,
    dead: bool,
}

/// The disk; its clones are the same disk, seen by others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fake(Rc<RefCell<State>>);

impl Fake {
    pub(crate) fn state(&self) -> RefMut<'_, State> {
        self.0.borrow_mut()
    }

    /// Another disk that has the same on it.
    pub(crate) fn copy(&self) -> Self {
        Self(Rc::new(RefCell::new(self.state().clone())))
    }

    /// The process is killed: what it wrote stays.
    pub(crate) fn killed(&self) {
        let mut state = self.state();
        state.locked = false;
        state.dead = false;
        state.faults = Faults::default();
        state.open.clear();
        state.changes = 0;
        state.reads = 0;
    }

    /// The power goes: of what was not synced, any sectors remain, and any changes of the directory.
    pub(crate) fn lost_power(&self, dice: &mut Dice) {
        self.killed();
        let mut state = self.state();
        for change in std::mem::take(&mut state.unsynced) {
            if dice.roll(2) == 0 {
                state.last(change);
            }
        }
        state.names = state.lasting.clone();
        for inode in &mut state.inodes {
            inode.lose(dice);
        }
    }

    /// Somebody removes the directory with all that is in it.
    pub(crate) fn remove_all(&self) {
        let mut state = self.state();
        state.names.clear();
        state.absent = true;
        state.locked = false;
    }

    pub(crate) fn segment_names(&self) -> Vec<Name> {
        let state = self.state();
        let names = state.names.keys().copied();
        names
            .filter(|name| matches!(name, Name::Segment(_)))
            .collect()
    }

    pub(crate) fn bytes(&self, name: Name) -> Vec<u8> {
        let state = self.state();
        state.inodes[state.names[&name]].now.clone()
    }

    pub(crate) fn set(&self, name: Name, bytes: Vec<u8>) {
        let mut state = self.state();
        let at = state.names.get(&name).copied();
        let at = at.unwrap_or_else(|| {
            state.inodes.push(Inode::default());
            state.inodes.len() - 1
        });
        state.names.insert(name, at);
        state.lasting.insert(name, at);
        state.inodes[at] = Inode {
            now: bytes.clone(),
            synced: bytes,
        };
    }
}

impl Inode {
    fn lose(&mut self, dice: &mut Dice) {
        const SECTOR: usize = 64;
        let kept = self.synced.len();
        if self.now.len() < kept || self.now[..kept] != self.synced[..] {
            if dice.roll(2) == 0 {
                self.now = self.synced.clone();
            }
        } else {
            let most = self.now.len() - kept;
            self.now.truncate(kept + dice.roll(most + 1));
            // Sectors behind what is synced that never came to the disk.
            let mut at = kept;
            while at < self.now.len() {
                let end = (at / SECTOR + 1) * SECTOR;
                let end = end.min(self.now.len());
                if dice.roll(4) == 0 {
                    self.now[at..end].fill(0);
                }
                at = end;
            }
        }
        self.synced = self.now.clone();
    }
}

impl State {
    fn last(&mut self, change: Change) {
        match change {
            Change::Link(name, inode) => {
                self.lasting.insert(name, inode);
            }
            Change::Unlink(name) => {
                self.lasting.remove(&name);
            }
            Change::Rename(from, to) => {
                if let Some(inode) = self.lasting.remove(&from) {
                    self.lasting.insert(to, inode);
                }
            }
        }
    }

    /// How much of this change happens: all, or some and then an error.
    fn change(&mut self) -> Result<(), (bool, io::Error)> {
        if self.dead {
            return Err((false, io::Error::other("no power")));
        }
        let number = self.changes;
        self.changes += 1;
        if self.faults.cut_at == Some(number) {
            self.dead = true;
            return Err((true, io::Error::other("no power")));
        }
        match self.faults.fail {
            Some((from, count, kind)) if (from..from + count).contains(&number) => {
                Err((true, kind.into()))
            }
            _ => Ok(()),
        }
    }

    fn inode(&self, name: Name) -> io::Result<usize> {
        let missing = || io::Error::from(ErrorKind::NotFound);
        self.names.get(&name).copied().ok_or_else(missing)
    }
}

impl Disk for Fake {
    fn prepare(&mut self) -> io::Result<()> {
        let mut state = self.state();
        if state.absent {
            state.change().map_err(|(_, error)| error)?;
            state.absent = false;
        }
        Ok(())
    }

    fn lock(&mut self) -> io::Result<bool> {
        let mut state = self.state();
        if state.locked {
            return Ok(false);
        }
        state.locked = true;
        if !state.names.contains_key(&Name::Lock) {
            drop(state);
            self.set(Name::Lock, Vec::new());
        }
        Ok(true)
    }

    fn segments(&mut self) -> io::Result<Vec<(u64, u64)>> {
        let state = self.state();
        let found = state.names.iter().filter_map(|(name, inode)| match name {
            Name::Segment(index) => Some((*index, state.inodes[*inode].now.len() as u64)),
            _ => None,
        });
        Ok(found.collect())
    }

    fn create(&mut self, name: Name) -> io::Result<()> {
        let mut state = self.state();
        state.change().map_err(|(_, error)| error)?;
        if state.absent {
            return Err(ErrorKind::NotFound.into());
        }
        if matches!(name, Name::Segment(_)) && state.names.contains_key(&name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let at = state.inodes.len();
        state.inodes.push(Inode::default());
        state.names.insert(name, at);
        state.unsynced.push(Change::Link(name, at));
        state.open.insert(name, at);
        Ok(())
    }

    fn append(&mut self, name: Name, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let at = *state.open.get(&name).expect("open for writing");
        let change = state.change();
        let taken = match &change {
            Ok(()) => bytes.len(),
            Err((true, _)) => bytes.len() / 2,
            Err((false, _)) => 0,
        };
        state.inodes[at].now.extend_from_slice(&bytes[..taken]);
        change.map_err(|(_, error)| error)
    }

    fn sync(&mut self, name: Name) -> io::Result<()> {
        let mut state = self.state();
        let at = *state.open.get(&name).expect("open for writing");
        state.change().map_err(|(_, error)| error)?;
        let inode = &mut state.inodes[at];
        inode.synced = inode.now.clone();
        Ok(())
    }

    fn sync_directory(&mut self) -> io::Result<()> {
        let mut state = self.state();
        state.change().map_err(|(_, error)| error)?;
        for change in std::mem::take(&mut state.unsynced) {
            state.last(change);
        }
        Ok(())
    }

    fn close(&mut self, name: Name) {
        self.state().open.remove(&name);
    }

    fn truncate(&mut self, name: Name, length: u64) -> io::Result<()> {
        let mut state = self.state();
        let at = state.inode(name)?;
        state.change().map_err(|(_, error)| error)?;
        let inode = &mut state.inodes[at];
        inode.now.truncate(usize::try_from(length).unwrap());
        inode.synced = inode.now.clone();
        Ok(())
    }

    fn length(&mut self, name: Name) -> io::Result<u64> {
        let state = self.state();
        let at = state.inode(name)?;
        Ok(state.inodes[at].now.len() as u64)
    }

    fn read(&mut self, name: Name, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();
        let inode = state.inode(name)?;
        let number = state.reads;
        state.reads += 1;
        if let Some((from, count)) = state.faults.unreadable
            && (from..from.saturating_add(count)).contains(&number)
        {
            return Err(io::Error::other("cannot be read"));
        }
        let mut most = into.len();
        if let Some((index, from, end)) = state.faults.bad
            && name == Name::Segment(index)
        {
            if (from..end).contains(&at) {
                return Err(io::Error::other("bad block"));
            }
            if at < from {
                most = most.min(usize::try_from(from - at).unwrap());
            }
        }
        let bytes = &state.inodes[inode].now;
        let rest = bytes
            .get(usize::try_from(at).unwrap()..)
            .unwrap_or_default();
        let count = rest.len().min(most);
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn rename(&mut self, from: Name, to: Name) -> io::Result<()> {
        let mut state = self.state();
        state.change().map_err(|(_, error)| error)?;
        let at = state.inode(from)?;
        state.names.remove(&from);
        state.names.insert(to, at);
        state.unsynced.push(Change::Rename(from, to));
        Ok(())
    }

    fn remove(&mut self, name: Name) -> io::Result<()> {
        let mut state = self.state();
        state.inode(name)?;
        state.change().map_err(|(_, error)| error)?;
        state.names.remove(&name);
        state.open.remove(&name);
        state.unsynced.push(Change::Unlink(name));
        Ok(())
    }
}

impl Fake {
    /// Its owner is gone.
    pub(crate) fn unlock(&self) {
        self.state().locked = false;
    }
}
