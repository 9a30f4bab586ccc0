//! Plans: the difference between what is desired and what is observed, as values.

mod push;
mod topics;

pub use push::{ObservedConfig, PushStep, Tenure, plan_push};
pub use topics::{TopicStep, plan_topics};
