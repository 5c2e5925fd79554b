//! Rows as the workers would have written them.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::world::World;

/// A moment: so many minutes into a day of 2026.
pub(super) fn at(minute: u32) -> String {
    format!("2026-11-20T{:02}:{:02}:00Z", 9 + minute / 60, minute % 60)
}

/// Adds `more` to the fields of `row`.
fn with(mut row: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        row[name] = value.clone();
    }
    row
}

impl World {
    async fn insert(&self, table: &'static str, row: &Value) {
        let sql = format!("insert into {table} select * from jsonb_populate_record(null::{table}, $1)");
        sqlx::query(AssertSqlSafe(sql)).bind(row).execute(&self.console.pool).await.unwrap();
    }

    /// A root task with its root post at hand.
    pub(super) async fn root(&self, id: Uuid, title: &str, minute: u32, more: Value) {
        let row = json!({
            "id": id, "org": self.console.org, "lane": format!("task:{id}"), "position": 0, "title": title,
            "state": "in_progress", "owner": "content_manager", "creator": "you", "priority": "normal",
            "due": at(600), "depends_on": [], "playbook": "content", "pins": {}, "request": { "title": title },
            "round": 0, "notes": [], "retries": 0, "channel": "management", "post": post_of(id), "revision": 1,
            "created_at": at(minute), "started_at": at(minute),
        });
        self.insert("tasks", &with(row, &more)).await;
    }

    pub(super) async fn step(&self, id: Uuid, root: Uuid, step: &str, more: Value) {
        let row = json!({
            "id": id, "org": self.console.org, "lane": format!("task:{root}"), "parent": root, "step": step,
            "position": 1, "title": format!("The {step}"), "state": "open", "owner": "copywriter", "creator": "you",
            "priority": "normal", "depends_on": [], "pins": {}, "request": {}, "round": 1, "notes": [], "retries": 0,
            "revision": 0, "created_at": at(1),
        });
        self.insert("tasks", &with(row, &more)).await;
    }

    pub(super) async fn deliverable(&self, root: Uuid, step: &str, version: i32, more: Value) {
        let row = json!({
            "id": Uuid::new_v4(), "org": self.console.org, "lane": format!("task:{root}"), "task": root, "step": step,
            "name": "piece", "version": version, "fields": { "title": "T", "body": "# One\n\nTwo <script>" },
            "by": "copywriter", "digest": format!("d{version}"), "at": at(10 + u32::try_from(version).unwrap()),
        });
        self.insert("deliverables", &with(row, &more)).await;
    }

    pub(super) async fn approval(&self, id: Uuid, root: Uuid, step: Uuid, minute: u32, more: Value) {
        let row = json!({
            "id": id, "org": self.console.org, "lane": format!("task:{root}"), "task": root, "step_task": step,
            "kind": "publish.article", "title": "Publish it?", "state": "open", "asked_by": "content_manager",
            "asked_of": ["you"], "quorum": 1, "digest": "abc", "input": {}, "votes": [], "post": post_of(id),
            "revision": 0, "turned_away": [], "spent": false, "created_at": at(minute), "expires_at": at(700),
        });
        self.insert("approvals", &with(row, &more)).await;
    }

    pub(super) async fn review(&self, root: Uuid, step: &str) {
        let row = json!({
            "id": Uuid::new_v4(), "org": self.console.org, "lane": format!("task:{root}"), "task": root, "step": step,
            "version": 1, "round": 1, "by": "seo_specialist", "verdict": "changes", "score": 72,
            "summary": "Nearly.", "notes": ["shorter"], "check": { "checks": [{ "title": "Length", "passed": false }] },
            "at": at(20),
        });
        self.insert("reviews", &row).await;
    }

    pub(super) async fn escalation(&self, id: Uuid, minute: u32, more: Value) {
        let row = json!({
            "id": id, "org": self.console.org, "lane": "talk:management", "level": 4, "category": "budget",
            "from": "cmo", "to": ["you"], "issue": "No money", "urgency": "high", "recommendation": "More",
            "state": "open", "post": post_of(id), "at": at(minute),
        });
        self.insert("escalations", &with(row, &more)).await;
    }

