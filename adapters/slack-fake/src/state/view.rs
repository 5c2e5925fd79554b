//! Views: Homes that apps publish, and modals that they open.

use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::{Refusal, State};
use crate::blocks;
use crate::deliver::{Answer, Parcel};
use crate::seen::Kind;

/// What an app has published on its Home for one person.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) id: String,
    pub(crate) hash: String,
    /// As it was published, with ids filled in.
    pub(crate) view: Value,
}

/// An open modal.
#[derive(Debug, Clone)]
pub(crate) struct Modal {
    pub(crate) id: String,
    pub(crate) app: String,
    pub(crate) user: String,
    pub(crate) hash: String,
    pub(crate) view: Value,
}

impl State {
    /// What the workspace knows that matters for blocks.
    pub(crate) fn context(&self) -> blocks::Context {
        let pictures = self.files.values().filter(|f| f.mimetype.starts_with("image/"));
        let named = pictures.flat_map(|f| [f.id.clone(), format!("{}/files/{}/{}", self.base, f.id, f.name)]);
        blocks::Context { private_pictures: self.settings.private_pictures, pictures: named.collect() }
    }

    pub(crate) fn fill_ids(&mut self, blocks: &mut [Value]) {
        blocks::fill_ids(blocks, &mut self.rng);
    }

    fn hash(&mut self) -> String {
        format!("{}.{}", self.now().timestamp(), self.secret(8))
    }

    /// `views.publish`.
    pub(crate) fn publish(
        &mut self,
        app: &str,
        user: &str,
        mut view: Value,
        hash: Option<&str>,
    ) -> Result<Value, Refusal> {
        self.user(user).map_err(|_| Refusal::because("invalid_arguments", "user not found"))?;
        if !self.apps.get(app).is_some_and(|a| a.home_tab) {
            return Err(Refusal::new("not_enabled"));
        }
        blocks::home(&view, &self.context())?;
        if let Some(list) = view["blocks"].as_array_mut() {
            blocks::fill_ids(list, &mut self.rng);
        }
        let key = (user.to_owned(), app.to_owned());
        if let (Some(hash), Some(home)) = (hash, self.homes.get(&key))
            && home.hash != hash
        {
            return Err(Refusal::new("hash_conflict"));
        }
        let known = self.homes.get(&key).map(|home| home.id.clone());
        let id = known.unwrap_or_else(|| self.id("V"));
        let home = Home { id, hash: self.hash(), view };
        let shown = self.view_json(app, &home.id, &home.hash, &home.view);
        self.homes.insert(key, home);
        Ok(shown)
    }

    /// `views.open` and `views.push`.
    pub(crate) fn open_modal(&mut self, app: &str, trigger: &str, view: Value, push: bool) -> Result<Value, Refusal> {
        let user = self.use_trigger(app, trigger)?;
        let open = self.modals.iter().filter(|m| m.user == user && m.app == app).count();
        if push && open >= 3 {
            return Err(Refusal::new("push_limit_reached"));
        }
        let modal = self.checked_modal(app, &user, view)?;
        if !push {
            self.modals.retain(|m| m.user != user);
        }
        let shown = self.view_json(app, &modal.id, &modal.hash, &modal.view);
        self.modals.push(modal);
        Ok(shown)
    }

    fn checked_modal(&mut self, app: &str, user: &str, mut view: Value) -> Result<Modal, Refusal> {
        blocks::modal(&view, &self.context())?;
        if let Some(list) = view["blocks"].as_array_mut() {
            blocks::fill_ids(list, &mut self.rng);
        }
        Ok(Modal { id: self.id("V"), app: app.to_owned(), user: user.to_owned(), hash: self.hash(), view })
    }

    /// `views.update`.
    pub(crate) fn update_modal(
        &mut self,
        app: &str,
        id: Option<&str>,
        external: Option<&str>,
        view: Value,
        hash: Option<&str>,
    ) -> Result<Value, Refusal> {
        let wanted = |m: &Modal| {
            m.app == app && (Some(m.id.as_str()) == id || external.is_some_and(|e| m.view["external_id"] == e))
        };
        let at = self.modals.iter().position(wanted).ok_or(Refusal::new("not_found"))?;
        if hash.is_some_and(|hash| hash != self.modals[at].hash) {
            return Err(Refusal::new("hash_conflict"));
        }
        let (id, user) = (self.modals[at].id.clone(), self.modals[at].user.clone());
        let modal = Modal { id, ..self.checked_modal(app, &user, view)? };
        let shown = self.view_json(app, &modal.id, &modal.hash, &modal.view);
        self.modals[at] = modal;
        Ok(shown)
    }

