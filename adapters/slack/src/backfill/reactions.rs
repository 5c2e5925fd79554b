//! Reactions on our own posts that were set or taken back while nobody listened: what Slack shows now, compared with what we
//! were told.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{calls, ts};
use crate::Slack;
use crate::apps::App;
use crate::error::Error;
use crate::parse::{Ours, emoji};
use crate::payload::{Event, is_ts};
use crate::received::{Kind, Received, found};

/// What we were told last of one member's reaction.
struct Told {
    user: String,
    emoji: String,
    set: bool,
    seq: i64,
}

/// The last row there is, of any organisation. What comes after it, Slack tells while we look, and knows better.
pub(super) async fn mark(slack: &Slack) -> Result<i64, Error> {
    let newest =
        sqlx::query_scalar("select case when is_called then last_value else 0 end from slack.received_seq_seq");
    Ok(newest.fetch_one(&slack.pool).await?)
}

/// The rows of what changed, by messages that were read after `mark`.
pub(super) async fn changes<'a>(
    slack: &Arc<Slack>,
    app: &Arc<App>,
    channel: &str,
    messages: impl Iterator<Item = &'a Value>,
    ours: &Ours,
    mark: i64,
) -> Result<Vec<Received>, Error> {
    let posts: Vec<(&str, Event)> = messages
        .filter(|message| is_ts(ts(message)))
        .map(|message| (ts(message), Event::parse(message)))
        .filter(|(_, event)| event.said(channel, false).is_some_and(|said| ours.wrote(&said)))
        .collect();
    let mut told = told(slack, channel, &posts).await?;
    let mut rows = Vec::new();
    for (ts, mut post) in posts {
        let told = told.remove(ts).unwrap_or_default();
        if post.reactions.is_empty() && told.is_empty() {
            continue;
        }
        if post.reactions.iter().any(|r| r.users.len() as u64 != r.count) {
            post = Event::parse(&calls::reactions(slack, app, channel, ts).await?);
        }
        let now = standing(&post, ours);
        for ((user, emoji), name) in &now {
            let last = told.iter().find(|told| told.user == *user && told.emoji == *emoji);
            if last.is_none_or(|last| !last.set && last.seq <= mark) {
                rows.push(row(app, channel, ts, user, emoji, name, true, last.map_or(0, |last| last.seq)));
            }
        }
        let is_set = |told: &Told| now.contains_key(&(told.user.clone(), told.emoji.clone()));
        let gone = told.iter().filter(|told| told.set && told.seq <= mark && !is_set(told));
        // The emoji reads as a name of itself.
        rows.extend(gone.map(|told| row(app, channel, ts, &told.user, &told.emoji, &told.emoji, false, told.seq)));
    }
    Ok(rows)
}

/// Who has set what now, with Slack's name of it.
fn standing(post: &Event, ours: &Ours) -> BTreeMap<(String, String), String> {
    let mut now = BTreeMap::new();
    for reactions in &post.reactions {
        for user in reactions.users.iter().filter(|user| !ours.users.contains_key(*user)) {
            now.insert((user.clone(), emoji::unicode(&reactions.name)), reactions.name.clone());
        }
    }
    now
}

/// What we were told of reactions on some messages, by message.
async fn told(slack: &Slack, channel: &str, posts: &[(&str, Event)]) -> Result<BTreeMap<String, Vec<Told>>, Error> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "select message, key, seq from slack.received
         where org = $1 and channel = $2 and message = any($3) and key like 'r:%' order by seq",
    )
    .bind(slack.org)
    .bind(channel)
    .bind(posts.iter().map(|(ts, _)| *ts).collect::<Vec<_>>())
    .fetch_all(&slack.pool)
    .await?;
    let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for (message, key, seq) in rows {
        let Some((user, emoji, set)) = read(&key, channel, &message) else { continue };
        let of = told.entry(message).or_default();
        of.retain(|known| known.user != user || known.emoji != emoji);
        of.push(Told { user: user.to_owned(), emoji: emoji.to_owned(), set, seq });
    }
    Ok(told)
}

/// User, emoji and state in the key of a reaction; the emoji may have colons of its own.
fn read<'a>(key: &'a str, channel: &str, message: &str) -> Option<(&'a str, &'a str, bool)> {
    let rest = key.strip_prefix(&format!("r:{channel}:{message}:"))?;
    let (user, rest) = rest.split_once(':')?;
    let (rest, set) = rest.rsplit_once(':')?;
    let (emoji, _) = rest.rsplit_once(':')?;
    Some((user, emoji, set == "+"))
}

#[allow(clippy::too_many_arguments, reason = "one row, written in one place")]
fn row(app: &App, channel: &str, ts: &str, user: &str, emoji: &str, name: &str, set: bool, after: i64) -> Received {
    let (kind, sign) = if set { ("reaction_added", "+") } else { ("reaction_removed", "-") };
    Received {
        // It changes what was known at `after`; found again, it is the same.
        key: format!("{}{sign}", found(channel, ts, user, emoji, after)),
        app: app.name().to_owned(),
        kind: Kind::Event,
        channel: channel.to_owned(),
        message: ts.to_owned(),
        // Nobody knows when: as early as can be, so that nothing that is told counts as older.
        ts: ts.to_owned(),
        payload: json!({ "event": {
            "type": kind, "user": user, "reaction": name, "event_ts": ts,
            "item": { "type": "message", "channel": channel, "ts": ts },
        } }),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::parse::emoji::unicode;
    use crate::received::{found, found_after};

    #[test]
    fn keys_are_read_as_they_are_written() {
        let key =
            format!("{}1700000001.000100:+", crate::received::reaction("C1", "1700000000.000100", "U1", ":parrot:"));
        assert_eq!(read(&key, "C1", "1700000000.000100"), Some(("U1", ":parrot:", true)));
        assert_eq!(found_after(&key), None);
        let key = format!("{}-", found("C1", "1700000000.000100", "U1", "✅", 7));
        assert_eq!(found_after(&key), Some(7));
        assert_eq!(read(&key, "C1", "1700000000.000100"), Some(("U1", "✅", false)));
        assert_eq!(read(&key, "C2", "1700000000.000100"), None);
    }

    #[test]
    fn every_emoji_finds_its_way_back() {
        for emoji in ["✅", "❌", "🔁", "👍", "✔", "🤷‍♂", ":party_parrot:"] {
            assert_eq!(unicode(emoji), emoji);
        }
    }
}
