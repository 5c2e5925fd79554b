//! The contract suite: what every chat adapter must do, as stories that an adapter's tests run against the real thing, or
//! against a strict fake of its platform. [`run`] panics at the first promise that is not kept.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::{
    Action, Author, Body, Card, ChannelPlan, Error, Event, Field, Gateway, Heard, Identity, Listed, Message,
    MessageRef, Place, Plan, Post, Poster, Reactions, Receipt, Wanted,
};

/// How long the suite waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A workspace to try an adapter in, and the hands of the people in it. Nothing else may happen there meanwhile.
#[async_trait]
pub trait World: Sync {
    /// What our personas speak through.
    fn poster(&self) -> &dyn Poster;

    /// A new connection in place of the one before, which was dropped.
    async fn connect(&self) -> Box<dyn Gateway>;

    /// The names of two members.
    fn members(&self) -> [&str; 2];

    /// Whether a second post of a key is answered by the platform itself. Where not, [`Poster::find`] is asked first.
    fn has_keys(&self) -> bool {
        true
    }

    /// A member writes.
    async fn say(&self, member: &str, place: &Place, text: &str) -> MessageRef;

    /// A member changes what they wrote.
    async fn edit(&self, member: &str, message: &MessageRef, text: &str);

    /// A member deletes what they wrote.
    async fn delete(&self, member: &str, message: &MessageRef);

    /// Somebody with the right to do so removes what a persona posted.
    async fn remove(&self, message: &MessageRef);

    /// A member sets a reaction, or takes it back.
    async fn react(&self, member: &str, message: &MessageRef, emoji: &str, set: bool);

    /// What is on show in a channel, replies included, in the order of the platform.
    async fn shown(&self, channel: &str) -> Vec<Shown>;
}

/// A message as the people of a [`World`] see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The platform's id.
    pub id: String,
    /// The thread's root.
    pub thread: Option<String>,
    /// The name it is shown under.
    pub author: String,
    /// Its words as a reader sees them; of a card, all of them.
    pub text: String,
    /// Whom the platform notified.
    pub pings: Vec<String>,
}

/// Holds an adapter to everything that the port promises.
///
/// # Panics
/// When a promise is not kept.
pub async fn run(world: &dyn World) {
    let channel = provisioning_changes_nothing_that_is_right(world).await;
    let place = Place { channel, thread: None };
    a_post_appears_once(world, &place).await;
    posts_keep_their_order(world, &place).await;
    replies_land_in_their_thread(world, &place).await;
    the_newest_revision_stands(world, &place).await;
    what_is_gone_is_refused(world, &place).await;
    whatever_is_said_survives(world, &place).await;
    what_members_do_is_heard_in_order(world, &place).await;
    our_own_echo_is_not_heard(world, &place).await;
    what_was_not_acknowledged_comes_again(world, &place).await;
    reactions_can_be_read(world, &place).await;
}

fn identity() -> Identity {
    Identity {
        handle: "contract_writer".into(),
        name: "Contract Writer".into(),
        role: "Writes what the suite says".into(),
        avatar: "/avatars/contract_writer.svg".into(),
        emoji: None,
    }
}

fn post(place: &Place, text: &str) -> Post {
    Post { identity: identity(), place: place.clone(), body: Body::Markdown { text: text.into() }, notify: Vec::new() }
}

async fn send(world: &dyn World, place: &Place, text: &str) -> Receipt {
    world.poster().post(Uuid::new_v4(), &post(place, text)).await.expect("a plain post is taken")
}

/// The messages that are on show now and were not before.
async fn news(world: &dyn World, place: &Place, before: &[Shown]) -> Vec<Shown> {
    let known: BTreeSet<&str> = before.iter().map(|shown| shown.id.as_str()).collect();
    let mut shown = world.shown(&place.channel).await;
    shown.retain(|shown| !known.contains(shown.id.as_str()));
    shown
}

