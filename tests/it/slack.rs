//! The department in Slack: the same work as in the lobby, in a real workspace's words.

use std::time::Duration;

use bullpen_slack_fake::{Faults, How, Settings, UserPlan};

use crate::workspace::{Way, Workspace, buttons, text_of};

const REQUEST: &str = "we need a blog post \"Ten Rules For Calm Meetings\" for team leads, due tomorrow";
const TITLE: &str = "Ten Rules For Calm Meetings";

async fn published(at: &Workspace) -> i64 {
    at.world.one("select count(*) from publications where place = 'page'").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_in_slack_becomes_a_published_piece_by_a_reaction_and_a_button() {
    let at = Workspace::open(Settings::quick(), Way::Socket, &["copywriter", "director_comms"]).await;
    let management = at.channel("management");
    let request = at.say(&at.ann, "management", &format!("@content_manager {REQUEST}"));
    let taken = at.hear("management", "Taken").await;
    assert_eq!(taken.thread_ts.as_deref(), Some(request.as_str()), "answered in the request's thread");
    assert_eq!(taken.user, None, "the content manager speaks through the shared app");
    assert!(taken.username.as_deref().is_some_and(|name| !name.is_empty()) && taken.icons.is_some());

    let card = at.approval("publish.article").await;
    assert_eq!(card.channel, management);
    assert_eq!(buttons(&card), ["react:✅", "react:❌", "react:🔁"]);
    assert!(text_of(&card).contains(TITLE));
    let root = at.read("management", |m| !m.is_reply() && text_of(m).contains(TITLE) && m.bot_id.is_some()).await;
    assert_eq!(card.thread_ts.as_ref(), Some(&root.ts), "put before people in the project's thread");
    // Personas hear each other in Postgres: Slack tells no app of its own posts, and hand-offs happen all the same.
    let own = &at.own["copywriter"];
    let native = format!("<@{}>", own.bot_user);
    let handed = at.read("management", |m| m.is_reply() && m.text.contains(&native)).await;
    assert_eq!(handed.thread_ts.as_ref(), Some(&root.ts));
    let by_own_app = |m: &bullpen_slack_fake::Message| m.user.as_ref() == Some(&own.bot_user);
    assert!(at.fake.messages(&management).iter().any(by_own_app), "the copywriter speaks through an app of its own");

    at.fake.react(&at.ann, &management, &card.ts, "white_check_mark", true);
    let decided = "select 1 where exists (select from approvals where kind = $1 and state = 'approved')";
    let _: i32 = at.world.wait("the approval being approved", decided, "publish.article").await;
    let mail = at.approval("mail.newsletter").await;
    at.fake.click(&at.ben, &mail.channel, &mail.ts, "react:✅").await.expect("the click is answered in time");
    let _: i32 = at.world.wait("the mail being approved", decided, "mail.newsletter").await;
    assert_eq!(at.world.one::<String>("select decided_by from approvals where kind = 'mail.newsletter'").await, "Ben");
    at.world.until(TITLE, "done").await;
    at.world.settle().await;
    assert_eq!(published(&at).await, 1);
    for card in [card, mail] {
        let now = at.fake.message(&card.channel, &card.ts).expect("it still stands");
        assert_eq!(buttons(&now), Vec::<String>::new(), "no stale button");
        assert!(text_of(&now).contains("Ann") || text_of(&now).contains("Ben"), "it says who decided");
    }
    at.hear("published", TITLE).await;
    at.hear("decisions", TITLE).await;
    at.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_signing_secret_and_a_bot_token_alone_people_can_talk() {
    let at = Workspace::open(Settings::quick(), Way::Http, &["seo_specialist"]).await;
    // A native mention of a persona's own app, of which both apps hear.
    let mention = format!("<@{}> what are you on?", at.own["seo_specialist"].bot_user);
    let asked = at.say(&at.ann, "management", &mention);
    let answer = at.read("management", |m| m.thread_ts.as_ref() == Some(&asked) && m.is_reply()).await;
    assert_eq!(answer.user.as_ref(), Some(&at.own["seo_specialist"].bot_user));
    // Through the shared app, by handle, by name, by role.
    for text in [
        format!("<@{}> copywriter what are you on?", at.shared.bot_user),
        "@copywriter what are you on?".to_owned(),
        "@Sofia Lindqvist what are you on?".to_owned(),
        "Morning, @Copywriter: what are you on?".to_owned(),
    ] {
        let asked = at.say(&at.ben, "all-hands", &text);
        let answer = at.read("all-hands", |m| m.thread_ts.as_ref() == Some(&asked) && m.is_reply()).await;
        assert!(answer.username.as_deref().is_some_and(|n| n.contains("Sofia")), "{text}: {answer:#?}");
        // A reply in the persona's thread reaches it without its name.
        let again = at.fake.say(&at.ben, &at.channel("all-hands"), Some(&asked), "and after that?");
        at.read("all-hands", |m| m.thread_ts.as_ref() == Some(&asked) && m.ts > again).await;
    }
    // Directly, to its own app and to the shared one.
    for (with, text) in [
        (&at.own["seo_specialist"].bot_user, "what are you on?"),
        (&at.shared.bot_user, "copywriter, what are you on?"),
    ] {
        let dm = at.fake.dm(&at.ann, with);
        let asked = at.fake.say(&at.ann, &dm, None, text);
        let answered =
            |fake: &bullpen_slack_fake::Fake| fake.messages(&dm).iter().any(|m| m.ts > asked && m.bot_id.is_some());
        tokio::time::timeout(Duration::from_secs(60), at.fake.until(answered)).await.expect("an answer");
    }
    let private: i64 = at.world.one("select count(*) from messages where channel like 'slack:D%' and not direct").await;
    assert_eq!(private, 0, "what is said directly feeds no other context");
    at.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_listed_is_a_guest_whatever_they_are_called() {
    let at = Workspace::open(Settings::quick(), Way::Socket, &[]).await;
    // Gus calls himself like somebody who may do everything.
    at.fake.rename_user(&at.gus, "Ann");
    let asked = at.say(&at.gus, "management", &format!("@content_manager {REQUEST}"));
    let answer = at.read("management", |m| m.thread_ts.as_ref() == Some(&asked) && m.is_reply()).await;
    assert!(text_of(&answer).contains(&at.gus), "the answer says by which account they could be listed: {answer:#?}");
    at.world.settle().await;
    assert_eq!(at.world.one::<i64>("select count(*) from tasks").await, 0, "no work for guests");
    // Ann's own request; Gus's votes do not count, by reaction or by button.
    at.say(&at.ann, "management", &format!("@content_manager {REQUEST}"));
    let card = at.approval("publish.article").await;
    at.fake.react(&at.gus, &card.channel, &card.ts, "white_check_mark", true);
    at.fake.click(&at.gus, &card.channel, &card.ts, "react:✅").await.expect("the click is answered");
    at.hear("management", "is not counted").await;
    // Somebody from elsewhere with Ben's name and address in the shared channel is not Ben.
    let eve = at.fake.user(UserPlan { name: "ben".into(), stranger: true, ..UserPlan::member("ben") });
    at.fake.share(&card.channel);
    at.fake.join(&eve, &card.channel);
    at.fake.react(&eve, &card.channel, &card.ts, "white_check_mark", true);
    at.read("management", |m| m.is_reply() && text_of(m).contains(&eve)).await;
    at.world.settle().await;
    assert_eq!(at.world.one::<String>("select state from approvals").await, "open");
    at.fake.click(&at.ann, &card.channel, &card.ts, "react:❌").await.expect("the click is answered");
    let _: i32 = at
        .world
        .wait("the rejection", "select 1 where exists (select from approvals where state = $1)", "rejected")
        .await;
    at.world.settle().await;
    assert_eq!(published(&at).await, 0);
    at.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_bad_week_of_slacks_nothing_is_lost_doubled_or_out_of_order() {
    const QUESTIONS: usize = 300;
    const DROPS: usize = 10;
    let at = Workspace::open(Settings::quick(), Way::Socket, &["seo_specialist"]).await;
    at.fake.set_faults(Faults {
        seed: 7,
        methods: vec!["chat.postMessage".into(), "chat.update".into()],
        limited: 0.03,
        failed: 0.01,
        failed_late: 0.01,
        timed_out: 0.005,
        cut_late: 0.01,
        cut: 0.01,
        hang: Duration::from_secs(1),
        repeated: 0.2,
        shuffled: 0.2,
        dropped: 0.05,
        delay: Duration::from_millis(200),
        ..Faults::default()
    });
    let all_hands = at.channel("all-hands");
    let threads: Vec<String> = (0..10).map(|n| at.say(&at.ann, "all-hands", &format!("A thread {n}"))).collect();
    for n in 0..QUESTIONS {
        let thread = &threads[n % threads.len()];
        let who = if n % 3 == 0 { "seo_specialist" } else { "copywriter" };
        at.fake.say(&at.ann, &all_hands, Some(thread), &format!("@{who} what are you on? ({n})"));
        if n % (QUESTIONS / DROPS) == 7 {
            let how = [How::Close, How::Cut, How::Warned][n % 3];
            at.fake.disconnect(["bullpen", "seo_specialist"][n % 2], how);
        }
        if n % 20 == 0 {
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }
    let answered = "select 1 where $1 = '' and (select count(*) from outbox where kind = 'post' and state = 'sent'
                    and channel like 'slack:%') >= 301";
    let _: i32 = at.world.wait("an answer to each question", answered, "").await;
    at.fake.set_faults(Faults::default());
    tokio::time::timeout(Duration::from_secs(60), at.fake.settled()).await.expect("Slack's events are acknowledged");
    at.world.settle().await;
    let asked: i64 = at
        .world
        .one("select count(*) from messages where author_kind = 'member' and text like '%what are you on?%'")
        .await;
    assert_eq!(asked, QUESTIONS as i64, "each question was heard once");
    for thread in &threads {
        let answers = at
            .fake
            .messages(&all_hands)
            .into_iter()
            .filter(|m| m.thread_ts.as_ref() == Some(thread) && m.bot_id.is_some());
        assert_eq!(answers.count(), QUESTIONS / threads.len(), "each question was answered once");
    }
    at.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_did_while_nobody_listened_is_fetched_at_the_next_start() {
    // Slack gives events up soon here, and keeps none for an app that is away.
    let settings = Settings { keep_while_away: false, ..Settings::quick() };
    let mut at = Workspace::open(settings, Way::Socket, &["copywriter"]).await;
    let management = at.channel("management");
    at.say(&at.ann, "management", &format!("@content_manager {REQUEST}"));
    let card = at.approval("publish.article").await;
    let earlier = at.say(&at.ben, "all-hands", "@designer what are you on?");
    at.read("all-hands", |m| m.thread_ts.as_ref() == Some(&earlier) && m.is_reply()).await;
    at.world.settle().await;
    at.world.stop().await;
    let asked = at.say(&at.ann, "all-hands", "@copywriter what are you on?");
    let reply = at.fake.say(&at.ben, &at.channel("all-hands"), Some(&earlier), "@cmo and you?");
    at.fake.react(&at.ann, &management, &card.ts, "white_check_mark", true);
    tokio::time::timeout(Duration::from_secs(30), at.fake.settled()).await.expect("Slack has given up");
    assert!(at.fake.deliveries().iter().any(|d| d.gave_up), "somebody has to ask for what was said");
    at.world.start().await;
    at.read("all-hands", |m| m.thread_ts.as_ref() == Some(&asked) && m.is_reply()).await;
    at.read("all-hands", |m| m.thread_ts.as_ref() == Some(&earlier) && m.ts > reply).await;
    let decided = "select 1 where exists (select from approvals where kind = $1 and state = 'approved')";
    let _: i32 = at.world.wait("the approval being approved", decided, "publish.article").await;
    at.world.settle().await;
    assert_eq!(published(&at).await, 1);
    at.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_slack_can_be_edited_and_deleted_and_talk_goes_on_there() {
    let at = Workspace::open(Settings::quick(), Way::Socket, &[]).await;
    let management = at.channel("management");
    let request = at.say(&at.ann, "management", &format!("@content_manager {REQUEST}"));
    let card = at.approval("publish.article").await;
    at.fake.unfurl(&management, &request);
    at.world.settle().await;
    assert_eq!(
        at.world
            .one::<i64>("select max(version) from messages where text like '%Calm%' and author_kind = 'member'")
            .await,
        0
    );
    at.fake.edit(
        &management,
        &request,
        "@content_manager we need a blog post \"Ten Rules For Short Meetings\" for team leads",
    );
    let voided = "select 1 where exists (select from approvals where kind = $1 and state = 'void')";
    let _: i32 = at.world.wait("the approval being void", voided, "publish.article").await;
    let anew = at.approval("publish.article").await;
    assert_ne!(anew.ts, card.ts);
    assert!(text_of(&anew).contains("Short Meetings"));
    let old = at.fake.message(&management, &card.ts).expect("it still stands");
    assert_eq!(buttons(&old), Vec::<String>::new(), "what is void has no buttons");
    at.fake.delete(&management, &request);
    let over = "select 1 where exists (select from tasks where parent is null and state = $1)";
    let _: i32 = at.world.wait("the work being stopped", over, "cancelled").await;
    at.world.settle().await;
    assert_eq!(published(&at).await, 0);
    at.close().await;
}
