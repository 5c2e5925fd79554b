//! User groups.

use serde_json::{Value, json};

use super::{Refusal, State};

/// A user group, `S…`.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) handle: String,
    pub(crate) description: String,
    pub(crate) users: Vec<String>,
    pub(crate) created: i64,
}

impl State {
    pub(crate) fn create_group(&mut self, name: &str, handle: &str, description: &str) -> Result<String, Refusal> {
        if !self.settings.paid {
            return Err(Refusal::new("paid_teams_only"));
        }
        if self.groups.values().any(|g| g.name == name) {
            return Err(Refusal::new("name_already_exists"));
        }
        if self.groups.values().any(|g| g.handle == handle) || self.channel_by_name(handle).is_some() {
            return Err(Refusal::new("handle_already_exists"));
        }
        let id = self.id("S");
        let group = Group {
            id: id.clone(),
            name: name.to_owned(),
            handle: handle.to_owned(),
            description: description.to_owned(),
            users: Vec::new(),
            created: self.now().timestamp(),
        };
        self.groups.insert(id.clone(), group);
        let shown = self.group_json(&self.groups[&id], true);
        self.tell_all("subteam_created", |ts| json!({"type": "subteam_created", "subteam": shown, "event_ts": ts}));
        Ok(id)
    }

    pub(crate) fn set_group_users(&mut self, id: &str, users: Vec<String>) -> Result<(), Refusal> {
        for user in &users {
            self.user(user).map_err(|_| Refusal::new("invalid_users"))?;
        }
        let group = self.groups.get_mut(id).ok_or(Refusal::new("no_such_subteam"))?;
        group.users = users;
        let shown = self.group_json(&self.groups[id], true);
        self.tell_all("subteam_updated", |ts| json!({"type": "subteam_updated", "subteam": shown, "event_ts": ts}));
        Ok(())
    }

    pub(crate) fn group_json(&self, group: &Group, with_users: bool) -> Value {
        let mut shown = json!({
            "id": group.id,
            "team_id": self.team,
            "is_usergroup": true,
            "is_subteam": true,
            "name": group.name,
            "description": group.description,
            "handle": group.handle,
            "is_external": false,
            "date_create": group.created,
            "date_update": group.created,
            "date_delete": 0,
            "auto_type": null,
            "auto_provision": false,
            "enterprise_subteam_id": "",
            "created_by": "USLACKBOT",
            "updated_by": "USLACKBOT",
            "deleted_by": null,
            "prefs": {"channels": [], "groups": []},
            "user_count": group.users.len(),
        });
        if with_users {
            shown["users"] = json!(group.users);
        }
        shown
    }
}
