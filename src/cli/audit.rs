//! `bullpen audit verify`: whether the decision records are as they were when they were made.

use std::fmt::Write as _;

use anyhow::Context as _;
use bullpen_domain::audit::Outcome;
use serde_json::json;

use super::client::Client;
use super::{Ending, out};
use crate::config::Config;

/// What to do with the record of decisions.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check that no decision record was changed, removed or put in, and print where their chain ends
    Verify(Args),
}

/// What to check.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
    /// A link that was written down earlier: whether it is still in the chain
    #[arg(long, value_name = "LINK", value_parser = link)]
    head: Option<String>,
    /// Who asks, where the server wants to know
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

fn link(text: &str) -> Result<String, String> {
    let whole = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if whole { Ok(text.to_ascii_lowercase()) } else { Err("a link has 64 hexadecimal digits".to_owned()) }
}

pub(super) async fn run(command: Command, config: &Config) -> anyhow::Result<Ending> {
    let Command::Verify(args) = command;
    let client = Client::new(config, args.name.as_deref())?;
    let query: Vec<(&str, &str)> = args.head.iter().map(|head| ("head", head.as_str())).collect();
    let found = client.get(&["api", "audit"], &query).await?;
    let outcome: Outcome =
        serde_json::from_value(found).context("the server is of another version than this program")?;
    let fits = outcome.fault_count == 0 && (args.head.is_none() || outcome.asked_for.is_some());
    if args.json {
        let mut all = json!(outcome);
        all["fits"] = fits.into();
        out::line(all)?;
    } else {
        out::line(told(&outcome, args.head.as_deref()).trim_end())?;
    }
    Ok(if fits { Ending::Done } else { Ending::Failed })
}

fn told(outcome: &Outcome, asked: Option<&str>) -> String {
    let Outcome { records, erased, head, fault_count, faults, asked_for } = outcome;
    let mut text = String::new();
    for fault in faults {
        // Writing to a String does not fail, here and below.
        let _ = writeln!(text, "{}", out::plain(&fault.says));
    }
    let more = fault_count.saturating_sub(faults.len() as u64);
    if more > 0 {
        let _ = writeln!(text, "And {more} more that do not fit.");
    }
    if let Some(link) = asked {
        let _ = match asked_for {
            Some(0) => writeln!(text, "The given head is the chain's beginning, before any record."),
            Some(number) if *number == head.number => writeln!(text, "The given head is the chain's end."),
            Some(number) => writeln!(text, "The given head is in the chain: it is record {number}'s."),
            None => writeln!(
                text,
                "The given head {link} is not in the chain: records were cut off its end, or all of it was made anew."
            ),
        };
    }
    let verdict = match fault_count {
        0 => "each fits".to_owned(),
        1 => "1 fault".to_owned(),
        several => format!("{several} faults"),
    };
    let noun = if *records == 1 { "record" } else { "records" };
    let _ = writeln!(text, "{records} decision {noun}, {erased} of them erased: {verdict}.");
    let _ = writeln!(text, "Head: {} {}", head.number, head.link);
    text
}

#[cfg(test)]
mod tests {
    use bullpen_domain::audit::{Fault, Head};

    use super::*;

    fn outcome() -> Outcome {
        let head = Head { number: 4, link: "ab".repeat(32) };
        Outcome { records: 4, erased: 1, head, fault_count: 0, faults: Vec::new(), asked_for: None }
    }

    #[test]
    fn a_whole_chain_is_told_with_its_head() {
        let end = format!("4 decision records, 1 of them erased: each fits.\nHead: 4 {}\n", "ab".repeat(32));
        assert_eq!(told(&outcome(), None), end);
        let asked = |asked_for| told(&Outcome { asked_for, ..outcome() }, Some("cd"));
        assert_eq!(asked(Some(2)), format!("The given head is in the chain: it is record 2's.\n{end}"));
        assert_eq!(asked(Some(4)), format!("The given head is the chain's end.\n{end}"));
        assert!(asked(None).starts_with("The given head cd is not in the chain: "));
    }

    #[test]
    fn faults_are_told_one_a_line() {
        let fault = Fault { record: uuid::Uuid::nil(), number: Some(2), says: "The decision record 2 …".into() };
        let text = told(&Outcome { fault_count: 3, faults: vec![fault], ..outcome() }, None);
        assert!(text.starts_with("The decision record 2 …\nAnd 2 more that do not fit.\n4 decision"), "{text}");
        assert!(text.contains(": 3 faults.\n"), "{text}");
    }
}
