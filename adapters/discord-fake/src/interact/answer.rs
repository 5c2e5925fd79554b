//! What comes of an application's first answer.

use serde_json::{Value, json};

use super::callback::{self, Callback};
use super::{Answer, Ephemeral, Modal, Original, Sort};
use crate::api::File;
use crate::api::shape::message::By;
use crate::seen::Message;
use crate::state::{Draft, Edit, Refusal, Speaker, State};

/// The flag of messages that one person sees.
pub(super) const EPHEMERAL: u64 = 1 << 6;
/// The flag of messages that are still to come.
pub(super) const LOADING: u64 = 1 << 7;

impl State {
    /// `POST /interactions/{id}/{token}/callback`: carries it out and shows it to the person. Returns what
    /// `with_response` asks for.
    ///
    /// # Errors
    /// 10062 for an interaction that is not there or whose three seconds are over, 40060 for a second answer, 50035 for a
    /// body that Discord does not take. After the last one it may be tried again.
    pub(crate) fn answer_interaction(
        &mut self,
        id: u64,
        token: &str,
        body: Value,
        files: &[File],
    ) -> Result<Value, Refusal> {
        let found = self.live.open.get(&id).filter(|i| i.token == token);
        let interaction = found.ok_or_else(|| Refusal::unknown("Interaction"))?;
        if interaction.answered {
            return Err(Refusal::new(400, 40060, "Interaction has already been acknowledged."));
        }
        if interaction.waiter.as_ref().is_none_or(tokio::sync::oneshot::Sender::is_closed) {
            return Err(Refusal::unknown("Interaction"));
        }
        let (sort, user, channel) = (interaction.sort, interaction.user, interaction.channel);
        let message = interaction.message;
        let said = callback::read(body, sort, message.is_some())?;
        let kind = match &said {
            Callback::Message(_) => 4,
            Callback::Defer { .. } => 5,
            Callback::DeferUpdate => 6,
            Callback::Update(_) => 7,
            Callback::Choices(_) => 8,
            Callback::Modal(_) => 9,
        };
        let (original, answer) = match said {
            Callback::Message(data) => {
                let draft = self.answer_draft(&data, files)?;
                self.show(id, draft, None)?
            }
            Callback::Defer { ephemeral } => {
                let flags = LOADING | if ephemeral { EPHEMERAL } else { 0 };
                let (original, _) = self.show(id, Draft { flags, ..Draft::default() }, None)?;
                (original, Answer::Thinking { ephemeral })
            }
            Callback::DeferUpdate => (clicked(message), Answer::Taken),
            Callback::Update(data) => {
                let attached = self.shown_message(channel, clicked(message)).map(|m| m.attachments.clone());
                let attached = attached.unwrap_or_default();
                let edit = self.answer_edit(&data, files, &attached, By::Interaction)?;
                let changed = self.change_shown(channel, clicked(message), edit)?;
                (clicked(message), Answer::Changed(changed))
            }
            Callback::Choices(choices) => (Original::None, Answer::Choices(choices)),
            Callback::Modal(form) => {
                let callback::Form { custom_id, title, components } = form;
                let modal = Modal { interaction: id, user, custom_id, title, components };
                self.live.modals.retain(|open| open.user != user);
                self.live.modals.push(modal.clone());
                (Original::None, Answer::Modal(modal))
            }
        };
        if let Some(interaction) = self.live.open.get_mut(&id) {
            interaction.answered = true;
            interaction.original = original;
            if let Some(waiter) = interaction.waiter.take() {
                // Nobody waits any more: then nobody sees it.
                let _ = waiter.send(answer);
            }
        }
        let mut response = json!({"interaction": {
            "id": id.to_string(), "type": sort.number(), "channel_id": channel.to_string(),
            "response_message_loading": kind == 5,
            "response_message_ephemeral": matches!(original, Original::Whispered { .. }),
        }});
        if let Some(message) = original.message() {
            response["interaction"]["response_message_id"] = json!(message.to_string());
        }
        if let Some(message) = self.shown_message(channel, original).filter(|_| matches!(kind, 4 | 7)) {
            response["resource"] = json!({"type": kind, "message": self.message_json(message, None)});
        }
        Ok(response)
    }

