//! What is known already and newer than what is read now: a resumed session tells again what it told, and what was fetched may
//! be told as well. What comes late never undoes what is newer.

use std::collections::HashMap;

use serde_json::Value;

use super::rows::Row;
use crate::Discord;
use crate::error::Error;

/// What else is known about the messages of some rows.
#[derive(Debug, Default)]
pub(super) struct Newer {
    /// By channel and message, in the order of rows.
    known: HashMap<(i64, i64), Vec<Known>>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
struct Known {
    seq: i64,
    channel: i64,
    message: i64,
    key: String,
    done: bool,
    payload: Option<String>,
}

impl Newer {
    pub(super) async fn than(discord: &Discord, rows: &[Row]) -> Result<Self, Error> {
        let about: Vec<&Row> = rows.iter().filter(|row| row.message != 0 && !row.key.starts_with('i')).collect();
        if about.is_empty() {
            return Ok(Self::default());
        }
        // What a message says is needed where it was edited.
        let known: Vec<Known> = sqlx::query_as(
            "select r.seq, r.channel, r.message, r.key, r.done_at is not null as done,
                 case when r.key like 'e:%' or (r.key like 'm:%' and a.edited) then r.payload end as payload
             from (select channel, message, bool_or(edited) as edited
                   from unnest($2::bigint[], $3::bigint[], $4::bool[]) as u (channel, message, edited) group by 1, 2) a
             join discord.received r on r.org = $1 and r.channel = a.channel and r.message = a.message
             where r.key like any(array['m:%', 'e:%', 'd:%', 'r:%'])
             order by r.seq",
        )
        .bind(discord.org)
        .bind(about.iter().map(|row| row.channel).collect::<Vec<_>>())
        .bind(about.iter().map(|row| row.message).collect::<Vec<_>>())
        .bind(about.iter().map(|row| row.key.starts_with("e:")).collect::<Vec<_>>())
        .fetch_all(&discord.pool)
        .await?;
        Ok(known.into_iter().collect())
    }

