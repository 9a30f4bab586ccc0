//! The real file system.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::Path;

use openmds_trail::{Directory, Fsync, Limits, OpenError, Spool};
use tempfile::TempDir;

use super::{EMITTER, EPOCH, EVERYTHING, NOW, deliver, keep, keep_by, limits, open, read};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

fn files(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let mut files: Vec<String> = entries.map(|entry| name(entry.unwrap())).collect();
    files.sort();
    files
}

fn descriptors() -> Vec<String> {
    let mut open: Vec<String> = fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    open.sort();
    open
}

#[test]
fn only_its_owner_may_read_a_spool() {
    let parent = TempDir::new().unwrap();
    let path = parent.path().join("deep/spool");
    fs::create_dir_all(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let mut spool = open(Directory::new(&path), Fsync::Batch);
    keep_by(&mut spool, 1, 1..=20);
    read(&mut spool, 250, NOW).unwrap();
    spool.release();
    assert_eq!(mode(&path), 0o700);
    let files = files(&path);
    assert!(files.len() > 4, "{files:?}");
    for file in files {
        assert_eq!(mode(&path.join(&file)), 0o600, "{file}");
    }
}

#[test]
fn what_is_delivered_leaves_nothing_but_the_position() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("somebody's.oms"), "theirs").unwrap();
    let mut spool = open(Directory::new(directory.path()), Fsync::Always);
    assert_eq!(keep(&mut spool, 1..=200, NOW).count, 200);
    assert_eq!(deliver(&mut spool, NOW).0, (1..=200).collect::<Vec<_>>());
    spool.close();
    assert_eq!(
        files(directory.path()),
        ["lock", "position", "somebody's.oms"]
    );
}

#[test]
fn two_owners_are_refused_also_inside_one_process() {
    let directory = TempDir::new().unwrap();
    let spool = open(Directory::new(directory.path()), Fsync::Batch);
    let again = || {
        Spool::open(
            Directory::new(directory.path()),
            limits(Fsync::Batch),
            (EMITTER, EPOCH),
        )
    };
    let error = again().unwrap_err();
    assert!(matches!(error, OpenError::Owned), "{error}");
    assert!(
        error.to_string().contains("directory of its own"),
        "{error}"
    );
    drop(spool);
    again().unwrap();
}

#[test]
fn a_removed_directory_is_made_again() {
    let parent = TempDir::new().unwrap();
    let path = parent.path().join("spool");
    let mut spool = open(Directory::new(&path), Fsync::Batch);
    assert_eq!(keep(&mut spool, 1..=5, NOW).count, 5);
    fs::remove_dir_all(&path).unwrap();
    assert_eq!(keep(&mut spool, 6..=9, NOW).count, 4);
    assert_eq!((mode(&path), mode(&path.join("lock"))), (0o700, 0o600));
    assert_eq!(deliver(&mut spool, NOW), (vec![6, 7, 8, 9], 5));
    let other = Spool::open(
        Directory::new(&path),
        limits(Fsync::Batch),
        (EMITTER, EPOCH),
    );
    assert!(matches!(other, Err(OpenError::Owned)));
}

#[test]
fn a_place_where_no_directory_can_be_is_said() {
    let parent = TempDir::new().unwrap();
    let file = parent.path().join("file");
    File::create(&file).unwrap();
    let error = Spool::open(
        Directory::new(&file),
        limits(Fsync::Batch),
        (EMITTER, EPOCH),
    );
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("making the directory: "), "{error}");
}

/// Ten gibibytes on a disk that has room for holes: 640 segments of 16 MiB, each with its header and
/// one record. Nothing that is held grows with them.
#[test]
fn ten_gibibytes_are_taken_over() {
    const SEGMENTS: u64 = 640;
    const SIZE: u64 = 16 << 20;
    let directory = TempDir::new().unwrap();
    let one_each = Limits {
        max_bytes: 64 << 30,
        segment_bytes: 100,
        fsync: Fsync::Roll,
        ..Limits::default()
    };
    let path = directory.path();
    let mut spool = Spool::open(Directory::new(path), one_each, (EMITTER, EPOCH)).unwrap();
    keep_by(&mut spool, 1, 1..=SEGMENTS);
    drop(spool);
    for file in files(path).iter().filter(|file| file.ends_with(".oms")) {
        // All but the last end in zeros that were never written.
        if *file != "00000000000000000640.oms" {
            let segment = OpenOptions::new()
                .write(true)
                .open(path.join(file))
                .unwrap();
            segment.set_len(SIZE).unwrap();
        }
    }
    let mut spool = Spool::open(Directory::new(path), one_each, (EMITTER, EPOCH)).unwrap();
    assert!(spool.bytes() > (SEGMENTS - 1) * SIZE, "{}", spool.bytes());
    assert_eq!(spool.waiting(), SEGMENTS);
    let before = descriptors();
    let mut delivered = Vec::new();
    for _ in 0..3 {
        let (sequences, batch) = read(&mut spool, EVERYTHING, NOW).unwrap();
        assert_eq!(batch.lost, []);
        delivered.extend(sequences);
        spool.release();
    }
    assert_eq!(delivered, [1, 2, 3]);
    let here = path.to_string_lossy().into_owned();
    let ours = |open: Vec<String>| open.iter().filter(|file| file.starts_with(&here)).count();
    assert!(ours(before) <= 4);
    assert!(ours(descriptors()) <= 4);
    assert_eq!(keep(&mut spool, SEGMENTS + 1..=SEGMENTS + 1, NOW).count, 1);
    assert_eq!(spool.waiting(), SEGMENTS - 2);
}

#[test]
fn a_neighbours_edit_on_the_real_disk_is_counted() {
    let directory = TempDir::new().unwrap();
    let mut spool = open(Directory::new(directory.path()), Fsync::Batch);
    keep_by(&mut spool, 2, 1..=8);
    let first = directory.path().join("00000000000000000001.oms");
    let file = OpenOptions::new().write(true).open(first).unwrap();
    file.write_all_at(b"!", 200).unwrap();
    let (delivered, lost) = deliver(&mut spool, NOW);
    assert_eq!((delivered, lost), ((3..=8).collect(), 2));
}
