//! `spec/cases`, asked and told through the real program: the command line as a process, and a
//! server with its real HTTP, store and rounds over clusters in memory.

mod documents;
mod faults;
mod migrate;
mod routes;
