//! Channels: found by name, made where there are none, joined, with a topic.

use std::collections::BTreeMap;

use bullpen_chat::{ChannelPlan, Plan};
use serde::Deserialize;
use serde_json::{Value, json};

use super::hand::{Hand, Next, Page};
use super::survey::Standing;
use crate::api::Failure;
use crate::apps::Me;

/// The longest topic that Slack keeps, in characters.
const LONGEST_TOPIC: usize = 250;

/// A channel as Slack lists it.
#[derive(Debug, Clone, Default, Deserialize)]
struct Channel {
    id: String,
    name: String,
    #[serde(default)]
    is_archived: bool,
    #[serde(default)]
    is_member: bool,
    #[serde(default)]
    is_private: bool,
    #[serde(default)]
    creator: String,
    num_members: Option<usize>,
    #[serde(default)]
    topic: Topic,
    #[serde(default)]
    previous_names: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Topic {
    #[serde(default)]
    value: String,
    #[serde(default)]
    creator: String,
}

#[derive(Deserialize)]
struct Channels {
    channels: Vec<Channel>,
    #[serde(default)]
    response_metadata: Next,
}

impl Page for Channels {
    type Entry = Channel;

    fn split(self) -> (Vec<Channel>, Next) {
        (self.channels, self.response_metadata)
    }
}

#[derive(Deserialize)]
struct Created {
    channel: Channel,
}

#[derive(Deserialize)]
struct History {
    #[serde(default)]
    messages: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    user: Option<String>,
}

/// A channel of the plan that stands in Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// What the plan calls it.
    pub(super) planned: String,
    /// What Slack calls it.
    pub(super) name: String,
    pub(super) id: String,
    pub(super) private: bool,
}

const KINDS: (&str, Option<&str>) = ("types", Some("public_channel,private_channel"));

/// Makes the plan's channels exist with the shared app in them. `ours` are the users that our apps are.
pub(super) async fn channels(
    hand: &mut Hand<'_>,
    me: &Me,
    prefix: &str,
    plan: &Plan,
    people: &BTreeMap<String, String>,
    ours: &[String],
) -> Result<Vec<Found>, bullpen_chat::Error> {
    let wanted: Vec<String> = plan.channels.iter().map(|channel| format!("{prefix}{}", channel.name)).collect();
    let all_named = |seen: &[Channel]| wanted.iter().all(|name| seen.iter().any(|channel| channel.name == *name));
    let listed = hand.list::<Channels>("conversations.list", &[KINDS], all_named).await;
    let Some(listed) = hand.soften(listed, "cannot list channels")? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (planned, name) in plan.channels.iter().zip(&wanted) {
        let channel = match pick(&listed, name) {
            Some(channel) if channel.is_archived => {
                hand.missing.push(format!(
                    "The channel #{name} is archived: open it in Slack, click its name, “Settings”, “Unarchive \
                     channel”; or give the department's channels a prefix of their own (`channel_prefix` below `slack` \
                     in bullpen.yaml)."
                ));
                continue;
            }
            Some(channel) => channel.clone(),
            None => match create(hand, name).await? {
                Some(channel) => channel,
                None => continue,
            },
        };
        if !settle(hand, me, planned, &channel).await? {
            continue;
        }
        if nobody_was_here(hand, me, &channel, ours).await? {
            invite(hand, &channel, people).await?;
        }
        found.push(Found {
            planned: planned.name.clone(),
            name: channel.name,
            id: channel.id,
            private: channel.is_private,
        });
    }
    Ok(found)
}

/// The channel of this name, or else the one that people have renamed and the app is still in.
fn pick<'a>(listed: &'a [Channel], name: &str) -> Option<&'a Channel> {
    listed.iter().find(|channel| channel.name == name).or_else(|| {
        let once = |channel: &&Channel| channel.previous_names.iter().any(|previous| previous == name);
        listed.iter().filter(|channel| channel.is_member && !channel.is_archived).find(once)
    })
}

