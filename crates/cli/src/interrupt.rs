//! Ctrl-C where it must not end this program without a word.

/// Does `work`. `None`: the user interrupted it.
pub(crate) async fn unless_interrupted<F: Future>(work: F) -> Option<F::Output> {
    tokio::select! {
        biased;
        done = work => Some(done),
        Ok(()) = tokio::signal::ctrl_c() => None,
    }
}

/// Does `work` to its end: it hears of an interruption by itself, as a program in the same terminal does.
pub(crate) async fn whatever_is_interrupted<F: Future>(work: F) -> F::Output {
    tokio::pin!(work);
    loop {
        tokio::select! {
            // First, so that the signal is looked for before the work begins.
            biased;
            Ok(()) = tokio::signal::ctrl_c() => {}
            done = &mut work => return done,
        }
    }
}
