//! End to end, on real clusters: one playground for all, one step after another.
//!
//! `cargo test -p openmds-playground -- NAME` runs the steps whose names contain NAME; the variable
//! `OPENMDS_TEST_KAFKA` chooses the version of Apache Kafka.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON values answer null for what is absent, and a panic here is a failed step"
)]

mod admin_actions;
mod companion;
mod convergence;
mod delivery;
mod destination_faults;
mod equivalence;
mod explanations;
mod fake_listener;
mod feed_faults;
mod groups;
mod log_ins;
mod loops;
mod modes;
mod monitoring;
mod moves;
mod numbers;
mod oauth;
mod ocsf;
mod one_destination;
mod own_events;
mod printed;
mod python;
mod refusals;
mod roles;
mod sdk;
mod secrets;
mod segments;
mod signatures;
mod soak;
mod tokens;
mod troubleshooting;
mod verification;
mod world;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use openmds_playground::progress::{Progress, Seconds, say};

use world::World;

struct Step {
    name: &'static str,
    run: fn(&World) -> Result<()>,
}

macro_rules! steps {
    ($($module:ident::$name:ident),* $(,)?) => {
        [$(Step { name: concat!(stringify!($module), "::", stringify!($name)), run: $module::$name }),*]
    };
}

/// In this order. Those that restart things come last.
const STEPS: &[Step] = &steps![
    troubleshooting::document_is_seen_in_every_cluster_wide_default,
    troubleshooting::retention_changed_by_cli_is_seen_on_the_topic,
    troubleshooting::retention_altered_by_hand_is_described_and_old_versions_conflict,
    troubleshooting::bad_document_by_hand_changes_nothing,
    companion::update_is_seen_on_every_node,
    companion::bad_one_is_refused_with_all_its_faults,
    companion::edited_by_hand_it_converges_back,
    signatures::what_the_server_did_not_sign_is_not_followed,
    one_destination::every_cluster_publishes_there_with_its_own_writer,
    one_destination::events_of_a_writer_without_the_right_are_in_the_fallback,
    own_events::decisions_and_changes_are_at_the_destination,
    refusals::bob_is_refused_with_the_commands_that_help,
    refusals::the_https_listener_serves_those_who_trust_it,
    verification::clusters_that_are_well_pass_every_check,
    verification::what_is_wrong_with_an_address_is_named,
    admin_actions::events_carry_the_clients_principal_and_address,
    tokens::captured_token_is_refused_by_other_clusters,
    groups::audit_admin_of_a_group_is_its_members,
    explanations::every_node_says_how_it_decides,
    roles::every_role_opens_to_clients_what_it_allows,
    roles::groups_count_by_directory_and_by_token,
    roles::revocation_stops_running_clients,
    equivalence::central_acls_decide_as_kafka_does,
    monitoring::the_server_shows_what_is_listed,
    ocsf::events_satisfy_the_schema,
    numbers::trails_are_whole,
    numbers::each_start_of_the_server_names_the_one_before,
    sdk::go_module_passes,
    oauth::the_revoked_are_refused_where_the_server_is_asked,
    refusals::untrusted_destination_is_named,
    refusals::wrong_credentials_are_named,
    refusals::missing_right_is_named,
    refusals::untrusted_cluster_is_named,
    moves::changed_destination_is_followed_without_restart,
    printed::properties_make_a_broker_that_is_verified,
    delivery::killed_destination_loses_no_event,
    destination_faults::a_denial_that_nobody_is_told_of_is_recorded,
    destination_faults::a_throttled_writer_costs_no_event,
    destination_faults::a_changed_password_of_the_writer_costs_no_event,
    destination_faults::a_topic_that_is_made_anew_costs_what_was_in_it_and_no_more,
    modes::killed_broker_has_recorded_what_it_answered,
    modes::required_route_refuses_what_cannot_be_recorded,
    own_events::with_the_destination_away_they_are_in_the_log,
    soak::the_trail_says_what_the_clients_know,
    log_ins::each_connection_leaves_one_event,
    secrets::nothing_says_one,
    convergence::restarted_broker_has_the_last_document,
    convergence::stopped_cluster_converges_by_itself,
    convergence::frozen_broker_and_killed_server_converge,
    oauth::clients_log_in_and_stay_through_a_rotation,
    feed_faults::restored_server_takes_nobody_back_unasked,
    feed_faults::brokers_start_without_the_server,
    feed_faults::powered_off_fleet_comes_back,
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let filters: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let wanted =
        |step: &&Step| filters.is_empty() || filters.iter().any(|f| step.name.contains(*f));
    let steps: Vec<&Step> = STEPS.iter().filter(wanted).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        steps
            .iter()
            .for_each(|step| say(format_args!("{}: test", step.name)));
        return ExitCode::SUCCESS;
    }
    if steps.is_empty() {
        return ExitCode::SUCCESS;
    }
    let world = match World::boot() {
        Ok(world) => world,
        Err(error) => {
            say(format_args!("the playground does not start: {error:#}"));
            return ExitCode::FAILURE;
        }
    };
    let failed = steps.iter().filter(|step| !passes(step, &world)).count();
    world.end(failed > 0);
    say(format_args!(
        "\ntest result: {}. {} passed; {failed} failed",
        if failed == 0 { "ok" } else { "FAILED" },
        steps.len() - failed
    ));
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn passes(step: &Step, world: &World) -> bool {
    let started = Instant::now();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        world.baseline()?;
        (step.run)(world)
    }));
    let took = Seconds(started.elapsed());
    match result {
        Ok(Ok(())) => {
            say(format_args!("test {} ... ok ({took})", step.name));
            true
        }
        Ok(Err(error)) => {
            say(format_args!(
                "test {} ... FAILED ({took}): {error:#}",
                step.name
            ));
            restore(world);
            false
        }
        Err(_) => {
            say(format_args!(
                "test {} ... FAILED ({took}): panicked",
                step.name
            ));
            restore(world);
            false
        }
    }
}

/// After a failure the next step shall find everything running again.
fn restore(world: &World) {
    if let Err(error) = world.restore() {
        Progress::visible().note(format_args!("could not be restored: {error:#}"));
    }
}
