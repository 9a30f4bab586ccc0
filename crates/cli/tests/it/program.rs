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

/// Runs a shell: whether it was content, and what it said.
fn shell(command: &mut Command) -> (bool, String) {
    let name = command.get_program().to_owned();
    let output = command.output().unwrap_or_else(|error| {
        panic!("{name:?}: {error}; install the Debian package of that name (scripts/prerequisites does)")
    });
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// A desk with the completion script of a shell, and the path of that script.
async fn with_completion(shell: &str, file: &str) -> (Desk, String) {
    let desk = Desk::new().await;
    let outcome = desk.run(&format!("completion {shell}")).await;
    let script = outcome
        .strip_prefix("exit code: 0\n--- stdout ---\n")
        .unwrap();
    for word in ["context", "schema-registry", "verify", "kafka-cluster"] {
        assert!(script.contains(word), "{shell} has no {word}");
    }
    let file = desk.write(file, script);
    (desk, file)
}

#[tokio::test]
async fn completion_is_in_the_language_of_the_shell() {
    for (name, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let (_desk, file) = with_completion(name, name).await;
        let outcome = shell(Command::new(name).arg(check).arg(file));
        assert_eq!(outcome, (true, String::new()), "{name}");
    }
    let desk = Desk::new().await;
    assert_snapshot!(desk.run("completion tcsh").await, @r#"
    exit code: 2
    --- stderr ---
    error: invalid value 'tcsh' for '<SHELL>'
      [possible values: bash, zsh, fish]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    "#);
}

/// What is typed, and the only word that fits.
const TYPED: [(&str, &str); 4] = [
    ("openmds clu", "cluster"),
    ("openmds iam acl cre", "create"),
    ("openmds cluster list --conte", "--context"),
    ("openmds cluster list --output y", "yaml"),
];

#[tokio::test]
async fn bash_completes_commands_and_flags() {
    let (_desk, file) = with_completion("bash", "completion").await;
    for (words, expected) in TYPED {
        let typed: Vec<_> = words.split(' ').collect();
        let (last, before) = (typed[typed.len() - 1], typed[typed.len() - 2]);
        let line = format!(
            "source {file}; COMP_WORDS=({words}); COMP_CWORD={}; _openmds openmds {last} {before}; echo \"${{COMPREPLY[@]}}\"",
            typed.len() - 1
        );
        let outcome = shell(Command::new("bash").args(["--norc", "-c", &line]));
        assert_eq!(outcome, (true, format!("{expected}\n")), "{words}");
    }
}

#[tokio::test]
async fn fish_completes_commands_and_flags() {
    let (_desk, file) = with_completion("fish", "openmds.fish").await;
    for (words, expected) in TYPED {
        let line = format!("source {file}; complete --do-complete '{words}'");
        let (done, said) = shell(Command::new("fish").args(["--no-config", "-c", &line]));
        // Behind a tab comes the help of the word.
        let completed: Vec<_> = said
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert_eq!((done, completed), (true, vec![expected]), "{words}: {said}");
    }
}

/// Types into an interactive zsh at a terminal of its own, since completion exists there only, and reads what stands on the line then.
const TYPE_INTO_ZSH: &str = r#"
zmodload zsh/zpty
zpty typed "zsh -f -i"
read_until() { local seen; zpty -r typed seen "*$1*" || exit 3; print -r -- "$seen" }
zpty -w typed "PROMPT= RPROMPT=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; unsetopt zle_bracketed_paste"
zpty -w typed "show() { print -r -- \"<<\$BUFFER>>\"; zle kill-buffer }; zle -N show; bindkey '^X' show; print re''ady"
read_until ready > /dev/null
zpty -w -n typed "$2"$'\t\x18'
read_until '>>'
zpty -d typed
"#;

#[tokio::test]
async fn zsh_completes_commands_and_flags() {
    let (_desk, file) = with_completion("zsh", "_openmds").await;
    let folder = file.strip_suffix("/_openmds").unwrap();
    for (words, expected) in TYPED {
        let mut zsh = Command::new("zsh");
        zsh.args(["-f", "-c", TYPE_INTO_ZSH, "zsh", folder, words]);
        let (done, said) = shell(&mut zsh);
        let before = words.rsplit_once(' ').unwrap().0;
        // Behind the word comes what must follow it: a value or another word.
        let end = if expected.starts_with("--") { "=" } else { " " };
        let line = format!("<<{before} {expected}{end}>>");
        assert!(done && said.contains(&line), "{words}: {said}");
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