    /// A view as Slack gives it to its app.
    pub(crate) fn view_json(&self, app: &str, id: &str, hash: &str, view: &Value) -> Value {
        let mut shown = json!({
            "id": id, "team_id": self.team, "app_id": app, "app_installed_team_id": self.team, "hash": hash,
            "bot_id": self.apps.get(app).map(|a| a.bot_id.clone()), "root_view_id": id, "previous_view_id": null,
            "private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": false, "notify_on_close": false,
            "title": null, "close": null, "submit": null, "state": {"values": {}},
        });
        for (key, value) in view.as_object().into_iter().flatten() {
            shown[key] = value.clone();
        }
        shown
    }

    /// A person opens an app's Home; the app hears it with the view that is published.
    pub(crate) fn open_home(&mut self, user: &str, app: &str) -> Result<(), Refusal> {
        self.user(user)?;
        let app = self.app_id(app)?;
        let bot = self.apps[&app].bot_user.clone();
        let channel = self.open_direct(user, &bot)?;
        if !self.subscribers("app_home_opened").contains(&app) {
            return Ok(());
        }
        let ts = self.ts();
        let mut event =
            json!({"type": "app_home_opened", "user": user, "channel": channel, "tab": "home", "event_ts": ts});
        if let Some(home) = self.homes.get(&(user.to_owned(), app.clone())) {
            event["view"] = self.view_json(&app, &home.id, &home.hash, &home.view);
        }
        self.tell(&app, event);
        Ok(())
    }

    /// A person submits the topmost modal. Returns its id and where the answer will come.
    pub(crate) fn submit(
        &mut self,
        user: &str,
        values: &[(&str, &str)],
    ) -> Result<(String, oneshot::Receiver<Answer>), Refusal> {
        let found = self.modals.iter().rfind(|m| m.user == user).cloned();
        let modal = found.ok_or_else(|| Refusal::because("not_found", "no view is open before them"))?;
        let mut filled = Map::new();
        for block in modal.view["blocks"].as_array().into_iter().flatten().filter(|b| b["type"] == "input") {
            let (id, element) = (block["block_id"].as_str().unwrap_or_default(), &block["element"]);
            let action = element["action_id"].as_str().unwrap_or_default();
            let value = values.iter().find(|(name, _)| *name == action).map(|(_, value)| *value);
            let optional = block["optional"] == true;
            if value.is_none() && !optional {
                return Err(Refusal::because("not_found", format!("{action} must be filled in")));
            }
            filled.insert(id.to_owned(), json!({action: super::interact::chosen(element, value)}));
        }
        let mut view = self.view_json(&modal.app, &modal.id, &modal.hash, &modal.view);
        view["state"] = json!({"values": filled});
        let trigger = self.trigger(&modal.app, user);
        let payload = json!({
            "type": "view_submission", "team": self.team_json(), "user": self.person_json(user), "api_app_id": modal.app,
            "token": self.apps[&modal.app].verification, "trigger_id": trigger, "view": view, "response_urls": [],
            "is_enterprise_install": false, "enterprise": null,
        });
        let id = self.id("I");
        let (parcel, answer) =
            Parcel::new(id, &modal.app, Kind::Interaction, "view_submission".into(), payload).asked();
        self.post.push(parcel);
        Ok((modal.id, answer))
    }

    /// What an app answered to a submission: nothing closes the view.
    pub(crate) fn answered_view(&mut self, id: &str, body: &Value) -> Result<(), Refusal> {
        let Some(at) = self.modals.iter().position(|m| m.id == id) else { return Ok(()) };
        match body["response_action"].as_str() {
            None => {
                self.modals.remove(at);
            }
            Some("clear") => {
                let user = self.modals[at].user.clone();
                self.modals.retain(|m| m.user != user);
            }
            Some("errors") => {}
            Some(action @ ("update" | "push")) => {
                let (app, user) = (self.modals[at].app.clone(), self.modals[at].user.clone());
                let modal = self.checked_modal(&app, &user, body["view"].clone())?;
                if action == "push" { self.modals.push(modal) } else { self.modals[at] = modal }
            }
            Some(other) => {
                return Err(Refusal::because("invalid_arguments", format!("no such response_action: {other}")));
            }
        }
        Ok(())
    }
}
