//! What a batch of events is decided on: their lanes as they stand, and what the events speak of.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bullpen_domain::bundle::Bundle;
use bullpen_domain::delegation::Delegation;
use bullpen_domain::effect::Place;
use bullpen_domain::event::{Event, MessageId, Purpose, Said, Timer};
use bullpen_domain::lane::Lane;
use bullpen_domain::org::Directory;
use bullpen_domain::playbook::Playbook;
use bullpen_domain::record::Escalation;
use bullpen_domain::snapshot::{Heard, Snapshot};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Engine;
use crate::store::inbox::Pending;
use crate::store::lanes::Opened;
use crate::store::{bundles, definitions, letters, messages, takeovers};

/// What a batch is decided on.
pub(super) struct Loaded {
    /// Its lanes as they are stored.
    pub(super) stored: HashMap<Lane, Snapshot>,
    /// The same, with what the events speak of.
    pub(super) current: HashMap<Lane, Snapshot>,
    /// The delegations in force.
    pub(super) delegations: Arc<[Delegation]>,
}

impl Engine {
    /// Reads what is missing beside what was read with the events.
    pub(super) async fn load(
        &self,
        conn: &mut PgConnection,
        opened: &Opened,
        directory: &Directory,
    ) -> sqlx::Result<Loaded> {
        let events = &opened.events;
        let (mut stored, delegations) = opened.snapshots(conn, self.org).await?;
        self.letters_elsewhere(conn, events, &mut stored).await?;
        let mut current = stored.clone();
        self.spoken_of(conn, events, &mut current).await?;
        let mut bundles = self.bundles(conn, events).await?;
        let delegations: Arc<[Delegation]> = delegations.into();
        for snapshot in current.values_mut() {
            snapshot.playbook = self.playbook(conn, snapshot, directory).await?;
            snapshot.bundle = bundles.remove(&snapshot.lane);
            snapshot.delegations = Arc::clone(&delegations);
        }
        self.load_held(conn, events, &mut current).await?;
        Ok(Loaded { stored, current, delegations })
    }

    /// Who has the threads that conversations' escalations arose in, since a reaction on a card is about its thread; and those
    /// in which a letter was waited for long enough.
    async fn load_held(
        &self,
        conn: &mut PgConnection,
        events: &[Pending],
        lanes: &mut HashMap<Lane, Snapshot>,
    ) -> sqlx::Result<()> {
        let late = events.iter().filter_map(|e| match &e.event {
            Ok(Event::Due(Timer::Respond { letter })) => Some(*letter),
            _ => None,
        });
        let late: Vec<Uuid> = late.collect();
        let threads_of = |snapshot: &Snapshot| -> Vec<MessageId> {
            let letters = snapshot.letters.iter().filter(|letter| late.contains(&letter.id));
            let letters = letters.filter_map(|letter| letter.place.as_ref()?.thread());
            snapshot.escalations.iter().filter_map(Escalation::thread).chain(letters).collect()
        };
        let talks = lanes.iter().filter(|(lane, _)| !lane.is_task());
        let threads: Vec<MessageId> = talks.flat_map(|(_, snapshot)| threads_of(snapshot)).collect();
        let held = takeovers::of(conn, self.org, &threads).await?;
        if held.is_empty() {
            return Ok(());
        }
        for snapshot in lanes.values_mut() {
            let own = threads_of(snapshot);
            snapshot
                .held
                .extend(own.into_iter().filter_map(|thread| Some((thread.clone(), held.get(&thread)?.clone()))));
        }
        Ok(())
    }

    /// The letters that a reaction may answer, where the answer is waited for in another lane than the post's.
    async fn letters_elsewhere(
        &self,
        conn: &mut PgConnection,
        events: &[Pending],
        snapshots: &mut HashMap<Lane, Snapshot>,
    ) -> sqlx::Result<()> {
        let reacted = events.iter().filter_map(|e| match &e.event {
            Ok(Event::Reacted { post, set: true, .. }) if !e.lane.is_task() => Some((&e.lane, *post)),
            _ => None,
        });
        let reacted: Vec<(&Lane, Uuid)> = reacted.collect();
        let posts: Vec<Uuid> = reacted.iter().map(|(_, post)| *post).collect();
        for letter in letters::of_posts(conn, self.org, &posts).await? {
            for (lane, _) in reacted.iter().filter(|(lane, post)| **lane != letter.lane && letter.post == Some(*post)) {
                if let Some(snapshot) = snapshots.get_mut(*lane) {
                    snapshot.letters.push(letter.clone());
                }
            }
        }
        Ok(())
    }

