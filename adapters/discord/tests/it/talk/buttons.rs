//! Buttons and forms.

use bullpen_chat::{Author, Event, Gateway as _};
use bullpen_discord_fake::{Answer, Faults};

use super::{approval, desk, id, pinged_by_us, post, reacted, thread, top};
use crate::world::{PATIENCE, World, posted};

#[tokio::test(flavor = "multi_thread")]
async fn a_click_is_the_reaction_and_changes_nothing_by_itself() {
    let world = World::with(&["cmo"], bullpen_discord_fake::Settings::quick()).await;
    let (ann, channel) = (world.member("ann"), world.ours());
    let mut ear = world.ear();
    let cmo = bullpen_chat::Identity { handle: "cmo".into(), name: "Carla".into(), ..desk() };
    for identity in [desk(), cmo] {
        let card = id(&post(&world, identity, &top(channel), approval()).await);
        let before = world.fake.message(channel, card).unwrap();
        assert_eq!(world.fake.click(ann, channel, card, "bp:✅").await, Ok(Answer::Taken));
        assert_eq!(reacted(ear.one().await), (card.to_string(), "✅".into(), true));
        assert_eq!(world.fake.message(channel, card).unwrap(), before);
    }
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reason_of_a_rejection_stands_below_the_card() {
    let world = World::open().await;
    let (ann, channel) = (world.member("ann"), world.ours());
    let mut ear = world.ear();
    let card = id(&post(&world, desk(), &top(channel), approval()).await);
    let answer = world.fake.click(ann, channel, card, "bp?:❌|What should change?").await;
    let Ok(Answer::Modal(form)) = answer else { panic!("{answer:?}") };
    assert_eq!((form.title.as_str(), form.custom_id.as_str()), ("What should change?", "bpf:❌"));
    // Its answer is lost, and it is not said twice.
    world.fake.set_faults(Faults { operations: vec!["create_message".into()], cut_late: 1.0, ..Faults::default() });
    let words = [("words", "Shorter, and no **@everyone**.")];
    assert_eq!(world.fake.submit(ann, &form, &words).await, Ok(Answer::Taken));
    let stands = |fake: &bullpen_discord_fake::Fake| {
        fake.messages(card).iter().any(|message| message.content.contains("Shorter"))
    };
    tokio::time::timeout(PATIENCE, async {
        tokio::select! {
            stands = world.fake.until(PATIENCE, stands) => assert!(stands),
            heard = ear.0.next() => panic!("nobody knows yet that it stands: {heard:?}"),
        }
    })
    .await
    .unwrap();
    world.fake.set_faults(Faults::default());
    let mut heard = ear.hear(2).await;
    let said = posted(heard.pop().unwrap().event);
    assert_eq!(reacted(heard.pop().unwrap().event), (card.to_string(), "❌".into(), true));
    assert_eq!((said.text.as_str(), &said.place), ("Shorter, and no **@everyone**.", &thread(channel, card)));
    assert!(matches!(&said.author, Author::Member { id, .. } if *id == ann.to_string()), "{:?}", said.author);
    let below: Vec<_> = world.fake.messages(card).into_iter().filter(|message| message.is_said()).collect();
    assert_eq!(below.len(), 1, "{below:?}");
    assert_eq!(below[0].content, "**ann**: Shorter, and no **@everyone**.");
    assert_eq!(said.id, below[0].id.to_string());
    assert_eq!(pinged_by_us(&world), [""; 0]);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_on_cards_are_heard_as_states() {
    let world = World::open().await;
    let (ann, channel) = (world.member("ann"), world.ours());
    let mut ear = world.ear();
    let card = id(&post(&world, desk(), &top(channel), approval()).await);
    for (emoji, folded) in [("👍🏽", "👍"), ("✅", "✅")] {
        for set in [true, false] {
            world.fake.react(ann, channel, card, emoji, set);
            assert_eq!(reacted(ear.one().await), (card.to_string(), folded.into(), set));
        }
    }
    world.fake.react(ann, channel, card, "✅", true);
    world.fake.react(ann, channel, card, "❌", true);
    ear.hear(2).await;
    world.fake.clear_reactions(channel, card);
    let gone: Vec<Event> = ear.hear(2).await.into_iter().map(|heard| heard.event).collect();
    let gone: Vec<_> = gone.into_iter().map(reacted).collect();
    let of = |emoji: &str| (card.to_string(), emoji.to_owned(), false);
    assert_eq!(gone, [of("✅"), of("❌")]);
    ear.nothing().await;
}