    /// The message that something stands for, if it still stands.
    pub(super) fn shown_message(&self, channel: u64, which: Original) -> Option<&Message> {
        match which {
            Original::None => None,
            Original::Standing { message } => self.message(channel, message).ok(),
            Original::Whispered { message } => self.whispered(message),
        }
    }

    fn whispered(&self, id: u64) -> Option<&Message> {
        self.live.ephemerals.iter().map(|e| &e.message).find(|m| m.id == id)
    }

    /// Shows a message of the application of an interaction: in the channel, or to the person alone.
    pub(super) fn show(
        &mut self,
        interaction: u64,
        draft: Draft,
        reference: Option<u64>,
    ) -> Result<(Original, Answer), Refusal> {
        let asked = self.live.open.get(&interaction).ok_or_else(|| Refusal::unknown("Interaction"))?;
        let (app, user, channel, sort) = (asked.app, asked.user, asked.channel, asked.sort);
        let clicked = asked.message.filter(|(_, alone)| !alone).map(|(id, _)| id);
        let reference = reference.or(clicked.filter(|id| self.message(channel, *id).is_ok()));
        let ephemeral = draft.flags & EPHEMERAL != 0;
        let draft = Draft {
            kind: if sort == Sort::Command && reference.is_none() { 20 } else { 0 },
            reference: reference.map(|id| (channel, id)),
            interaction: Some(asked.metadata.clone()),
            application: Some(app),
            ..draft
        };
        // The webhook of an answer is the application itself.
        let speaker = Speaker::Webhook { id: app, username: None, avatar: None };
        if !ephemeral {
            let message = self.post(channel, speaker, draft)?;
            let shown = self.message(channel, message)?.clone();
            return Ok((Original::Standing { message }, Answer::Shown(shown)));
        }
        let mentioned = self.mentioned(&speaker, channel, &draft.content, draft.allowed.as_ref(), None);
        let message = Message {
            id: self.id(),
            channel,
            kind: if draft.kind == 0 && draft.reference.is_some() { 19 } else { draft.kind },
            author: app,
            webhook: Some(app),
            application: Some(app),
            content: draft.content,
            embeds: draft.embeds,
            components: draft.components,
            attachments: draft.attachments,
            mentions: mentioned.users,
            mention_roles: mentioned.roles,
            reference: draft.reference,
            flags: draft.flags,
            interaction: draft.interaction,
            ..Message::default()
        };
        let original = Original::Whispered { message: message.id };
        self.live.ephemerals.push(Ephemeral { user, message: message.clone() });
        Ok((original, Answer::Whispered(message)))
    }

    /// Changes a message of an interaction, wherever it is shown. What was to come has come then.
    pub(super) fn change_shown(&mut self, channel: u64, which: Original, edit: Edit) -> Result<Message, Refusal> {
        match which {
            Original::None => Err(Refusal::unknown("Message")),
            Original::Standing { message } => {
                self.message_mut(channel, message)?.flags &= !LOADING;
                self.edit(channel, message, edit)?;
                self.message(channel, message).cloned()
            }
            Original::Whispered { message } => {
                let now = self.now();
                let found = self.live.ephemerals.iter_mut().map(|e| &mut e.message).find(|m| m.id == message);
                let found = found.ok_or_else(|| Refusal::unknown("Message"))?;
                if found.flags & LOADING == 0 {
                    found.edited = Some(now);
                }
                found.flags &= !LOADING;
                if let Some(content) = edit.content {
                    found.content = content;
                }
                found.embeds = edit.embeds.unwrap_or_else(|| std::mem::take(&mut found.embeds));
                found.components = edit.components.unwrap_or_else(|| std::mem::take(&mut found.components));
                found.attachments = edit.attachments.unwrap_or_else(|| std::mem::take(&mut found.attachments));
                Ok(found.clone())
            }
        }
    }
}

/// The message that was clicked on.
fn clicked(message: Option<(u64, bool)>) -> Original {
    match message {
        Some((message, true)) => Original::Whispered { message },
        Some((message, false)) => Original::Standing { message },
        None => Original::None,
    }
}

impl Original {
    pub(super) const fn message(self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Standing { message } | Self::Whispered { message } => Some(message),
        }
    }
}
