//! A person takes a thread over: nobody else speaks in it until it is handed back.

use std::sync::Arc;

use async_trait::async_trait;
use bullpen_model::{Answer, Error, Model, Request, Tier};
use bullpen_rehearsal::Rehearsal;
use serde_json::json;
use tokio::sync::{Notify, Semaphore};

use crate::script::{act, step};
use crate::world::{Setting, World};

const PEOPLE: &str = "people:
  - { name: you, rights: [command, approve, spend, take_over, operate] }
  - { name: ana, rights: [command, approve, take_over] }
  - { name: ben, rights: [command] }
";
const REQUEST: &str = "@content_manager we need a blog post \"Shade For Small Balconies\" for people who rent";
const TITLE: &str = "Shade For Small Balconies";

/// A model whose answers of one kind come only when a story lets them.
pub(crate) struct Slow {
    kind: &'static str,
    begun: Notify,
    gate: Semaphore,
}

impl Slow {
    pub(crate) fn in_answering(kind: &'static str) -> Arc<Self> {
        Arc::new(Self { kind, begun: Notify::new(), gate: Semaphore::new(0) })
    }

    /// Waits until such an answer is under way.
    pub(crate) async fn begun(&self) {
        self.begun.notified().await;
    }

    /// Lets all such answers come.
    pub(crate) fn let_go(&self) {
        self.gate.add_permits(1_000);
    }
}

#[async_trait]
impl Model for Slow {
    fn label(&self) -> String {
        "slow".into()
    }

    fn stand_in(&self) -> bool {
        true
    }

    fn name(&self, _tier: Tier) -> String {
        "slow".into()
    }

    async fn answer(&self, request: &Request) -> Result<Answer, Error> {
        if request.material["kind"] == self.kind {
            self.begun.notify_one();
            self.gate.acquire().await.expect("the gate stays").forget();
        }
        if step(request) == "research" && request.material["notes"] == json!([]) && self.kind == "help" {
            return Ok(act("escalate", json!({ "issue": "Nobody gave me the sources." })));
        }
        Rehearsal::new().answer(request).await
    }