async fn provisioning_changes_nothing_that_is_right(world: &dyn World) -> String {
    let channel = |name: &str| ChannelPlan { name: name.into(), layer: None, topic: "The contract suite.".into() };
    let plan = Plan {
        channels: vec![channel("contract"), channel("contract-two")],
        identities: vec![identity()],
        people: world.members().map(|name| Listed { name: name.into(), ..Listed::default() }).to_vec(),
    };
    let first = world.poster().provision(&plan).await.expect("a plan is taken");
    assert_eq!(first.missing, Vec::<String>::new(), "the suite's world lacks nothing");
    let id = first.channels.get("contract").expect("the receipt names each channel").clone();
    let place = Place { channel: id.clone(), thread: None };
    send(world, &place, "said between two provisions").await;
    let before = world.shown(&id).await;
    let again = world.poster().provision(&plan).await.expect("the same plan is taken again");
    assert_eq!(again, first, "the same plan finds the same workspace");
    assert_eq!(world.shown(&id).await, before, "provisioning touches no message");
    id
}

async fn a_post_appears_once(world: &dyn World, place: &Place) {
    let (poster, before) = (world.poster(), world.shown(&place.channel).await);
    let (key, said) = (Uuid::new_v4(), post(place, "said once"));
    assert_eq!(poster.find(key, &said).await.expect("a search is answered"), None, "what was not sent is not found");
    let receipt = poster.post(key, &said).await.expect("a post is taken");
    assert_eq!(receipt.message.channel, place.channel, "the receipt names the channel");
    let found = poster.find(key, &said).await.expect("a search is answered");
    assert_eq!(found, Some(receipt.clone()), "what was sent is found by its key");
    assert_eq!(poster.find(Uuid::new_v4(), &post(place, "said never")).await.expect("a search is answered"), None);
    if world.has_keys() {
        for _ in 0..2 {
            assert_eq!(poster.post(key, &said).await.expect("a repeat is taken"), receipt, "a repeat is the same post");
        }
        let (key, said) = (Uuid::new_v4(), post(place, "said by four at once"));
        let send = || poster.post(key, &said);
        let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
        let receipts: BTreeSet<MessageRef> =
            [a, b, c, d].into_iter().map(|sent| sent.expect("a concurrent repeat is taken").message).collect();
        assert_eq!(receipts.len(), 1, "four attempts at once are one post");
    } else {
        send(world, place, "said by four at once").await;
    }
    let texts: Vec<String> = news(world, place, &before).await.into_iter().map(|shown| shown.text).collect();
    assert_eq!(texts, ["said once", "said by four at once"]);
}

async fn posts_keep_their_order(world: &dyn World, place: &Place) {
    let before = world.shown(&place.channel).await;
    let wanted: Vec<String> = (0..20).map(|number| format!("number {number}")).collect();
    for text in &wanted {
        send(world, place, text).await;
    }
    let shown = news(world, place, &before).await;
    assert!(shown.iter().all(|shown| shown.author == identity().name), "posts are shown under the persona's name");
    assert_eq!(shown.into_iter().map(|shown| shown.text).collect::<Vec<_>>(), wanted, "order is kept within a place");
}

async fn replies_land_in_their_thread(world: &dyn World, place: &Place) {
    let before = world.shown(&place.channel).await;
    let root = world.say(world.members()[0], place, "a question").await;
    let thread = Place { thread: Some(root.id.clone()), ..place.clone() };
    send(world, &thread, "an answer").await;
    world.say(world.members()[1], &thread, "a remark").await;
    send(world, place, "beside the thread").await;
    let threads: Vec<(String, Option<String>)> =
        news(world, place, &before).await.into_iter().map(|shown| (shown.text, shown.thread)).collect();
    let below = Some(root.id);
    let wanted = [("a question", &None), ("an answer", &below), ("a remark", &below), ("beside the thread", &None)];
    assert_eq!(threads, wanted.map(|(text, thread)| (text.to_owned(), thread.clone())));
}

