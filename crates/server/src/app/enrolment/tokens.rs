//! Making join tokens.

use jiff::{SignedDuration, Timestamp};
use openmds_api::{JoinTokenRequest, JoinTokens};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{App, AppError, Caller, WhichCluster};
use crate::enrolment::{JoinToken, pem};
use crate::store::{IssuedToken, Record, State};

/// Most tokens of one request.
const MOST: u32 = 100;

/// Most tokens of one cluster that are out at once.
const MOST_OUT: usize = 1_000;

/// Shortest and longest life of a token, seconds.
const LIFE: std::ops::RangeInclusive<u32> = 60..=7 * 86_400;

/// How long an expired token is remembered, so that its holder hears what is wrong with it.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// Longest id of a cluster that a certificate says.
const LONGEST_ID: usize = 255;

impl App {
    /// Makes tokens for nodes of a Kafka cluster; the right is that of registering it.
    /// Nobody can see them again.
    pub async fn create_join_tokens(
        &self,
        caller: &Caller,
        which: WhichCluster<'_>,
        request: &JoinTokenRequest,
        urls: Vec<String>,
    ) -> Result<JoinTokens, AppError> {
        let now = self.clock.now();
        let mut made = None;
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let (name, cluster) = self.cluster_to_enrol(state, caller, which)?;
            check(request)?;
            if cluster.as_str().len() > LONGEST_ID {
                return Err(AppError::invalid(format!(
                    "the id of {name} has more than {LONGEST_ID} bytes: no certificate can say it"
                )));
            }
            let out = state.enrolled().tokens_of(&cluster);
            let out = out.filter(|(_, token)| token.until > now && token.used.is_none());
            if out.count() + request.count as usize > MOST_OUT {
                return Err(AppError::conflict(format!(
                    "{MOST_OUT} unused join tokens of {name} at most can be out at once; wait until some have expired"
                )));
            }
            let until = now + SignedDuration::from_secs(i64::from(request.valid_seconds));
            let tokens = (0..request.count).map(|_| JoinToken::random());
            let tokens: Vec<JoinToken> = tokens
                .collect::<Result<_, _>>()
                .map_err(|error| AppError::internal(format!("no token was made: {error}")))?;
            let mut records = forgotten(state, now);
            records.extend(tokens.iter().map(|token| Record::JoinToken {
                hash: token.hash(),
                token: Some(IssuedToken {
                    cluster: cluster.clone(),
                    by: caller.principal().to_string(),
                    until,
                    used: None,
                }),
            }));
            made = Some(JoinTokens {
                cluster_id: cluster.to_string(),
                cluster_name: name,
                server: state.server().unwrap_or_default().to_string(),
                urls,
                tokens: tokens
                    .iter()
                    .map(|token| token.expose().to_string())
                    .collect(),
                expires_at: until.to_string(),
                ca_pem: self.listeners_authority(),
            });
            Ok(records)
        };
        self.record(caller, decide).await?;
        made.ok_or_else(|| AppError::internal("no token was made"))
    }

    /// The last certificate of the https listeners' chain, if it is an authority's.
    fn listeners_authority(&self) -> Option<String> {
        let stores = self.settings.tls.as_ref()?.stores().ok()?;
        let (chain, _) = stores.client_certificate_pem?;
        let last = CertificateDer::pem_slice_iter(&chain).flatten().last()?;
        let (_, certificate) = x509_parser::parse_x509_certificate(&last).ok()?;
        // What signed itself is all that there is to trust.
        let own = certificate.subject() == certificate.issuer();
        (certificate.is_ca() || own).then(|| pem("CERTIFICATE", &last))
    }
}

fn check(request: &JoinTokenRequest) -> Result<(), AppError> {
    if !(1..=MOST).contains(&request.count) {
        return Err(AppError::invalid(format!(
            "count: {} is not a number from 1 to {MOST}; no token was made",
            request.count
        )));
    }
    if !LIFE.contains(&request.valid_seconds) {
        return Err(AppError::invalid(format!(
            "valid_seconds: {} is not a number from {} to {} (seven days); no token was made",
            request.valid_seconds,
            LIFE.start(),
            LIFE.end()
        )));
    }
    Ok(())
}

/// Forgets tokens that have long expired.
fn forgotten(state: &State, now: Timestamp) -> Vec<Record> {
    let old = state.enrolled().tokens();
    let old = old.filter(|(_, token)| token.until + MEMORY < now);
    let forget = |hash: &crate::enrolment::TokenHash| Record::JoinToken {
        hash: hash.clone(),
        token: None,
    };
    old.map(|(hash, _)| forget(hash)).collect()
}
