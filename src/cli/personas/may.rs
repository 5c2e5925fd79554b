//! `bullpen personas may`: what a persona may do by the files as they are, without a server and without doing anything.

use anyhow::Context as _;
use bullpen_domain::authority::{Audience, Situation};
use bullpen_domain::name::Handle;
use bullpen_domain::org::Directory;
use bullpen_domain::persona::Persona;
use bullpen_domain::policy::{self, Matter, Ruling, Stage, Subject, Verdict};
use serde_json::json;

use crate::cli::{Ending, out};
use crate::config::Config;
use crate::office::{Error, Office};

/// Whose rights are shown, and of what.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The persona's handle, with or without @
    handle: String,
    /// What it is about, in whole units of the organisation's currency
    #[arg(long)]
    amount: Option<u64>,
    /// The channel that it concerns, by name
    #[arg(long)]
    channel: Option<String>,
    /// As if anybody could see what is decided
    #[arg(long)]
    public: bool,
    /// Print the rulings as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Ending> {
    let office = match Office::open(config) {
        Ok(office) => office,
        Err(Error::Nothing(faults)) => {
            for fault in &faults {
                out::line(fault)?;
            }
            return Ok(Ending::Failed);
        }
        Err(error @ Error::Person(_)) => return Err(error.into()),
    };
    let directory = office.directory();
    let handle = Handle::parse(args.handle.trim_start_matches('@'))?;
    let persona = directory.personas.get(&handle).with_context(|| {
        let known: Vec<String> = directory.personas.keys().map(ToString::to_string).collect();
        format!("there is no persona @{handle}; there are: {}", known.join(", "))
    })?;
    let rulings = rulings(&directory, &handle, args);
    if args.json {
        let all: Vec<_> = rulings.iter().map(|(subject, ruling)| as_json(&directory, subject, ruling)).collect();
        out::line(json!({ "handle": handle, "mode": persona.mode, "rulings": all }))?;
    } else {
        out::line(heading(&directory, persona))?;
        for (subject, ruling) in &rulings {
            out::line(format_args!("\n{subject}: {}", said(&ruling.verdict)))?;
            if !ruling.because.is_empty() {
                out::line(format_args!("  {}.", ruling.explained(&directory)))?;
            }
        }
    }
    Ok(Ending::Done)
}

/// Every act and every kind of decision, judged for this persona.
fn rulings(directory: &Directory, handle: &Handle, args: &Args) -> Vec<(String, Ruling)> {
    let audience = if args.public { Audience::Public } else { Audience::Internal };
    let asked = Situation { amount: args.amount, audience, channel: args.channel.as_deref() };
    let acts = directory.team.autonomy.keys().map(|action| {
        let own = Matter::from(*action);
        Matter { situation: Situation { audience: own.situation.audience, ..asked }, ..own }
    });
    let kinds = directory.team.authority.decisions.keys();
    let decisions = kinds.map(|kind| Matter { subject: Subject::Decision(kind), situation: asked });
    acts.chain(decisions)
        .map(|matter| (matter.subject.to_string(), policy::judge(directory, handle, &matter)))
        .collect()
}

fn heading(directory: &Directory, persona: &Persona) -> String {
    let authority = &directory.team.authority;
    let rank = authority.rank(persona).map(|rank| authority.ranks[rank].title.as_str()).unwrap_or("no rank");
    format!("@{}, {} ({rank}, level {}), {}", persona.handle, persona.title, persona.authority.level, persona.mode)
}

fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Do => "does it".to_owned(),
        Verdict::NeedApproval { order } => {
            let stages: Vec<String> = order.iter().map(Stage::to_string).collect();
            format!("needs the yes of {}", stages.join(", then of "))
        }
        Verdict::Escalate { to, category, .. } => {
            format!("escalates it to {} ({})", to.join(", "), category.to_string().replace('_', " "))
        }
        Verdict::Refuse => "does not".to_owned(),
    }
}

fn as_json(directory: &Directory, subject: &str, ruling: &Ruling) -> serde_json::Value {
    let (verdict, order, to) = match &ruling.verdict {
        Verdict::Do => ("do", None, None),
        Verdict::NeedApproval { order } => ("need_approval", Some(order), None),
        Verdict::Escalate { to, .. } => ("escalate", None, Some(to)),
        Verdict::Refuse => ("refuse", None, None),
    };
    let stage = |stage: &Stage| match stage {
        Stage::Personas(who) => json!({ "personas": who, "quorum": 1 }),
        Stage::People { from, quorum } => json!({ "people": from, "quorum": quorum }),
    };
    json!({
        "subject": subject,
        "verdict": verdict,
        "order": order.map(|order| order.iter().map(stage).collect::<Vec<_>>()),
        "to": to,
        "because": ruling.because.iter().map(|basis| json!({
            "says": basis.says, "field": basis.field, "place": directory.place(basis.persona.as_ref(), &basis.field),
        })).collect::<Vec<_>>(),
    })
}
