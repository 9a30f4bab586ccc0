//! The quiet room: names, rules, and the functions that parse, authorize, route and plan.
//!
//! Nothing here reads a file, a socket, a clock or a random number: the crate is `no_std`, so it
//! cannot. Errors exist only in parsers; what has been parsed is valid, and the functions on it
//! are total. Server, command line and broker plugin all call these same functions.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod access;
pub mod acl;
pub mod audit;
pub mod companion;
pub mod crn;
pub mod feed;
pub mod json;
pub mod migrate_acls;
pub mod names;
mod packed;
pub mod plan;
pub mod rbac;
pub mod text;
