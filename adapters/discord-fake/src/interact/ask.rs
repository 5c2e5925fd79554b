//! What a person does becomes an interaction, which the application's bot is told of.

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{Answer, Interaction, Modal, Original, Sort, callback, options};
use crate::bits::permissions;
use crate::seen::Message;
use crate::state::{Dispatch, Kind, State};

/// A sentence for the person who cannot do that.
pub(super) type No = String;

/// Where an interaction happens, and what it is about.
struct About {
    app: u64,
    user: u64,
    channel: u64,
    sort: Sort,
    data: Value,
    /// The message, and whether only the person sees it.
    message: Option<(Message, bool)>,
    /// What the form was opened by.
    triggered_by: Option<Value>,
}

impl State {
    /// A person types a command: its name, and subcommands after it. Half-typed where `focused` is given.
    pub(super) fn ask_command(
        &mut self,
        (user, app, channel): (u64, u64, u64),
        line: &str,
        given: &[(String, Value)],
        focused: Option<&str>,
    ) -> Result<(u64, oneshot::Receiver<Answer>), No> {
        self.present_in(user, channel)?;
        if !self.bots.contains_key(&app) {
            return Err("there is no such application".into());
        }
        let mut words = line.trim_start_matches('/').split_whitespace();
        let name = words.next().ok_or("a command has a name")?;
        let command = self.command_named(user, app, channel, name)?;
        let rest: Vec<&str> = words.collect();
        let filled = options::fill(&command, &rest, given, focused)?;
        let mut data = json!({"id": command["id"], "name": name, "type": 1, "options": filled});
        if command["guild_id"].is_string() {
            data["guild_id"] = command["guild_id"].clone();
        }
        let resolved = self.resolved(&data["options"]);
        if !resolved.as_object().is_none_or(serde_json::Map::is_empty) {
            data["resolved"] = resolved;
        }
        let sort = if focused.is_some() { Sort::Complete } else { Sort::Command };
        Ok(self.ask(About { app, user, channel, sort, data, message: None, triggered_by: None }))
    }

    /// The command of an application as a person may use it in a channel: the guild's before the one for everywhere.
    fn command_named(&self, user: u64, app: u64, channel: u64, name: &str) -> Result<Value, No> {
        let of = |guild: Option<u64>| {
            let mut list = self.commands.get(&(app, guild)).into_iter().flatten();
            list.find(|c| c["name"] == *name && c["type"].as_u64().unwrap_or(1) == 1).cloned()
        };
        let direct = self.channels.get(&channel).is_some_and(|c| c.kind == Kind::Direct);
        let command = if direct { of(None) } else { of(Some(self.guild)).or_else(|| of(None)) };
        let command = command.ok_or_else(|| format!("the application has registered no command `{name}` here"))?;
        if direct {
            let contexts = command["contexts"].as_array();
            if command["dm_permission"] == false || contexts.is_some_and(|c| !c.contains(&json!(1))) {
                return Err(format!("`{name}` is not for direct messages"));
            }
            return Ok(command);
        }
        let may = self.permissions(user, channel);
        if may & permissions::USE_APPLICATION_COMMANDS == 0 {
            return Err("they may not use commands in this channel".into());
        }
        if let Some(needed) = command["default_member_permissions"].as_str().and_then(|p| p.parse::<u64>().ok()) {
            let admin = may & permissions::ADMINISTRATOR != 0;
            if !admin && (needed == 0 || may & needed != needed) {
                return Err(format!("they may not use `{name}`"));
            }
        }
        if !self.members.contains_key(&app) {
            return Err("the application's bot is not in the guild".into());
        }
        Ok(command)
    }