async fn the_newest_revision_stands(world: &dyn World, place: &Place) {
    let before = world.shown(&place.channel).await;
    let card = |state: &str| Post {
        body: Body::Card(Card {
            title: "A piece of work".into(),
            fields: vec![Field { name: "State".into(), value: state.into() }],
            text: format!("It is **{state}**."),
            picture: None,
            actions: vec![Action { emoji: "✅".into(), label: "Approve".into(), asks: None }],
        }),
        ..post(place, "")
    };
    let sent = world.poster().post(Uuid::new_v4(), &card("open")).await.expect("a card is taken");
    for (revision, state) in [(1, "begun"), (3, "done"), (2, "late"), (3, "repeated")] {
        let receipt = world.poster().edit(&sent.message, revision, &card(state)).await.expect("an edit is taken");
        assert_eq!(receipt, sent, "an edit, an old one too, is answered with the message that stands");
    }
    let shown = news(world, place, &before).await;
    assert_eq!(shown.len(), 1, "an edit posts nothing new");
    let text = &shown[0].text;
    assert!(
        text.contains("A piece of work") && text.contains("State") && text.contains("Approve"),
        "all is there: {text}"
    );
    assert!(text.contains("done"), "the newest revision stands: {text}");
    assert!(!["open", "begun", "late", "repeated"].iter().any(|old| text.contains(old)), "no other does: {text}");
}

async fn what_is_gone_is_refused(world: &dyn World, place: &Place) {
    let poster = world.poster();
    let sent = send(world, place, "soon gone").await;
    world.remove(&sent.message).await;
    gone(poster.edit(&sent.message, 1, &post(place, "not seen")).await, "an edit of what is gone");
    let nowhere = Place { channel: "no-such-channel".into(), thread: None };
    refused(poster.post(Uuid::new_v4(), &post(&nowhere, "not seen")).await, "a post to no channel");
    let nothing = MessageRef { channel: place.channel.clone(), id: "no-such-message".into() };
    gone(poster.edit(&nothing, 1, &post(place, "not seen")).await, "an edit of nothing");
    let shown = world.shown(&place.channel).await;
    assert!(!shown.iter().any(|shown| shown.text.contains("not seen")), "what is refused is not shown");
}

fn gone(answer: Result<Receipt, Error>, what: &str) {
    match answer {
        Err(Error::Gone { why }) => assert!(!why.is_empty(), "{what} is answered with a reason"),
        other => panic!("{what} must be answered as gone, and was answered {other:?}"),
    }
}

fn refused(answer: Result<Receipt, Error>, what: &str) {
    match answer {
        Err(Error::Refused { why }) => assert!(!why.is_empty(), "{what} is refused with a reason"),
        other => panic!("{what} must be refused, and was answered {other:?}"),
    }
}

/// What breaks careless code: markup, pings, directions, four-byte characters.
const AWKWARD: [&str; 6] = [
    "<script>alert(1)</script> & <b>bold</b>",
    "@everyone @channel @here <!channel> <@U1> hello",
    "שלום עולם, مرحبا \u{202e}turned\u{202c} back",
    "🦊🏳️‍🌈👩🏽‍🚀 four bytes and more",
    "a \\ back\\slash, a \"quote\", it's 100% {braces} $1 %s",
    "first line\n\nsecond paragraph",
];

