//! Votes that are given and taken back while nobody hears the platform.

use bullpen_discord_fake::{Answer, How, Message, Settings, UserPlan};
use bullpen_slack_fake as slack;

use crate::guild::{Guild, button};
use crate::workspace::{Way, Workspace};

const REQUEST: &str = "we need a blog post \"Ten Rules For Calm Meetings\" for team leads, due tomorrow";
/// Whose votes stand on the approval of an article, and how it was decided.
const STANDING: &str =
    "select id::text from approvals as a where kind = 'publish.article' and $1 = state || ' ' || coalesce((
         select string_agg(v ->> 'by' || ' ' || (v ->> 'vote'), ', ' order by v ->> 'by')
         from jsonb_array_elements(a.votes) as v where v ->> 'taken_back' is null), '')";
/// Events that nobody told and that were found on a card.
const FOUND: &str = "select count(*) from inbox where source like '%:stands:%'";

/// Something happens while Discord does not reach us, and it remembers no session afterwards.
fn unheard(at: &Guild, happens: impl FnOnce()) {
    at.fake.refuse_resumes(true);
    assert_eq!(at.fake.disconnect(at.shared.user, How::Cut), 1, "the line stands");
    happens();
}

/// The card of an article that so many have to approve.
async fn card(at: &Guild, quorum: &'static str) -> Message {
    at.say(at.ann, "management", &format!("@content_manager {REQUEST}"));
    let card = at.approval("publish.article").await;
    at.quiet().await;
    need(at, quorum).await;
    card
}

async fn need(at: &Guild, quorum: &'static str) {
    sqlx::query(quorum).execute(&at.world.pool).await.expect("the statement is sound");
}

async fn stands(at: &Guild, votes: &str) {
    let _: String = at.world.wait(&format!("{votes:?} on the approval"), STANDING, votes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_given_while_discord_was_away_counts_as_soon_as_the_gap_is_closed() {
    let at = Guild::open(Settings::quick(), &[]).await;
    let card = card(&at, "update approvals set quorum = 1").await;
    unheard(&at, || at.fake.react(at.ann, card.channel, card.id, "✅", true));
    stands(&at, "approved Ann approve").await;
    at.quiet().await;
    assert_eq!(at.world.one::<i64>(FOUND).await, 1);
    at.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_given_and_taken_back_over_several_gaps_stand_as_on_the_card() {
    let at = Guild::open(Settings::quick(), &[]).await;
    let card = card(&at, "update approvals set quorum = 3").await;
    let answer = at.fake.click(at.ben, card.channel, card.id, &button(&card, "Approve")).await;
    assert!(matches!(answer, Ok(Answer::Taken)), "{answer:?}");
    stands(&at, "open Ben approve").await;
    // A stranger's votes are nobody's, however often they are read.
    let ann = |set| at.fake.react(at.ann, card.channel, card.id, "✅", set);
    unheard(&at, || {
        ann(true);
        at.fake.react(at.gus, card.channel, card.id, "❌", true);
    });
    stands(&at, "open Ann approve, Ben approve").await;
    unheard(&at, || ann(false));
    // Ben's is on no card, and stays.
    stands(&at, "open Ben approve").await;
    unheard(&at, || ann(true));
    stands(&at, "open Ann approve, Ben approve").await;
    // What was heard live is taken back as well where that was missed.
    unheard(&at, || ann(false));
    stands(&at, "open Ben approve").await;
    at.quiet().await;
    let told = at.world.one::<i64>(FOUND).await;
    need(&at, "update approvals set quorum = 2").await;
    unheard(&at, || ann(true));
    stands(&at, "approved Ann approve, Ben approve").await;
    at.quiet().await;
    assert_eq!((told, at.world.one::<i64>(FOUND).await), (4, 5), "each change is told once");
    at.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_strangers_on_a_card_hides_no_vote_and_costs_few_calls() {
    const CROWD: usize = 300;
    let at = Guild::open(Settings::quick(), &[]).await;
    let card = card(&at, "update approvals set quorum = 1").await;
    let crowd: Vec<u64> = (0..CROWD).map(|n| at.fake.user(UserPlan::member(&format!("stranger{n}")))).collect();
    let before = at.fake.calls().len();
    unheard(&at, || {
        for user in &crowd {
            at.fake.react(*user, card.channel, card.id, "✅", true);
            at.fake.react(*user, card.channel, card.id, "🎉", true);
        }
        at.fake.react(at.ann, card.channel, card.id, "✅", true);
    });
    stands(&at, "approved Ann approve").await;
    at.quiet().await;
    let calls = at.fake.calls();
    let asked = |operation: &str| calls[before..].iter().filter(|call| call.operation == operation).count();
    // One look, perhaps a second one that was due anyway.
    let (pages, members) = (asked("list_message_reactions_by_emoji"), asked("get_guild_member"));
    assert!((4..=8).contains(&pages), "a page for each hundred of the one emoji that is a vote: {pages}");
    assert!(members <= 2 * 50, "Ben may be among them by his role, and yet not all are looked up: {members}");
    assert_eq!(at.world.one::<i64>(FOUND).await, 1, "strangers are not told of");
    at.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_given_while_slack_was_away_counts_as_soon_as_it_is_heard_again() {
    // Slack gives events up at once here, and keeps none for an app that is away.
    let settings = slack::Settings { keep_while_away: false, event_retries: Vec::new(), ..slack::Settings::quick() };
    let at = Workspace::open(settings, Way::Socket, &[]).await;
    at.say(&at.ann, "management", &format!("@content_manager {REQUEST}"));
    let card = at.approval("publish.article").await;
    at.world.settle().await;
    sqlx::query("update approvals set quorum = 3").execute(&at.world.pool).await.expect("the statement is sound");
    at.fake.click(&at.ben, &card.channel, &card.ts, "react:✅").await.expect("the click is answered");
    let stands = async |votes: &str| -> String { at.world.wait(votes, STANDING, votes).await };
    stands("open Ben approve").await;
    for (set, votes) in
        [(true, "open Ann approve, Ben approve"), (false, "open Ben approve"), (true, "open Ann approve, Ben approve")]
    {
        assert_eq!(at.fake.disconnect("bullpen", slack::How::Cut), 1, "the connection stands");
        at.fake.react(&at.ann, &card.channel, &card.ts, "white_check_mark", set);
        stands(votes).await;
        at.world.settle().await;
    }
    at.close().await;
}
