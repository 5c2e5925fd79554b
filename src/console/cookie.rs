//! The cookie of who is signed in: a name and an end, sealed with the person's own token. Nothing is kept about it, so
//! it holds on every server and over restarts, and a new token ends all cookies of the old one.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

/// What it is called.
pub(super) const NAME: &str = "bullpen_session";

/// How long somebody stays signed in.
pub(super) const LIFE: TimeDelta = TimeDelta::days(30);

/// The bytes that SHA-256 works on at a time.
const BLOCK: usize = 64;

/// A cookie's value for this person, good until `until`.
pub(super) fn seal(name: &str, token: &str, until: DateTime<Utc>) -> String {
    let (name, until) = (hex(name.as_bytes()), until.timestamp());
    let mac = hmac(token.as_bytes(), format!("{NAME} {name} {until}").as_bytes());
    format!("{name}.{until}.{}", hex(&mac))
}

/// Whose cookie this claims to be.
pub(super) fn claims(value: &str) -> Option<String> {
    let name = value.split('.').next()?;
    let digits = name.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8(digits.collect::<Option<Vec<u8>>>()?).ok()
}

/// Whether it is that person's, and not over at `now`.
pub(super) fn is_good(value: &str, name: &str, token: &str, now: DateTime<Utc>) -> bool {
    let until = value.split('.').nth(1).and_then(|until| until.parse().ok());
    let Some(until) = until.and_then(|until| DateTime::from_timestamp(until, 0)) else { return false };
    same(value, &seal(name, token, until)) && now < until
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (Sha256::digest(one), Sha256::digest(other));
    one.iter().zip(other).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
}

/// HMAC-SHA256 as RFC 2104 has it.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_is_the_standards() {
        // RFC 4231, test cases 1, 2 and 6.
        let cases: [(&[u8], &[u8], &str); 3] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, text, mac) in cases {
            assert_eq!(hex(&hmac(key, text)), mac);
        }
    }

    #[test]
    fn a_cookie_is_good_for_one_person_with_one_token_for_a_time() {
        let now = DateTime::UNIX_EPOCH;
        let value = seal("Ána Lee", "a token", now + LIFE);
        assert_eq!(claims(&value).as_deref(), Some("Ána Lee"));
        assert!(is_good(&value, "Ána Lee", "a token", now));
        assert!(!is_good(&value, "Ána Lee", "another token", now));
        assert!(!is_good(&value, "Ben", "a token", now));
        assert!(!is_good(&value, "Ána Lee", "a token", now + LIFE));
        let longer = value.replace(&(now + LIFE).timestamp().to_string(), "99999999999");
        assert!(!is_good(&longer, "Ána Lee", "a token", now));
        for nonsense in ["", ".", "..", "zz.1.2", "é.1.2", "4", "ff.9999999999999999999.00"] {
            assert!(!is_good(nonsense, "", "", now), "{nonsense}");
            let _ = claims(nonsense);
        }
    }
}