    pub(super) async fn decision(&self, id: Uuid, root: Uuid, minute: u32, decision: &str) {
        let row = json!({
            "id": id, "org": self.console.org, "lane": format!("task:{root}"), "task": root, "maker": "you",
            "kind": "publish.article", "context": "A piece", "decision": decision, "reasoning": "It is good",
            "actions": [{ "what": "publish", "owner": "content_manager" }], "chain": [], "dissent": [],
            "escalated": false, "post": post_of(id), "at": at(minute),
        });
        self.insert("decisions", &row).await;
    }

    pub(super) async fn envelope(&self, root: Uuid, step: &str) {
        let row = json!({
            "id": Uuid::new_v4(), "org": self.console.org, "lane": format!("task:{root}"), "task": root, "step": step,
            "from": "content_manager", "to": ["copywriter"], "kind": "handoff", "priority": "normal", "context": {},
            "subject": "The draft", "body": "Please write it", "requirements": null, "attachments": [],
            "response_required": true, "at": at(5),
        });
        self.insert("envelopes", &row).await;
    }

    /// The post stands as this message, in this thread.
    pub(super) async fn stands(&self, channel: &str, message: &str, thread: Option<&str>, of: Uuid) {
        sqlx::query(
            "insert into messages (org, channel, id, thread, lane, author, author_kind, post, text, said_at)
             values ($1, $2, $3, $4, 'task:x', 'content_manager', 'persona', $5, '', now())",
        )
        .bind(self.console.org)
        .bind(channel)
        .bind(message)
        .bind(thread)
        .bind(post_of(of))
        .execute(&self.console.pool)
        .await
        .unwrap();
    }

    /// A row of the outbox.
    pub(super) async fn posting(&self, id: Uuid, state: &str, target: Option<Uuid>, body: Value) {
        let post = json!({
            "from": "content_manager", "at": { "place": "channel", "channel": "management" }, "body": body, "notify": [],
        });
        sqlx::query(
            "insert into outbox (id, org, lane, conversation, kind, post, target, state, attempts, error, created_at)
             values ($1, $2, 'task:x', 'c', 'post', $3, $4, $5, 5, 'the platform said no', $6::timestamptz)",
        )
        .bind(id)
        .bind(self.console.org)
        .bind(post)
        .bind(target)
        .bind(state)
        .bind(at(40))
        .execute(&self.console.pool)
        .await
        .unwrap();
    }

    /// A row of the inbox.
    pub(super) async fn event(&self, id: Uuid, lane: &str, state: &str) {
        sqlx::query(
            "insert into inbox (id, org, lane, source, event, state, attempts, error, received_at)
             values ($1, $2, $3, $4, $5, $6, 5, 'it went wrong', $7::timestamptz)",
        )
        .bind(id)
        .bind(self.console.org)
        .bind(lane)
        .bind(id.to_string())
        .bind(json!({ "type": "said", "by": "you", "text": "please write" }))
        .bind(state)
        .bind(at(30))
        .execute(&self.console.pool)
        .await
        .unwrap();
    }

    /// A call; done where it cost something, today.
    pub(super) async fn call(&self, persona: &str, state: &str, tier: &str, micros: i64) {
        sqlx::query(
            "insert into calls (id, org, lane, kind, persona, spec, state, tier, input_tokens, output_tokens,
                                cost_micros, created_at, finished_at)
             values ($1, $2, 'task:x', 'turn', $3, '{}', $4, $5, 100, 50, $6, now(), now())",
        )
        .bind(Uuid::new_v4())
        .bind(self.console.org)
        .bind(persona)
        .bind(state)
        .bind(tier)
        .bind(micros)
        .execute(&self.console.pool)
        .await
        .unwrap();
    }
}

/// The effect that posted something: made of its id, so that tests need not keep it.
pub(super) fn post_of(id: Uuid) -> Uuid {
    Uuid::new_v5(&id, b"post")
}
