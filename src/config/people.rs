//! The listed people: names that can be told apart, and tokens that exist.

use std::collections::BTreeSet;

use bullpen_domain::attendance::Attendance;
use bullpen_domain::org::{self, Right};
use bullpen_domain::persona::{Availability, RESERVED};
use bullpen_domain::source::{Fault, Lines};
use secrecy::{ExposeSecret as _, SecretString};

use super::environment::{Environment, is_variable};
use super::file;

/// A person of the organisation, with the ways to know and reach them.
#[derive(Debug, Clone)]
pub struct Person {
    /// What they are called, and what they speak as in the lobby.
    pub name: String,
    /// What they may do.
    pub rights: BTreeSet<Right>,
    /// Their member id in Slack.
    pub slack: Option<String>,
    /// Their user id in Discord.
    pub discord: Option<String>,
    /// A role in Discord that stands for them.
    pub discord_role: Option<String>,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they sign in with.
    pub token: Option<Token>,
    /// When they are there.
    pub attendance: Attendance,
    /// Who votes in their place.
    pub stand_ins: Vec<String>,
}

/// A person's token and where it came from.
#[derive(Debug, Clone)]
pub struct Token {
    /// The variable that holds it.
    pub variable: String,
    /// The token itself.
    pub secret: SecretString,
}

impl Person {
    /// The person as the department's rules know them.
    #[must_use]
    pub fn listed(&self) -> org::Person {
        let accounts = [("slack", &self.slack), ("discord", &self.discord)];
        let accounts = accounts.into_iter().filter_map(|(platform, id)| Some((platform.to_owned(), id.clone()?)));
        org::Person {
            name: self.name.clone(),
            rights: self.rights.clone(),
            accounts: accounts.collect(),
            groups: self.discord_role.iter().map(|role| ("discord".to_owned(), role.clone())).collect(),
            email: self.email.clone(),
            attendance: self.attendance.clone(),
            stand_ins: self.stand_ins.clone(),
        }
    }
}

/// Fewest characters of a token: with fewer it can be guessed.
const TOKEN_MIN: usize = 16;
/// Most characters of a name.
const NAME_MAX: usize = 60;

/// The form in which names are compared: letters and digits only, in lower case, so that “Ana Lee” meets `ana_lee`.
pub(crate) fn fold(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

/// Checks the people and resolves their tokens.
pub(super) fn check(
    listed: Vec<file::Person>,
    lines: &Lines,
    environment: &Environment<'_>,
) -> Result<Vec<Person>, Fault> {
    if listed.is_empty() {
        return Err(lines.fault("people", "nobody is listed; list at least one person, or remove the field"));
    }
    let mut people: Vec<Person> = Vec::new();
    for (index, person) in listed.into_iter().enumerate() {
        let field = |name: &str| format!("people[{index}].{name}");
        if let Some(problem) = unfit(&person.name) {
            return Err(lines.fault(&field("name"), problem));
        }
        if let Some(other) = people.iter().find(|other| fold(&other.name) == fold(&person.name)) {
            let problem = format!("\"{}\" is too much like \"{}\" above; rename one", person.name, other.name);
            return Err(lines.fault(&field("name"), problem));
        }
        let token = match person.token {
            None => None,
            Some(variable) => {
                Some(token(variable, &people, environment).map_err(|problem| lines.fault(&field("token"), problem))?)
            }
        };
        let file::Person { name, rights, slack, discord, discord_role, email, availability, away, stand_ins, .. } =
            person;
        if let Some(availability) = &availability {
            sound(availability, &field("availability"), lines)?;
        }
        let away = away.unwrap_or_default();
        if let Some(at) = away.iter().position(|away| away.from > away.until) {
            let problem = "this ends before it begins; write the first day under from, and the last under until";
            return Err(lines.fault(&field(&format!("away[{at}]")), problem));
        }
        let (attendance, stand_ins) = (Attendance { availability, away }, stand_ins.unwrap_or_default());
        let (discord, discord_role) = (discord.map(file::Id::into_text), discord_role.map(file::Id::into_text));
        people.push(Person { name, rights, slack, discord, discord_role, email, token, attendance, stand_ins });
    }
    for (index, person) in people.iter().enumerate() {
        for (at, name) in person.stand_ins.iter().enumerate() {
            if let Some(problem) = unfit_to_stand_in(person, name, &people) {
                return Err(lines.fault(&format!("people[{index}].stand_ins[{at}]"), problem));
            }
        }
    }
    Ok(people)
}

/// A person's days and hours can be counted with.
pub(super) fn sound(availability: &Availability, field: &str, lines: &Lines) -> Result<(), Fault> {
    if availability.days.is_empty() {
        let problem = "no day is named; name days (mon to sun), or remove the field";
        return Err(lines.fault(&format!("{field}.days"), problem));
    }
    match &availability.zone {
        Some(zone) => {
            let known = file::Zone::try_from(zone.clone());
            known.map(|_| ()).map_err(|problem| lines.fault(&format!("{field}.zone"), problem))
        }
        None => Ok(()),
    }
}

fn unfit_to_stand_in(person: &Person, name: &str, people: &[Person]) -> Option<String> {
    let approves = |person: &Person| person.rights.contains(&Right::Approve);
    let Some(other) = people.iter().find(|other| other.name.to_lowercase() == name.to_lowercase()) else {
        return Some(format!("nobody listed is called \"{name}\"; write the name of one of the people here"));
    };
    if other.name == person.name {
        return Some("nobody stands in for themselves; name somebody else".to_owned());
    }
    if !approves(person) {
        return Some(format!("{} may not approve, so there is nothing to stand in for; remove the field", person.name));
    }
    (!approves(other))
        .then(|| format!("{} may not approve; give them the right `approve`, or name somebody else", other.name))
}

fn unfit(name: &str) -> Option<String> {
    if fold(name).is_empty() {
        return Some("this is no name; write one with letters".to_owned());
    }
    if name.trim() != name || name.chars().any(char::is_control) || name.contains(['@', '#', '<', '>']) {
        return Some("a name has no blanks around it, no line breaks, and none of @ # < >; remove them".to_owned());
    }
    if name.chars().count() > NAME_MAX {
        return Some(format!("this is longer than {NAME_MAX} characters; shorten it"));
    }
    RESERVED
        .iter()
        .any(|reserved| fold(name) == fold(reserved))
        .then(|| format!("\"{name}\" means everybody, a place, or Bullpen itself; choose another name"))
}

fn token(variable: String, people: &[Person], environment: &Environment<'_>) -> Result<Token, String> {
    if !is_variable(&variable) {
        // It may be the secret itself, so it is not repeated.
        return Err(
            "this is no name of a variable; write one such as BULLPEN_TOKEN_ANA, and the token in that variable"
                .to_owned(),
        );
    }
    let Some(secret) = environment.secret(&variable) else {
        return Err(format!("{variable} is not set; set it in the environment or in .env, or remove this field"));
    };
    if secret.expose_secret().chars().count() < TOKEN_MIN {
        return Err(format!(
            "{variable} has fewer than {TOKEN_MIN} characters and could be guessed; make one with `openssl rand -hex 24`"
        ));
    }
    let same = |other: &&Person| {
        other.token.as_ref().is_some_and(|token| token.secret.expose_secret() == secret.expose_secret())
    };
    if let Some(other) = people.iter().find(same) {
        return Err(format!("{variable} holds the token of {} as well; give each person their own", other.name));
    }
    Ok(Token { variable, secret })
}
