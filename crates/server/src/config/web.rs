//! How the front desk behaves (`rbac-registry-tokens.md` 3.6).

use super::reader::Reader;

const ORIGINS: &str = "confluent.metadata.server.access.control.allow.origin";
const METHODS: &str = "confluent.metadata.server.access.control.allow.methods";
const HEADERS: &str = "confluent.metadata.server.access.control.allow.headers";
const HSTS: &str = "openmds.hsts.max.age.seconds";
const METRICS: &str = "openmds.metrics.access";
/// In which form the log is written.
pub(super) const LOG_FORMAT: &str = "openmds.log.format";

/// Who may read the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricsAccess {
    /// Everybody who reaches the port.
    Open,
    /// Every user.
    Authenticated,
    /// Nobody.
    Off,
}

/// Pages of other origins that a browser may let in.
#[derive(Debug, Clone)]
pub struct Cors {
    /// Origins, or `*` alone.
    pub origins: Vec<String>,
    /// Methods that a preflight request is told.
    pub methods: String,
    /// Headers that a preflight request is told.
    pub headers: String,
}

/// How the front desk behaves.
#[derive(Debug, Clone)]
pub struct Web {
    /// Which other origins browsers may let in; none unless configured.
    pub cors: Option<Cors>,
    /// Who may read the metrics.
    pub metrics: MetricsAccess,
    /// For how many seconds browsers are told to come back over TLS only; zero: they are not told.
    pub hsts_seconds: u64,
}

impl Web {
    pub(super) fn read(reader: &mut Reader) -> Self {
        reader.one_of(METRICS, &["authenticated", "open", "off"], "");
        reader.one_of(LOG_FORMAT, &["text", "json"], "");
        Self {
            cors: Cors::read(reader),
            metrics: match reader.text(METRICS) {
                Some("open") => MetricsAccess::Open,
                Some("off") => MetricsAccess::Off,
                _ => MetricsAccess::Authenticated,
            },
            hsts_seconds: hsts(reader),
        }
    }
}

fn hsts(reader: &mut Reader) -> u64 {
    let text = reader.text(HSTS).unwrap_or("0").to_string();
    text.parse().unwrap_or_else(|_| {
        reader.fault(HSTS, format!("`{text}` is not a number of seconds"));
        0
    })
}

impl Cors {
    fn read(reader: &mut Reader) -> Option<Self> {
        let origins = reader.list(ORIGINS, ',');
        for origin in &origins {
            let (scheme, host) = origin.split_once("://").unwrap_or_default();
            let well_formed = ["http", "https"].contains(&scheme)
                && !host.is_empty()
                && !host.contains(['/', ' ', '*']);
            if origin != "*" && !well_formed {
                reader.fault(
                    ORIGINS,
                    format!("`{origin}` is neither `*` nor an origin such as https://console.example:9021"),
                );
            }
        }
        let told = |property: &str, default: &str| {
            let named = reader.list(property, ',').join(", ");
            if named.is_empty() {
                default.to_string()
            } else {
                named
            }
        };
        let (methods, headers) = (
            told(METHODS, "GET, POST, PUT, DELETE"),
            told(HEADERS, "Authorization, Content-Type, Accept"),
        );
        let visible = |text: &str| text.bytes().all(|byte| (b' '..0x7f).contains(&byte));
        for (property, text) in [(METHODS, &methods), (HEADERS, &headers)] {
            if !visible(text) {
                reader.fault(property, "holds characters that no header may hold");
            }
        }
        (!origins.is_empty()).then_some(Self {
            origins,
            methods,
            headers,
        })
    }
}
