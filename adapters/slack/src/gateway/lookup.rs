//! Names that a row needs, asked of Slack beside the reading. What cannot be had now is asked for again; after a while the row
//! goes on without it, for a name is not worth an event.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Slack;
use crate::api::Failure;
use crate::apps::App;
use crate::members::User;

/// How long a user is asked for whom the organisation lists.
const GIVE_UP_LISTED: Duration = Duration::from_mins(30);
/// After this time without an answer a member is told by their id, without a mail address.
const GIVE_UP: Duration = Duration::from_secs(2 * 60);
/// The same for a channel's name, which is decoration.
const GIVE_UP_CHANNEL: Duration = Duration::from_secs(5);
/// How long a name that Slack does not give is not asked for again.
const REFUSED: Duration = Duration::from_secs(10 * 60);
/// The first pause after a failure, which doubles up to [`LONGEST`].
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(10);
/// Most questions at a time.
const AT_ONCE: usize = 8;

#[derive(Default)]
pub(super) struct Lookups {
    asked: HashMap<What, Asked>,
    running: JoinSet<(What, Result<(), Failure>)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum What {
    User(String),
    Channel(String),
}

struct Asked {
    since: Instant,
    /// Not before then; `None` while it runs.
    again: Option<Instant>,
    pause: Duration,
    refused: bool,
}

impl Lookups {
    /// A user if known, or given up; `None` while it is asked for.
    pub(super) async fn user(&mut self, slack: &Arc<Slack>, app: &Arc<App>, id: &str) -> Option<User> {
        let what = What::User(id.to_owned());
        if let Some(user) = slack.members.known_user(id).await {
            self.asked.remove(&what);
            return Some((*user).clone());
        }
        let (slack, app, asked) = (Arc::clone(slack), Arc::clone(app), id.to_owned());
        // A listed person's word counts: it waits longer for who they are.
        let patience = if slack.members.lists(id) { GIVE_UP_LISTED } else { GIVE_UP };
        let given_up = self.ask(what, patience, async move { slack.members.user(&app, &asked).await.map(drop) });
        given_up.then(|| User::unknown(id))
    }

    /// A channel's name if known, or its id where given up; `None` while it is asked for.
    pub(super) async fn channel(&mut self, slack: &Arc<Slack>, app: &Arc<App>, id: &str) -> Option<String> {
        let what = What::Channel(id.to_owned());
        if let Some(channel) = slack.members.known_channel(app, id).await {
            self.asked.remove(&what);
            return Some(channel.name.clone());
        }
        let (slack, app, asked) = (Arc::clone(slack), Arc::clone(app), id.to_owned());
        let given_up =
            self.ask(what, GIVE_UP_CHANNEL, async move { slack.members.channel(&app, &asked).await.map(drop) });
        given_up.then(|| id.to_owned())
    }

    /// Asks, unless that is under way or was refused. Answers whether it is time to go on without.
    fn ask(
        &mut self,
        what: What,
        patience: Duration,
        question: impl Future<Output = Result<(), Failure>> + Send + 'static,
    ) -> bool {
        let now = Instant::now();
        let fresh = || Asked { since: now, again: Some(now), pause: PAUSE, refused: false };
        let asked = self.asked.entry(what.clone()).or_insert_with(fresh);
        let due = asked.again.is_some_and(|again| again <= now);
        if due && asked.refused {
            *asked = fresh();
        }
        let given_up = asked.refused || now.duration_since(asked.since) > patience;
        if due && self.running.len() < AT_ONCE {
            asked.again = None;
            self.running.spawn(async move { (what, question.await) });
        }
        given_up
    }

    /// Waits until something that was asked for is answered. For ever, where nothing is.
    pub(super) async fn answered(&mut self) {
        loop {
            match self.running.join_next().await {
                Some(Ok((what, answer))) => return self.note(what, answer),
                Some(Err(_)) => {}
                None => return std::future::pending().await,
            }
        }
    }

    fn note(&mut self, what: What, answer: Result<(), Failure>) {
        let Some(asked) = self.asked.get_mut(&what) else { return };
        let now = Instant::now();
        let pause = match answer {
            // Known now; should the cache have dropped it before it is read, it is asked for at once.
            Ok(()) => Duration::ZERO,
            Err(Failure::Limited { after, .. }) => after,
            Err(failure @ Failure::Refused { .. }) if !failure.passes() => {
                tracing::warn!(?what, %failure, "Slack does not give this name");
                asked.refused = true;
                REFUSED
            }
            Err(_) => {
                asked.pause = (asked.pause * 2).min(LONGEST);
                asked.pause
            }
        };
        asked.again = Some(now + pause);
    }
}