    /// A person clicks a button (or chooses `values` in a menu) of a message; one that it does not have where it is `forged`.
    pub(super) fn ask_click(
        &mut self,
        (user, channel, message): (u64, u64, u64),
        custom_id: &str,
        values: Option<&[String]>,
        forged: bool,
    ) -> Result<(u64, oneshot::Receiver<Answer>), No> {
        self.present_in(user, channel)?;
        let whispered = self.live.ephemerals.iter().find(|e| e.user == user && e.message.id == message);
        let (found, alone) = match whispered {
            Some(whispered) => (whispered.message.clone(), true),
            None => (
                self.message(channel, message).map_err(|_| "there is no such message (any more)".to_owned())?.clone(),
                false,
            ),
        };
        let button = json!({"type": 2});
        let component = component(&found.components, custom_id)
            .or(forged.then_some(&button))
            .ok_or_else(|| format!("the message has no component `{custom_id}`"))?;
        if component["disabled"] == true {
            return Err(format!("`{custom_id}` is disabled"));
        }
        let kind = component["type"].as_u64().unwrap_or(2);
        if (kind == 2) == values.is_some() {
            return Err("a button is clicked, in a menu one chooses".into());
        }
        let app = self.app_of(&found).ok_or("no application posted that message")?;
        let mut data = json!({"component_type": kind, "custom_id": custom_id});
        if let Some(id) = component.get("id") {
            data["id"] = id.clone();
        }
        if let Some(values) = values {
            data["values"] = json!(values);
        }
        let about = About {
            app,
            user,
            channel,
            sort: Sort::Component,
            data,
            message: Some((found, alone)),
            triggered_by: None,
        };
        Ok(self.ask(about))
    }

    fn app_of(&self, message: &Message) -> Option<u64> {
        message.application.or_else(|| Some(message.author).filter(|author| self.bots.contains_key(author)))
    }

    /// A person fills in the form that is open before them, and sends it.
    pub(super) fn ask_submit(
        &mut self,
        user: u64,
        modal: &Modal,
        values: &[(String, String)],
    ) -> Result<(u64, oneshot::Receiver<Answer>), No> {
        let place = self.live.modals.iter().position(|open| open == modal && open.user == user);
        let place = place.ok_or("that form is not open before them")?;
        let form = callback::Form {
            custom_id: modal.custom_id.clone(),
            title: modal.title.clone(),
            components: modal.components.clone(),
        };
        let fields = callback::fields(&form).map_err(|refusal| refusal.to_string())?;
        for (name, _) in values {
            if !fields.iter().any(|field| field.custom_id == *name) {
                return Err(format!("the form has no input `{name}`"));
            }
        }
        let mut components = Vec::new();
        for field in &fields {
            let typed = values.iter().find(|(name, _)| *name == field.custom_id).map(|(_, text)| text.clone());
            let text = typed.or_else(|| field.value.clone()).unwrap_or_default();
            let length = text.chars().count();
            let empty = length == 0 && !field.required;
            if !empty && (length < field.least.max(usize::from(field.required)) || length > field.most) {
                return Err(format!("`{}` is empty, too short or too long", field.custom_id));
            }
            let input = json!({"type": 4, "custom_id": field.custom_id, "value": text});
            components.push(if field.labelled {
                json!({"type": 18, "component": input})
            } else {
                json!({"type": 1, "components": [input]})
            });
        }
        let opener = self.live.open.get(&modal.interaction).ok_or("the form is too old")?;
        let (app, channel) = (opener.app, opener.channel);
        let (on, triggered_by) = (opener.message, opener.metadata.clone());
        let message = on.and_then(|(id, alone)| {
            if alone {
                self.live.ephemerals.iter().find(|e| e.message.id == id).map(|e| (e.message.clone(), true))
            } else {
                self.message(channel, id).ok().map(|m| (m.clone(), false))
            }
        });
        self.live.modals.remove(place);
        let data = json!({"custom_id": modal.custom_id, "components": components});
        let sort = Sort::Modal;
        Ok(self.ask(About { app, user, channel, sort, data, message, triggered_by: Some(triggered_by) }))
    }

    /// Refuses those who do not see the channel.
    fn present_in(&self, user: u64, channel: u64) -> Result<(), No> {
        if !self.users.contains_key(&user) {
            return Err("there is no such person".into());
        }
        if self.sees(user, channel) { Ok(()) } else { Err("they do not see that channel".into()) }
    }

