//! Exit codes, streams and signals.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The program, with nothing of this process's environment.
pub(crate) fn openmds(config_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openmds"));
    command
        .env_clear()
        .env("OPENMDS_CONFIG_DIR", config_dir)
        .stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Exit code, standard output, standard error.
pub(crate) fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    (status.code(), text(&stdout), text(&stderr))
}

#[test]
fn version_and_help_are_data() {
    let directory = tempfile::tempdir().unwrap();
    let version = format!("openmds {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        run(openmds(directory.path()).arg("--version")),
        (Some(0), version, String::new())
    );
    let (exit_code, help, errors) = run(openmds(directory.path()).arg("--help"));
    assert_eq!((exit_code, errors.as_str()), (Some(0), ""));
    for word in ["login", "cluster", "iam", "audit-log", "OPENMDS_URL"] {
        assert!(help.contains(word), "{help}");
    }
}

#[test]
fn wrong_usage_is_two_and_failure_is_one() {
    let directory = tempfile::tempdir().unwrap();
    let (exit_code, out, _) = run(openmds(directory.path()).args(["audit-log", "frobnicate"]));
    assert_eq!((exit_code, out.as_str()), (Some(2), ""));
    let (exit_code, out, errors) = run(openmds(directory.path()).args(["cluster", "list"]));
    assert_eq!((exit_code, out.as_str()), (Some(1), ""));
    assert!(
        errors.starts_with("Error: not logged in\n\nSuggestions:\n"),
        "{errors}"
    );
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = openmds(directory.path())
        .arg("logout")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), text(&output.stderr)),
        (Some(0), String::new())
    );
}

/// On a terminal of its own, which util-linux's `script` provides.
#[cfg(unix)]
#[test]
fn colours_are_for_terminals_unless_no_color_is_set() {
    let directory = tempfile::tempdir().unwrap();
    let at_terminal = |variable: &str, value: &str| {
        let program = format!("'{}' cluster list", env!("CARGO_BIN_EXE_openmds"));
        let mut script = Command::new("script");
        script
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("OPENMDS_CONFIG_DIR", directory.path())
            .env(variable, value)
            .args(["--quiet", "--return", "--command", &program, "/dev/null"])
            .stdin(Stdio::null());
        let (exit_code, out, _) = run(&mut script);
        assert_eq!(exit_code, Some(1), "{out}");
        out
    };
    let colored = at_terminal("NO_COLOR", "");
    assert!(
        colored.contains("\u{1b}[1;31mError:\u{1b}[0m not logged in"),
        "{colored}"
    );
    let plain = at_terminal("NO_COLOR", "1");
    assert!(plain.contains("Error: not logged in"), "{plain}");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let (_, _, piped) = run(openmds(directory.path()).args(["cluster", "list"]));
    assert!(!piped.contains('\u{1b}'), "{piped}");
}

#[test]
fn a_proxy_in_the_way_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    // No name below .invalid exists (RFC 6761).
    let (exit_code, out, errors) = run(openmds(directory.path())
        .args(["cluster", "describe", "--url", "http://mds.invalid:8090"])
        .env("HTTP_PROXY", &nobody));
    assert_eq!((exit_code, out.as_str()), (Some(1), ""));
    assert!(
        errors.contains("HTTP_PROXY is set: unless NO_PROXY names the host"),
        "{errors}"
    );
}

/// Answers every request until the test ends: a token to a log in, else a status.
fn stand_in() -> String {
    // {"sub":"alice","exp":99999999999}
    const TOKEN: &str = r#"{"auth_token":"e30.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OTl9.c2ln"}"#;
    const STATUS: &str = r#"{"resource_version":"v1","updated_at":null,"state":"stored","clusters":[],"destination":{"bootstrap_servers":[],"state":"not used yet","error":null},"warnings":[]}"#;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream: TcpStream = stream.unwrap();
            let mut head = Vec::new();
            let mut buffer = [0; 1024];
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(read) if read > 0 => head.extend_from_slice(&buffer[..read]),
                    _ => break,
                }
            }
            let body = if text(&head).contains("/authenticate ") {
                TOKEN
            } else {
                STATUS
            };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    url
}

#[test]
fn runs_side_by_side_lose_no_log_in() {
    const RUNS: usize = 6;
    let directory = tempfile::tempdir().unwrap();
    let url = stand_in();
    let runs: Vec<Child> = (0..RUNS)
        .map(|run| {
            openmds(directory.path())
                .args(["login", "--url", &url])
                .env("OPENMDS_USERNAME", format!("user{run}"))
                .env("OPENMDS_PASSWORD", "secret")
                .spawn()
                .unwrap()
        })
        .collect();
    for mut run in runs {
        assert_eq!(run.wait().unwrap().code(), Some(0));
    }
    let (_, out, _) = run(openmds(directory.path()).args(["context", "list", "-o", "json"]));
    assert_eq!(out.matches("\"user\": \"user").count(), RUNS, "{out}");
    assert_eq!(out.matches("\"current\": true").count(), 1, "{out}");
}

#[cfg(unix)]
#[test]
fn watch_refreshes_until_interrupted() {
    let directory = tempfile::tempdir().unwrap();
    let mut child: Child = openmds(directory.path())
        .args(["audit-log", "status", "--watch"])
        .env("OPENMDS_URL", stand_in())
        .env("OPENMDS_USERNAME", "alice")
        .env("OPENMDS_PASSWORD", "secret")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut seen = String::new();
    let mut buffer = [0; 1024];
    while seen.matches("Configuration: version v1\n").count() < 2 {
        let read = out.read(&mut buffer).unwrap();
        assert!(read > 0, "ended by itself: {seen}");
        seen.push_str(&text(&buffer[..read]));
    }
    // Not a terminal: no escape sequences.
    assert!(!seen.contains('\u{1b}'), "{seen}");
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupt.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