async fn whatever_is_said_survives(world: &dyn World, place: &Place) {
    for text in AWKWARD {
        let before = world.shown(&place.channel).await;
        send(world, place, text).await;
        let shown = news(world, place, &before).await;
        assert_eq!(shown.len(), 1, "{text:?} is one message");
        assert_eq!(shown[0].text, text, "a post is shown as it was said");
        assert_eq!(shown[0].pings, Vec::<String>::new(), "{text:?} notifies nobody");
    }
    let before = world.shown(&place.channel).await;
    let words: Vec<String> = (0..1_000).map(|number| format!("word-{number:04}")).collect();
    send(world, place, &words.join(" ")).await;
    let shown: Vec<String> = news(world, place, &before).await.into_iter().map(|shown| shown.text).collect();
    let text = shown.join(" ");
    assert_eq!(text.split_whitespace().collect::<Vec<_>>(), words, "10,000 characters arrive whole, if in parts");

    let before = world.shown(&place.channel).await;
    let member = world.members()[0];
    let named = Post { notify: vec![member.to_owned()], ..post(place, &format!("@{member} this is for you")) };
    world.poster().post(Uuid::new_v4(), &named).await.expect("a post that notifies is taken");
    assert_eq!(news(world, place, &before).await[0].pings, [member], "who is meant is notified");
}

/// Reads a connection, a few events at a time.
struct Ear(Box<dyn Gateway>);

impl Ear {
    /// Waits for `count` events and acknowledges each batch.
    async fn hear(&mut self, count: usize) -> Vec<Heard> {
        let mut heard = Vec::new();
        while heard.len() < count {
            let batch = self.next().await;
            self.0.ack(&batch).await.expect("an acknowledgement is taken");
            heard.extend(batch);
        }
        assert_eq!(heard.len(), count, "nothing else is heard: {heard:?}");
        heard
    }

    async fn next(&mut self) -> Vec<Heard> {
        let batch = tokio::time::timeout(PATIENCE, self.0.next()).await;
        let batch = batch.expect("what happened is heard soon").expect("a connection that stands hands over events");
        assert!(!batch.is_empty(), "a batch holds at least one event");
        batch
    }

    /// Connects and hears everything up to a word said now.
    async fn up_to_now(world: &dyn World, place: &Place) -> Self {
        let mut ear = Self(world.connect().await);
        let mark = world.say(world.members()[0], place, "up to here").await;
        loop {
            let batch = ear.next().await;
            ear.0.ack(&batch).await.expect("an acknowledgement is taken");
            if batch.iter().any(|heard| matches!(&heard.event, Event::Posted(message) if message.id == mark.id)) {
                return ear;
            }
        }
    }
}

fn is_member(author: &Author, wanted: &str) -> bool {
    matches!(author, Author::Member { name, .. } if name == wanted)
}

fn check(message: &Message, place: &Place, id: &MessageRef, member: &str, text: &str) {
    assert_eq!((&message.place, &message.id), (place, &id.id), "a message says where it stands");
    assert!(is_member(&message.author, member), "a message says who wrote it: {:?}", message.author);
    assert_eq!(message.text, text, "a message is heard as it was said");
    assert_eq!(message.direct, None, "a channel is no direct conversation");
}

async fn what_members_do_is_heard_in_order(world: &dyn World, place: &Place) {
    let mut ear = Ear::up_to_now(world, place).await;
    let [one, two] = world.members();
    let root = world.say(one, place, AWKWARD[0]).await;
    let thread = Place { thread: Some(root.id.clone()), ..place.clone() };
    let reply = world.say(two, &thread, AWKWARD[3]).await;
    world.edit(one, &root, "changed once").await;
    world.react(two, &root, "👍🏽", true).await;
    world.react(two, &root, "👍", false).await;
    world.edit(one, &root, "changed twice").await;
    world.delete(two, &reply).await;

    let heard = ear.hear(7).await;
    let keys: BTreeSet<&str> = heard.iter().map(|heard| heard.key.as_str()).collect();
    assert_eq!(keys.len(), heard.len(), "each fact has a key of its own: {keys:?}");
    let mut versions = Vec::new();
    for (number, heard) in heard.iter().enumerate() {
        match (number, &heard.event) {
            (0, Event::Posted(message)) => check(message, place, &root, one, AWKWARD[0]),
            (1, Event::Posted(message)) => check(message, &thread, &reply, two, AWKWARD[3]),
            (2, Event::Edited { message, version }) => {
                check(message, place, &root, one, "changed once");
                versions.push(version);
            }
            (3 | 4, Event::Reacted { message, author, emoji, set, button: false }) => {
                assert_eq!((message, emoji.as_str(), *set), (&root, "👍", number == 3), "a reaction is a folded state");
                assert!(is_member(author, two), "a reaction says whose it is: {author:?}");
            }
            (5, Event::Edited { message, version }) => {
                check(message, place, &root, one, "changed twice");
                versions.push(version);
            }
            (6, Event::Deleted { message }) => assert_eq!(message, &reply, "a deletion says what is gone"),
            (_, other) => panic!("event {number} is out of order: {other:?}"),
        }
    }
    assert_ne!(versions[0], versions[1], "each version has a mark of its own");
}