async fn create(hand: &mut Hand<'_>, name: &str) -> Result<Option<Channel>, bullpen_chat::Error> {
    let created = hand.write::<Created>("conversations.create", &json!({ "name": name, "is_private": false })).await;
    match created {
        Ok(created) => {
            hand.changed.push(format!("The channel #{name} was made."));
            // Slack makes the maker a member, and not every answer says so.
            Ok(Some(Channel { is_member: true, num_members: Some(1), ..created.channel }))
        }
        Err(failure) if failure.code() == Some("name_taken") => taken(hand, name).await,
        Err(failure) if failure.code().is_some_and(|code| code.starts_with("invalid_name")) => {
            hand.missing.push(format!(
                "Slack does not take #{name} as a name of a channel: names are lower-case, have no spaces and at most \
                 80 characters. Give it another name in the team's file."
            ));
            Ok(None)
        }
        Err(failure) => hand.soften(Err(failure), &format!("cannot make the channel #{name}")),
    }
}

/// The name is in use and was not in the list: somebody else has just made it, or the app may not see it.
async fn taken(hand: &mut Hand<'_>, name: &str) -> Result<Option<Channel>, bullpen_chat::Error> {
    let again = hand.list::<Channels>("conversations.list", &[KINDS], |seen| seen.iter().any(|c| c.name == name)).await;
    let Some(again) = hand.soften(again, "cannot list channels")? else { return Ok(None) };
    if let Some(channel) = again.into_iter().find(|channel| channel.name == name && !channel.is_archived) {
        return Ok(Some(channel));
    }
    let app = hand.app.name().to_owned();
    hand.missing.push(format!(
        "The name #{name} is taken by a private or archived channel: if the department may use it, open it and type \
         “/invite @{app}”; otherwise rename it (its name, “Settings”, “Edit channel name”), or give the department's \
         channels a prefix of their own (`channel_prefix` below `slack` in bullpen.yaml)."
    ));
    Ok(None)
}

/// Joins a channel and sets its topic where that is to be done. Whether the app is in it now.
async fn settle(
    hand: &mut Hand<'_>,
    me: &Me,
    planned: &ChannelPlan,
    channel: &Channel,
) -> Result<bool, bullpen_chat::Error> {
    let name = &channel.name;
    if !channel.is_member && !join(hand, &channel.id, name).await? {
        return Ok(false);
    }
    let topic: String = planned.topic.chars().take(LONGEST_TOPIC).collect();
    // A topic that somebody else set is theirs, and so is a private channel.
    let by = &channel.topic.creator;
    let ours = channel.topic.value.is_empty() || by.is_empty() || *by == me.user_id;
    if !channel.is_private && ours && !topic.is_empty() && plain(&channel.topic.value) != topic {
        let body = json!({ "channel": channel.id, "topic": topic });
        let set = hand.write::<Value>("conversations.setTopic", &body).await;
        if hand.soften(set, &format!("cannot set the topic of #{name}"))?.is_some() {
            hand.changed.push(format!("The topic of #{name} was set."));
        }
    }
    Ok(true)
}

async fn join(hand: &mut Hand<'_>, id: &str, name: &str) -> Result<bool, bullpen_chat::Error> {
    let joined = hand.write::<Value>("conversations.join", &json!({ "channel": id })).await;
    let joined = hand.soften(joined, &format!("cannot join #{name}"))?.is_some();
    if joined {
        hand.changed.push(format!("The app {} joined #{name}.", hand.app.name()));
    }
    Ok(joined)
}

/// Slack hands text out with `&`, `<` and `>` escaped.
fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Whether we made the channel and no person was ever in it. Whoever was and left is not asked again.
async fn nobody_was_here(
    hand: &mut Hand<'_>,
    me: &Me,
    channel: &Channel,
    ours: &[String],
) -> Result<bool, bullpen_chat::Error> {
    if channel.creator != me.user_id || channel.num_members.is_none_or(|members| members > ours.len()) {
        return Ok(false);
    }
    let query = [("channel", Some(channel.id.as_str())), ("limit", Some("200"))];
    let history = hand.read::<History>("conversations.history", &query).await;
    let Some(history) = hand.soften(history, &format!("cannot read #{}", channel.name))? else { return Ok(false) };
    // A person's coming and going is a message in the channel, too.
    Ok(history.messages.iter().filter_map(|said| said.user.as_deref()).all(|user| ours.iter().any(|one| one == user)))
}