    /// The messages that the events of each lane speak of, as they stand now, and who has the threads that they begin.
    async fn spoken_of(
        &self,
        conn: &mut PgConnection,
        events: &[Pending],
        lanes: &mut HashMap<Lane, Snapshot>,
    ) -> sqlx::Result<()> {
        let mut wanted: BTreeMap<MessageId, BTreeSet<&Lane>> = BTreeMap::new();
        for (lane, event) in events.iter().filter_map(|e| Some((&e.lane, e.event.as_ref().ok()?))) {
            for id in speaks_of(event) {
                wanted.entry(id).or_default().insert(lane);
            }
        }
        for messages::Spoken { id, stands, held_by } in messages::spoken_of(conn, self.org, wanted.keys()).await? {
            for lane in wanted.get(&id).into_iter().flatten() {
                let Some(snapshot) = lanes.get_mut(*lane) else { continue };
                if let Some((lane, version, text, deleted)) = stands.clone() {
                    snapshot.heard.insert(id.clone(), Heard { lane: Lane::stored(lane), version, text, deleted });
                }
                if let Some(by) = held_by.clone() {
                    snapshot.held.insert(id.clone(), by);
                }
            }
        }
        Ok(())
    }

    /// The card that a lane is about, where events of it are reactions on one that lists approvals.
    async fn bundles(&self, conn: &mut PgConnection, events: &[Pending]) -> sqlx::Result<HashMap<Lane, Bundle>> {
        let reacted = |event: &Pending| match event.event {
            Ok(Event::Reacted { post, .. }) if !event.lane.is_task() => Some(post),
            _ => None,
        };
        let posts: Vec<Uuid> = events.iter().filter_map(reacted).collect();
        let found = bundles::find(conn, self.org, &posts).await?;
        Ok(found.into_iter().map(|bundle| (bundle.lane(), bundle)).collect())
    }

    /// The playbook version that a lane is pinned to.
    async fn playbook(
        &self,
        conn: &mut PgConnection,
        snapshot: &Snapshot,
        directory: &Directory,
    ) -> sqlx::Result<Option<Arc<Playbook>>> {
        let pinned = snapshot.root().and_then(|root| {
            let name = root.playbook.clone()?;
            let digest = root.pins.get(&format!("playbook:{name}"))?.clone();
            Some((name, digest))
        });
        let Some((name, digest)) = pinned else { return Ok(None) };
        let cached = self.playbooks.lock().unwrap_or_else(|e| e.into_inner()).get(&digest).cloned();
        if cached.is_some() {
            return Ok(cached);
        }
        let newest = directory.playbooks.get(&name).filter(|p| p.digest() == digest).cloned();
        let found = match newest {
            Some(playbook) => Some(playbook),
            None => definitions::find(conn, self.org, "playbook", &name, &digest).await?.map(Arc::new),
        };
        if let Some(playbook) = &found {
            self.playbooks.lock().unwrap_or_else(|e| e.into_inner()).insert(digest, Arc::clone(playbook));
        }
        Ok(found)
    }
}

/// The messages that an event speaks of.
fn speaks_of(event: &Event) -> Vec<MessageId> {
    let of_said = |said: &Said| {
        let root =
            said.thread.as_ref().map(|root| MessageId { channel: said.message.channel.clone(), id: root.clone() });
        [Some(said.message.clone()), root].into_iter().flatten().collect::<Vec<_>>()
    };
    match event {
        Event::Said(said) | Event::Edited { said } => of_said(said),
        Event::ForPeople(handed) => of_said(&handed.said),
        Event::Deleted { message, .. } => vec![message.clone()],
        Event::Handed(letter) => match &letter.place {
            Some(Place::Thread { channel, root }) => vec![MessageId { channel: channel.clone(), id: root.clone() }],
            _ => Vec::new(),
        },
        Event::Answered { purpose: Purpose::Talk(talk), .. } => of_said(&talk.said),
        _ => Vec::new(),
    }
}
