//! `openmds migrate acls`

use openmds_api::ClusterAcls;
use openmds_policy::acl::AclBinding;
use openmds_policy::migrate_acls::{Proof, Proposal, RuleSet, propose, prove};
use openmds_policy::rbac::Roles;

use super::apply::apply;
use super::held::held;
use super::plan::{Shown, difference, rows};
use crate::http::{Request, refusal};
use crate::{Connection, Failure, Output, World};

/// Differences that are shown.
const MOST: usize = 10;

/// Propose role bindings and central ACLs that decide what a cluster's own ACLs decide
///
/// Reads the ACLs that a registered Kafka cluster keeps itself. A role takes their place where it says exactly the same, else a central
/// ACL; what the server cannot keep stays. Then both are compared: every principal, operation, resource and host that is named, and
/// one of each that is not. Nothing is changed without --apply, and nothing at all on the cluster: its own ACLs stay until you
/// remove them. Repeating --apply changes nothing more.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds migrate acls --cluster payments
  openmds migrate acls --cluster payments -o json > plan.json
  openmds migrate acls --cluster payments --apply")]
pub struct Acls {
    /// Name of the registered Kafka cluster
    #[arg(long, value_name = "NAME")]
    cluster: String,
    /// Add the role bindings and central ACLs to the server
    #[arg(long)]
    apply: bool,
    /// Apply although what the server already holds for the cluster decides otherwise than its ACLs
    #[arg(long, requires = "apply")]
    accept_differences: bool,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl Acls {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let path = ["registry", "clusters", &self.cluster, "acls"];
        let answer = server.send(&Request::get(&path)?).await?;
        if !answer.status.is_success() {
            return Err(refusal::general(&answer));
        }
        let listed: ClusterAcls = answer.json()?;
        let (acls, unknown) = understood(&listed);
        let already = held(&mut server, &listed.cluster_id).await?;

        let roles = Roles::predefined();
        let before = RuleSet::local(&acls);
        let proposal = propose(&roles, &acls);
        let rules = proposal.rules();
        let proof = prove(&roles, &before, &rules, MOST);
        let beside = prove(&roles, &before, &rules.with(&already), MOST);

        let may_apply = proof.differing == 0 && (beside.differing == 0 || self.accept_differences);
        let applying = self.apply && may_apply;
        if applying {
            apply(&mut server, &listed.cluster_id, &proposal).await?;
        }
        let shown = Shown::new(&listed, &proposal, &proof, &beside, unknown, applying);
        match self.output.structured() {
            Some(form) => world.printer.value(form, &shown)?,
            None => {
                let heading = ["Principal", "Becomes", "Resource", "In Place Of"];
                world.printer.table(&heading, &rows(&proposal))?;
            }
        }
        tell(world, &proposal, &proof, unknown);
        if self.apply && !may_apply || proof.differing > 0 {
            return Err(refused(&self.cluster, &proof, &beside));
        }
        for one in &beside.differences {
            let text = difference(one);
            world.printer.warning(&format!(
                "the server already holds rules for the cluster that decide otherwise: {text}"
            ));
        }
        let done = match (applying, proposal.moves.is_empty()) {
            (_, true) => "The cluster has no ACLs: there is nothing to do.",
            (true, _) => "Applied. The cluster's own ACLs are as they were.",
            (false, _) => "Nothing was changed; add --apply to do so.",
        };
        world.printer.notice(done);
        Ok(())
    }
}

/// The ACLs, and how many are of a kind that only a newer release knows.
fn understood(listed: &ClusterAcls) -> (Vec<AclBinding>, usize) {
    let acls: Vec<_> = listed
        .acls
        .iter()
        .filter_map(openmds_api::AclBinding::of_cluster)
        .collect();
    let lost = listed.acls.len().saturating_sub(acls.len());
    (acls, listed.unknown.saturating_add(lost))
}

fn tell(world: &mut World, proposal: &Proposal, proof: &Proof, unknown: usize) {
    if unknown > 0 {
        world.printer.warning(&format!(
            "{unknown} ACLs of a kind that this release does not know stay with the cluster and are not compared"
        ));
    }
    if !proposal.moves.is_empty() && proof.differing == 0 {
        let compared = proof.compared;
        world.printer.notice(&format!(
            "Compared {compared} decisions by the ACLs and by the proposal: all are equal."
        ));
    }
}

fn refused(cluster: &str, proof: &Proof, beside: &Proof) -> Failure {
    if proof.differing > 0 {
        let failure = Failure::new(format!(
            "the proposal for \"{cluster}\" decides {} of {} requests otherwise; nothing was changed",
            proof.differing, proof.compared
        ));
        let failure = failure.hint("This is a defect of openmds: please report it with these");
        return proof
            .differences
            .iter()
            .map(difference)
            .fold(failure, Failure::hint);
    }
    let failure = Failure::new(format!(
        "what the server already holds for \"{cluster}\" decides {} of {} requests otherwise than the cluster's ACLs; nothing was changed",
        beside.differing, beside.compared
    ));
    let failure = beside
        .differences
        .iter()
        .map(difference)
        .fold(failure, Failure::hint);
    failure.hint("Remove these role bindings and central ACLs, or add --accept-differences if they are meant")
}
