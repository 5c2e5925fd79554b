//! Who speaks, who is waited for, and what it may cost: questions are chased and climb, due dates are kept in sight, chains
//! stop, and what was read and answered can be looked up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bullpen::clock::Clock as _;
use bullpen_model::{Error, Usage};
use chrono::{DateTime, Datelike as _, TimeDelta, Utc, Weekday};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::script::{Scripted, act, step, who};
use crate::world::{Setting, World};

const PEOPLE: &str = "people:
  - { name: you, rights: [command, approve, spend, take_over, operate] }
  - { name: ana, rights: [command, approve] }
";

/// A copywriter who asks ana, and leads who pass on whatever they are asked.
fn asks_ana() -> std::sync::Arc<Scripted> {
    Scripted::new(|request, usual| {
        if request.material["kind"] == "help" {
            return Ok(act("escalate", json!({ "issue": "Not mine to settle." })));
        }
        if who(request) == "copywriter" {
            return Ok(act("say", json!({ "text": "I do not know.\n@ana, may we name the price?" })));
        }
        Ok(usual)
    })
}

async fn letter_to(world: &World, to: &str) -> Value {
    let sql = "select to_jsonb(l) from letters as l where l.\"to\" = $1";
    world.wait(&format!("a letter to {to}"), sql, to).await
}

async fn answered(world: &World, to: &str) -> Value {
    let sql = "select to_jsonb(l) from letters as l where l.\"to\" = $1 and l.answered_at is not null";
    world.wait(&format!("the answer of {to}"), sql, to).await
}

