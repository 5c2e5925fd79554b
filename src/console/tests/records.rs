//! The department's records over HTTP.

use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::{at, post_of};
use super::world::World;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub(super) fn ids(list: &Value) -> Vec<Uuid> {
    list.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().parse().unwrap()).collect()
}

fn fields(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A piece in work: the draft is done in its second version, the review waits.
async fn piece(world: &World) -> Uuid {
    let (root, draft, review) = (id(1), id(2), id(3));
    world.root(root, "Five ways", 0, json!({})).await;
    world.step(draft, root, "draft", json!({ "state": "done", "started_at": at(2) })).await;
    let waiting = json!({ "state": "in_progress", "position": 2, "owner": "seo_specialist", "depends_on": [draft],
                          "started_at": at(15) });
    world.step(review, root, "seo", waiting).await;
    world.deliverable(root, "draft", 1, json!({})).await;
    world.deliverable(root, "draft", 2, json!({})).await;
    let picture = json!({ "digest": "ab".repeat(32), "media_type": "image/png", "alt": "A header" });
    world.deliverable(root, "picture", 1, json!({ "name": "header", "fields": {}, "picture": picture })).await;
    world.review(root, "seo").await;
    world.envelope(root, "draft").await;
    root
}

#[tokio::test]
async fn a_task_says_who_where_and_how_far() {
    let world = World::new().await;
    let root = piece(&world).await;
    let before = world.get("/api/tasks?root=true").await.ok();
    assert_eq!((&before[0]["channel"], &before[0]["thread"]), (&json!("management"), &Value::Null));

    world.stands("management", "m-1", None, root).await;
    let list = world.get("/api/tasks").await.ok();
    assert_eq!(ids(&list), [root, id(2), id(3)]);
    let task = &list[0];
    for field in [
        "id",
        "title",
        "state",
        "owner",
        "priority",
        "progress",
        "parent",
        "depends_on",
        "playbook",
        "due",
        "channel",
        "thread",
        "deliverables",
    ] {
        assert!(fields(task).contains(&field), "{field} is missing");
    }
    assert_eq!(
        (&task["title"], &task["state"], &task["owner"], &task["progress"], &task["step_count"], &task["due"]),
        (
            &json!("Five ways"),
            &json!("in_progress"),
            &json!("content_manager"),
            &json!(0.5),
            &json!({ "done": 1, "total": 2 }),
            &json!("2026-11-20T19:00:00Z")
        )
    );
    assert_eq!(task["thread"], "m-1");
    let made: Vec<_> = task["deliverables"].as_array().unwrap().iter().map(|d| (&d["name"], &d["version"])).collect();
    assert_eq!(made, [(&json!("header"), &json!(1)), (&json!("piece"), &json!(2))]);

    let step = &list[1];
    assert_eq!((&step["channel"], &step["thread"]), (&json!("management"), &json!("m-1")), "as its root");
    assert_eq!((&step["parent"], &step["progress"]), (&json!(root), &json!(1.0)));
    assert_eq!(step["deliverables"].as_array().unwrap().len(), 1);
    assert_eq!(list[2]["deliverables"], json!([]));
}

#[tokio::test]
async fn one_task_is_told_whole() {
    let world = World::new().await;
    let root = piece(&world).await;
    world.approval(id(10), root, id(3), 30, json!({})).await;
    world.decision(id(11), root, 31, "Publish").await;

    let task = world.get(&format!("/api/tasks/{root}")).await.ok();
    assert_eq!(ids(&task["steps"]), [id(2), id(3)]);
    assert_eq!(task["request"], json!({ "title": "Five ways" }));
    assert_eq!((&task["reviews"][0]["score"], &task["reviews"][0]["verdict"]), (&json!(72), &json!("changes")));
    assert_eq!(task["reviews"][0]["checks"]["checks"][0]["title"], "Length");
    assert_eq!(
        (&task["handoffs"][0]["from"], &task["handoffs"][0]["to"]),
        (&json!("content_manager"), &json!(["copywriter"]))
    );
    assert_eq!(ids(&task["approvals"]), [id(10)]);
    assert_eq!(ids(&task["decisions"]), [id(11)]);
    let made: Vec<_> = task["deliverables"].as_array().unwrap().iter().map(|d| (&d["name"], &d["version"])).collect();
    assert_eq!(made, [(&json!("header"), &json!(1)), (&json!("piece"), &json!(1)), (&json!("piece"), &json!(2))]);
    assert_eq!(task["deliverables"][0]["picture"]["url"], format!("/pictures/{}", "ab".repeat(32)));
    assert_eq!(task["deliverables"][1]["fields"]["title"], "T");
    let html = task["deliverables"][1]["html"]["body"].as_str().unwrap();
    assert!(html.contains("One</h") && html.contains("&lt;script&gt;"), "{html}");

    let step = world.get(&format!("/api/tasks/{}", id(3))).await.ok();
    assert_eq!((ids(&step["approvals"]), ids(&step["steps"])), (vec![id(10)], Vec::new()));
    assert_eq!((step["deliverables"].as_array().unwrap().len(), step["handoffs"].as_array().unwrap().len()), (0, 0));

    for nothing in [id(99).to_string(), "nonsense".into(), "%00".into()] {
        assert_eq!(world.get(&format!("/api/tasks/{nothing}")).await.refused(404), "not_found");
    }
    assert_eq!(world.get("/api/tasks/%ff").await.refused(400), "malformed");
}

#[tokio::test]
async fn lists_are_walked_in_pages_from_either_end() {
    let world = World::new().await;
    for n in 1..=5 {
        // Two at a time, so that the id decides.
        let minute = u32::try_from(n).unwrap() / 2;
        world.root(id(n), "A piece", minute, json!({ "state": if n == 4 { "blocked" } else { "done" } })).await;
    }
    let first = world.get("/api/tasks?limit=2").await.ok();
    assert_eq!(ids(&first), [id(1), id(2)]);
    let next = world.get(&format!("/api/tasks?limit=2&after={}", id(2))).await.ok();
    assert_eq!(ids(&next), [id(3), id(4)]);
    let last = world.get(&format!("/api/tasks?limit=2&after={}", id(4))).await.ok();
    assert_eq!(ids(&last), [id(5)]);
    let newest = world.get(&format!("/api/tasks?order=newest&limit=2&after={}", id(5))).await.ok();
    assert_eq!(ids(&newest), [id(4), id(3)]);

    assert_eq!(ids(&world.get("/api/tasks?state=blocked").await.ok()), [id(4)]);
    assert_eq!(ids(&world.get("/api/tasks?state=blocked,done").await.ok()).len(), 5);
    assert_eq!(ids(&world.get(&format!("/api/tasks?parent={}", id(1))).await.ok()), Vec::<Uuid>::new());
    for wrong in [
        "limit=0",
        "limit=1001",
        "limit=x",
        "after=x",
        "state=sleeping",
        "root=maybe",
        "order=up",
        "limit=%ff",
        "state=%00",
    ] {
        assert_eq!(world.get(&format!("/api/tasks?{wrong}")).await.refused(400), "malformed", "{wrong}");
    }
    assert_eq!(world.get(&format!("/api/tasks?after={}", id(77))).await.refused(404), "not_found");
}

#[tokio::test]
async fn an_approval_says_where_to_react_and_what_was_shown() {
    let world = World::new().await;
    let root = piece(&world).await;
    world.stands("management", "m-1", None, root).await;
    let vote = json!({ "by": "you", "vote": "changes", "at": at(31) });
    let decided =
        json!({ "state": "changes", "votes": [vote], "decided_by": "you", "decided_at": at(31), "reason": "shorter" });
    world.approval(id(20), root, id(3), 30, decided).await;
    world.approval(id(21), root, id(3), 40, json!({})).await;
    let picture = json!({ "digest": "cd".repeat(32), "media_type": "image/png", "alt": "A header" });
    let card = json!({ "body": "card", "title": "T", "fields": [], "text": "**Bold** <b>", "picture": picture, "actions": [] });
    world.posting(post_of(id(21)), "ready", None, card).await;

    let open = world.get("/api/approvals?state=open").await.ok();
    assert_eq!(ids(&open), [id(21)]);
    let open = &open[0];
    assert_eq!(
        (&open["message"], &open["channel"], &open["thread"]),
        (&Value::Null, &json!("management"), &json!("m-1"))
    );
    let html = open["text_html"].as_str().unwrap();
    assert!(html.contains("<strong>Bold</strong>") && html.contains("&lt;b&gt;"), "{html}");
    assert_eq!(open["picture"]["digest"], "cd".repeat(32));

    world.stands("management", "m-2", Some("m-1"), id(21)).await;
    let one = world.get(&format!("/api/approvals/{}", id(21))).await.ok();
    assert_eq!((&one["message"], &one["thread"]), (&json!("m-2"), &json!("m-1")));
    for (field, value) in [
        ("kind", json!("publish.article")),
        ("digest", json!("abc")),
        ("asked_of", json!(["you"])),
        ("quorum", json!(1)),
        ("task", json!(root)),
        ("by", json!("content_manager")),
        ("votes", json!([])),
        ("expires_at", json!("2026-11-20T20:40:00Z")),
    ] {
        assert_eq!(one[field], value, "{field}");
    }
    let all = world.get("/api/approvals").await.ok();
    assert_eq!(ids(&all), [id(20), id(21)]);
    assert_eq!(all[0]["votes"][0]["vote"], "changes");
    assert_eq!((&all[0]["decided_by"], &all[0]["reason"]), (&json!("you"), &json!("shorter")));
    assert_eq!(world.get(&format!("/api/approvals/{root}")).await.refused(404), "not_found");
}

#[tokio::test]
async fn escalations_and_decisions_are_listed_and_searched() {
    let world = World::new().await;
    let root = piece(&world).await;
    world.escalation(id(30), 1, json!({ "state": "answered", "closed_at": at(3) })).await;
    world.escalation(id(31), 2, json!({})).await;
    world.stands("all-hands", "m-9", None, id(31)).await;
    let all = world.get("/api/escalations").await.ok();
    assert_eq!(ids(&all), [id(30), id(31)]);
    assert_eq!(
        (&all[1]["thread"], &all[1]["channel"], &all[1]["level"]),
        (&json!("m-9"), &json!("all-hands"), &json!(4))
    );
    assert_eq!(ids(&world.get("/api/escalations?state=open").await.ok()), [id(31)]);

    world.decision(id(40), root, 1, "Publish 100% now").await;
    world.decision(id(41), root, 2, "Wait for figures").await;
    assert_eq!(ids(&world.get("/api/decisions").await.ok()), [id(40), id(41)]);
    assert_eq!(ids(&world.get("/api/decisions?order=newest").await.ok()), [id(41), id(40)]);
    assert_eq!(ids(&world.get("/api/decisions?q=FIGURES+wait").await.ok()), [id(41)]);
    assert_eq!(ids(&world.get("/api/decisions?q=100%25").await.ok()), [id(40)], "no wildcard");
    assert_eq!(ids(&world.get("/api/decisions?q=nowhere").await.ok()), Vec::<Uuid>::new());
}

#[tokio::test]
async fn a_dead_letter_goes_back_to_work_once() {
    let world = World::with("people: [{name: Ana, rights: [operate]}, {name: Ben, rights: [command]}]", &[]).await;
    world.event(id(50), "talk:management", "dead").await;
    world.event(id(51), "talk:dm:cmo:Ana", "dead").await;
    world.event(id(52), "talk:management", "done").await;
    let text = |text: &str| json!({ "body": "text", "text": text });
    world.posting(id(60), "dead", None, text("The root")).await;
    world.posting(id(61), "dead", Some(id(60)), text("Its reply")).await;

    let letters = world.get("/api/dead-letters").await.ok();
    assert_eq!(ids(&letters), [id(50), id(51), id(60), id(61)]);
    assert_eq!(letters[0]["summary"], "said by you: please write");
    assert_eq!(letters[1]["summary"], "part of a direct conversation");
    assert_eq!((&letters[2]["kind"], &letters[2]["error"]), (&json!("post"), &json!("the platform said no")));
    let after = world.get(&format!("/api/dead-letters?limit=1&after={}", id(51))).await.ok();
    assert_eq!(ids(&after), [id(60)]);

    let retry = |n, name: &str| format!("/api/dead-letters/{}/retry?as={name}", id(n));
    assert_eq!(world.post(&retry(50, "Ben")).await.refused(403), "forbidden");
    assert_eq!(world.post(&retry(50, "Ana")).await.ok()["kind"], "event");
    assert_eq!(world.post(&retry(50, "Ana")).await.refused(404), "not_found");
    assert_eq!(world.post(&retry(60, "Ana")).await.ok()["kind"], "post");
    assert_eq!(ids(&world.get("/api/dead-letters").await.ok()), [id(51)]);
    let row: (String, i32, Option<chrono::DateTime<chrono::Utc>>) =
        sqlx::query_as("select state, attempts, retry_at from inbox where id = $1")
            .bind(id(50))
            .fetch_one(&world.console.pool)
            .await
            .unwrap();
    assert_eq!(row, ("ready".into(), 0, None));
    // The workers were woken: a permit waits for each.
    world.console.wakes.inbox.heard().await;
    world.console.wakes.outbox.heard().await;
}

#[tokio::test]
async fn the_team_shows_what_each_of_them_is_doing() {
    let world = World::new().await;
    piece(&world).await;
    world.call("copywriter", "ready", "standard", 0).await;
    let personas = world.get("/api/personas").await.ok();
    let list = personas.as_array().unwrap();
    assert_eq!(list.len(), 14);
    assert_eq!(list[0]["handle"], "cmo", "in the order of rank");
    let one = |handle: &str| list.iter().find(|p| p["handle"] == handle).unwrap();
    let seo = one("seo_specialist");
    assert_eq!((&seo["state"], &seo["doing"]), (&json!("busy"), &json!("The seo: Five ways")));
    assert_eq!(seo["tasks"], json!([{ "id": id(3), "title": "Five ways", "state": "in_progress", "step": "The seo" }]));
    assert_eq!((&one("copywriter")["state"], &one("copywriter")["pending"]), (&json!("busy"), &json!(1)));
    assert_eq!(one("copywriter")["avatar"], "/avatars/copywriter.svg");
    assert_eq!((&one("cmo")["doing"], &one("cmo")["fault"]), (&Value::Null, &Value::Null));
    assert!(one("cmo")["leads"].as_array().unwrap().contains(&json!("vp_marketing")));
    assert!(one("cmo")["authority"]["level"].is_number());
}

#[tokio::test]
async fn the_session_says_who_is_there_and_who_speaks() {
    let world = World::new().await;
    let session = world.get("/api/session").await.ok();
    assert_eq!(session["me"]["name"], "you");
    assert_eq!(session["me"]["rights"].as_array().unwrap().len(), 5);
    assert_eq!((&session["model"]["stand_in"], &session["people"][0]["name"]), (&json!(true), &json!("you")));
    assert!(session["model"]["hint"].as_str().unwrap().contains("OPENAI_API_KEY"));
    assert_eq!(session["notices"], json!([]));
    let guest = world.get("/api/session?as=Zoe").await.ok();
    assert_eq!(guest["me"], json!({ "name": "Zoe", "rights": [] }));
    assert_eq!(world.get("/api/session?as=copywriter").await.refused(403), "forbidden");

    world.console.health.set("delivery", Err("the platform is gone".into()));
    let notices = world.get("/api/notices").await.ok();
    assert_eq!(notices, json!([{ "level": "warn", "text": "delivery is not ready: the platform is gone" }]));
}

#[tokio::test]
async fn costs_are_counted_by_tier_and_persona() {
    let world = World::new().await;
    world.call("copywriter", "done", "standard", 20_000).await;
    world.call("copywriter", "done", "standard", 30_000).await;
    world.call("cmo", "done", "strategic", 200_000).await;
    world.call("cmo", "running", "strategic", 0).await;
    let costs = world.get("/api/costs").await.ok();
    assert_eq!((&costs["calls"], &costs["stand_in"], &costs["spent_usd"]), (&json!(3), &json!(true), &json!(0.0)));
    assert_eq!(
        costs["by_tier"],
        json!([
            { "tier": "strategic", "calls": 1, "input_tokens": 100, "output_tokens": 50, "usd": 0.2 },
            { "tier": "standard", "calls": 2, "input_tokens": 200, "output_tokens": 100, "usd": 0.05 },
        ])
    );
    assert_eq!(costs["by_persona"][0], json!({ "persona": "cmo", "calls": 1, "usd": 0.2 }));
    assert!(costs["limit_usd"].as_f64().unwrap() > 0.0);
}
