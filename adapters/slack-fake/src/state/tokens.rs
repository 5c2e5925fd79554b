//! Tokens: what kind each is and what it may do.

use super::{Refusal, State};

/// The kinds of tokens, by their beginnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// `xoxb-`.
    Bot,
    /// `xapp-`.
    App,
    /// `xoxe.xoxp-`.
    Configuration,
}

/// A token.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// The app's id; empty for configuration tokens.
    pub(crate) app: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) revoked: bool,
}

impl Token {
    pub(crate) fn bot(app: &str, scopes: &[String]) -> Self {
        Self { kind: TokenKind::Bot, app: app.to_owned(), scopes: scopes.to_vec(), revoked: false }
    }

    pub(crate) fn app(app: &str) -> Self {
        Self { kind: TokenKind::App, app: app.to_owned(), scopes: vec!["connections:write".into()], revoked: false }
    }
}

impl State {
    /// Finds who calls.
    pub(crate) fn caller(&self, token: Option<&str>) -> Result<Token, Refusal> {
        let token = token.filter(|t| !t.is_empty()).ok_or(Refusal::new("not_authed"))?;
        let token = self.tokens.get(token).ok_or(Refusal::new("invalid_auth"))?;
        if token.revoked { Err(Refusal::new("token_revoked")) } else { Ok(token.clone()) }
    }

    /// A ticket for one Socket Mode connection.
    pub(crate) fn ticket(&mut self, app: &str) -> String {
        let ticket = self.secret(36);
        self.tickets.insert(ticket.clone(), app.to_owned());
        ticket
    }

    /// The app that a ticket admits, once.
    pub(crate) fn use_ticket(&mut self, ticket: &str) -> Option<String> {
        self.tickets.remove(ticket)
    }

    pub(crate) fn configuration_token(&mut self) -> String {
        let token = format!("xoxe.xoxp-1-{}", self.secret(96));
        let scopes = vec!["app_configurations:read".into(), "app_configurations:write".into()];
        let kept = Token { kind: TokenKind::Configuration, app: String::new(), scopes, revoked: false };
        self.tokens.insert(token.clone(), kept);
        token
    }
}
