//! The skills that playbooks may name, each taking JSON and giving JSON. They run under a lease and may run twice after a
//! crash: each is harmless to repeat.

mod check;
mod picture;
mod press;

use std::path::PathBuf;
use std::sync::Arc;

use bullpen_domain::effect::Run;
use bullpen_domain::org::{Directory, Right};
use bullpen_domain::policy::{self, Stage, Verdict};
use bullpen_domain::team::Action;
use bullpen_skills::brand::{Banned, Brand, Colours};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

pub use press::Press;

use crate::clock;
use crate::office::Office;
use crate::store::approvals;

/// The names that playbooks may use, each with the kinds of act that it may be asked for as: nothing goes out under the
/// rules of something else.
pub const SKILLS: [(&str, &[Action]); 5] = [
    ("picture", &[]),
    ("seo_check", &[]),
    ("brand_check", &[]),
    ("publish_page", &[Action::PublishArticle, Action::BrandMessage, Action::CrisisStatement, Action::LegalNotice]),
    ("publish_note", &[Action::PostSocial, Action::MailNewsletter, Action::MailRoutine, Action::CampaignLaunch]),
];

/// What skills work with.
pub struct Catalogue {
    pool: PgPool,
    org: Uuid,
    office: Arc<Office>,
    clock: clock::Shared,
    press: Press,
    /// Drawing takes some ten megabytes: one picture at a time.
    easel: tokio::sync::Mutex<()>,
}

/// Why a skill gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such skill.
    #[error("there is no skill \"{0}\"")]
    Unknown(String),
    /// The arguments do not fit.
    #[error("{skill} cannot use its arguments: {why}")]
    Arguments {
        /// The skill.
        skill: &'static str,
        /// What does not fit.
        why: String,
    },
    /// Policy does not allow it.
    #[error("{0}")]
    NotAllowed(String),
    /// The database did not answer.
    #[error("the database did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// A file could not be written.
    #[error("{path} cannot be written: {source}. Make room or mend its permissions.")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The skill itself failed.
    #[error("{0}")]
    Failed(String),
}

impl Error {
    /// Whether trying again later may help.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Database(_) | Self::File { .. })
    }
}

impl Catalogue {
    /// The skills, publishing into `folder` (`$BULLPEN_DATA`).
    #[must_use]
    pub fn new(pool: PgPool, org: Uuid, office: Arc<Office>, clock: clock::Shared, folder: PathBuf) -> Self {
        let press = Press::new(pool.clone(), org, folder);
        Self { pool, org, office, clock, press, easel: tokio::sync::Mutex::new(()) }
    }

    /// Runs one skill. `call` is the idempotency key of what it does.
    ///
    /// # Errors
    /// When it cannot; [`Error::is_passing`] says whether later may help.
    pub async fn run(&self, call: Uuid, run: &Run) -> Result<Value, Error> {
        let directory = self.office.directory();
        self.allowed(&directory, run).await?;
        let now = self.clock.now();
        match run.skill.as_str() {
            "seo_check" => check::seo(arguments("seo_check", &run.input)?),
            "brand_check" => Ok(check::brand(&arguments("brand_check", &run.input)?, &brand(&directory))),
            "picture" => {
                let _drawing = self.easel.lock().await;
                picture::draw(&self.pool, self.org, arguments("picture", &run.input)?, brand(&directory), now).await
            }
            "publish_page" => {
                let page = arguments("publish_page", &run.input)?;
                self.press.page(call, run, page, &directory, &brand(&directory), now).await
            }
            "publish_note" => {
                let note = arguments("publish_note", &run.input)?;
                self.press.note(call, run, note, &brand(&directory), now).await
            }
            other => Err(Error::Unknown(other.to_owned())),
        }
    }

    /// The last look before an act on the world: what policy wants people to agree to needs their grant, for these very
    /// arguments. The lane has judged this already; this holds even if it were wrong.
    async fn allowed(&self, directory: &Directory, run: &Run) -> Result<(), Error> {
        let refused = |why: String| Err(Error::NotAllowed(why));
        let acts = SKILLS.iter().find(|(name, _)| *name == run.skill).map(|(_, acts)| *acts);
        let acts = acts.ok_or_else(|| Error::Unknown(run.skill.clone()))?;
        let action = match &run.action {
            None if acts.is_empty() => return Ok(()),
            None => return refused(format!("{} needs an action that policy can judge", run.skill)),
            Some(action) => action,
        };
        let Some(action) = action.parse::<Action>().ok().filter(|action| acts.contains(action)) else {
            return refused(format!("{} cannot be done as \"{action}\"", run.skill));
        };
        let ruling = policy::judge(directory, &run.persona, &action.into());
        let why = ruling.explained(directory);
        let order = match ruling.verdict {
            Verdict::Do => return Ok(()),
            Verdict::NeedApproval { order } => order,
            // The yes of who may decide it releases it, once, for these very arguments.
            Verdict::Escalate { to, quorum, .. } => {
                vec![Stage::People { from: policy::deciders(directory, &to), quorum }]
            }
            Verdict::Refuse => return refused(why),
        };
        let mut conn = self.pool.acquire().await?;
        let grant = approvals::Grant { org: self.org, id: run.grant, input: &run.input };
        // People stand above personas, and have the last word where one of these has not agreed.
        let voters = directory.holders(Right::Approve);
        for stage in order {
            let given = match stage {
                Stage::Personas(who) => {
                    approvals::agreed(&mut conn, self.org, run.task, &run.agreed, &who).await?
                        || approvals::granted(&mut conn, grant, &voters, 1, &voters).await?
                }
                Stage::People { from, quorum } => approvals::granted(&mut conn, grant, &from, quorum, &voters).await?,
            };
            if !given {
                return refused(format!("not all have agreed to this who must: {why}"));
            }
        }
        Ok(())
    }

    /// Brings the folder of published files up to date with the database.
    ///
    /// # Errors
    /// When the database or the file system fails.
    pub async fn project(&self) -> Result<usize, Error> {
        self.press.project(&brand(&self.office.directory())).await
    }
}

fn arguments<T: DeserializeOwned>(skill: &'static str, input: &Value) -> Result<T, Error> {
    // What was not given is left out, so that defaults hold.
    let given = match input {
        Value::Object(fields) => {
            Value::Object(fields.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect())
        }
        other => other.clone(),
    };
    serde_json::from_value(given).map_err(|e| Error::Arguments { skill, why: e.to_string() })
}

/// The brand as the skills know it.
fn brand(directory: &Directory) -> Brand {
    let brand = &directory.brand;
    let colours = serde_json::to_value(brand.colours).and_then(serde_json::from_value::<Colours>).unwrap_or_default();
    Brand {
        tagline: brand.tagline.clone(),
        site_url: Some(brand.site_url.clone()).filter(|url| !url.is_empty()),
        colours,
        banned: brand
            .banned
            .iter()
            .map(|b| Banned { phrase: b.phrase.clone(), instead: b.instead.clone().unwrap_or_default() })
            .collect(),
        max_exclamations: brand.max_exclamations as usize,
        ..Brand::named(brand.name.clone())
    }
}
