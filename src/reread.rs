//! Reactions on open approvals, read again: votes may have been given and taken back while nobody heard the platform.
//!
//! What stands on a card is compared with the votes that are stored, and what contradicts them is told. A vote by button is on
//! no card, and holds whatever stands there. Who reacts without being asked for a decision is not looked at.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bullpen_chat as chat;
use bullpen_domain::approval::Choice;
use bullpen_domain::event::Event;
use bullpen_domain::org::{Directory, Right};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock;
use crate::delivery::Speakers;
use crate::office::Office;
use crate::store::approvals::{self, OnShow};
use crate::store::{inbox, lock_queues};
use crate::translate;
use crate::wake::Wakes;

/// How soon after the start the first look is, once the platform is heard again.
const FIRST: Duration = Duration::from_secs(5);
/// How often, where nothing calls for it.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// When again, where somebody may have been missed on a card. What a platform has looked up by then, it knows.
const PARTLY: Duration = Duration::from_secs(60);
/// When again, where something about a card was under way.
const SOON: Duration = Duration::from_secs(1);

/// What reading again works with.
pub(crate) struct Reread {
    pub(crate) pool: PgPool,
    pub(crate) office: Arc<Office>,
    pub(crate) clock: clock::Shared,
    pub(crate) wakes: Arc<Wakes>,
    pub(crate) speakers: Speakers,
}

impl Reread {
    /// Looks until `stop`: now and then, and whenever a platform has closed a gap.
    pub(crate) async fn run(&self, stop: &CancellationToken) {
        let mut gaps: Vec<_> = self.speakers.values().filter_map(|poster| poster.gaps()).collect();
        let mut wait = FIRST;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
                () = closed(&mut gaps) => {}
            }
            let Some(looked) = stop.run_until_cancelled(self.look()).await else { return };
            wait = looked.unwrap_or_else(|error| {
                tracing::warn!(%error, "the votes on open approvals could not be read again; the next look tries it");
                EVERY
            });
        }
    }

    /// Looks at every card once, and says when to look again.
    async fn look(&self) -> anyhow::Result<Duration> {
        let directory = self.office.directory();
        let open = approvals::on_show(&mut *self.pool.acquire().await?, directory.org).await?;
        let mut again = EVERY;
        for shown in open {
            let (platform, channel) = translate::outward(&shown.message.channel);
            let Some((&platform, poster)) = self.speakers.get_key_value(platform) else { continue };
            // The lobby tells every reaction, and is not asked.
            if platform == translate::LOBBY {
                continue;
            }
            let message = chat::MessageRef { channel: channel.to_owned(), id: shown.message.id.clone() };
            let reactions = match poster.reactions(&message, &wanted(&directory, platform, &shown)).await {
                Ok(reactions) => reactions,
                // It is gone, or cannot be asked for now: this one is not worth the others.
                Err(error) => {
                    tracing::debug!(%error, "the votes on a card could not be read");
                    continue;
                }
            };
            if !reactions.whole {
                again = again.min(PARTLY);
            }
            let news = news(platform, &shown, &standing(&directory, platform, &reactions), reactions.whole);
            if !self.tell(&directory, &shown, news).await? {
                again = again.min(SOON);
            }
        }
        Ok(again)
    }

    /// Puts what contradicts the votes before the engine. Answers whether that could be: not where the votes have changed
    /// since they were read, for then what was seen may be older.
    async fn tell(&self, directory: &Directory, shown: &OnShow, news: Vec<inbox::New>) -> anyhow::Result<bool> {
        if news.is_empty() {
            return Ok(true);
        }
        let mut tx = self.pool.begin().await?;
        lock_queues(&mut tx, &inbox::queue_keys(&news)).await?;
        if !approvals::unmoved(&mut tx, directory.org, shown).await? {
            return Ok(false);
        }
        let new = inbox::insert(&mut tx, directory.org, self.clock.now(), &news).await?;
        tx.commit().await?;
        if !new.is_empty() {
            tracing::info!(new = new.len(), approval = %shown.id, "votes were given or taken back, and nobody had told");
            self.wakes.inbox.ring(new);
        }
        Ok(true)
    }
}

/// Waits until one of the platforms has closed a gap.
async fn closed(gaps: &mut Vec<watch::Receiver<u64>>) {
    while !gaps.is_empty() {
        let changes = gaps.iter_mut().map(|gap| Box::pin(gap.changed()));
        let (changed, which, _) = futures::future::select_all(changes).await;
        match changed {
            Ok(()) => return,
            // That platform is gone.
            Err(_) => drop(gaps.swap_remove(which)),
        }
    }
    std::future::pending().await
}

/// Whose reactions matter on a card: those of the people who are asked, by what the platform knows them by.
fn wanted(directory: &Directory, platform: &str, shown: &OnShow) -> chat::Wanted {
    let people = || directory.people.iter().filter(|person| shown.voters.contains(&person.name));
    chat::Wanted {
        emoji: Choice::EMOJI.into_iter().flat_map(|(_, with)| with).map(|&emoji| emoji.to_owned()).collect(),
        ids: people().filter_map(|person| person.accounts.get(platform).cloned()).collect(),
        by_address: people().any(|person| person.email.is_some() && !person.accounts.contains_key(platform)),
        by_group: people().any(|person| person.groups.contains_key(platform)),
    }
}

