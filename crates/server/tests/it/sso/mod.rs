//! A real identity provider: its access tokens, and logging in through it
//! (`rbac-registry-tokens.md` 3.4.3, 3.4.4 and 9.8, `mds-api.md` 2.5).

mod assertion;
mod bearer;
mod browser;
mod device;
mod provider;

use jiff::Timestamp;
use provider::Provider;

use crate::world::World;

/// Where browsers are sent after a login.
const CALLER: &str = "https://c3.example.org:9021/ui/home";

/// Our own address, as the provider knows it.
const CALLBACK: &str = "https://mds.example.org:8090/security/1.0/oidc/authorization-code/callback";

impl World {
    /// The provider's clock is the true one.
    fn at_present(self) -> Self {
        let now = openmds_server::time::Clock::now(self.clock.as_ref());
        self.clock
            .advance(Timestamp::now().as_second() - now.as_second());
        self
    }

    /// A server that takes the provider's access tokens for `openmds-aud`.
    fn with_bearer(provider: &Provider, store: &str) -> Self {
        let mut world = Self::new().at_present();
        let server = "confluent.metadata.server";
        world
            .set(&format!("{server}.user.store"), store)
            .set(
                &format!("{server}.oauthbearer.expected.issuer"),
                &provider.issuer(),
            )
            .set(
                &format!("{server}.oauthbearer.expected.audience"),
                "other,openmds-aud",
            );
        world
    }

    /// A server at which users log in through the provider.
    fn with_sso(provider: &Provider) -> Self {
        let mut world = Self::new().at_present();
        world
            .set("confluent.metadata.server.sso.mode", "oidc")
            .set(
                "confluent.metadata.server.advertised.listeners",
                "https://mds.example.org:8090",
            )
            .set("confluent.oidc.idp.issuer", &provider.issuer())
            .set("confluent.oidc.idp.client.id", "openmds")
            .set("confluent.oidc.idp.client.secret", "openmds-secret")
            .set("confluent.oidc.idp.groups.claim.scope", "groups")
            .set("confluent.oidc.idp.refresh.token.enabled", "true")
            .set(
                "openmds.sso.callers.allowed",
                "https://c3.example.org:9021/ui",
            );
        world
    }
}