    /// The payload as it still matters; `None` where something newer was told already.
    pub(super) fn correct(&self, row: &Row, mut payload: Value) -> Option<Value> {
        let Some(known) = self.known.get(&(row.channel, row.message)) else { return Some(payload) };
        let others = || known.iter().filter(|known| known.seq != row.seq);
        let deleted = || others().any(|known| known.done && known.key.starts_with("d:"));
        match row.key.split(':').next().unwrap_or_default() {
            "m" => {
                if deleted() {
                    return None;
                }
                let edits = others().filter(|known| known.done && known.key.starts_with("e:"));
                if let Some(newest) = edits.max_by_key(|edit| stamp(&edit.key)).and_then(Known::read) {
                    for field in ["content", "mentions", "mention_roles"] {
                        if let Some(now) = newest.get(field) {
                            payload[field] = now.clone();
                        }
                    }
                }
                Some(payload)
            }
            "e" => {
                let edits = || others().filter(|known| known.key.starts_with("e:"));
                if deleted() || edits().any(|edit| edit.done && stamp(&edit.key) > stamp(&row.key)) {
                    return None;
                }
                let before = edits().filter(|edit| stamp(&edit.key) < stamp(&row.key));
                let before = before.max_by_key(|edit| stamp(&edit.key));
                let before = before.or_else(|| others().find(|known| known.key.starts_with("m:")));
                let same =
                    before.and_then(Known::read).is_some_and(|before| before.get("content") == payload.get("content"));
                (!same).then_some(payload)
            }
            "r" => {
                let passed = others().any(|other| other.done && follows(&other.key, &row.key));
                (!passed).then_some(payload)
            }
            _ => Some(payload),
        }
    }
}

impl FromIterator<Known> for Newer {
    fn from_iter<I: IntoIterator<Item = Known>>(all: I) -> Self {
        let mut newer = Self::default();
        for one in all {
            newer.known.entry((one.channel, one.message)).or_default().push(one);
        }
        newer
    }
}

impl Known {
    fn read(&self) -> Option<Value> {
        serde_json::from_str(self.payload.as_deref()?).ok()
    }
}

/// Of an edit's key, when it was. Discord's stamps sort as text.
pub(super) fn stamp(key: &str) -> &str {
    let rest = key.splitn(4, ':').nth(3).unwrap_or_default();
    rest.rsplit_once(':').map_or(rest, |(stamp, _)| stamp)
}

/// Whether one reaction's key is of the same member's same emoji in the same session, and later.
fn follows(one: &str, other: &str) -> bool {
    let parts = |key: &str| {
        let (what, seq) = key.rsplit_once(':')?;
        Some((what.to_owned(), seq.parse::<u64>().ok()?))
    };
    matches!((parts(one), parts(other)), (Some((a, one)), Some((b, other))) if a == b && one > other)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::{Value, json};

    use super::super::rows::Row;
    use super::{Known, Newer};
    use crate::ingest::{deleted, edited, posted};

    fn row(seq: i64, key: &str) -> Row {
        Row {
            seq,
            key: key.into(),
            bot: "bullpen".into(),
            kind: String::new(),
            channel: 3,
            message: 5,
            payload: String::new(),
            received_at: DateTime::UNIX_EPOCH,
        }
    }

    fn known(seq: i64, key: &str, done: bool, text: &str) -> Known {
        let payload = Some(json!({ "content": text }).to_string());
        Known { seq, channel: 3, message: 5, key: key.into(), done, payload }
    }

    fn at(second: u8, text: &str) -> String {
        edited(3, 5, &format!("2026-01-02T03:04:{second:02}+00:00"), text)
    }

    fn corrected(known: Vec<Known>, row: &Row, text: &str) -> Option<String> {
        let newer: Newer = known.into_iter().collect();
        let payload = newer.correct(row, json!({ "content": text }))?;
        payload.get("content").and_then(Value::as_str).map(str::to_owned)
    }

    #[test]
    fn what_is_deleted_stays_deleted() {
        let gone = |done| vec![known(2, &deleted(3, 5), done, "")];
        assert_eq!(corrected(gone(true), &row(9, &posted(3, 5)), "a"), None);
        assert_eq!(corrected(gone(true), &row(9, &at(1, "b")), "b"), None);
        assert_eq!(corrected(gone(false), &row(9, &posted(3, 5)), "a").as_deref(), Some("a"), "its turn comes");
    }

    #[test]
    fn an_older_text_does_not_come_back() {
        let newer = || vec![known(2, &at(7, "new"), true, "new")];
        assert_eq!(corrected(newer(), &row(9, &at(3, "old")), "old"), None);
        assert_eq!(corrected(newer(), &row(9, &posted(3, 5)), "oldest").as_deref(), Some("new"));
        assert_eq!(corrected(newer(), &row(9, &at(8, "newest")), "newest").as_deref(), Some("newest"));
    }

    #[test]
    fn an_edit_that_changes_no_word_is_none() {
        let said = vec![known(1, &posted(3, 5), true, "a")];
        assert_eq!(corrected(said.clone(), &row(9, &at(1, "a")), "a"), None);
        assert_eq!(corrected(said.clone(), &row(9, &at(1, "b")), "b").as_deref(), Some("b"));
        let there_and_back = [said, vec![known(2, &at(2, "b"), true, "b")]].concat();
        assert_eq!(corrected(there_and_back, &row(9, &at(3, "a")), "a").as_deref(), Some("a"));
    }

    #[test]
    fn a_reaction_told_late_changes_nothing() {
        let key = |seq: u64, user: u64| format!("r:3:5:{user}:✅:s:{seq}");
        let later = |user| vec![known(2, &key(10, user), true, "")];
        assert_eq!(corrected(later(9), &row(3, &key(9, 9)), ""), None);
        assert!(corrected(later(9), &row(3, &key(11, 9)), "").is_some());
        assert!(corrected(later(8), &row(3, &key(9, 9)), "").is_some(), "that was somebody else");
    }
}