    /// Users, channels and roles that options name.
    fn resolved(&self, options: &Value) -> Value {
        let mut resolved = json!({});
        for option in options.as_array().into_iter().flatten() {
            let inner = self.resolved(&option["options"]);
            for (kind, found) in inner.as_object().into_iter().flatten() {
                for (id, value) in found.as_object().into_iter().flatten() {
                    resolved[kind][id] = value.clone();
                }
            }
            let Some(id) = option["value"].as_str().and_then(|id| id.parse::<u64>().ok()) else { continue };
            let key = id.to_string();
            let kind = option["type"].as_u64().unwrap_or_default();
            if matches!(kind, 6 | 9) && self.users.contains_key(&id) {
                resolved["users"][&key] = self.user_json(id);
                if self.members.contains_key(&id) {
                    resolved["members"][&key] = self.partial_member(id);
                }
            }
            if matches!(kind, 8 | 9) && self.roles.contains_key(&id) {
                resolved["roles"][&key] = self.role_json(id);
            }
            if kind == 7 && self.channels.contains_key(&id) {
                resolved["channels"][&key] = self.channel_json(id);
            }
        }
        resolved
    }

    fn partial_member(&self, user: u64) -> Value {
        let mut member = self.member_json(user);
        if let Some(fields) = member.as_object_mut() {
            for field in ["user", "deaf", "mute"] {
                fields.remove(field);
            }
        }
        member
    }

    /// Tells the application's bot, and opens the interaction.
    fn ask(&mut self, about: About) -> (u64, oneshot::Receiver<Answer>) {
        let About { app, user, channel, sort, data, message, triggered_by } = about;
        let (id, token) = (self.id(), self.secret(180));
        let direct = self.channels.get(&channel).is_some_and(|c| c.kind == Kind::Direct);
        let may = self.permissions(user, channel);
        let owners = json!({"0": if direct { "0".to_owned() } else { self.guild.to_string() }});
        let mut payload = json!({
            "id": id.to_string(), "application_id": app.to_string(), "type": sort.number(), "token": token, "version": 1,
            "data": data, "channel_id": channel.to_string(), "channel": self.channel_json(channel),
            "app_permissions": self.permissions(app, channel).to_string(), "locale": "en-US", "entitlements": [],
            "entitlement_sku_ids": [], "authorizing_integration_owners": owners, "context": u8::from(direct),
            "attachment_size_limit": 10_485_760,
        });
        payload["channel"]["permissions"] = json!(may.to_string());
        if direct {
            payload["user"] = self.user_json(user);
        } else {
            payload["guild_id"] = json!(self.guild.to_string());
            payload["guild"] = json!({"id": self.guild.to_string(), "locale": "en-US", "features": []});
            payload["guild_locale"] = json!("en-US");
            payload["member"] = self.member_json(user);
            payload["member"]["permissions"] = json!(may.to_string());
        }
        let mut metadata = json!({
            "id": id.to_string(), "type": sort.number(), "user": self.user_json(user),
            "authorizing_integration_owners": owners,
        });
        if let Some(triggered_by) = triggered_by {
            metadata["triggering_interaction_metadata"] = triggered_by;
        }
        if let Some((message, _)) = &message {
            payload["message"] = self.message_json(message, Some(app));
            if sort == Sort::Component {
                metadata["interacted_message_id"] = json!(message.id.to_string());
            }
        }
        let (waiter, answer) = oneshot::channel();
        let interaction = Interaction {
            id,
            token,
            app,
            user,
            channel,
            sort,
            created: self.now(),
            message: message.map(|(message, alone)| (message.id, alone)),
            metadata,
            answered: false,
            original: Original::None,
            shown: Vec::new(),
            waiter: Some(waiter),
        };
        self.live.open.insert(id, interaction);
        let to = vec![app];
        self.bus.send(Dispatch { name: "INTERACTION_CREATE", data: payload, intent: 0, channel: Some(channel), to });
        (id, answer)
    }
}

/// The component with this `custom_id`, however deep it stands.
fn component<'a>(list: &'a [Value], custom_id: &str) -> Option<&'a Value> {
    list.iter().find_map(|one| {
        if one["custom_id"] == *custom_id {
            return Some(one);
        }
        let below = one["components"].as_array().and_then(|inner| component(inner, custom_id));
        below.or_else(|| one.get("accessory").filter(|a| a["custom_id"] == *custom_id))
    })
}
