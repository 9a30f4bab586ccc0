//! What opens a web page for the user.

use std::process::{Command, Stdio};

type Open = Box<dyn Fn(&str) -> std::io::Result<()> + Send>;

/// Opens pages, or only takes note of them.
pub struct Browser {
    open: Open,
}

impl Browser {
    /// The program that the desktop of this user has for pages.
    pub fn of_process() -> Self {
        Self {
            open: Box::new(open),
        }
    }

    /// Gives every address to a function.
    pub fn told(open: impl Fn(&str) -> std::io::Result<()> + Send + 'static) -> Self {
        Self {
            open: Box::new(open),
        }
    }

    /// Opens a page; whether that was possible. What is no web page is not opened: the address comes from a server.
    pub(crate) fn show(&self, address: &str) -> bool {
        let is_page = reqwest::Url::parse(address)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        is_page && (self.open)(address).is_ok()
    }
}

fn open(address: &str) -> std::io::Result<()> {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    command
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
}
