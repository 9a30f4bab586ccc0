//! What users see: the real commands against a stand-in server, with snapshots of exit code, standard output and standard error.
//!
//! The modules are marked as tests so that their helpers, too, may unwrap (see `clippy.toml`).

#[cfg(test)]
mod acl;
#[cfg(test)]
mod audit_events;
#[cfg(test)]
mod audit_log;
#[cfg(test)]
mod audit_log_companion;
#[cfg(test)]
mod audit_log_edit;
#[cfg(test)]
mod audit_log_force;
#[cfg(test)]
mod audit_log_lint;
#[cfg(test)]
mod audit_log_migrate;
#[cfg(test)]
mod audit_log_update;
#[cfg(test)]
mod audit_unused;
#[cfg(test)]
mod audit_verify;
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod cluster_describe;
#[cfg(test)]
mod cluster_enroll;
mod cluster_nodes;
#[cfg(test)]
mod cluster_verify;
#[cfg(test)]
mod contexts;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod help;
#[cfg(test)]
mod keys_and_tokens;
#[cfg(test)]
mod login;
#[cfg(test)]
mod migrate_acls;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod program;
#[cfg(test)]
mod role_binding;
#[cfg(test)]
mod role_binding_list;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod session;
#[cfg(test)]
mod single_sign_on;
#[cfg(test)]
mod stand_in;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod tls;
