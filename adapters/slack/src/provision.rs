//! Makes a workspace what the department wants it to be: channels, their topics, who is in them, and who is who.
//!
//! It looks first and changes only what is not right, so running it again calls nothing that writes. What people have
//! done stays: a topic that somebody set, a channel that somebody renamed, a person who left.

mod channels;
mod hand;
pub(crate) mod people;
pub(crate) mod survey;

use std::collections::BTreeMap;

use bullpen_chat::{Identity, Plan, Provisioned};

use crate::Slack;
use crate::apps::Apps;
use crate::config::SHARED;
use hand::Hand;

/// What provisioning found and did.
#[derive(Debug, Default)]
pub(crate) struct Arranged {
    /// What the port is told.
    pub(crate) provisioned: Provisioned,
    /// Slack's id of each listed person who has an account.
    pub(crate) people: BTreeMap<String, String>,
    /// The persona's handle for each user group that is called like it.
    pub(crate) groups: BTreeMap<String, String>,
    /// What was changed, a sentence each.
    pub(crate) changed: Vec<String>,
}

/// Provisions the workspace and lets the rest of the adapter know who is who.
pub(crate) async fn provision(slack: &Slack, plan: &Plan) -> Result<Provisioned, bullpen_chat::Error> {
    // Whatever Slack says: who our personas are is known here.
    let personas = plan.identities.iter().filter(|identity| identity.handle != SHARED);
    let about = |identity: &Identity| (identity.handle.clone(), format!("{}, {}", identity.name, identity.role));
    slack.members.set_personas(personas.map(about).collect());
    let arranged = arrange(&slack.apps, &slack.config.channel_prefix, plan).await?;
    for changed in &arranged.changed {
        tracing::info!(org = %slack.org, "{changed}");
    }
    slack.members.set_people(arranged.people);
    slack.members.set_groups(arranged.groups);
    Ok(arranged.provisioned)
}

/// The same without a running adapter, for `bullpen setup`.
///
/// # Errors
/// When Slack cannot be reached, is out of order, or does not let the shared app in. Whatever else it refuses becomes a
/// sentence in [`Provisioned::missing`].
pub(crate) async fn arrange(apps: &Apps, prefix: &str, plan: &Plan) -> Result<Arranged, bullpen_chat::Error> {
    let mut arranged = Arranged::default();
    let mut shared = Hand::new(apps.shared());
    let me = shared.app.me().await?.clone();
    arranged.people = people::people(&mut shared, &me, &plan.people).await?;
    arranged.groups = people::groups(&mut shared, &plan.identities).await?;
    let mut ours = Vec::new();
    for app in apps.iter() {
        // Who is refused here is told so below.
        ours.extend(app.me().await.ok().map(|they| they.user_id.clone()));
    }
    let found = channels::channels(&mut shared, &me, prefix, plan, &arranged.people, &ours).await?;
    arranged.changed.append(&mut shared.changed);
    arranged.provisioned.missing.append(&mut shared.missing);
    for app in apps.iter().skip(1) {
        let mut hand = Hand::new(app);
        let theirs = hand.app.me().await.cloned();
        if let Some(theirs) = hand.soften(theirs, "is not let into the workspace")? {
            if theirs.team_id == me.team_id {
                channels::join_all(&mut hand, &found).await?;
            } else {
                hand.missing.push(format!(
                    "The app {} is in the workspace {}, and the department is in {}: install it there (“Install App” \
                     in its settings) and set its token anew.",
                    app.name(),
                    theirs.team,
                    me.team
                ));
            }
        }
        arranged.changed.append(&mut hand.changed);
        arranged.provisioned.missing.append(&mut hand.missing);
    }
    arranged.provisioned.channels = found.into_iter().map(|channel| (channel.planned, channel.id)).collect();
    Ok(arranged)
}