async fn our_own_echo_is_not_heard(world: &dyn World, place: &Place) {
    let mut ear = Ear::up_to_now(world, place).await;
    let sent = send(world, place, "our own words").await;
    world.poster().edit(&sent.message, 1, &post(place, "our own words, mended")).await.expect("an edit is taken");
    world.poster().typing(place, &identity().handle).await.expect("a typing mark is taken");
    let said = world.say(world.members()[1], place, "a member's words").await;
    match &ear.hear(1).await[0].event {
        Event::Posted(message) => check(message, place, &said, world.members()[1], "a member's words"),
        other => panic!("only the member's words are heard, not {other:?}"),
    }
}

async fn what_was_not_acknowledged_comes_again(world: &dyn World, place: &Place) {
    let mut ear = Ear::up_to_now(world, place).await;
    let member = world.members()[0];
    world.say(member, place, "not yet stored").await;
    let lost = ear.next().await;
    drop(ear);
    let mut ear = Ear(world.connect().await);
    let again = ear.hear(1).await;
    assert_eq!((&again[0].key, &again[0].event), (&lost[0].key, &lost[0].event), "the same fact has the same key");
    drop(ear);
    let mut ear = Ear(world.connect().await);
    let said = world.say(member, place, "said later").await;
    match &ear.hear(1).await[0].event {
        Event::Posted(message) => assert_eq!(message.id, said.id, "what was acknowledged does not come again"),
        other => panic!("the member's words are heard, not {other:?}"),
    }
}

async fn reactions_can_be_read(world: &dyn World, place: &Place) {
    let [one, two] = world.members();
    let sent = send(world, place, "what do you think?").await;
    let wanted = Wanted { emoji: vec!["✅".into(), "❌".into()], ids: Vec::new(), by_address: true, by_group: true };
    let poster = world.poster();
    let read = async |wanted: &Wanted| poster.reactions(&sent.message, wanted).await.expect("reactions can be read");
    let none = read(&wanted).await;
    assert!(none.whole && none.by.values().all(Vec::is_empty), "nobody has reacted: {none:?}");
    world.react(one, &sent.message, "✅", true).await;
    world.react(two, &sent.message, "✅", true).await;
    world.react(two, &sent.message, "❌", true).await;
    world.react(two, &sent.message, "✅", false).await;
    let set = read(&wanted).await;
    assert!(set.whole, "two members are not too many");
    let approves = by(&set, "✅");
    assert!(approves.len() == 1 && is_member(&approves[0], one), "one approves: {set:?}");
    let rejects = by(&set, "❌");
    assert!(rejects.len() == 1 && is_member(&rejects[0], two), "the other rejects: {set:?}");
    // Whose id is known is found by it alone.
    let Author::Member { id, .. } = &rejects[0] else { panic!("a member has an id") };
    let wanted = Wanted { ids: vec![id.clone()], by_address: false, by_group: false, ..wanted };
    let set = read(&wanted).await;
    let has_id = |author: &Author| matches!(author, Author::Member { id: known, .. } if known == id);
    assert!(set.whole && by(&set, "❌").iter().any(has_id), "known by the id: {set:?}");
}

fn by<'a>(set: &'a Reactions, emoji: &str) -> &'a [Author] {
    set.by.get(emoji).map_or(&[], Vec::as_slice)
}
