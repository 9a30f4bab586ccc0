//! What holds for all documents, events, bindings and plans, not only for examples.

mod access;
mod acls;
mod companion;
mod explain;
mod feed;
mod generate;
mod index;
mod migrate_acls;
mod migration;
mod names;
mod plans;
mod routing;
