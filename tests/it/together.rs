//! Work that people have a hand in before its act: what is theirs to decide begins with their word, and what is done together
//! with them goes on step by step.

use crate::world::{Setting, World};

const PEOPLE: &str = "people:
  - { name: you, rights: [command, approve, spend, take_over, operate] }
  - { name: ana, rights: [command, approve] }
  - { name: ben, rights: [command] }
";
/// What personas were asked or did for pieces of work.
const WORKED: &str = "select count(*) from calls where spec->'purpose'->>'for' in ('work', 'review', 'check')";

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_in_a_crisis_begins_with_a_persons_word_and_goes_out_with_one() {
    let mut world = World::with(Setting { yaml: PEOPLE, ..Setting::default() }).await;
    let asked = world
        .say("ben", "executive", "@director_comms we need a crisis statement \"Orders Lost On Tuesday\" for customers")
        .await;
    let card = world.approval("task.start").await;
    world.settle().await;
    assert_eq!(world.one::<i64>(WORKED).await, 0, "nobody works on it yet");
    let shown = world.message(card).await.text;
    for part in ["Orders Lost On Tuesday", "crisis.statement is a person's to decide (L1)", "you, ana"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    world.react("ben", card, "✅", true).await;
    let root = world.root_post("Orders Lost On Tuesday").await;
    world.hear(root.id, "Thank you, ben. This one is for you, ana to decide").await;
    assert!(root.text.contains("waiting"), "{}", root.text);
    world.restart_with(PEOPLE).await;
    world.react("ana", card, "🔁", true).await;
    world.hear(root.id, "what should change?").await;
    world.reply("ana", &root, "Only say what we know by now.").await;
    world.decided(card, "changes").await;
    let anew = world.approval("task.start").await;
    assert!(world.message(anew).await.text.contains("Only say what we know by now."));
    assert_eq!(world.one::<i64>(WORKED).await, 0);
    world.react("ana", anew, "✅", true).await;
    let release = world.approval("crisis.statement").await;
    let told = "select count(*) from calls where spec->'material'->'notes' @> '[{\"text\": \"Only say what we know by now.\"}]'";
    assert!(world.one::<i64>(told).await >= 2, "those who work on it are told");
    assert_eq!(world.one::<i64>("select count(*) from publications").await, 0);
    world.react("you", release, "✅", true).await;
    world.until("Orders Lost On Tuesday", "done").await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from publications where place = 'page'").await, 1);
    let makers = world.all::<String>("select maker || ' ' || kind from decisions order by at").await;
    assert_eq!(makers, ["ana task.start", "you crisis.statement"]);
    assert_ne!(asked.id, root.id);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_goes_on_step_by_step_with_a_person() {
    let mut world = World::with(Setting { yaml: PEOPLE, ..Setting::default() }).await;
    world
        .say(
            "ben",
            "management",
            "@campaign_manager we need a campaign \"Quiet Hours For Teams\" for people who lead teams",
        )
        .await;
    let step = async |world: &World, step: &str| {
        let sql = "select m.id::uuid from approvals as a join tasks as t on t.id = a.step_task join messages as m on m.post = a.post
                   where a.kind = 'task.step' and a.state = 'open' and t.step = $1";
        world.wait(&format!("the card of {step}"), sql, step).await
    };
    let research = step(&world, "research").await;
    world.settle().await;
    assert_eq!(world.one::<i64>(WORKED).await, 1, "what rests on it waits");
    assert!(world.message(research).await.text.contains("done together with a person, step by step (L2)"));
    world.react("ana", research, "✅", true).await;
    let strategy = step(&world, "strategy").await;
    world.restart_with(PEOPLE).await;
    world.react("you", strategy, "🔁", true).await;
    let root = world.root_post("Quiet Hours For Teams").await;
    world.hear(root.id, "what should change?").await;
    world.reply("you", &root, "Leave the paid channels out.").await;
    world.decided(strategy, "changes").await;
    let anew = step(&world, "strategy").await;
    assert_ne!(anew, strategy);
    assert_eq!(world.one::<i32>("select max(version) from deliverables where name = 'strategy'").await, 2);
    world.react("you", anew, "✅", true).await;
    let messages = step(&world, "messages").await;
    world.react("you", messages, "✅", true).await;
    let launch = world.approval("campaign.launch").await;
    world.react("ana", launch, "✅", true).await;
    world.until("Quiet Hours For Teams", "done").await;
    world.settle().await;
    let out = world.all::<String>("select place from publications").await;
    assert_eq!(out, ["campaigns"]);
    assert!(world.data().join("campaigns").is_dir());
    world.close().await;
}
