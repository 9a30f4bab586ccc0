//! One request: method, path, query and body.

use reqwest::{Method, Url};

use crate::failure::Failure;

/// A request below `/security/1.0`, unless made by [`Request::get_root`].
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    segments: Vec<String>,
    query: Option<(&'static str, String)>,
    /// JSON, sent as it is.
    pub(crate) body: Option<String>,
}

impl Request {
    pub(crate) fn new(method: Method, path: &[&str]) -> Result<Self, Failure> {
        let path: Vec<&str> = ["security", "1.0"].iter().chain(path).copied().collect();
        Self::at(method, &path)
    }

    pub(crate) fn get(path: &[&str]) -> Result<Self, Failure> {
        Self::new(Method::GET, path)
    }

    /// A GET of a path that is not below `/security/1.0`.
    pub(crate) fn get_root(path: &[&str]) -> Result<Self, Failure> {
        Self::at(Method::GET, path)
    }

    /// A request to any path.
    pub(crate) fn at(method: Method, path: &[&str]) -> Result<Self, Failure> {
        // In a URL these two are steps, escaped or not, and would silently lead to another path.
        if let Some(step) = path
            .iter()
            .find(|segment| matches!(**segment, "." | ".." | ""))
        {
            return Err(Failure::usage(format!("\"{step}\" is not a name")));
        }
        Ok(Self {
            method,
            segments: path.iter().map(|segment| (*segment).to_owned()).collect(),
            query: None,
            body: None,
        })
    }

    #[must_use]
    pub(crate) fn query(mut self, name: &'static str, value: &str) -> Self {
        self.query = Some((name, value.to_owned()));
        self
    }

    #[must_use]
    pub(crate) fn body(mut self, json: String) -> Self {
        self.body = Some(json);
        self
    }

    /// A value of ours as the body.
    pub(crate) fn json<T: serde::Serialize>(self, value: &T) -> Result<Self, Failure> {
        match serde_json::to_string(value) {
            Ok(text) => Ok(self.body(text)),
            Err(error) => Err(Failure::new(format!("cannot write the request: {error}"))),
        }
    }

    /// The full address at the server whose own address is `base`. Each segment is escaped, so a `/` in a name stays in it.
    pub(crate) fn url(&self, base: &str) -> Option<Url> {
        let mut url = Url::parse(base).ok()?;
        url.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend(&self.segments);
        if let Some((name, value)) = &self.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_within_their_segment() {
        let request = Request::get(&["principals", "User:CN=k,OU=a b/c%2F?", "roles"])
            .unwrap()
            .query("q", "crn:///kafka=*/topic=a+b&c");
        assert_eq!(
            request.url("http://mds:8090").unwrap().as_str(),
            "http://mds:8090/security/1.0/principals/User:CN=k,OU=a%20b%2Fc%252F%3F/roles?q=crn%3A%2F%2F%2Fkafka%3D*%2Ftopic%3Da%2Bb%26c"
        );
    }

    #[test]
    fn a_name_cannot_climb_out_of_its_path() {
        assert!(Request::get(&["roles", ".."]).is_err());
        assert!(Request::get(&["roles", ""]).is_err());
        let escaped = Request::get(&["roles", "%2e%2e"]).unwrap();
        assert_eq!(
            escaped.url("http://mds:1/x").unwrap().path(),
            "/x/security/1.0/roles/%252e%252e"
        );
    }
}
