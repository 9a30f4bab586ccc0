//! `audit-document`, the form `request`, by `audit-log config update --file`.
//!
//! A document with faults is sent as it stands; afterwards nothing is stored, nothing is pushed,
//! and the destination was not even asked. A valid one is sent twice: as it stands, which is
//! refused for its version alone, and with `--force`, which stores it and shows its warnings.
//! What is no JSON object is refused by the program before it is sent; the same text is then sent
//! to the server without the program.

use std::collections::{BTreeMap, BTreeSet};

use openmds_kafka::HostPort;
use serde_json::Value;

use crate::case_files::{self, Case, same};
use crate::cases::faults;
use crate::loopback::{Loopback, Said};

/// How a case was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    Accepted,
    RefusedByServer,
    RefusedByProgram,
}

fn text(case: &Case) -> String {
    match case.asks().as_slice() {
        ["document"] => case.when["document"].to_string(),
        ["text"] => Case::text(&case.when["text"]),
        ["pieces"] => Case::text(&case.when["pieces"]),
        other => panic!("{}: unknown question {other:?}", case.title),
    }
}

fn requests() -> Vec<Case> {
    let files = case_files::files("audit-document");
    let cases = files
        .iter()
        .flat_map(|file| case_files::of("audit-document", file));
    cases
        .filter(|case| match case.given["form"].as_str() {
            Some("request") => true,
            Some("property") => false, // a broker's configuration value; the plugin runs these
            other => panic!("{}: unknown form {other:?}", case.title),
        })
        .collect()
}

/// The destinations that the cases' documents may name: this server's own configuration is none of
/// the cases' business. A server that a case calls faulty is not among them.
fn destinations(cases: &[Case]) -> BTreeSet<HostPort> {
    let mut allowed = BTreeSet::new();
    for case in cases {
        let document: Value = serde_json::from_str(&text(case)).unwrap_or_default();
        let faults = case.then.get("faults").map(Value::to_string);
        let faults = faults.unwrap_or_default();
        let servers = document["destinations"]["bootstrap_servers"].as_array();
        for (index, server) in servers.into_iter().flatten().enumerate() {
            let is_faulty = faults.contains(&format!("bootstrap_servers[{index}]"));
            let address = server.as_str().unwrap_or_default().parse();
            if !is_faulty {
                allowed.extend(address.ok()); // of hundreds of faults not all are named
            }
        }
    }
    allowed
}

struct Desk {
    server: Loopback,
    file: String,
}

impl Desk {
    fn update(&self, flags: &[&str]) -> Said {
        let command = ["audit-log", "config", "update", "--file", &self.file];
        self.server.openmds(&[&command, flags].concat())
    }

    /// Runs the case, and fails if something that it refuses has left a trace.
    fn show(&self, case: &Case) -> Result<Shown, String> {
        let text = text(case);
        std::fs::write(&self.file, &text).unwrap();
        let before = self.server.kept();
        self.server.forget_calls();
        let said = self.update(&[]);
        let shown = match case.tells().as_slice() {
            ["faults"] => self.refused(case, &said, text)?,
            ["warnings"] => self.outdated(&said)?,
            other => return Err(format!("unknown answer {other:?}")),
        };
        same(self.server.changes(), Vec::new())?;
        same(self.server.kept(), before.clone())?;
        if shown == Shown::Accepted {
            self.warned(case)?;
            if self.server.kept() == before {
                return Err("not stored".to_owned());
            }
        } else if self.server.destination_was_asked() {
            return Err("the destination was asked about a faulty document".to_owned());
        }
        Ok(shown)
    }

    fn refused(&self, case: &Case, said: &Said, text: String) -> Result<Shown, String> {
        same((said.exit_code, said.out.as_str()), (Some(1), ""))?;
        if !said.errors.contains("Nothing was sent") {
            faults::are_those_of(case, &faults::told(&said.errors)?)?;
            return Ok(Shown::RefusedByServer);
        }
        if !faults::are_of_the_text(case) {
            return Err(format!("not sent: {said:?}"));
        }
        let file = &self.file;
        let own_words = [
            format!("Error: {file} is not valid JSON: "),
            format!("Error: {file} is not an audit log configuration: "),
            format!("Error: {file} is empty\n"),
        ];
        if !own_words.iter().any(|words| said.errors.starts_with(words)) {
            return Err(format!("found  {said:?}"));
        }
        let (status, body) = self.server.send("PUT", "/audit/config", Some(text));
        same(status, 400)?;
        faults::are_those_of(case, &faults::answered(&body))?;
        Ok(Shown::RefusedByProgram)
    }

    /// Nothing is wrong but the version; the answer is the document in force.
    fn outdated(&self, said: &Said) -> Result<Shown, String> {
        let in_force = serde_json::from_str::<Value>(&said.out).is_ok();
        let conflict = said.errors.starts_with("Error: 409 Conflict\n");
        if said.exit_code == Some(1) && in_force && conflict {
            return Ok(Shown::Accepted);
        }
        Err(format!(
            "found  {said:?}\n  wanted the conflict of a valid document"
        ))
    }

    fn warned(&self, case: &Case) -> Result<(), String> {
        let said = self.update(&["--force"]);
        if said.exit_code != Some(0) {
            return Err(format!("found  {said:?}"));
        }
        let warnings: Vec<&str> = said.errors.lines().collect();
        let wanted: Vec<&str> = case.then["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|warning| warning.as_str().unwrap())
            .collect();
        let says = |(line, part): (&&str, &&str)| {
            line.strip_prefix("Warning: ")
                .is_some_and(|line| line.contains(*part))
        };
        let same_number = warnings.len() == wanted.len();
        if same_number && warnings.iter().zip(&wanted).all(says) {
            return Ok(());
        }
        Err(format!("found  {warnings:?}\n  wanted {wanted:?}"))
    }
}

#[test]
fn documents_are_taken_or_refused_as_the_cases_say() {
    let cases = requests();
    let server = Loopback::start(&destinations(&cases));
    let file = server.folder.path().join("document.json");
    let file = file.to_str().unwrap().to_owned();
    let desk = Desk { server, file };
    // There is something to lose.
    let first = r#"{"destinations":{"topics":{"confluent-audit-log-events":{"retention_ms":1}}},
        "default_topics":{"allowed":"","denied":"confluent-audit-log-events"}}"#;
    std::fs::write(&desk.file, first).unwrap();
    let said = desk.update(&["--force"]);
    assert_eq!(said.exit_code, Some(0), "{said:?}");
    assert_eq!(desk.server.changes().len(), 2, "a topic, and the push");
    let mut ran: BTreeMap<Shown, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for case in &cases {
        match desk.show(case) {
            Ok(shown) => *ran.entry(shown).or_default() += 1,
            Err(reason) => failures.push(format!("{}\n  {reason}", case.title)),
        }
    }
    println!("ran {ran:?} of {} cases", cases.len());
    let (wrong, all) = (failures.len(), cases.len());
    assert!(
        failures.is_empty(),
        "{wrong} of {all}:\n{}",
        failures.join("\n")
    );
    for (shown, least) in [
        (Shown::Accepted, 80),
        (Shown::RefusedByServer, 180),
        (Shown::RefusedByProgram, 15),
    ] {
        assert!(
            ran.get(&shown).is_some_and(|count| *count >= least),
            "{ran:?}"
        );
    }
}
