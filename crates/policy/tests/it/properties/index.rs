//! The index against the reference, for generated rules and requests.

mod by_type;
mod changes;
mod compare;
mod crowded;
mod generate;
mod share;
mod who_can;
