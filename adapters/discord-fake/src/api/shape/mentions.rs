//! `allowed_mentions`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Id;
use crate::state::{Allowed, Refusal};

/// Most people or roles in it.
const MOST: usize = 100;

/// `allowed_mentions` as it is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowedMentions {
    parse: Option<Vec<Sort>>,
    users: Option<Vec<Id>>,
    roles: Option<Vec<Id>>,
    replied_user: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Users,
    Roles,
    Everyone,
}

impl AllowedMentions {
    pub(crate) fn judge(&self) -> Result<Allowed, Refusal> {
        let parse = self.parse.clone().unwrap_or_default();
        let (users, roles) = (ids("users", self.users.as_deref())?, ids("roles", self.roles.as_deref())?);
        if parse.iter().collect::<BTreeSet<_>>().len() != parse.len() {
            return Err(Refusal::form("allowed_mentions.parse", "SET_TYPE_ALREADY_CONTAINS_VALUE", "No value twice."));
        }
        for (sort, list, name) in [(Sort::Users, &users, "users"), (Sort::Roles, &roles, "roles")] {
            if parse.contains(&sort) && !list.is_empty() {
                let why = format!("parse:[\"{name}\"] and {name}: [ids...] are mutually exclusive.");
                return Err(Refusal::form("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", why));
            }
        }
        // Neither list nor parse is the same as an empty parse.
        Ok(Allowed {
            all_users: parse.contains(&Sort::Users),
            all_roles: parse.contains(&Sort::Roles),
            everyone: parse.contains(&Sort::Everyone),
            users,
            roles,
            replied_user: self.replied_user.unwrap_or_default(),
        })
    }
}

fn ids(name: &str, list: Option<&[Id]>) -> Result<BTreeSet<u64>, Refusal> {
    let path = format!("allowed_mentions.{name}");
    let list = list.unwrap_or_default();
    if list.len() > MOST {
        return Err(Refusal::too_long(&path, MOST));
    }
    let set: BTreeSet<u64> = list.iter().map(|id| id.0).collect();
    if set.len() == list.len() {
        Ok(set)
    } else {
        Err(Refusal::form(&path, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value"))
    }
}
