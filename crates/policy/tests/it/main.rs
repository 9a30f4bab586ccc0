//! Integration tests of the policy crate: the cases of `spec/cases`, properties, golden files.
//!
//! The modules are marked as tests so that their helpers, too, may unwrap (see `clippy.toml`).

#[cfg(test)]
mod audit_document;
#[cfg(test)]
mod audit_lint;
#[cfg(test)]
mod audit_route;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod companion;
#[cfg(test)]
mod crn;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod migrate;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rbac;
#[cfg(test)]
mod role_matrix;
