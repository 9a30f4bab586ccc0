//! Searching, page by page.

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Scope, SearchEntry};

use super::connection::{Connections, explain};
use crate::config::{LdapSettings, Search};

/// An entry's distinguished name and the values asked for, in the order of asking.
pub(super) struct Entry {
    pub(super) dn: String,
    pub(super) values: Vec<Vec<String>>,
}

/// All entries below the base that match the filter. On a failure the connection is given up, and
/// the search repeated once: an idle one may have been closed by the other side.
pub(super) async fn search(
    connections: &Connections,
    settings: &LdapSettings,
    search: &Search,
    filter: &str,
    attributes: &[&str],
) -> Result<Vec<Entry>, String> {
    match once(connections, settings, search, filter, attributes).await {
        Ok(entries) => Ok(entries),
        Err(_) => {
            connections.forget().await;
            let again = once(connections, settings, search, filter, attributes).await;
            if again.is_err() {
                connections.forget().await;
            }
            again
        }
    }
}

async fn once(
    connections: &Connections,
    settings: &LdapSettings,
    search: &Search,
    filter: &str,
    attributes: &[&str],
) -> Result<Vec<Entry>, String> {
    let mut ldap = connections.searching().await?;
    let adapters: Vec<Box<dyn Adapter<'_, String, Vec<String>>>> = vec![
        Box::new(EntriesOnly::new()),
        Box::new(PagedResults::new(settings.page_size)),
    ];
    let names: Vec<String> = attributes.iter().map(ToString::to_string).collect();
    let failed =
        |error: &ldap3::LdapError| format!("searching `{}`: {}", search.base, explain(error));
    let mut stream = ldap
        .with_timeout(settings.read_timeout)
        .streaming_search_with(adapters, &search.base, scope(search.scope), filter, names)
        .await
        .map_err(|error| failed(&error))?;
    let mut entries = Vec::new();
    while let Some(found) = stream.next().await.map_err(|error| failed(&error))? {
        entries.push(entry(SearchEntry::construct(found), attributes));
    }
    let result = stream.finish().await;
    result.success().map_err(|error| failed(&error))?;
    Ok(entries)
}

/// Servers answer with their own spelling of an attribute's name.
fn entry(found: SearchEntry, attributes: &[&str]) -> Entry {
    let values = |attribute: &&str| {
        let same = found
            .attrs
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(attribute));
        same.map(|(_, values)| values.clone()).unwrap_or_default()
    };
    Entry {
        values: attributes.iter().map(values).collect(),
        dn: found.dn.clone(),
    }
}

fn scope(number: u8) -> Scope {
    match number {
        0 => Scope::Base,
        1 => Scope::OneLevel,
        _ => Scope::Subtree,
    }
}
