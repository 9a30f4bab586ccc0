//! An identity provider of somebody else: its keys, its tokens, and logging in through it
//! (`rbac-registry-tokens.md` 3.4.3 and 3.4.4; `docs/decisions/0004-oidc.md`).

mod access_tokens;
mod discovery;
mod fetch;
mod key_cache;
mod validation;

pub use access_tokens::AccessTokens;
pub use fetch::{Fetch, ProviderAway};
pub use validation::{Expected, ProvenUser, ProviderRefused};
