//! `bullpen report`: where the department stands, on one screen.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::client::Client;
use super::{Ending, out};
use crate::config::Config;

/// Most entries of a list that is asked for at once.
const PAGE: usize = 1_000;
/// Most tasks that are listed for people.
const LISTED: usize = 20;

/// How to report.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    /// Who asks, where the server wants to know
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

pub(super) async fn run(args: Args, config: &Config) -> anyhow::Result<Ending> {
    let client = Client::new(config, args.name.as_deref())?;
    let tasks = all(&client, "tasks").await?;
    let approvals = all(&client, "approvals").await?;
    let costs = client.get(&["api", "costs"], &[]).await?;
    if args.json {
        out::line(json!({ "tasks": tasks, "approvals": approvals, "costs": costs }))?;
    } else {
        out::line(told(&tasks, &approvals, &costs, config).trim_end())?;
    }
    Ok(Ending::Done)
}

/// A whole list, page by page.
async fn all(client: &Client, list: &str) -> anyhow::Result<Vec<Value>> {
    let mut found: Vec<Value> = Vec::new();
    let limit = PAGE.to_string();
    loop {
        let last = found.last().and_then(|entry| entry["id"].as_str()).map(str::to_owned);
        let mut query = vec![("limit", limit.as_str())];
        query.extend(last.as_deref().map(|last| ("after", last)));
        let page = client.get(&["api", list], &query).await?;
        let page = page.as_array().cloned().unwrap_or_default();
        let whole = page.len() == PAGE;
        found.extend(page);
        if !whole {
            return Ok(found);
        }
    }
}

fn told(tasks: &[Value], approvals: &[Value], costs: &Value, config: &Config) -> String {
    let zone = config.organisation.zone;
    let roots: Vec<&Value> = tasks.iter().filter(|task| task["parent"].is_null()).collect();
    let is = |task: &Value, states: &[&str]| states.iter().any(|state| task["state"] == *state);
    let count = |states: &[&str]| roots.iter().filter(|task| is(task, states)).count();
    let live: Vec<&&Value> = roots.iter().filter(|task| !is(task, &["done", "cancelled", "failed"])).collect();
    let mut text = format!("{}\n\nWork: {} under way, {} done", config.organisation.name, live.len(), count(&["done"]));
    for (state, says) in [("blocked", "blocked"), ("failed", "failed"), ("cancelled", "cancelled")] {
        if count(&[state]) > 0 {
            // Writing to a String does not fail, here and below.
            let _ = write!(text, ", {} {says}", count(&[state]));
        }
    }
    text.push('\n');
    for task in live.iter().take(LISTED) {
        let _ = writeln!(text, "  {}", of_task(task, zone));
    }
    if live.len() > LISTED {
        let _ = writeln!(text, "  and {} more", live.len() - LISTED);
    }
    let open: Vec<&Value> = approvals.iter().filter(|approval| approval["state"] == "open").collect();
    let _ = writeln!(text, "\nApprovals: {} open", open.len());
    for approval in open {
        let _ = writeln!(text, "  {}", of_approval(approval, zone));
    }
    let usd = |field: &str| costs[field].as_f64().unwrap_or_default();
    let _ = writeln!(
        text,
        "\nCosts today: {:.2} USD of {:.2} spent in {} calls, {:.2} set aside",
        usd("spent_usd"),
        config.budget.daily_usd,
        costs["calls"].as_i64().unwrap_or_default(),
        usd("reserved_usd"),
    );
    text
}

fn of_task(task: &Value, zone: Tz) -> String {
    let state = task["state"].as_str().unwrap_or_default().replace('_', " ");
    let title = out::short(task["title"].as_str().unwrap_or_default(), 60);
    let owner = out::short(task["owner"].as_str().unwrap_or_default(), 32);
    let progress = task["progress"].as_f64().unwrap_or_default() * 100.0;
    let due = when(&task["due"], zone).map(|due| format!(", due {due}")).unwrap_or_default();
    format!("{state:<12} {progress:>3.0} %  {title} (@{owner}{due})")
}

fn of_approval(approval: &Value, zone: Tz) -> String {
    let kind = out::short(approval["kind"].as_str().unwrap_or_default(), 40);
    let title = out::short(approval["title"].as_str().unwrap_or_default(), 60);
    let asked: Vec<String> = approval["asked_of"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|n| n.as_str())
        .map(|n| out::short(n, 40))
        .collect();
    let until = when(&approval["expires_at"], zone).map(|at| format!(" until {at}")).unwrap_or_default();
    let message = match approval["message"].as_str() {
        Some(id) => format!("; react on {id}"),
        None => String::new(),
    };
    format!("{kind}  {title} (asked of {}{until}{message})", asked.join(", "))
}

fn when(at: &Value, zone: Tz) -> Option<String> {
    let at: DateTime<Utc> = at.as_str()?.parse().ok()?;
    Some(at.with_timezone(&zone).format("%-d %b %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_says_what_is_under_way_and_what_waits_for_people() {
        let dir = tempfile::tempdir().expect("a directory");
        let config = Config::load(&|_| None, dir.path()).expect("a configuration");
        let task = |title: &str, state: &str, parent: Value| {
            json!({ "id": title, "title": title, "state": state, "owner": "content_manager", "progress": 0.6,
                    "parent": parent, "due": "2026-11-21T17:00:00Z" })
        };
        let tasks = [
            task("5 Ways", "in_review", Value::Null),
            task("Draft", "done", json!("5 Ways")),
            task("Old", "done", Value::Null),
            task("Stuck", "blocked", Value::Null),
        ];
        let approvals = [
            json!({ "kind": "publish.article", "title": "5 Ways", "state": "open", "asked_of": ["you"],
                    "message": "m1", "expires_at": "2026-11-23T10:00:00Z" }),
            json!({ "kind": "publish.article", "title": "Old", "state": "approved" }),
        ];
        let costs = json!({ "spent_usd": 0.125, "reserved_usd": 0.01, "calls": 3 });
        let text = told(&tasks, &approvals, &costs, &config);
        assert_eq!(
            text,
            "Our organisation\n\n\
             Work: 2 under way, 1 done, 1 blocked\n\
             \x20 in review     60 %  5 Ways (@content_manager, due 21 Nov 17:00)\n\
             \x20 blocked       60 %  Stuck (@content_manager, due 21 Nov 17:00)\n\n\
             Approvals: 1 open\n\
             \x20 publish.article  5 Ways (asked of you until 23 Nov 10:00; react on m1)\n\n\
             Costs today: 0.12 USD of 20.00 spent in 3 calls, 0.01 set aside\n"
        );
    }
}
