//! A sign of life for people while something takes long: on a terminal only, on standard error.

use std::time::Duration;

use indicatif::ProgressBar;

/// Whoever waits no longer than this needs no sign.
const PATIENCE: Duration = Duration::from_millis(800);
const TICK: Duration = Duration::from_millis(120);

/// Does `work`, and says `what` it waits for if that takes long and `on_terminal`.
pub(crate) async fn shown<F: Future>(on_terminal: bool, what: &str, work: F) -> F::Output {
    if !on_terminal {
        return work.await;
    }
    tokio::pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return done,
        () = tokio::time::sleep(PATIENCE) => {}
    }
    // Draws to standard error, in no colour.
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    spinner.enable_steady_tick(TICK);
    let done = work.await;
    spinner.finish_and_clear();
    done
}
