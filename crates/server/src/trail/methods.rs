//! The method names of changes; each is of the category management, as is every method that the
//! reference product does not know (`audit-logs.md` 4.3).

/// A role was bound or unbound.
pub const BINDING: &str = "mds.ChangeRoleBinding";
/// An entry of the cluster registry.
pub const CLUSTER: &str = "mds.ChangeClusterRegistry";
/// The audit log configuration.
pub const AUDIT: &str = "mds.ChangeAuditLogConfig";
/// The companion of the audit log configuration.
pub const COMPANION: &str = "mds.ChangeAuditLogCompanion";
/// A centralized ACL.
pub const ACL: &str = "mds.ChangeAcl";
/// The keys that sign tokens.
pub const KEYS: &str = "mds.ChangeSigningKeys";
/// Tokens that are no longer accepted.
pub const REVOCATION: &str = "mds.RevokeTokens";
/// A token that lets a node in was made.
pub const JOIN_TOKEN: &str = "mds.CreateJoinToken";
/// A node got a certificate for a join token.
pub const ENROLMENT: &str = "mds.EnrollNode";
/// A node got a further certificate.
pub const RENEWAL: &str = "mds.RenewNodeCertificate";
/// The certificates of a node do not count any more.
pub const WITHDRAWAL: &str = "mds.WithdrawNode";
/// A store that was restored from an older copy was accepted.
pub const RESTORE: &str = "mds.AcceptRestore";
/// A node, or somebody who says to be one, was turned away.
pub const NODE_REFUSED: &str = "mds.RefuseNode";
/// Somebody got a token in somebody else's name.
pub const IMPERSONATION: &str = "mds.Impersonate";
