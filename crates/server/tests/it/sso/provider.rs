//! An identity provider of our own (`tests/clients/idp`), on a free port of this machine, and a
//! browser that fills in its forms.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use regex::Regex;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::Value;

use super::CALLBACK;

const MISSING: &str = "is missing: these tests run the npm package oidc-provider; install the Debian packages `nodejs` and `npm` (scripts/prerequisites does)";

/// A running provider; it ends with this value.
pub(super) struct Provider {
    child: Child,
    port: u16,
}

/// Installs the provider's packages once, outside of what is checked in.
fn installed() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/idp");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("idp");
        fs::create_dir_all(&folder).unwrap();
        let lock = fs::read(source.join("package-lock.json")).unwrap();
        if fs::read(folder.join("installed")).is_ok_and(|installed| installed == lock) {
            return folder;
        }
        for file in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(source.join(file), folder.join(file)).unwrap();
        }
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts"])
            .current_dir(&folder)
            .output()
            .unwrap_or_else(|error| panic!("npm {MISSING}: {error}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "npm ci: {said}");
        fs::write(folder.join("installed"), lock).unwrap();
        folder
    })
}

impl Provider {
    pub(super) fn start() -> Self {
        let folder = installed();
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let program =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/idp/index.mjs");
        let spawned = Command::new("node")
            .arg(program)
            .args([&port.to_string(), CALLBACK])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => panic!("node {MISSING}"),
            Err(error) => panic!("{error}"),
        };
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.any(|line| line.unwrap() == "ready");
        assert!(ready, "the provider did not start: {:?}", child.wait());
        // It goes on talking, and ends when nobody listens.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }

    pub(super) fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Stops it.
    pub(super) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Exchanges its signing key.
    pub(super) async fn rotate(&self) {
        let url = format!("{}/rotate", self.issuer());
        reqwest::get(url).await.unwrap().error_for_status().unwrap();
    }

    /// An access token of a program, for an audience.
    pub(super) async fn access_token(&self, audience: &str) -> String {
        let resource = format!("http://audience/{audience}");
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", "all"),
            ("resource", resource.as_str()),
        ];
        let answer = reqwest::Client::new()
            .post(format!("{}/token", self.issuer()))
            .basic_auth("robot", Some("robot-secret"))
            .form(&form)
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_string()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A browser in which somebody logs in.
pub(super) struct Browser {
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
    user: &'static str,
}

impl Browser {
    pub(super) fn of(user: &'static str) -> Self {
        let none = reqwest::redirect::Policy::none();
        Self {
            client: reqwest::Client::builder().redirect(none).build().unwrap(),
            cookies: BTreeMap::new(),
            user,
        }
    }

    /// Follows redirections and fills in forms, until it is sent to the callback (which is the
    /// answer) or until there is nothing more to fill in (then the answer is that page).
    pub(super) async fn log_in(&mut self, url: &str) -> String {
        let mut url = reqwest::Url::parse(url).unwrap();
        let mut form: Option<Vec<(String, String)>> = None;
        for _ in 0..20 {
            let request = match form.take() {
                Some(form) => self.client.post(url.clone()).form(&form),
                None => self.client.get(url.clone()),
            };
            let cookies = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            let cookies = cookies.collect::<Vec<_>>().join("; ");
            let response = request.header(COOKIE, cookies).send().await.unwrap();
            for cookie in response.headers().get_all(SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_string(), value.to_string());
            }
            if let Some(location) = response.headers().get(LOCATION) {
                url = url.join(location.to_str().unwrap()).unwrap();
                if url.as_str().starts_with(CALLBACK) {
                    return url.to_string();
                }
                continue;
            }
            let status = response.status();
            let page = response.text().await.unwrap();
            assert!(status.is_success(), "{url} answers {status}: {page}");
            let Some((action, fields)) = self.filled_in(&page) else {
                return page;
            };
            url = url.join(&action).unwrap();
            form = Some(fields);
        }
        panic!("the login does not end; now at {url}");
    }

    fn filled_in(&self, page: &str) -> Option<(String, Vec<(String, String)>)> {
        let action = Regex::new(r#"<form[^>]*action="([^"]+)""#).unwrap();
        let action = action.captures(page)?[1].replace("&amp;", "&");
        let input = Regex::new("<input[^>]*>").unwrap();
        let attribute = |tag: &str, name: &str| {
            let attribute = Regex::new(&format!(r#"\b{name}="([^"]*)""#)).unwrap();
            attribute.captures(tag).map(|found| found[1].to_string())
        };
        let mut fields = Vec::new();
        for tag in input.find_iter(page) {
            let Some(name) = attribute(tag.as_str(), "name") else {
                continue;
            };
            let value = match name.as_str() {
                "login" => self.user.to_string(),
                "password" => "any".to_string(),
                _ => attribute(tag.as_str(), "value").unwrap_or_default(),
            };
            fields.push((name, value));
        }
        Some((action, fields))
    }
}
