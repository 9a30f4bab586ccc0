//! Audit trails as commands read them: from topics of a Kafka cluster or from files.

mod authorities;
mod connection;
mod event;
mod files;
mod filter;
mod moment;
mod show;
mod topics;

pub(crate) use authorities::Authorities;
pub(crate) use connection::KafkaFlags;
pub(crate) use event::Event;
pub(crate) use files::Lines;
pub(crate) use filter::{Filter, FilterFlags};
pub(crate) use moment::moment;
pub(crate) use show::EventOutput;
pub(crate) use topics::{Start, Taken, Topics};
