//! `doctor` and `server check` on files of metadata servers: both ask the server's own reader.

use std::path::Path;

use crate::process::{openmds, run};

fn file(folder: &Path, more: &str) -> String {
    let path = |name: &str| folder.join(name).display().to_string();
    for name in ["key.pem", "users"] {
        std::fs::write(folder.join(name), "").unwrap();
    }
    let text = format!(
        "super.users=User:mds\n\
         confluent.metadata.server.listeners=http://127.0.0.1:0\n\
         confluent.metadata.server.user.store.file.path={}\n\
         confluent.metadata.server.token.key.path={}\n\
         confluent.metadata.bootstrap.servers=127.0.0.1:1\n\
         openmds.cluster.id=home-id\n\
         openmds.store.path={}\n{more}",
        path("users"),
        path("key.pem"),
        path("store")
    );
    let file = folder.join("server.properties");
    std::fs::write(&file, text).unwrap();
    #[cfg(unix)]
    for name in ["key.pem", "users"] {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o600))
            .unwrap();
    }
    file.display().to_string()
}

#[test]
fn the_server_looks_at_its_own_file() {
    let folder = tempfile::tempdir().unwrap();
    let good = file(folder.path(), "");
    let (exit_code, out, errors) = run(openmds(folder.path()).args(["doctor", &good]));
    assert_eq!(
        (exit_code, out.as_str(), errors.as_str()),
        (Some(0), "", "")
    );
    let (exit_code, out, _) =
        run(openmds(folder.path()).args(["server", "check", "--config", &good]));
    assert_eq!((exit_code, out), (Some(0), format!("{good} can be used\n")));
}

#[test]
fn its_faults_have_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let bad = file(
        folder.path(),
        "openmds.push.timeot.ms=1\nopenmds.requests.max=many\n",
    );
    let (exit_code, out, errors) = run(openmds(folder.path()).args(["doctor", &bad]));
    assert_eq!(
        (exit_code, errors.as_str()),
        (Some(1), "Error: 2 errors found\n")
    );
    assert!(
        out.contains(&format!(
            "error: {bad}:8: openmds.push.timeot.ms: is not a property"
        )),
        "{out}"
    );
    assert!(
        out.contains(&format!("error: {bad}:9: openmds.requests.max: ")),
        "{out}"
    );
    let (exit_code, out, errors) =
        run(openmds(folder.path()).args(["server", "check", "--config", &bad]));
    assert_eq!((exit_code, out.as_str()), (Some(1), ""));
    assert!(
        errors.contains("openmds.push.timeot.ms") && errors.contains("openmds.requests.max"),
        "{errors}"
    );
}