async fn invite(
    hand: &mut Hand<'_>,
    channel: &Channel,
    people: &BTreeMap<String, String>,
) -> Result<(), bullpen_chat::Error> {
    let mut invited = Vec::new();
    for (person, id) in people {
        // One by one: Slack refuses a whole list for the sake of one name.
        let body = json!({ "channel": channel.id, "users": id });
        let answer = hand.write::<Value>("conversations.invite", &body).await;
        if answer.as_ref().err().and_then(Failure::code) == Some("already_in_channel") {
            continue;
        }
        if hand.soften(answer, &format!("cannot invite {person} to #{}", channel.name))?.is_some() {
            invited.push(person.as_str());
        }
    }
    if !invited.is_empty() {
        hand.changed.push(format!("{} were invited to #{}.", invited.join(", "), channel.name));
    }
    Ok(())
}

/// How each channel of the plan stands for an app.
pub(super) async fn survey(hand: &Hand<'_>, prefix: &str, plan: &Plan) -> Result<Vec<(String, Standing)>, Failure> {
    let wanted: Vec<String> = plan.channels.iter().map(|channel| format!("{prefix}{}", channel.name)).collect();
    let all_named = |seen: &[Channel]| wanted.iter().all(|name| seen.iter().any(|channel| channel.name == *name));
    let listed = hand.list::<Channels>("conversations.list", &[KINDS], all_named).await?;
    let standing = |name: &String| match pick(&listed, name) {
        None => Standing::Absent,
        Some(channel) if channel.is_archived => Standing::Archived,
        Some(channel) if !channel.is_member => Standing::Outside,
        Some(channel) => Standing::Well { id: channel.id.clone() },
    };
    Ok(wanted.iter().map(|name| (name.clone(), standing(name))).collect())
}

/// Lets the app of a single persona join all channels of the department.
pub(super) async fn join_all(hand: &mut Hand<'_>, channels: &[Found]) -> Result<(), bullpen_chat::Error> {
    let listed = hand.list::<Channels>("users.conversations", &[KINDS], |_| false).await;
    let Some(listed) = hand.soften(listed, "cannot list its channels")? else { return Ok(()) };
    for channel in channels.iter().filter(|channel| !listed.iter().any(|there| there.id == channel.id)) {
        if channel.private {
            hand.missing.push(format!(
                "The app {app} is not in the private channel #{name}: open it and type “/invite @{app}”.",
                app = hand.app.name(),
                name = channel.name
            ));
        } else {
            join(hand, &channel.id, &channel.name).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(id: &str, name: &str) -> Channel {
        Channel { id: id.into(), name: name.into(), is_member: true, ..Channel::default() }
    }

    #[test]
    fn a_renamed_channel_is_still_the_one() {
        let renamed = Channel { previous_names: vec!["published".into()], ..channel("C1", "releases") };
        let all = [channel("C0", "all-hands"), renamed];
        assert_eq!(pick(&all, "published").map(|c| c.id.as_str()), Some("C1"));
        assert_eq!(pick(&all, "all-hands").map(|c| c.id.as_str()), Some("C0"));
        assert!(pick(&all, "decisions").is_none());
    }

    #[test]
    fn a_name_goes_before_a_former_name() {
        let renamed = Channel { previous_names: vec!["published".into()], ..channel("C1", "releases") };
        let all = [renamed, channel("C2", "published")];
        assert_eq!(pick(&all, "published").map(|c| c.id.as_str()), Some("C2"));
    }

    #[test]
    fn a_channel_that_we_left_is_no_longer_ours() {
        let left = Channel { is_member: false, previous_names: vec!["published".into()], ..channel("C1", "random") };
        assert!(pick(&[left], "published").is_none());
    }

    #[test]
    fn a_topic_is_compared_as_people_read_it() {
        assert_eq!(plain("Q&amp;A &lt;3 &amp;lt;"), "Q&A <3 &lt;");
    }
}