fn count(thread: &[bullpen_lobby::View], words: &str) -> usize {
    thread.iter().filter(|m| m.text.contains(words)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_to_a_person_is_chased_once_climbs_over_a_restart_and_is_settled_by_their_answer() {
    let mut world = World::with(Setting { yaml: PEOPLE, model: Some(asks_ana()), ..Setting::default() }).await;
    let asked = world.say("you", "all-hands", "@copywriter may we name the price?").await;
    let question = world.hear(asked.id, "@ana, may we name the price?").await;
    assert!(question.notify.contains(&"ana".to_owned()), "{:?}", question.notify);
    world.settle().await;
    let letter = letter_to(&world, "ana").await;
    assert_eq!((&letter["to_person"], &letter["answered_at"]), (&json!(true), &Value::Null));
    world.clock.advance(TimeDelta::hours(4));
    world.hear(asked.id, "@ana, @copywriter still waits for your answer").await;
    world.settle().await;
    world.stop().await;
    world.clock.advance(TimeDelta::hours(5));
    world.start().await;
    let sql = "select id from escalations where category = $1 and level = 4";
    let _: Uuid = world.wait("the escalation", sql, "deadline_missed").await;
    world.settle().await;
    let thread = world.thread(asked.id).await;
    assert_eq!((count(&thread, "still waits for your answer"), count(&thread, "This needs somebody")), (1, 1));
    world.reply("ana", &asked, "yes, we may").await;
    let letter = answered(&world, "ana").await;
    assert!(letter["answer_message"]["id"].is_string(), "{letter}");
    let sql = "select id from escalations where category = $1 and state = 'answered'";
    let _: Uuid = world.wait("it is settled", sql, "deadline_missed").await;
    world.clock.advance(TimeDelta::days(3));
    world.settle().await;
    let after = world.thread(asked.id).await;
    assert_eq!(count(&after, "still needs somebody"), count(&thread, "still needs somebody"), "nobody is reminded");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_on_the_question_is_an_answer() {
    let world = World::with(Setting { yaml: PEOPLE, model: Some(asks_ana()), ..Setting::default() }).await;
    let asked = world.say("you", "all-hands", "@copywriter may we name the price?").await;
    let question = world.hear(asked.id, "@ana, may we name the price?").await;
    letter_to(&world, "ana").await;
    world.react("ana", question.id, "👍", true).await;
    let letter = answered(&world, "ana").await;
    assert_eq!((&letter["answer_emoji"], letter["read_at"].is_string()), (&json!("👍"), true));
    world.clock.advance(TimeDelta::days(1));
    world.settle().await;
    assert_eq!(count(&world.thread(asked.id).await, "still waits"), 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_read_and_answered_what_can_be_looked_up() {
    let model = Scripted::new(|request, usual| match who(request) {
        "copywriter" => Ok(act("say", json!({ "text": "@designer, which picture?" }))),
        "designer" => Ok(act("say", json!({ "text": "The green one." }))),
        _ => Ok(usual),
    });
    let world = World::with(Setting { model: Some(model), ..Setting::default() }).await;
    let asked = world.say("you", "all-hands", "@copywriter which picture?").await;
    world.say_directly("you", "cmo", "between us").await;
    let answer = world.hear(asked.id, "The green one.").await;
    world.settle().await;
    let (address, _serving) = world.serve().await;
    let get = |path: String| async move {
        reqwest::get(format!("http://{address}{path}")).await.expect("an answer").json::<Value>().await.expect("JSON")
    };
    let letters = get(format!("/api/letters?thread={}", asked.id)).await;
    let letters = letters.as_array().expect("a list");
    let pairs: Vec<(&str, &str)> =
        letters.iter().map(|l| (l["from"].as_str().unwrap(), l["to"].as_str().unwrap())).collect();
    assert_eq!(pairs, [("you", "copywriter"), ("copywriter", "designer")]);
    for letter in letters {
        assert!(letter["read_at"].is_string() && letter["read_call"].is_string(), "{letter}");
        assert_eq!(letter["open"], false, "{letter}");
    }
    assert_eq!(letters[1]["answer"], answer.id.to_string());
    let all = get("/api/letters".into()).await;
    assert_eq!(all.as_array().map(Vec::len), Some(2), "what is said directly is not shown: {all}");
    assert_eq!(get("/api/letters?open=true".into()).await, json!([]));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handoff_is_read_by_the_turn_that_carries_it_out() {
    let world = World::open().await;
    world.say("you", "management", "@content_manager we need a blog post \"Green Roofs\" for gardeners").await;
    world.approval("publish.article").await;
    world.settle().await;
    let (handoffs, read, answered): (i64, i64, i64) = sqlx::query_as(
        "select count(*), count(*) filter (where l.read_call = c.id and c.persona = l.\"to\"), count(l.answered_at)
         from letters as l left join calls as c on c.id = l.call
         join envelopes as e on e.id = l.envelope and e.kind = 'handoff'
         where c.kind = 'turn' or c.kind is null and l.answered_at is null",
    )
    .fetch_one(&world.pool)
    .await
    .expect("counts");
    assert!(handoffs > 3 && read == handoffs && answered == handoffs, "{handoffs} {read} {answered}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_stops_at_its_allowance_says_so_once_and_a_new_word_takes_it_on() {
    // Everybody turns to the next, and every answer costs all that it may.
    let model = Scripted::priced(|request, _| {
        let next = match who(request) {
            "copywriter" => "@designer, what do you say?",
            "designer" => "@seo_specialist, what do you say?",
            _ => "I say tea.",
        };
        let mut answer = act("say", json!({ "text": next }));
        answer.usage = Usage { input: 100, output: request.max_tokens };
        Ok(answer)
    });
    let yaml = "budget: { cause_usd: 0.0012 }";
    let world = World::with(Setting { yaml, model: Some(model.clone()), ..Setting::default() }).await;
    let asked = world.say("you", "all-hands", "@copywriter what do you say?").await;
    world.hear(asked.id, "I stop here").await;
    world.settle().await;
    let before = model.asked().len();
    assert!((1..3).contains(&before), "{before} calls");
    let thread = world.thread(asked.id).await;
    assert_eq!((count(&thread, "I stop here"), count(&thread, "This needs somebody")), (1, 1));
    let (category, to): (String, Value) =
        sqlx::query_as("select category, \"to\" from escalations").fetch_one(&world.pool).await.expect("one");
    assert_eq!(category, "allowance");
    assert!(to.as_array().is_some_and(|to| to.contains(&json!("you"))), "{to}");
    let sql = "select count(*) from allowances where spent_micros + reserved_micros > 1200 or reserved_micros <> 0";
    assert_eq!(world.one::<i64>(sql).await, 0, "no cause cost more, and nothing stays reserved");
    world.reply("you", &asked, "@seo_specialist and you?").await;
    world.hear(asked.id, "I say tea.").await;
    world.settle().await;
    assert_eq!(model.asked().len(), before + 1);
    let charged: (i64, i64) = sqlx::query_as(
        "select (select sum(spent_micros) from allowances)::bigint, (select sum(spent_micros) from budgets)::bigint",
    )
    .fetch_one(&world.pool)
    .await
    .expect("sums");
    assert_eq!(charged.0, charged.1, "each call is charged to its cause and to its day");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_is_explained_in_the_thread() {
    let model = Scripted::new(|request, usual| match who(request) {
        "copywriter" => Ok(act("say", json!({ "text": "@designer, what do you say?" }))),
        "designer" => Ok(act("say", json!({ "text": "@copywriter, what do you say?" }))),
        _ => Ok(usual),
    });
    let world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    let asked = world.say("you", "all-hands", "@copywriter what do you say?").await;
    let told = world.hear(asked.id, "This goes round: @copywriter → @designer → @copywriter").await;
    assert!(told.notify.contains(&"you".to_owned()));
    world.settle().await;
    assert_eq!((model.asked().len(), world.thread(asked.id).await.len()), (2, 3));
    world.close().await;
}

/// Ten in the morning of the first working day after a moment.
fn working_morning(after: DateTime<Utc>) -> DateTime<Utc> {
    let mornings = (1..9).map(|days| (after.date_naive() + TimeDelta::days(days)).and_hms_opt(10, 0, 0));
    let works = |at: &DateTime<Utc>| !matches!(at.weekday(), Weekday::Sat | Weekday::Sun);
    mornings.flatten().map(|at| at.and_utc()).find(works).expect("a working day")
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_is_long_overdue_climbs_once_and_is_left_alone_when_it_ends() {
    static MENDED: AtomicBool = AtomicBool::new(false);
    const BUSY: &str = "the line is busy";
    let model = Scripted::new(|request, usual| {
        if request.material["kind"] == "help" {
            return Ok(act("escalate", json!({ "issue": "Not mine to settle." })));
        }
        if step(request) == "research" && !MENDED.load(Ordering::SeqCst) {
            let after = Some(Duration::from_secs(3_600));
            return Err(Error::Unavailable { why: BUSY.into(), after, billed: false });
        }
        Ok(usual)
    });
    let mut world = World::with(Setting { model: Some(model), ..Setting::default() }).await;
    let request = "@content_manager we need a blog post \"Green Roofs\" for gardeners";
    let asked = world.say("you", "management", request).await;
    let _: Uuid = world.wait("the call is put off", "select id from calls where error = $1", BUSY).await;
    let root = world.root_post("Green Roofs").await;
    let due: DateTime<Utc> = world.one("select due from tasks where parent is null").await;
    world.stop().await;
    world.clock.advance(working_morning(due + TimeDelta::days(1)) - world.clock.now());
    world.start().await;
    // Those above pass it on, each in turn, up to people.
    let late = "select id from escalations where category = $1 and step_task is null and level = 4";
    let _: Uuid = world.wait("the escalation", late, "deadline_missed").await;
    world.delete("you", &asked).await;
    world.until("Green Roofs", "cancelled").await;
    MENDED.store(true, Ordering::SeqCst);
    sqlx::query("update calls set retry_at = null").execute(&world.pool).await.expect("the call is made at last");
    world.settle().await;
    let thread = world.thread(root.id).await;
    let chased = thread.iter().filter(|m| m.text.starts_with("@content_manager") && m.text.contains("was due")).count();
    assert_eq!(chased, 0, "the server stood still: of several words the last is said");
    let raised: (i64, i64) = sqlx::query_as("select count(*), count(*) filter (where state = 'open') from escalations")
        .fetch_one(&world.pool)
        .await
        .expect("counts");
    assert_eq!(raised, (1, 0), "one, and it is settled with the work");
    world.clock.advance(TimeDelta::days(9));
    world.settle().await;
    assert_eq!(world.thread(root.id).await.len(), thread.len(), "what is stopped is not chased");
    world.close().await;
}
