//! How far reading has come: for people at a terminal, on standard error.

use indicatif::{ProgressBar, ProgressStyle};

/// So many lines between two looks.
const STEP: u64 = 1_000;

/// A bar, or nothing where nobody looks.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    done: u64,
}

impl Progress {
    /// Without `total` it is not known how much there is.
    pub(super) fn new(is_watched: bool, total: Option<u64>) -> Self {
        let bar = is_watched.then(|| match total {
            None => ProgressBar::new_spinner()
                .with_style(style("{spinner} {human_pos} lines, {per_sec}")),
            Some(total) => ProgressBar::new(total).with_style(style(
                "{wide_bar} {human_pos}/{human_len} lines, {eta} left",
            )),
        });
        Self { bar, done: 0 }
    }

    /// One line more; whether it is time for what is done from time to time.
    pub(super) fn step(&mut self) -> bool {
        self.done += 1;
        let is_time = self.done.is_multiple_of(STEP);
        if is_time && let Some(bar) = &self.bar {
            bar.set_position(self.done);
        }
        is_time
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
