//! Who is known here: our identities and the listed people.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::name::{Member, fold};
use crate::{Error, Lobby};

/// What was read of the directory. Every message looks up names, and they hardly ever change.
pub(crate) type Names = Cache<(), Arc<Directory>>;

/// How long names are believed that another server may have changed meanwhile. A change of our own is known at once.
const BELIEVED: Duration = Duration::from_secs(1);

pub(crate) fn names() -> Names {
    Cache::builder().max_capacity(1).time_to_live(BELIEVED).build()
}

/// The names of an organisation, as they stood when they were read.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    identities: Vec<Known>,
    people: Vec<String>,
}

#[derive(Debug)]
struct Known {
    handle: String,
    name: String,
    gone: bool,
}

impl Directory {
    pub(crate) async fn load(db: impl PgExecutor<'_>, org: Uuid) -> Result<Self, Error> {
        let rows: Vec<(bool, String, String, bool)> = sqlx::query_as(
            "select true, handle, name, gone from lobby.identities where org = $1
             union all
             select false, name, name, gone from lobby.people where org = $1 and not gone",
        )
        .bind(org)
        .fetch_all(db)
        .await?;
        let mut directory = Self::default();
        for (is_identity, handle, name, gone) in rows {
            if is_identity {
                directory.identities.push(Known { handle, name, gone });
            } else {
                directory.people.push(name);
            }
        }
        Ok(directory)
    }

    /// Who speaks as `given`. A name that is not listed is a guest's and allowed.
    ///
    /// A persona's name stays reserved after the persona is gone: what it said is still on show.
    pub(crate) fn member(&self, given: &str) -> Result<Member, Error> {
        let member = Member::parse(given)?;
        let folded = fold(member.as_str());
        if self.identities.iter().any(|known| fold(&known.handle) == folded || fold(&known.name) == folded) {
            return Err(Error::IsPersona(member.to_string()));
        }
        match self.people.iter().find(|person| fold(person) == folded) {
            // Compared with what was given, not with what became of it: what checks sign-in in front of us has seen
            // only that, and must not be passed by a spelling of a listed name that we would mend.
            Some(listed) if listed != given => {
                Err(Error::LooksLike { name: member.to_string(), listed: listed.clone() })
            }
            _ => Ok(member),
        }
    }

    /// The present identity of this handle, whatever its case.
    pub(crate) fn persona(&self, handle: &str) -> Result<&str, Error> {
        self.identities
            .iter()
            .find(|known| !known.gone && known.handle.eq_ignore_ascii_case(handle))
            .map(|known| known.handle.as_str())
            .ok_or_else(|| Error::UnknownPersona(handle.to_owned()))
    }

    /// The name shown for a handle.
    pub(crate) fn persona_name(&self, handle: &str) -> Option<&str> {
        self.identities.iter().find(|known| known.handle == handle).map(|known| known.name.as_str())
    }

    /// The listed people.
    pub(crate) fn people(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(String::as_str)
    }

    /// What an `@` may be followed by to count as a mention: handles and people's names.
    pub(crate) fn mentionable(&self) -> impl Iterator<Item = &str> {
        let handles = self.identities.iter().filter(|known| !known.gone).map(|known| known.handle.as_str());
        handles.chain(self.people())
    }
}

impl Lobby {
    pub(crate) async fn directory(&self) -> Result<Arc<Directory>, Error> {
        if let Some(known) = self.names.get(&()).await {
            return Ok(known);
        }
        let read = Arc::new(Directory::load(&self.pool, self.org).await?);
        self.names.insert((), Arc::clone(&read)).await;
        Ok(read)
    }

    /// Who speaks as `given`: a listed person, or a guest.
    ///
    /// # Errors
    /// [`Error::Name`] when it is not fit to be shown; [`Error::IsPersona`] and [`Error::LooksLike`] when others would be
    /// taken in by it.
    pub async fn member(&self, given: &str) -> Result<Member, Error> {
        self.directory().await?.member(given)
    }
}

#[cfg(test)]
mod tests {
    use super::{Directory, Known};
    use crate::Error;

    impl Directory {
        /// A directory of these handles and people.
        pub(crate) fn of(handles: &[&str], people: &[&str]) -> Self {
            let known = |handle: &&str| Known { handle: (*handle).into(), name: handle.to_uppercase(), gone: false };
            Self {
                identities: handles.iter().map(known).collect(),
                people: people.iter().map(|&name| name.into()).collect(),
            }
        }
    }

    fn directory() -> Directory {
        Directory {
            identities: vec![
                Known { handle: "content_manager".into(), name: "Marta Vale".into(), gone: false },
                Known { handle: "old_hand".into(), name: "Old Hand".into(), gone: true },
            ],
            people: vec!["you".into(), "Ana Lee".into()],
        }
    }

    #[test]
    fn people_and_guests_may_speak_and_nobody_may_look_as_a_persona() {
        let directory = directory();
        for fine in ["you", "Ana Lee", "a guest", "youssef"] {
            assert_eq!(directory.member(fine).unwrap().as_str(), fine);
        }
        for persona in
            ["content_manager", "Content Manager", "@CONTENT_MANAGER", "marta vale", "ｍarta vale", "Old Hand"]
        {
            assert!(matches!(directory.member(persona), Err(Error::IsPersona(_))), "{persona}");
        }
        for alike in ["You", "ｙou", " you", "\u{202e}you", "ana lee"] {
            assert!(matches!(directory.member(alike), Err(Error::LooksLike { .. })), "{alike}");
        }
    }

    #[test]
    fn a_persona_that_is_gone_takes_no_messages() {
        assert_eq!(directory().persona("Content_Manager").unwrap(), "content_manager");
        assert!(directory().persona("old_hand").is_err());
        assert!(directory().persona("nobody").is_err());
    }
}
