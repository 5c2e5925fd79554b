//! A strict stand-in for Discord: one guild with its REST API, its gateway, interactions, people's hands, and a page to look
//! at it all in a browser.
//!
//! It refuses what Discord refuses, with Discord's codes, and it goes wrong as Discord goes wrong when it is told to
//! ([`Faults`]). Nothing is kept: a [`Fake`] that is dropped takes its guild with it.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use bullpen_discord_fake::{BotPlan, Fake, Settings, UserPlan, permissions};
//!
//! let fake = Fake::start(Settings::quick())?;
//! let bot = fake.bot(BotPlan::new("bullpen"));
//! fake.invite(&bot, permissions::EVERYONE | permissions::MANAGE_WEBHOOKS);
//! let ann = fake.user(UserPlan::member("ann"));
//! let channel = fake.channel("management");
//! // … point a client at `fake.api_url()` with `bot.token` …
//! fake.say(ann, channel, &format!("<@{}> good morning", bot.user));
//! assert_eq!(fake.messages(channel).len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Where things are: [`Settings`], [`Faults`] and the plans say what is wanted; `state/` is the guild and its rules; `api/` is
//! REST by family, `api/shape/` judges what is sent; `gateway/` tells bots what happens; `interact/` takes clicks and commands
//! to them; `hands.rs` is what people do; `look.rs` is what a test looks at; `page/` is the browser's.
//!
//! **Architecture invariant:** nothing of ours is imported, and no client library of Discord's either: the stand-in and the
//! adapter that is tested on it share no reading of the documentation.

mod api;
mod bits;
mod faults;
mod flood;
mod gateway;
mod hands;
mod interact;
mod look;
mod page;
mod plan;
mod seen;
mod server;
mod settings;
mod state;

use std::sync::Arc;

pub use bits::{intents, permissions};
pub use faults::Faults;
pub use flood::{Flood, Flooded};
pub use gateway::{How, Presence};
pub use interact::{Answer, Ephemeral, Modal, Unanswered};
pub use plan::{BotKeys, BotPlan, UserPlan};
pub use seen::{Attachment, Call, Message, Outcome, Ping, Place, Reaction, Role, Thread, Webhook};
pub use settings::{Clock, Limits, Rate, Settings};

use server::Shared;

/// A guild that is being served. Dropping it ends the server and every connection.
#[derive(Debug)]
pub struct Fake {
    pub(crate) shared: Arc<Shared>,
}

impl Fake {
    /// Starts a guild with an owner and nobody else, and no channels. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the address of the settings cannot be listened on, or the log of the settings cannot be written.
    pub fn start(settings: Settings) -> std::io::Result<Self> {
        Ok(Self { shared: server::start(settings)? })
    }

    /// Where it is served, e.g. `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        self.shared.base.clone()
    }

    /// The base of REST, for `DISCORD_API_URL`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/api/v10", self.shared.base)
    }

    /// What goes wrong from now on. Throws new dice.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.change(|state| state.dice = faults::Dice::new(faults));
    }

    /// Changes how it behaves from now on. The address and the log stay.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        self.shared.change(|state| change(&mut state.settings));
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}
