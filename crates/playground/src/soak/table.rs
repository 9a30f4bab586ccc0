//! What a person sees of a soak.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Options;
use super::asker::Count;
use super::judge::Judged;
use super::trail::Trail;
use super::truth::{Mode, Told};

/// One line while it goes on.
pub(super) fn so_far(
    since: Duration,
    options: Options,
    count: &Count,
    faults: &AtomicU64,
) -> String {
    let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
    format!(
        "{} of {} s: {} best-effort, {} durable, {} required requests answered ({} refused), {} faults",
        since.as_secs(),
        options.length.as_secs(),
        of(&count.best_effort),
        of(&count.durable),
        of(&count.required),
        of(&count.refused),
        of(faults),
    )
}

/// What came of it: a line a mode, a line an epoch.
pub(super) fn of(told: &[Told], trail: &Trail, judged: &Judged) -> Vec<String> {
    let mut lines = Vec::new();
    for mode in Mode::ALL {
        let clients = told
            .iter()
            .enumerate()
            .filter(|(_, told)| told.mode == mode);
        let (mut answered, mut refused, mut recorded) = (0, 0, 0);
        for (client, told) in clients {
            answered += told.answered();
            refused += if told.is_allowed() { told.refused() } else { 0 };
            recorded += trail.count(client);
        }
        lines.push(format!(
            "{}: {answered} requests answered, {refused} of them refused; {recorded} recorded",
            mode.name()
        ));
    }
    lines.push(format!("{} lines in the trail, by epoch:", trail.lines));
    for row in &judged.rows {
        let (sums, said) = (&row.sums, &row.said);
        let end = if said.is_proven {
            "ended in order".to_owned()
        } else if said.is_unknown {
            format!("killed, at most {} unseen", said.at_most)
        } else {
            "at work".to_owned()
        };
        lines.push(format!(
            "{} {}: {end}; best-effort: {} answered, {} recorded; {} numbers missing, {} named as lost",
            row.epoch.emitter,
            row.epoch.started_ms,
            sums.answered,
            sums.recorded,
            said.holes,
            said.named,
        ));
    }
    lines
}
