//! `bullpen personas check`

use bullpen_domain::source::Fault;
use serde_json::json;

use crate::cli::{Ending, out};
use crate::config::Config;
use crate::office::{self, Office};

/// How to check.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Print the faults as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Ending> {
    let (personas, playbooks, faults) = match Office::open(config) {
        Ok(office) => {
            let directory = office.directory();
            (directory.personas.len(), directory.playbooks.len(), office.faults())
        }
        Err(office::Error::Nothing(faults)) => (0, 0, faults),
        Err(office::Error::Person(fault)) => (0, 0, vec![fault]),
    };
    if args.json {
        let faults: Vec<_> = faults.iter().map(as_json).collect();
        out::line(json!({ "personas": personas, "playbooks": playbooks, "faults": faults }))?;
    } else {
        for fault in &faults {
            out::line(fault)?;
        }
        if faults.is_empty() {
            out::line(format_args!("{personas} personas and {playbooks} playbooks, and nothing wrong with them."))?;
        }
    }
    Ok(if faults.is_empty() { Ending::Done } else { Ending::Failed })
}

fn as_json(fault: &Fault) -> serde_json::Value {
    json!({ "file": fault.file, "line": fault.line, "field": fault.field, "problem": fault.problem })
}
