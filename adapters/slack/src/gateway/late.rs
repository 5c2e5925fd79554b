//! What is known already and newer than what Slack tells now: it delivers side by side and repeats for minutes, so an old
//! fact may come after a new one was acted upon. And what was found by looking gives way to what was told meanwhile.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Slack;
use crate::error::Error;
use crate::payload::{Event, Fact, Reading};
use crate::received::{Row, found_after, reaction};

/// What else is known about the messages of some rows.
#[derive(Default)]
pub(super) struct Newer {
    /// By channel and message, in the order of Slack's time stamps.
    known: BTreeMap<(String, String), Vec<Known>>,
}

#[derive(sqlx::FromRow)]
struct Known {
    seq: i64,
    channel: String,
    message: String,
    key: String,
    ts: String,
    done: bool,
    payload: Option<Value>,
}

impl Newer {
    pub(super) async fn than(slack: &Slack, rows: &[Row]) -> Result<Self, Error> {
        let about: Vec<&Row> = rows.iter().filter(|row| row.kind == "event" && !row.message.is_empty()).collect();
        if about.is_empty() {
            return Ok(Self::default());
        }
        let known: Vec<Known> = sqlx::query_as(
            "select seq, channel, message, key, ts, done_at is not null as done,
                 case when key like 'e:%' then payload end as payload
             from slack.received
             where org = $1 and (channel, message) in (select * from unnest($2::text[], $3::text[]))
                 and (key like 'e:%' or key like 'd:%' or key like 'r:%')
             order by ts",
        )
        .bind(slack.org)
        .bind(about.iter().map(|row| row.channel.as_str()).collect::<Vec<_>>())
        .bind(about.iter().map(|row| row.message.as_str()).collect::<Vec<_>>())
        .fetch_all(&slack.pool)
        .await?;
        let mut newer = Self::default();
        for one in known {
            newer.known.entry((one.channel.clone(), one.message.clone())).or_default().push(one);
        }
        Ok(newer)
    }

    /// The fact as it still matters; `None` where something newer was told already.
    pub(super) fn correct(&self, row: &Row, fact: Fact) -> Option<Fact> {
        let Some(known) = self.known.get(&(row.channel.clone(), row.message.clone())) else { return Some(fact) };
        let deleted = known.iter().any(|known| known.done && known.key.starts_with("d:"));
        let edits = || known.iter().filter(|known| known.done && known.key.starts_with("e:"));
        match fact {
            Fact::Posted(_) | Fact::Edited { .. } if deleted => None,
            Fact::Posted(mut said) => {
                let newest = edits().next_back().and_then(|edit| edit.payload.as_ref()?.get("event"));
                if let Some(Reading::Fact(Fact::Edited { said: newest, .. })) =
                    newest.map(|event| Event::parse(event).read())
                {
                    said.text = newest.text;
                }
                Some(Fact::Posted(said))
            }
            Fact::Edited { .. } if edits().any(|edit| edit.ts > row.ts) => None,
            Fact::Reacted { ref channel, ref ts, ref user, ref emoji, .. } => {
                let same = reaction(channel, ts, user, emoji);
                let mut others = known.iter().filter(|known| known.seq != row.seq && known.key.starts_with(&same));
                let passed = match found_after(&row.key) {
                    Some(after) => others.any(|other| other.seq > after),
                    None => others.any(|other| other.done && other.ts > row.ts),
                };
                (!passed).then_some(fact)
            }
            fact => Some(fact),
        }
    }
}
