//! Whether the service can do its work.

use super::App;

/// Something that the service needs, and why it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What: `store`, `home-cluster`, `user-store`.
    pub name: &'static str,
    /// What is wrong, if anything is.
    pub missing: Option<String>,
}

impl App {
    /// Everything that the service needs. Nobody is asked: what is known at present counts.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        let home = self.home(&self.present());
        vec![
            // The service starts with an open store or not at all.
            Need {
                name: "store",
                missing: None,
            },
            Need {
                name: "home-cluster",
                missing: home.err().map(|error| error.message),
            },
            Need {
                name: "user-store",
                missing: self.directory.trouble(),
            },
        ]
    }
}
