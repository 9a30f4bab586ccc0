//! An identity provider of somebody else: its keys, its tokens, and logging in through it
//! (`rbac-registry-tokens.md` 3.4.3 and 3.4.4; `docs/decisions/0004-openid-connect.md`).

mod access_tokens;
mod device;
mod discovery;
mod fetch;
mod key_cache;
mod sealed;
mod sign_in;
mod validation;

pub use access_tokens::AccessTokens;
pub use device::{DeviceLogin, DeviceProgress};
pub use discovery::Discovered;
pub(crate) use fetch::causes;
pub use fetch::{Fetch, ProviderAway};
pub use key_cache::key_set;
pub use sign_in::{SignIn, SignedIn};
pub use validation::{Expected, ProvenUser, ProviderRefused};
