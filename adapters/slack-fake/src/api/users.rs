//! People.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use super::arguments::{flag, number};
use super::conversations::{List, listed};
use super::page::page;
use crate::state::{Refusal, User};

impl Called<'_> {
    fn shown_user(&self, user: &User) -> Value {
        self.state.user_json(user, self.has("users:read.email"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Info {
    user: String,
    #[serde(default, rename = "include_locale", deserialize_with = "flag")]
    _include_locale: bool,
}

pub(super) fn info(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Info = called.parse()?;
    Ok(json!({"user": called.shown_user(called.state.user(&asked.user)?)}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Users {
    cursor: Option<String>,
    #[serde(default, deserialize_with = "number")]
    limit: Option<usize>,
    #[serde(default, rename = "include_locale", deserialize_with = "flag")]
    _include_locale: bool,
}

pub(super) fn list(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Users = called.parse()?;
    let list = called.state.users.values().map(|u| called.shown_user(u)).collect();
    let mut body = json!({"cache_ts": called.state.now().timestamp()});
    page(&mut body, "members", list, asked.cursor.as_deref(), asked.limit.filter(|l| *l > 0), 1000)?;
    Ok(body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ByEmail {
    email: String,
}

pub(super) fn by_email(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let ByEmail { email } = called.parse()?;
    let of = |user: &&User| {
        !user.deleted && !user.stranger && user.email.as_ref().is_some_and(|e| e.eq_ignore_ascii_case(&email))
    };
    let user = called.state.users.values().find(of).ok_or(Refusal::new("users_not_found"))?;
    Ok(json!({"user": called.shown_user(user)}))
}

#[derive(Deserialize)]
struct Conversations {
    user: Option<String>,
    #[serde(flatten)]
    list: List,
}

pub(super) fn conversations(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Conversations = called.parse()?;
    let user = asked.user.unwrap_or_else(|| called.bot_user.clone());
    called.state.user(&user)?;
    listed(called, &asked.list, Some(&user))
}
