//! What is made from the help: completion, manual pages, the version.

use std::process::Command;

use insta::assert_snapshot;

use crate::desk::Desk;

#[tokio::test]
async fn version() {
    let desk = Desk::new().await;
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        desk.run("version").await,
        format!("exit code: 0\n--- stdout ---\nopenmds {version}\n")
    );
    let json = format!("exit code: 0\n--- stdout ---\n{{\n  \"version\": \"{version}\"\n}}\n");
    assert_eq!(desk.run("version -o json").await, json);
}

/// Runs a shell if this machine has it: whether the script is in its language, and what it says.
fn shell(command: &mut Command) -> Option<(bool, String)> {
    let output = command.output().ok()?;
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8(said).unwrap()))
}

#[tokio::test]
async fn completion_is_in_the_language_of_the_shell() {
    let desk = Desk::new().await;
    let mut tried = 0;
    for (name, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let outcome = desk.run(&format!("completion {name}")).await;
        let script = outcome
            .strip_prefix("exit code: 0\n--- stdout ---\n")
            .unwrap();
        for word in ["context", "schema-registry", "verify", "kafka-cluster"] {
            assert!(script.contains(word), "{name} has no {word}");
        }
        let file = desk.write(name, script);
        let Some(outcome) = shell(Command::new(name).arg(check).arg(file)) else {
            continue;
        };
        assert_eq!(outcome, (true, String::new()), "{name}");
        tried += 1;
    }
    assert!(tried > 0, "this machine has none of the shells");
    assert_snapshot!(desk.run("completion tcsh").await, @r#"
    exit code: 2
    --- stderr ---
    error: invalid value 'tcsh' for '<SHELL>'
      [possible values: bash, zsh, fish]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    "#);
}

#[tokio::test]
async fn bash_completes_commands_and_flags() {
    let desk = Desk::new().await;
    let outcome = desk.run("completion bash").await;
    let script = outcome
        .strip_prefix("exit code: 0\n--- stdout ---\n")
        .unwrap();
    let file = desk.write("completion", script);
    for (words, expected) in [
        ("openmds clu", "cluster"),
        ("openmds iam acl cre", "create"),
        ("openmds cluster list --conte", "--context"),
    ] {
        let typed: Vec<_> = words.split(' ').collect();
        let (last, before) = (typed[typed.len() - 1], typed[typed.len() - 2]);
        let line = format!(
            "source {file}; COMP_WORDS=({words}); COMP_CWORD={}; _openmds openmds {last} {before}; echo \"${{COMPREPLY[@]}}\"",
            typed.len() - 1
        );
        if let Some(outcome) = shell(Command::new("bash").args(["--norc", "-c", &line])) {
            assert_eq!(outcome, (true, format!("{expected}\n")), "{words}");
        }
    }
}

#[tokio::test]
async fn manual_pages_are_roff() {
    /// Macros of man(7), and requests of roff that its pages begin with.
    const KNOWN: [&str; 14] = [
        ".TH", ".SH", ".SS", ".PP", ".TP", ".IP", ".RS", ".RE", ".B", ".I", ".br", ".nf", ".fi",
        ".ie",
    ];
    let desk = Desk::new().await;
    let directory = desk.file("man");
    let outcome = desk
        .run(&format!("man --dir {}", directory.display()))
        .await;
    assert_eq!(outcome, "exit code: 0\n");
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let page = std::fs::read_to_string(&path).unwrap();
        assert_eq!(page.matches("\n.TH ").count(), 1, "{name}");
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION"] {
            assert!(
                page.contains(&format!("\n.SH {section}\n")),
                "{name} has no {section}"
            );
        }
        for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
            let request = line.split([' ', '\n']).next().unwrap();
            assert!(
                KNOWN.contains(&request) || request == ".el",
                "{name}: {line}"
            );
        }
        // A backslash begins an escape; these are the ones that pages use.
        let escapes = page.replace("\\\\", "");
        for rest in escapes.split('\\').skip(1) {
            let next = rest.chars().next();
            assert!(
                next.is_some_and(|next| "fen-&(*".contains(next)),
                "{name}: {next:?}"
            );
        }
        pages.push(name);
    }
    pages.sort();
    for page in [
        "openmds.1",
        "openmds-login.1",
        "openmds-iam-rbac-role-binding-create.1",
    ] {
        assert!(pages.contains(&page.to_owned()), "{pages:?}");
    }
    let file = desk.write("file", "");
    assert_snapshot!(desk.run(&format!("man --dir {file}/below")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: cannot write manual pages to [DESK]/file/below: Not a directory (os error 20)

    Suggestions:
        Give --dir a directory that you may write to
    "#);
}
