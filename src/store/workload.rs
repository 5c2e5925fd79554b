//! What a persona has on its desk across all lanes, what it made lately, and what was decided before: for its answers.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Live steps of a persona, newest first.
pub async fn of(conn: &mut PgConnection, org: Uuid, persona: &str) -> sqlx::Result<Vec<Value>> {
    sqlx::query_scalar(
        "select jsonb_build_object('task', coalesce(r.title, t.title), 'step', t.title, 'state', t.state, 'due', t.due,
                'channel', coalesce(r.channel, t.channel))
         from tasks as t left join tasks as r on r.id = t.parent
         where t.org = $1 and t.owner = $2 and t.state not in ('done', 'cancelled', 'failed', 'open')
         order by t.started_at desc nulls last, t.id limit 20",
    )
    .bind(org)
    .bind(persona)
    .fetch_all(conn)
    .await
}

/// Its newest reviews and deliverables; of one task where one is named.
pub async fn recent(conn: &mut PgConnection, org: Uuid, persona: &str, task: Option<Uuid>) -> sqlx::Result<Vec<Value>> {
    sqlx::query_scalar(
        "select row from (
             (select r.at, jsonb_build_object('task', t.title, 'step', r.step, 'verdict', r.verdict, 'score', r.score,
                     'summary', r.summary, 'notes', r.notes, 'check', r.\"check\", 'at', r.at) as row
              from reviews as r join tasks as t on t.id = r.task
              where r.org = $1 and r.\"by\" = $2 and ($3::uuid is null or r.task = $3)
              order by r.at desc limit 6)
             union all
             (select d.at, jsonb_build_object('task', t.title, 'step', d.step, 'made', d.name, 'version', d.version,
                     'at', d.at)
              from deliverables as d join tasks as t on t.id = d.task
              where d.org = $1 and d.\"by\" = $2 and ($3::uuid is null or d.task = $3)
              order by d.at desc limit 4)
         ) as newest order by at desc",
    )
    .bind(org)
    .bind(persona)
    .bind(task)
    .fetch_all(conn)
    .await
}

/// The newest decisions of a kind, and what came of them, oldest first: what was learned bears on the next one.
pub async fn precedents(conn: &mut PgConnection, org: Uuid, kind: &str) -> sqlx::Result<Vec<Value>> {
    sqlx::query_scalar(
        "select row from (
             select d.at, d.number, jsonb_build_object('kind', d.kind, 'about', d.context, 'decided', d.decision,
                    'why', d.reasoning, 'by', d.maker, 'at', d.at) as row
             from decisions as d
             where d.org = $1 and d.kind in ($2, $2 || '.outcome') and d.erased_in is null
             order by d.at desc, d.number desc limit 8
         ) as newest order by at, number",
    )
    .bind(org)
    .bind(kind)
    .fetch_all(conn)
    .await
}
