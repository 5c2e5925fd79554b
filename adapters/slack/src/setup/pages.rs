//! Where in Slack something is clicked: the pages of an app's settings, and what to do after a refusal.

/// A page of an app's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// Credentials and app-level tokens.
    Basic,
    /// Installing the app, and installing it again after its scopes changed.
    Install,
    /// Scopes and the bot token.
    Permissions,
    /// The events that it is told of, and where they are sent.
    Events,
    /// Whether Socket Mode is on.
    Socket,
}

impl Page {
    /// Its name in the menu at the left of the settings.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Basic => "Basic Information",
            Self::Install => "Install App",
            Self::Permissions => "OAuth & Permissions",
            Self::Events => "Event Subscriptions",
            Self::Socket => "Socket Mode",
        }
    }

    /// How to get there: the address where the app's id is known, else the way through the list of apps.
    pub(crate) fn of(self, app_id: Option<&str>) -> String {
        let path = match self {
            Self::Basic => "general",
            Self::Install => "install-on-team",
            Self::Permissions => "oauth",
            Self::Events => "event-subscriptions",
            Self::Socket => "socket-mode",
        };
        match app_id {
            Some(id) => format!("https://api.slack.com/apps/{id}/{path} (“{}”)", self.name()),
            None => format!("https://api.slack.com/apps, your app, “{}”", self.name()),
        }
    }
}

/// What to do when Slack refuses a token, as a sentence; `None` where the refusal is about something else.
///
/// `variable` is the name of the variable that holds the token.
pub(crate) fn about_token(code: &str, variable: &str, app_id: Option<&str>) -> Option<String> {
    let install = Page::Install.of(app_id);
    let permissions = Page::Permissions.of(app_id);
    Some(match code {
        "invalid_auth" | "not_authed" => format!(
            "Slack does not know the token in {variable}: open {permissions}, copy “Bot User OAuth Token” and set \
             {variable} to it."
        ),
        "account_inactive" | "token_revoked" => format!(
            "The token in {variable} is no longer valid, because the app was removed from the workspace: open \
             {install}, click “Install to Workspace”, and set {variable} to the new “Bot User OAuth Token”."
        ),
        "token_expired" => format!(
            "The token in {variable} has expired, because token rotation was turned on for the app, which cannot be \
             undone: take {variable} and the app's id out of .env, and let `bullpen setup slack` make another app."
        ),
        "not_allowed_token_type" => format!(
            "The token in {variable} is of another kind: open {permissions}, copy “Bot User OAuth Token” (it begins \
             with xoxb-) and set {variable} to it."
        ),
        "org_login_required" | "team_access_not_granted" => {
            format!("The workspace does not let the app in: ask its administrator to approve it, then open {install}.")
        }
        "accesslimited" | "access_denied" => {
            "Slack does not accept calls from this address: ask the workspace's administrator to allow it.".to_owned()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_an_address_where_the_app_is_known() {
        assert_eq!(Page::Permissions.of(Some("A1")), "https://api.slack.com/apps/A1/oauth (“OAuth & Permissions”)");
        assert_eq!(Page::Socket.of(None), "https://api.slack.com/apps, your app, “Socket Mode”");
    }

    #[test]
    fn a_refused_token_names_its_variable() {
        let says = about_token("invalid_auth", "SLACK_BOT_TOKEN", None).unwrap();
        assert!(says.contains("set SLACK_BOT_TOKEN"), "{says}");
        assert_eq!(about_token("channel_not_found", "SLACK_BOT_TOKEN", None), None);
    }
}
