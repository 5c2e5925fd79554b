//! The endpoint's address and key: checked once, never printed.

use bullpen_model::Error;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

/// A checked address with the headers that go there. It has no `Debug`, so that no derive shows the key by accident.
pub(crate) struct Endpoint {
    url: Url,
    /// The address without a slash at its end.
    base: String,
    key: SecretString,
    headers: HeaderMap,
}

impl Endpoint {
    pub(crate) fn parse(base_url: &str, key: Option<SecretString>) -> Result<Endpoint, Error> {
        let base = base_url.trim().trim_end_matches('/');
        let wrong = |why: &str| {
            Error::Misconfigured(format!("{why}: set OPENAI_BASE_URL to an address such as https://api.openai.com/v1."))
        };
        let url =
            Url::parse(base).map_err(|error| wrong(&format!("The model endpoint's address is no URL ({error})")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(wrong("The model endpoint's address is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(
                "The model endpoint's address holds a user name or password (a key is for OPENAI_API_KEY)",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("The model endpoint's address has a query or fragment, to which no path can be added"));
        }

        let key = SecretString::from(key.map(|key| key.expose_secret().trim().to_owned()).unwrap_or_default());
        let mut headers = HeaderMap::new();
        if !key.expose_secret().is_empty() {
            if url.scheme() == "http" && !is_loopback(&url) {
                return Err(Error::Misconfigured(format!(
                    "The key would travel unencrypted to {base}: use https in OPENAI_BASE_URL, or unset OPENAI_API_KEY \
                     if the endpoint wants no key."
                )));
            }
            let mut bearer = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret())).map_err(|_| {
                Error::Misconfigured(
                    "OPENAI_API_KEY contains characters that no key has (such as a line break): copy it again."
                        .to_owned(),
                )
            })?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        Ok(Endpoint { base: base.to_owned(), url, key, headers })
    }

    /// The address, for people.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The host, with the port where the address names one.
    pub(crate) fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    pub(crate) fn is_openai(&self) -> bool {
        self.url.host_str() == Some("api.openai.com")
    }

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    pub(crate) fn has_key(&self) -> bool {
        !self.key.expose_secret().is_empty()
    }

    /// The text without our key, which some endpoints repeat in their complaints.
    pub(crate) fn redact(&self, text: &str) -> String {
        if self.has_key() { text.replace(self.key.expose_secret(), "[key]") } else { text.to_owned() }
    }
}

fn is_loopback(url: &Url) -> bool {
    // An IPv6 host stands in brackets within a URL.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.parse::<std::net::IpAddr>().map_or(host == "localhost" || host.ends_with(".localhost"), |ip| ip.is_loopback())
}

/// Our own, since the crate's configuration reads the environment and panics over a key that fits no header.
impl async_openai::config::Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str, key: Option<&str>) -> Result<Endpoint, String> {
        Endpoint::parse(url, key.map(SecretString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn addresses_that_cannot_work_are_refused_with_the_variable() {
        for url in ["", "api.openai.com", "ftp://host/v1", "https://me:pw@host/v1", "https://host/v1?version=1"] {
            let error = parse(url, None).err().unwrap_or_else(|| panic!("{url:?} was accepted"));
            assert!(error.contains("OPENAI_BASE_URL"), "{error}");
            assert!(!error.contains("pw@"), "{error}");
        }
    }

    #[test]
    fn a_key_travels_encrypted_or_stays_on_this_machine() {
        assert!(parse("http://models.example.com/v1", Some("k-1")).is_err_and(|error| error.contains("https")));
        assert!(parse("http://models.example.com/v1", None).is_ok());
        for url in ["http://127.0.0.1:8000/v1", "http://localhost:11434/v1", "http://[::1]:1/v1", "https://host/v1"] {
            assert!(parse(url, Some("k-1")).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_key_that_fits_no_header_is_refused_and_not_shown() {
        let error = parse("https://host/v1", Some("sk-one\nsk-two")).err().expect("a line break fits no header");
        assert!(error.contains("OPENAI_API_KEY") && !error.contains("sk-"), "{error}");
    }

    #[test]
    fn the_key_is_cut_out_of_what_the_endpoint_says() {
        let endpoint = parse("https://host/v1", Some(" sk-secret ")).expect("a plain endpoint");
        assert_eq!(endpoint.redact("wrong key sk-secret!"), "wrong key [key]!");
        assert_eq!(endpoint.host(), "host");
    }
}
