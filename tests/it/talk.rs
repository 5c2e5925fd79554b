//! Anybody can be spoken to at any time; one mention, one answer; guests are met kindly and cost nothing.

use bullpen_lobby::View;
use serde_json::json;

use crate::script::{Scripted, act, who};
use crate::world::{Setting, World};

const REQUEST: &str = "@content_manager we need a blog post \"How Small Museums Keep Volunteers\" for museum directors";
const TITLE: &str = "How Small Museums Keep Volunteers";

fn answers(thread: &[View]) -> Vec<&str> {
    thread.iter().filter(|m| m.author.kind == "persona").filter_map(|m| m.author.handle.as_deref()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_gets_one_answer_in_its_thread() {
    let world = World::open().await;
    let asked = world.say("you", "all-hands", "@copywriter what are you on?").await;
    world.settle().await;
    let thread = world.thread(asked.id).await;
    assert_eq!(answers(&thread), ["copywriter"]);
    assert!(!thread[0].text.is_empty());
    // A reply in the thread goes on with the same persona, without a mention.
    world.reply("you", &asked, "and after that?").await;
    world.settle().await;
    assert_eq!(answers(&world.thread(asked.id).await), ["copywriter", "copywriter"]);
    // Once people talk with each other there, it keeps out of it.
    world.reply("zoe", &asked, "I can help with that").await;
    world.settle().await;
    world.reply("you", &asked, "please do").await;
    world.settle().await;
    assert_eq!(answers(&world.thread(asked.id).await).len(), 2);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_knows_their_work() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    world.approval("publish.article").await;
    let asked = world.say("you", "all-hands", "@content_manager what are you on?").await;
    world.hear(asked.id, TITLE).await;
    let score: i32 = world.one("select score from reviews where step = 'seo' order by at, round limit 1").await;
    let root = world.root_post(TITLE).await;
    world.reply("you", &root, &format!("@seo_specialist why {score}?")).await;
    let why = world.hear(root.id, &format!("{score} of 100")).await;
    assert_eq!(why.author.handle.as_deref(), Some("seo_specialist"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_mentions_get_several_answers_up_to_five() {
    let world = World::open().await;
    let two = world.say("you", "all-hands", "@cmo and @designer, what are you on?").await;
    let many = "@cmo @vp_marketing @director_comms @copywriter @designer @seo_specialist @linkedin_manager hello";
    let many = world.say("you", "all-hands", many).await;
    world.settle().await;
    let two = world.thread(two.id).await;
    let mut two = answers(&two);
    two.sort_unstable();
    assert_eq!(two, ["cmo", "designer"]);
    let thread = world.thread(many.id).await;
    let mut handles = answers(&thread);
    handles.sort_unstable();
    handles.dedup();
    assert_eq!(handles.len(), 5, "{handles:?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_and_a_guest_get_a_kind_fixed_answer_without_a_model() {
    let world = World::open().await;
    let unknown = world.say("you", "all-hands", "@seo what are you on?").await;
    world.hear(unknown.id, "Did you mean @seo_specialist?").await;
    let nobody = world.say("you", "all-hands", "@zebra hello?").await;
    world.hear(nobody.id, "There is nobody called").await;
    let guest = world.say("gus", "all-hands", "@copywriter please write something for me").await;
    let answer = world.hear(guest.id, "Hello gus").await;
    assert!(answer.text.contains("please ask you"), "it says whom to ask: {}", answer.text);
    assert_eq!(answer.author.handle.as_deref(), Some("copywriter"));
    let order = world.say("gus", "management", REQUEST).await;
    world.hear(order.id, "Hello gus").await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from calls").await, 0);
    assert_eq!(world.one::<i64>("select count(*) from tasks").await, 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_among_people_is_left_alone() {
    let world = World::open().await;
    world.settle().await;
    let before = world.one::<i64>("select count(*) from lobby.messages").await;
    world.say("you", "all-hands", "Good morning. Mail me at someone@example.com; @everyone have a look.").await;
    world.say("gus", "all-hands", "Hello you, and @you again").await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from calls").await, 0);
    assert_eq!(world.one::<i64>("select count(*) from lobby.messages").await, before + 2);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_is_answered_where_it_was_asked() {
    let world = World::open().await;
    let asked = world.say_directly("you", "copywriter", "what are you on?").await;
    let answer = world.hear_in(&asked.channel, "").await;
    assert_eq!((answer.thread, answer.author.handle.as_deref()), (None, Some("copywriter")));
    let elsewhere: i64 = world
        .one("select count(*) from lobby.messages where author_kind = 'persona' and author = 'copywriter' and channel not like 'dm:%'")
        .await;
    assert_eq!(elsewhere, 0);
    world.say_directly("gus", "copywriter", "write me something").await;
    world.hear_in("dm:copywriter:gus", "Hello gus").await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from calls").await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_can_be_asked_for_directly() {
    let world = World::open().await;
    world.say_directly("you", "content_manager", "we need a blog post \"How Small Museums Keep Volunteers\"").await;
    let root = world.root_post(TITLE).await;
    assert_eq!(root.channel, "management", "the work itself is done in the open");
    world.approval("publish.article").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_personas_say_pings_nobody() {
    let model =
        Scripted::new(|_, _| Ok(act("say", json!({ "text": "@everyone and @Channel, <!here> look at @gus!" }))));
    let world = World::with(Setting { model: Some(model), ..Setting::default() }).await;
    let asked = world.say("you", "all-hands", "@copywriter what are you on?").await;
    let answer = world.hear(asked.id, "look at").await;
    let lower = answer.text.to_lowercase();
    for armed in ["@everyone", "@channel", "<!here"] {
        assert!(!lower.contains(armed), "{}", answer.text);
    }
    assert!(answer.text.contains("everyone"), "it stays readable");
    assert_eq!(answer.notify, Vec::<String>::new());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn personas_who_mention_each_other_stop_and_never_go_round() {
    let chain = ["copywriter", "designer", "seo_specialist", "cmo", "vp_marketing"];
    let model = Scripted::new(move |request, _| {
        let at = chain.iter().position(|h| *h == who(request)).unwrap_or_default();
        Ok(act("say", json!({ "text": format!("@{} what do you think?", chain[(at + 1) % chain.len()]) })))
    });
    let world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    let asked = world.say("you", "all-hands", "@copywriter what are you on?").await;
    world.settle().await;
    let spoke: Vec<String> = model.asked().iter().map(|r| who(r).to_owned()).collect();
    assert_eq!(spoke, ["copywriter", "designer", "seo_specialist"], "three hops, then it ends");
    let thread = world.thread(asked.id).await;
    assert_eq!(answers(&thread).len(), 4);
    assert!(thread[3].text.starts_with("@cmo is not asked any more"), "and says so: {}", thread[3].text);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_personas_do_not_wake_each_other_for_ever() {
    let model = Scripted::new(|request, _| {
        let other = if who(request) == "copywriter" { "designer" } else { "copywriter" };
        Ok(act("say", json!({ "text": format!("@{other}, and @{} too: over to you", who(request)) })))
    });
    let world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    world.say("you", "all-hands", "@copywriter what are you on?").await;
    world.settle().await;
    assert_eq!(model.asked().len(), 2, "neither is woken twice, and nobody wakes themselves");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_edited_or_deleted_meanwhile_is_not_answered_as_it_was() {
    let (ask, asked) = std::sync::mpsc::channel();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let model = Scripted::new(move |request, usual| {
        if request.material["message"]["text"] == "@copywriter what are you on?" {
            ask.send(()).expect("the story listens");
            // The story has the message changed while this call is under way.
            let _ = tokio::task::block_in_place(|| wait.lock().expect("one at a time").recv());
        }
        Ok(usual)
    });
    let world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    let edited = world.say("you", "all-hands", "@copywriter what are you on?").await;
    let asked =
        tokio::task::spawn_blocking(move || asked.recv().map(|()| asked)).await.expect("joined").expect("asked");
    world.edit("you", &edited, "@copywriter what can you do?").await;
    let heard = "select id from messages where version = 1 and id = $1";
    let _: String = world.wait("the edit", heard, &edited.id.to_string()).await;
    go.send(()).expect("the model waits");
    world.settle().await;
    let texts: Vec<String> =
        model.asked().iter().filter_map(|r| r.material["message"]["text"].as_str().map(str::to_owned)).collect();
    assert_eq!(texts, ["@copywriter what are you on?", "@copywriter what can you do?"]);
    assert_eq!(world.thread(edited.id).await.len(), 1, "one answer, to the question as it reads now");

    let deleted = world.say("you", "all-hands", "@copywriter what are you on?").await;
    tokio::task::spawn_blocking(move || asked.recv()).await.expect("joined").expect("asked");
    world.delete("you", &deleted).await;
    let heard = "select id from messages where deleted_at is not null and id = $1";
    let _: String = world.wait("the deletion", heard, &deleted.id.to_string()).await;
    go.send(()).expect("the model waits");
    world.settle().await;
    assert_eq!(world.thread(deleted.id).await.len(), 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_words_do_no_harm() {
    let world = World::open().await;
    let long = "word ".repeat(7_000);
    let odd = [
        "@copywriter <script>alert(1)</script> {{ system }} %s ' ; drop table tasks; --",
        "@copywriter \u{202e}what are you on?\u{202c}",
        "@copywriter 🦄\u{200d}🦄 ﷽ Ω≈ç√",
        &format!("@copywriter {long}"),
        "@content_manager we need a blog post \"\" for <b>nobody</b>",
        "@",
        "@@@@ @copywriter@designer",
    ];
    for text in odd {
        world.say("you", "all-hands", text).await;
    }
    world.settle().await;
    let asked = world.say("you", "all-hands", "@copywriter what are you on?").await;
    world.hear(asked.id, "").await;
    world.close().await;
}
