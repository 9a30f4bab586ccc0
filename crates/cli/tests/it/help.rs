//! Every command explains itself.

use clap::{Command, CommandFactory as _, Parser as _};
use openmds_cli::Cli;

fn leaves(command: &Command, found: &mut Vec<Command>) {
    if command.has_subcommands() {
        for subcommand in command
            .get_subcommands()
            .filter(|one| one.get_name() != "help")
        {
            leaves(subcommand, found);
        }
    } else {
        found.push(command.clone());
    }
}

#[test]
fn every_command_has_help_and_examples_that_can_be_typed() {
    let mut cli = Cli::command();
    cli.build();
    let mut found = Vec::new();
    leaves(&cli, &mut found);
    let names: Vec<_> = found
        .iter()
        .map(|command| command.get_bin_name().unwrap_or_default())
        .collect();
    insta::assert_snapshot!(names.join("\n"), @r#"
    openmds login
    openmds logout
    openmds context current
    openmds context delete
    openmds context describe
    openmds context list
    openmds context use
    openmds cluster accept-restore
    openmds cluster config
    openmds cluster describe
    openmds cluster enroll
    openmds cluster list
    openmds cluster nodes
    openmds cluster register
    openmds cluster shadow
    openmds cluster unregister
    openmds cluster verify
    openmds cluster withdraw-node
    openmds kafka cluster list
    openmds connect cluster list
    openmds ksql cluster list
    openmds schema-registry cluster list
    openmds iam rbac explain
    openmds iam rbac role describe
    openmds iam rbac role list
    openmds iam rbac role-binding create
    openmds iam rbac role-binding delete
    openmds iam rbac role-binding list
    openmds iam rbac who-can
    openmds iam acl create
    openmds iam acl delete
    openmds iam acl list
    openmds iam user describe
    openmds audit-log config describe
    openmds audit-log config update
    openmds audit-log config edit
    openmds audit-log config migrate
    openmds audit-log config lint
    openmds audit-log companion describe
    openmds audit-log companion update
    openmds audit-log companion edit
    openmds audit-log route list
    openmds audit-log route lookup
    openmds audit-log status
    openmds audit verify
    openmds audit tail
    openmds audit search
    openmds audit unused
    openmds migrate acls
    openmds doctor
    openmds tokens revoke
    openmds tokens revoked
    openmds keys list
    openmds keys rotate
    openmds keys withdraw
    openmds completion
    openmds man
    openmds version
    "#);
    for command in &found {
        let name = command.get_bin_name().unwrap_or_default();
        assert!(command.get_about().is_some(), "{name} has no help");
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{name} {argument} has no help"
            );
        }
        let examples = command
            .get_after_long_help()
            .expect(name)
            .to_string()
            .replace("\\\n", " ");
        let mut typed = 0;
        for example in examples
            .lines()
            .filter_map(|line| line.split_once("openmds "))
        {
            let words = example
                .1
                .split(['>', '<'])
                .next()
                .unwrap()
                .split_whitespace();
            let parsed = Cli::try_parse_from(["openmds"].into_iter().chain(words));
            assert!(parsed.is_ok(), "{name}: {example:?}: {parsed:?}");
            typed += 1;
        }
        assert!(typed > 0, "{name} has no example");
    }
}

#[test]
fn the_tree_is_consistent() {
    Cli::command().debug_assert();
}