    async fn ready(&self) -> Result<(), Error> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_is_taken_over_stands_still_over_a_restart_and_goes_on_afterwards() {
    let mut world = World::with(Setting { yaml: PEOPLE, ..Setting::default() }).await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    let root = world.root_post(TITLE).await;
    world.react("ben", root.id, "🙋", true).await;
    world.hear(root.id, "Thank you, ben.").await;
    world.react("ana", root.id, "🙋", true).await;
    world.hear(root.id, "ana has this thread now").await;
    world.react("you", root.id, "🙋", true).await;
    world.hear(root.id, "you, ana has this thread").await;
    assert!(world.message(root.id).await.text.contains("Taken over by"), "the root card says who has it");
    world.settle().await;
    world.stop().await;
    world.start().await;
    let (turns, said) = (world.one::<i64>("select count(*) from calls").await, world.thread(root.id).await.len());
    world.reply("ben", &root, "@copywriter are you there?").await;
    world.react("you", card, "✅", true).await;
    world.clock.advance(chrono::TimeDelta::hours(25));
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from calls").await, turns, "nobody is asked and nothing is done");
    assert_eq!(world.thread(root.id).await.len(), said + 1, "and nothing said");
    world.react("ana", root.id, "🙋", false).await;
    world.hear(root.id, "Handed back by ana").await;
    world.decided(card, "approved").await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from publications where place = 'page'").await, 1);
    assert!(!world.message(root.id).await.text.contains("Taken over by"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_flight_does_not_come_into_a_thread_that_is_taken_over() {
    let model = Slow::in_answering("talk");
    let world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    let question = world.say("you", "management", "@copywriter what are you on?").await;
    model.begun().await;
    world.reply("you", &question, "@bullpen take over").await;
    world.hear(question.id, "you has this thread now").await;
    model.let_go();
    world.settle().await;
    world.reply("you", &question, "@copywriter hello?").await;
    world.settle().await;
    let speakers: Vec<String> = world.thread(question.id).await.into_iter().map(|m| m.author.name).collect();
    assert!(!speakers.iter().any(|name| name == "copywriter"), "{speakers:?}");
    assert_eq!(world.one::<i64>("select count(*) from calls where kind = 'turn'").await, 1);
    world.reply("you", &question, "@bullpen hand back").await;
    world.hear(question.id, "Handed back by you").await;
    world.reply("you", &question, "@copywriter hello?").await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from calls where kind = 'turn'").await, 2);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_escalation_stands_where_those_who_are_asked_meet_and_a_word_below_it_flows_back() {
    let model = Slow::in_answering("help");
    let mut world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    world.say("you", "management", REQUEST).await;
    model.begun().await;
    let card = world.hear_in("executive", "Nobody gave me the sources.").await;
    let root = world.root_post(TITLE).await;
    let line = world.hear(root.id, "This is with @cmo now").await;
    assert!(line.text.contains(&format!("(/#/c/executive/t/{})", card.id)), "{}", line.text);
    model.let_go();
    world.settle().await;
    world.stop().await;
    world.start().await;
    world.settle().await;
    assert_eq!(world.channel("executive").await.iter().filter(|m| m.text.contains("Nobody gave me")).count(), 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_word_below_the_card_unblocks_the_work() {
    let model = Slow::in_answering("help");
    let world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    world.say("you", "management", REQUEST).await;
    model.begun().await;
    let card = world.hear_in("executive", "Nobody gave me the sources.").await;
    let root = world.root_post(TITLE).await;
    // A person takes longer to read it than its receipt to be kept.
    let _: String = world.wait("the receipt", "select id from messages where id = $1", &card.id.to_string()).await;
    world.reply("you", &card, "@market_research take those of last year").await;
    world.hear(root.id, "you answered:").await;
    model.let_go();
    world.approval("publish.article").await;
    let (state, by): (String, String) =
        sqlx::query_as("select state, answered_by from escalations").fetch_one(&world.pool).await.expect("one");
    assert_eq!((state.as_str(), by.as_str()), ("answered", "you"), "the late answer of a model settles nothing more");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_people_is_put_before_them_and_settled_by_their_word() {
    let world = World::open().await;
    let message = world.say("you", "management", "@director_comms a journalist asks about our prices").await;
    let card = world.hear(message.id, "so a person takes it").await;
    world.hear(message.id, "in director_comms.yaml:").await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from calls").await, 0, "no model is asked");
    world.reply("you", &message, "@director_comms I have called back.").await;
    let _: String = world.wait("the answer", "select state from escalations where answered_by = $1", "you").await;
    assert_eq!(card.channel, "management");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crisis_is_before_all_hands_at_once_and_a_word_there_settles_it() {
    let world = World::with(Setting { yaml: PEOPLE, ..Setting::default() }).await;
    let message = world.say("ben", "management", "@director_comms there was a data breach last night").await;
    world.hear(message.id, "so a person takes it").await;
    let card = world.hear_in("all-hands", "data breach").await;
    for who in ["you", "ana", "cmo"] {
        assert!(card.notify.contains(&who.to_owned()), "{who} is called: {:?}", card.notify);
    }
    assert!(card.text.contains("critical"), "{}", card.text);
    world.react("ana", card.id, "🙋", true).await;
    world.hear(message.id, "ana has this thread now").await;
    world.react("ana", card.id, "🙋", false).await;
    world.hear(message.id, "Handed back by ana").await;
    world.reply("ana", &card, "@director_comms nobody's data is lost; I have told the customers.").await;
    world.hear(message.id, "ana answered:").await;
    world.settle().await;
    assert_eq!(world.one::<String>("select answered_by from escalations").await, "ana");
    assert_eq!(world.one::<i64>("select count(*) from calls").await, 0, "no model is asked");
    world.close().await;
}
