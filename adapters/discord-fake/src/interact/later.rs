//! Follow-ups, and edits of what was answered, by an interaction's token: `/webhooks/{application}/{token}…`.

use serde_json::Value;

use super::answer::LOADING;
use super::{Interaction, Original};
use crate::seen::Attachment;
use crate::state::{Draft, Edit, Refusal, State};

impl State {
    /// Whether a "webhook" of this id is an application, whose tokens are those of interactions.
    pub(crate) fn is_application(&self, id: u64) -> bool {
        self.bots.contains_key(&id)
    }

    /// The interaction of a token: 10015 where there is none or it was not answered yet, 50027 where it is too old.
    fn by_token(&self, app: u64, token: &str) -> Result<&Interaction, Refusal> {
        let found = self.live.open.values().find(|i| i.app == app && i.token == token && i.answered);
        let found = found.ok_or_else(|| Refusal::unknown("Webhook"))?;
        let age = (self.now() - found.created).to_std().unwrap_or_default();
        if age > self.settings.interaction_life {
            return Err(Refusal::new(401, 50027, "Invalid Webhook Token"));
        }
        Ok(found)
    }

    /// What `@original` or an id stands for.
    fn shown_by(&self, interaction: &Interaction, which: &str) -> Result<Original, Refusal> {
        let unknown = || Refusal::unknown("Message");
        let found = if which == "@original" {
            interaction.original
        } else {
            let id = which.parse().map_err(|_| unknown())?;
            interaction.shown.iter().copied().find(|shown| shown.message() == Some(id)).ok_or_else(unknown)?
        };
        if self.shown_message(interaction.channel, found).is_some() { Ok(found) } else { Err(unknown()) }
    }

    /// `POST`: a follow-up. The first one after a deferral takes its place.
    ///
    /// # Errors
    /// 10015 and 50027 for tokens that are not good (any more).
    pub(crate) fn follow_up(&mut self, app: u64, token: &str, draft: Draft) -> Result<Value, Refusal> {
        let interaction = self.by_token(app, token)?;
        let (id, channel, original) = (interaction.id, interaction.channel, interaction.original);
        if self.shown_message(channel, original).is_some_and(|m| m.flags & LOADING != 0) {
            let edit = Edit {
                content: Some(draft.content),
                embeds: Some(draft.embeds),
                components: Some(draft.components),
                attachments: Some(draft.attachments),
                flags: None,
                allowed: draft.allowed,
            };
            let message = self.change_shown(channel, original, edit)?;
            return Ok(self.message_json(&message, None));
        }
        let replies_to = match original {
            Original::Standing { message } if self.message(channel, message).is_ok() => Some(message),
            _ => None,
        };
        let (shown, _) = self.show(id, draft, replies_to)?;
        if let Some(interaction) = self.live.open.get_mut(&id) {
            interaction.shown.push(shown);
        }
        self.shown_json(channel, shown)
    }

    /// `GET …/messages/{which}`.
    ///
    /// # Errors
    /// As [`State::follow_up`], and 10008 where there is no such message of this interaction.
    pub(crate) fn shown(&self, app: u64, token: &str, which: &str) -> Result<Value, Refusal> {
        let interaction = self.by_token(app, token)?;
        self.shown_json(interaction.channel, self.shown_by(interaction, which)?)
    }

    /// `PATCH …/messages/{which}`.
    ///
    /// # Errors
    /// As [`State::shown`].
    pub(crate) fn edit_shown(&mut self, app: u64, token: &str, which: &str, edit: Edit) -> Result<Value, Refusal> {
        let interaction = self.by_token(app, token)?;
        let (channel, which) = (interaction.channel, self.shown_by(interaction, which)?);
        let message = self.change_shown(channel, which, edit)?;
        Ok(self.message_json(&message, None))
    }

    /// `DELETE …/messages/{which}`.
    ///
    /// # Errors
    /// As [`State::shown`].
    pub(crate) fn delete_shown(&mut self, app: u64, token: &str, which: &str) -> Result<(), Refusal> {
        let interaction = self.by_token(app, token)?;
        let channel = interaction.channel;
        match self.shown_by(interaction, which)? {
            Original::None => Err(Refusal::unknown("Message")),
            Original::Standing { message } => self.delete(channel, message),
            Original::Whispered { message } => {
                self.live.ephemerals.retain(|e| e.message.id != message);
                Ok(())
            }
        }
    }

    /// The files on a message of an interaction.
    ///
    /// # Errors
    /// As [`State::shown`].
    pub(super) fn attached_to(&self, app: u64, token: &str, which: &str) -> Result<Vec<Attachment>, Refusal> {
        let interaction = self.by_token(app, token)?;
        let shown = self.shown_by(interaction, which)?;
        Ok(self.shown_message(interaction.channel, shown).map(|m| m.attachments.clone()).unwrap_or_default())
    }

    fn shown_json(&self, channel: u64, shown: Original) -> Result<Value, Refusal> {
        let message = self.shown_message(channel, shown).ok_or_else(|| Refusal::unknown("Message"))?;
        Ok(self.message_json(message, None))
    }
}
