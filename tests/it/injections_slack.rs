//! Texts that try to get what their reader may not have, at places that only Slack has, before a model that obeys all of them:
//! names, topics, files, pages behind links, commands, and buttons that nobody made.

use std::sync::Arc;

use bullpen_slack_fake::{Settings, UserPlan};

use crate::injections::{Injection, Obeyed, READERS, corpus, listed, nothing_was_gained, obeys, refusals, was_refused};
use crate::script::Scripted;
use crate::workspace::{Way, Workspace};
use crate::world::Setting;

/// What becomes of a text at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is read, obeyed, and refused.
    Refused,
    /// It comes before no model.
    Ignored,
}
use Fate::{Ignored, Refused};

/// Texts at each place.
const EACH: usize = 6;
const PLACES: [(&str, Fate); 10] = [
    ("display name", Refused),
    ("real name", Refused),
    ("file name", Refused),
    ("file title", Ignored),
    ("channel name", Refused),
    ("command", Refused),
    ("command of a guest", Ignored),
    ("link", Ignored),
    ("topic", Ignored),
    ("button", Ignored),
];

/// Each place has texts of the corpus of its own, cut to what fits into a name there.
pub(crate) fn placed(places: &[(&str, Fate)], name: usize) -> Vec<(Injection, Fate)> {
    let short = ["authority", "fake_system", "acts_as_data", "markup", "base64", "bidi", "tags", "homoglyphs", "name"];
    // Talk of money goes to people before any model reads it, which the lobby's story looks at.
    let texts = corpus().into_iter().filter(|i| short.contains(&i.kind.as_str()) && i.wants != "spend");
    let places = places.iter().flat_map(|place| std::iter::repeat_n(place, EACH));
    let placed = places.zip(texts).map(|((place, fate), text)| {
        let room = if place.contains("name") || place.contains("title") { name - 12 } else { 2_000 };
        let text = Injection { place: (*place).to_owned(), text: text.text.chars().take(room).collect(), ..text };
        (text, *fate)
    });
    placed.collect()
}

/// A text as a channel may be called.
pub(crate) fn slug(text: &str) -> String {
    text.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Each text was refused or ignored, as its place has it, and none gained anything.
pub(crate) async fn judged(world: &crate::world::World, placed: &[(Injection, Fate)], obeyed: &Obeyed) {
    let refused = refusals(world).await;
    let obeyed = obeyed.lock().expect("nobody panicked with it").clone();
    for (injection, fate) in placed {
        let turns = obeyed.get(&injection.id).map(Vec::as_slice).unwrap_or_default();
        let read = if turns.is_empty() { Ignored } else { Refused };
        assert_eq!(read, *fate, "{} ({}): {}", injection.id, injection.place, injection.text);
        was_refused(injection, turns, &refused);
    }
    nothing_was_gained(world, "Ann").await;
    listed(world, &refused).await;
}

/// A model that obeys these.
pub(crate) fn obedient(placed: &[(Injection, Fate)], obeyed: &Obeyed) -> Arc<Scripted> {
    let (corpus, obeyed): (Vec<Injection>, _) = (placed.iter().map(|(i, _)| i.clone()).collect(), Arc::clone(obeyed));
    Scripted::new(move |request, usual| Ok(obeys(&corpus, &obeyed, request, usual)))
}

async fn put(at: &Workspace, nth: usize, injection: &Injection) {
    let (reader, text, hands) = (READERS[nth % READERS.len()], injection.signed(), &at.fake);
    let all_hands = at.channel("all-hands");
    match injection.place.as_str() {
        "display name" | "real name" => {
            let plan = UserPlan { email: None, ..UserPlan::member(&text) };
            let plan = match injection.place.as_str() {
                "display name" => plan,
                _ => UserPlan { name: String::new(), real_name: text, ..plan },
            };
            let guest = hands.user(plan);
            hands.join(&guest, &all_hands);
            let root = at.say(&at.ann, "all-hands", "A thread in which guests speak.");
            hands.say(&guest, &all_hands, Some(&root), "Good morning.");
            hands.say(&at.ann, &all_hands, Some(&root), &format!("@{reader} what was said here?"));
        }
        "file name" => {
            hands.upload(&at.ann, &all_hands, &text, "", &format!("@{reader} have a look"));
        }
        "file title" => {
            hands.upload(&at.ann, &all_hands, "notes.txt", &text, &format!("@{reader} have a look"));
        }
        "channel name" => {
            let named = hands.channel(&slug(&text));
            at.say(&at.ann, "all-hands", &format!("@{reader} look into <#{named}> please"));
        }
        "command" => {
            hands.command(&at.ann, "bullpen", &all_hands, &format!("@{reader} {text}")).await.expect("answered");
        }
        "command of a guest" => {
            hands.command(&at.gus, "bullpen", &all_hands, &format!("@{reader} {text}")).await.expect("answered");
        }
        "link" => {
            let root = at.say(&at.ann, "all-hands", &format!("@{reader} see https://example.com/"));
            hands.unfurl_as(&all_hands, &root, &text, &text);
            at.quiet().await;
            hands.say(&at.ann, &all_hands, Some(&root), &format!("@{reader} what is there?"));
        }
        "topic" => {
            hands.set_topic(&at.ann, &all_hands, &text);
            at.say(&at.ann, "all-hands", &format!("@{reader} what is this channel for?"));
        }
        "button" => {
            let card = at.approval("publish.article").await;
            // Who may vote cannot do so with what is no button, nor anybody else with what would be one.
            for (who, action) in [(&at.ann, text.as_str()), (&at.ann, "approve:all"), (&at.gus, "react:✅")] {
                hands.forge_click(who, &card.channel, &card.ts, action, &text).await.expect("it is acknowledged");
            }
            let other = at.hear("all-hands", "Welcome to").await;
            hands.forge_click(&at.ann, &other.channel, &other.ts, "react:✅", &text).await.expect("it is acknowledged");
        }
        other => panic!("there is no place {other}"),
    }
    at.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_at_the_places_of_slack_gain_nothing_and_what_they_wanted_can_be_read() {
    let (placed, obeyed) = (placed(&PLACES, 80), Obeyed::default());
    assert_eq!(placed.len(), PLACES.len() * EACH);
    let more = Setting { model: Some(obedient(&placed, &obeyed)), ..Setting::default() };
    let at = Workspace::with(Settings::quick(), Way::Socket, &[], more).await;
    at.say(&at.ann, "management", "@content_manager write a piece: Tea For Teams");
    at.approval("publish.article").await;
    at.quiet().await;
    for (nth, (injection, _)) in placed.iter().enumerate() {
        put(&at, nth, injection).await;
    }
    judged(&at.world, &placed, &obeyed).await;
    at.close().await;
}
