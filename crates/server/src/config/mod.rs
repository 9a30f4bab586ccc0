//! The configuration file: Java properties in, typed settings out, every fault named at once.

mod file;
mod known;
mod listeners;
mod reader;
mod settings;

pub use file::{ConfigError, Fault};
pub use listeners::{Listener, Scheme};
pub use settings::{
    ControllerAddress, DestinationAdmin, Home, Propagation, Settings, TokenSettings,
};
