//! Speaking HTTP with a metadata server, and explaining what went wrong.

mod answer;
mod client;
mod connection_failure;
pub(crate) mod refusal;
mod request;

pub(crate) use answer::Answer;
pub(crate) use client::{Authorization, Client};
pub(crate) use request::Request;