/// Which people with the right to decide have which choice standing on a card.
fn standing(directory: &Directory, platform: &str, reactions: &chat::Reactions) -> BTreeSet<(Choice, String)> {
    let choices =
        reactions.by.iter().filter_map(|(emoji, authors)| Some((Choice::of(&chat::fold_emoji(emoji))?, authors)));
    let person = |author| translate::person(directory, platform, author).map(|person| person.name.clone());
    let each = choices.flat_map(|(choice, authors)| authors.iter().filter_map(person).map(move |name| (choice, name)));
    each.filter(|(_, name)| directory.may(name, Right::Approve)).collect()
}

/// What contradicts the stored votes: first what was taken back, then what stops the act, then what lets it go on. Where not
/// everybody was seen (`whole`), nobody has taken anything back.
///
/// How often the person has voted so before is part of the key: the same contradiction found again, by this server or another,
/// is the same fact, and the next one is another.
fn news(platform: &str, shown: &OnShow, standing: &BTreeSet<(Choice, String)>, whole: bool) -> Vec<inbox::New> {
    let mut news = Vec::new();
    for (choice, with) in Choice::EMOJI {
        for by in &shown.voters {
            let given = || shown.votes.iter().filter(|vote| vote.by == *by && vote.vote == choice);
            let held = given().find(|vote| vote.taken_back.is_none());
            let set = match (held, standing.contains(&(choice, by.clone()))) {
                (None, true) => true,
                (Some(vote), false) if whole && vote.on == Some(shown.post) => false,
                _ => continue,
            };
            let (emoji, change) = (with[0], if set { '+' } else { '-' });
            news.push((
                set,
                inbox::New {
                    id: Uuid::now_v7(),
                    lane: shown.lane.clone(),
                    source: format!("{platform}:stands:{}:{by}:{emoji}:{}{change}", shown.id, given().count()),
                    event: Event::Reacted {
                        post: shown.post,
                        by: by.clone(),
                        emoji: emoji.to_owned(),
                        set,
                        button: false,
                    },
                    waits_for: None,
                },
            ));
        }
    }
    news.sort_by_key(|(set, _)| *set);
    news.into_iter().map(|(_, new)| new).collect()
}

#[cfg(test)]
mod tests {
    use bullpen_domain::approval::Vote;
    use bullpen_domain::event::MessageId;
    use bullpen_domain::lane::Lane;
    use chrono::DateTime;

    use super::*;

    const CARD: Uuid = Uuid::from_u128(7);

    fn shown(votes: Vec<Vote>) -> OnShow {
        OnShow {
            id: Uuid::nil(),
            lane: Lane::task(Uuid::nil()),
            post: CARD,
            message: MessageId { channel: "c".into(), id: "m".into() },
            voters: vec!["ann".into(), "ben".into()],
            votes,
            told: 0,
        }
    }

    fn vote(by: &str, choice: Choice, on: Option<Uuid>) -> Vote {
        Vote { by: by.into(), vote: choice, at: DateTime::UNIX_EPOCH, in_place_of: Vec::new(), taken_back: None, on }
    }

    fn told(votes: Vec<Vote>, standing: &[(Choice, &str)], whole: bool) -> Vec<String> {
        let standing = standing.iter().map(|(choice, by)| (*choice, (*by).to_owned())).collect();
        let told = news("p", &shown(votes), &standing, whole).into_iter();
        told.map(|new| new.source.replacen(&format!("p:stands:{}:", Uuid::nil()), "", 1)).collect()
    }

    #[test]
    fn only_what_contradicts_the_votes_is_told() {
        let reaction = || vec![vote("ann", Choice::Approve, Some(CARD))];
        assert_eq!(told(reaction(), &[(Choice::Approve, "ann")], true), [""; 0]);
        assert_eq!(told(reaction(), &[], true), ["ann:✅:1-"]);
        assert_eq!(told(reaction(), &[], false), [""; 0], "who was not seen has taken nothing back");
        assert_eq!(told(vec![], &[(Choice::Approve, "ann"), (Choice::Approve, "gus")], true), ["ann:✅:0+"]);
    }

    #[test]
    fn a_vote_that_is_on_no_card_or_on_another_holds() {
        assert_eq!(told(vec![vote("ann", Choice::Approve, None)], &[], true), [""; 0], "by button");
        assert_eq!(told(vec![vote("ann", Choice::Approve, Some(Uuid::nil()))], &[], true), [""; 0], "on a card before");
    }

    #[test]
    fn each_change_is_a_fact_of_its_own() {
        let taken_back = Vote { taken_back: Some(DateTime::UNIX_EPOCH), ..vote("ann", Choice::Approve, Some(CARD)) };
        let again = told(vec![taken_back.clone()], &[(Choice::Approve, "ann")], true);
        assert_eq!(again, ["ann:✅:1+"]);
        assert_eq!(again, told(vec![taken_back], &[(Choice::Approve, "ann")], true), "found twice, it is the same");
    }

    #[test]
    fn what_stops_the_act_comes_first() {
        let votes = vec![vote("ben", Choice::Approve, Some(CARD))];
        let standing = [(Choice::Approve, "ann"), (Choice::Reject, "ann"), (Choice::Changes, "ben")];
        assert_eq!(told(votes, &standing, true), ["ben:✅:1-", "ann:❌:0+", "ben:🔁:0+", "ann:✅:0+"]);
    }
}
