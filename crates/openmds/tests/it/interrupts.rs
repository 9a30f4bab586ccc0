//! Ctrl-C: what has begun is finished, or nothing of it is left.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};

use crate::commands::done;
use crate::loopback::{Loopback, Said};
use crate::process::openmds;

/// `openmds audit-log config edit` with an editor of these lines; `$1` is the file. Its process group is the one that the
/// terminal's Ctrl-C would reach, as `kill -INT 0` does from within.
fn edited(server: &Loopback, editor: &str) -> Said {
    let script = server.folder.path().join("editor.sh");
    std::fs::write(&script, editor).unwrap();
    let mut command = server.command("mds", &["audit-log", "config", "edit"]);
    command
        .env("PATH", "/usr/bin:/bin")
        .env("OPENMDS_USERNAME", "mds")
        .env("OPENMDS_PASSWORD", "mds-secret")
        .env("EDITOR", format!("sh '{}'", script.display()))
        .env("TMPDIR", server.folder.path())
        .process_group(0);
    server.said(command)
}

const CHANGE: &str = r#"sed -i 's/7776000000/86400000/' "$1""#;

#[test]
fn an_editor_that_uses_ctrl_c_goes_on() {
    let server = Loopback::start(&BTreeSet::new());
    let said = edited(&server, &format!("trap '' INT\nkill -INT 0\n{CHANGE}"));
    assert_eq!(said.exit_code, Some(0), "{said:?}");
    assert!(done(&server, "audit-log config describe").contains("86400000"));
}

#[test]
fn an_editor_that_ctrl_c_ends_leaves_the_text_and_changes_nothing() {
    let server = Loopback::start(&BTreeSet::new());
    let before = server.kept();
    let said = edited(&server, &format!("{CHANGE}\nkill -INT 0\n"));
    assert_eq!(said.exit_code, Some(1), "{said:?}");
    assert!(said.errors.contains("nothing was sent"), "{}", said.errors);
    let path = said
        .errors
        .lines()
        .find_map(|line| line.trim().strip_prefix("Your text is in "));
    let text = std::fs::read_to_string(path.unwrap()).unwrap();
    assert!(text.contains("86400000"), "{text}");
    assert_eq!(server.kept(), before);
}

/// A server that answers everything at once, but never a `PUT` and never the question whether somebody has agreed: these it
/// tells to the test.
fn silent_server() -> (String, Receiver<String>) {
    // {"sub":"alice","exp":99999999999}
    const TOKEN: &str = r#"{"auth_token":"e30.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OTl9.c2ln"}"#;
    const CONFIG: &str = r#"{"destinations":{"topics":{"confluent-audit-log-events":{"retention_ms":7776000000}}},"default_topics":{"allowed":"","denied":""},"metadata":{"resource_version":"v1"}}"#;
    const DEVICE: &str = r#"{"user_code":"A","verification_uri":"https://idp.example.com/","key":"k","interval":1,"expires_in":600}"#;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let mut unanswered = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = BufReader::new(stream.try_clone().unwrap()).lines();
            // Clients may open connections that they do not use.
            let Some(Ok(request)) = head.next() else {
                continue;
            };
            let body = match request.as_str() {
                line if line.starts_with("PUT") || line.contains("/check-auth ") => {
                    tell.send(request).unwrap();
                    unanswered.push(stream);
                    continue;
                }
                line if line.contains("/features ") => {
                    r#"{"features":{"oidc.login.device.1.enabled":true}}"#
                }
                line if line.contains("/oidc/device/authenticate ") => DEVICE,
                line if line.contains("/authenticate ") => TOKEN,
                _ => CONFIG,
            };
            while head
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    (url, told)
}

/// What the server was asked next.
fn next(told: &Receiver<String>) -> String {
    let limit = std::time::Duration::from_secs(60);
    told.recv_timeout(limit).expect("the program asked nothing")
}

fn interrupt(child: &Child) {
    let mut kill = std::process::Command::new("kill");
    assert!(
        kill.args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn whoever_interrupts_an_update_hears_that_it_may_have_happened() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("document.json");
    std::fs::write(&document, r#"{"destinations":{}}"#).unwrap();
    let document = document.to_str().unwrap();
    let change = "sh -c 'sed -i s/7776000000/86400000/ \"$1\"' sh";
    for (arguments, keeps_text) in [
        (
            vec!["audit-log", "config", "update", "--file", document],
            false,
        ),
        (vec!["audit-log", "config", "edit"], true),
    ] {
        let (url, told) = silent_server();
        let mut child = openmds(&folder.path().join(arguments[2]))
            .args(&arguments)
            .env("PATH", "/usr/bin:/bin")
            .env("EDITOR", change)
            .env("TMPDIR", folder.path())
            .env("OPENMDS_URL", url)
            .env("OPENMDS_USERNAME", "alice")
            .env("OPENMDS_PASSWORD", "secret")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        assert!(next(&told).starts_with("PUT "));
        interrupt(&child);
        let mut errors = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut errors)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{errors}");
        assert!(
            errors.contains("whether it replaced the configuration is not known"),
            "{errors}"
        );
        assert_eq!(errors.contains("Your text is in "), keeps_text, "{errors}");
    }
}

#[test]
fn a_login_that_is_interrupted_leaves_the_one_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let client = folder.path().join("client");
    let (url, told) = silent_server();
    let login = || {
        let mut command = openmds(&client);
        command.args(["login", "--url", &url]);
        command
    };
    let mut before = login();
    before
        .env("OPENMDS_USERNAME", "alice")
        .env("OPENMDS_PASSWORD", "secret");
    assert!(before.status().unwrap().success());
    let (names, kept) = (
        names_in(&client),
        std::fs::read(client.join("contexts.json")).unwrap(),
    );
    let mut child = login()
        .arg("--no-browser")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(next(&told).contains("/check-auth "));
    interrupt(&child);
    let ended = child.wait().unwrap();
    // As any program that is interrupted: a shell says 130.
    assert_eq!((ended.code(), ended.signal()), (None, Some(2)));
    assert_eq!(names_in(&client), names);
    assert_eq!(std::fs::read(client.join("contexts.json")).unwrap(), kept);
}
