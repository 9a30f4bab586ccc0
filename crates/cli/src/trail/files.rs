//! Files of exported events: a line each, packed or not.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::Failure;

/// Longer lines are cut there: no event has so many bytes.
const LONGEST: u64 = 64 << 20;
const GZIP: &[u8] = &[0x1f, 0x8b];

/// The lines of a file, without their ends.
pub(crate) struct Lines {
    name: String,
    from: Box<dyn BufRead>,
    number: u64,
}

impl Lines {
    /// Opens a file; `-` is standard input. What is packed with gzip is unpacked.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let raw: Box<dyn Read> = if name == "-" {
            Box::new(std::io::stdin())
        } else {
            let file = File::open(path).map_err(|error| {
                Failure::new(format!("cannot open {name}: {error}"))
                    .hint("Give the path of a file with one event a line, as kafka-console-consumer writes them")
            })?;
            Box::new(file)
        };
        let mut from = BufReader::with_capacity(1 << 16, raw);
        let head = from.fill_buf().map_err(|error| unread(&name, 1, &error))?;
        let from: Box<dyn BufRead> = if head.starts_with(GZIP) {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(from)))
        } else {
            Box::new(from)
        };
        Ok(Self {
            name,
            from,
            number: 0,
        })
    }

    /// The next line and its number, from 1; `None` at the end. Empty lines are left out.
    pub(crate) fn next(&mut self, line: &mut Vec<u8>) -> Result<Option<u64>, Failure> {
        loop {
            line.clear();
            self.number += 1;
            let mut bounded = self.from.by_ref().take(LONGEST);
            let read = bounded.read_until(b'\n', line);
            let read = read.map_err(|error| unread(&self.name, self.number, &error))?;
            if read == 0 {
                return Ok(None);
            }
            // Events are JSON, which has no control character; tools of Windows add one.
            for end in [b'\n', b'\r'] {
                if line.last() == Some(&end) {
                    line.pop();
                }
            }
            if !line.is_empty() {
                return Ok(Some(self.number));
            }
        }
    }
}

fn unread(name: &str, number: u64, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot read {name} at line {number}: {error}"))
        .hint("If it is packed, is it whole? `gzip -t FILE` tells")
}
