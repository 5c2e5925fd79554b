//! A strict stand-in for Slack: one workspace with its Web API, Socket Mode, signed HTTP, people's hands, and a page to look
//! at it all in a browser.
//!
//! It refuses what Slack refuses, with Slack's words, and it goes wrong as Slack goes wrong when it is told to
//! ([`Faults`]). Nothing is kept: a [`Fake`] that is dropped takes its workspace with it.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use bullpen_slack_fake::{AppPlan, Fake, Settings, UserPlan};
//!
//! let fake = Fake::start(Settings::quick())?;
//! let app = fake.app(AppPlan::with_everything("bullpen"));
//! let ann = fake.user(UserPlan::member("ann"));
//! let channel = fake.channel("management");
//! fake.join(&ann, &channel);
//! fake.join(&app.bot_user, &channel);
//! // … point a client at `fake.api_url()` with `app.bot_token` and `app.app_token` …
//! let ts = fake.say(&ann, &channel, None, &format!("<@{}> good morning", app.bot_user));
//! assert_eq!(fake.messages(&channel).len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Where things are: [`Settings`], [`Faults`] and the plans say what is wanted; `state/` is the workspace and its rules;
//! `api/` are the Web API's methods by family; `blocks/` judges Block Kit; `deliver/` takes events, clicks and commands to
//! apps; `hands.rs` and `clicks.rs` are what people do; `look.rs` is what a test looks at; `page/` is the browser's.
//!
//! **Architecture invariant:** nothing of ours is imported, and no client library of Slack's either: the stand-in and the
//! adapter that is tested on it share no reading of the documentation.

mod api;
mod blocks;
mod catalogue;
mod clicks;
mod deliver;
mod emoji;
mod faults;
mod hands;
mod limits;
mod look;
mod page;
mod plan;
mod response_url;
mod seen;
mod server;
mod settings;
mod state;

use std::sync::Arc;

pub use faults::Faults;
pub use plan::{AppKeys, AppPlan, UserPlan};
pub use seen::{Call, Delivery, Ephemeral, File, How, Kind, Message, Outcome, Reaction, Response, Unanswered};
pub use settings::{Clock, Limits, Settings};

use server::Shared;

/// A workspace that is being served. Dropping it ends the server and every connection.
#[derive(Debug)]
pub struct Fake {
    pub(crate) shared: Arc<Shared>,
}

impl Fake {
    /// Starts an empty workspace. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the address of the settings cannot be listened on.
    pub fn start(settings: Settings) -> std::io::Result<Self> {
        Ok(Self { shared: server::start(settings)? })
    }

    /// Where it is served, e.g. `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        self.shared.base.clone()
    }

    /// The base of the Web API, for `SLACK_API_URL`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/api", self.shared.base)
    }

    /// What goes wrong from now on. Throws new dice.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.change(|state| state.dice = faults::Dice::new(faults));
    }

    /// Changes how it behaves from now on. The address stays.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        self.shared.change(|state| change(&mut state.settings));
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}
