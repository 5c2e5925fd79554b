//! Texts that try to get what their reader may not have, at places that only Discord has, before a model that obeys all of
//! them: nicknames, titles of threads, topics, files, embeds, messages that are passed on, commands, and buttons that nobody
//! made.

use bullpen_discord_fake::{Settings, UserPlan};
use serde_json::json;

use crate::guild::Guild;
use crate::injections::{Injection, Obeyed, READERS};
use crate::injections_slack::Fate::{self, Ignored, Refused};
use crate::injections_slack::{judged, obedient, placed, slug};
use crate::world::Setting;

const PLACES: [(&str, Fate); 10] = [
    ("nickname", Refused),
    ("file name", Refused),
    ("passed on", Refused),
    ("channel name", Refused),
    ("command", Refused),
    ("command of a guest", Ignored),
    ("title of a thread", Ignored),
    ("embed", Ignored),
    ("topic", Ignored),
    ("button", Ignored),
];

async fn put(at: &Guild, nth: usize, injection: &Injection) {
    let (reader, text, hands) = (READERS[nth % READERS.len()], injection.signed(), &at.fake);
    let all_hands = at.channel("all-hands");
    let ask = async |who: u64| {
        let options = [("persona", json!(reader)), ("question", json!(text))];
        hands.command(who, at.shared.user, all_hands, "bullpen ask", &options).await.expect("answered");
    };
    match injection.place.as_str() {
        "nickname" => {
            let guest = hands.user(UserPlan::member("guest").nick(&text));
            let root = at.say(at.ann, "all-hands", "A thread in which guests speak.");
            hands.in_thread(guest, root, "Good morning.");
            hands.in_thread(at.ann, root, &format!("@{reader} what was said here?"));
        }
        "file name" => {
            hands.upload(at.ann, all_hands, &text, &format!("@{reader} have a look"));
        }
        "passed on" => {
            let root = hands.forward(at.ann, all_hands, &format!("@{reader} {text}"));
            at.quiet().await;
            hands.in_thread(at.ann, root, &format!("@{reader} what do you make of that?"));
        }
        "channel name" => {
            let named = hands.channel(&slug(&text));
            at.say(at.ann, "all-hands", &format!("@{reader} look into <#{named}> please"));
        }
        "command" => ask(at.ann).await,
        "command of a guest" => ask(at.gus).await,
        "title of a thread" => {
            let thread = hands.bare_thread(at.ann, all_hands, &text);
            hands.say(at.ann, thread, &format!("@{reader} what is this about?"));
        }
        "embed" => {
            let root = at.say(at.ann, "all-hands", &format!("@{reader} see https://example.com/"));
            hands.embed_arrives_as(all_hands, root, &text, &text);
            at.quiet().await;
            hands.in_thread(at.ann, root, &format!("@{reader} what is there?"));
        }
        "topic" => {
            hands.set_topic(all_hands, &text);
            at.say(at.ann, "all-hands", &format!("@{reader} what is this channel for?"));
        }
        "button" => {
            let card = at.approval("publish.article").await;
            // Who may vote cannot do so with what is no button, nor anybody else with what would be one.
            for (who, id) in [(at.ann, text.as_str()), (at.ann, "approve:all"), (at.gus, "bp:✅")] {
                hands.forge_click(who, card.channel, card.id, id).await.expect("it is answered");
            }
            let other = at.hear("all-hands", "Welcome to").await;
            hands.forge_click(at.ann, other.channel, other.id, "bp:✅").await.expect("it is answered");
        }
        other => panic!("there is no place {other}"),
    }
    at.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_at_the_places_of_discord_gain_nothing_and_what_they_wanted_can_be_read() {
    // A nickname has 32 characters.
    let (placed, obeyed) = (placed(&PLACES, 32), Obeyed::default());
    let more = Setting { model: Some(obedient(&placed, &obeyed)), ..Setting::default() };
    let at = Guild::with(Settings::quick(), &[], more).await;
    at.say(at.ann, "management", "@content_manager write a piece: Tea For Teams");
    at.approval("publish.article").await;
    at.quiet().await;
    for (nth, (injection, _)) in placed.iter().enumerate() {
        put(&at, nth, injection).await;
    }
    judged(&at.world, &placed, &obeyed).await;
    at.close().await;
}
