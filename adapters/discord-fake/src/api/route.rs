//! Every route: its path, its operation in the published description, who may call it, and what carries it out.

use super::{
    Called, Reply, channels, commands, gateway, guilds, hooked, members, messages, reactions, roles, threads, webhooks,
};
use crate::state::{Refusal, State};

/// What carries a call out.
pub(crate) type Run = fn(&mut Called<'_>) -> Result<Reply, Refusal>;

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    /// A bot with its token.
    Bot,
    /// Whoever knows the secret in the path; a bot's token is passed over.
    Secret,
    /// Anybody.
    Open,
}

/// The parameters of a path by their names.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// A route.
pub(crate) struct Route {
    pub(crate) verb: &'static str,
    /// Below `/api/v10`; names in braces are parameters, those with `token` are secrets.
    pub(crate) path: &'static str,
    /// The operation's id in the published description.
    pub(crate) operation: &'static str,
    pub(crate) auth: Auth,
    pub(crate) run: Run,
    /// Where two routes have one path: whether this one is meant, judged by the parameters.
    pub(crate) applies: fn(&State, &[(&'static str, String)]) -> bool,
}

fn always(_: &State, _: &[(&'static str, String)]) -> bool {
    true
}

impl Route {
    /// A route for bots.
    pub(crate) const fn new(verb: &'static str, path: &'static str, operation: &'static str, run: Run) -> Self {
        Self { verb, path, operation, auth: Auth::Bot, run, applies: always }
    }

    /// A route for those who know the secret in its path.
    pub(crate) const fn secret(verb: &'static str, path: &'static str, operation: &'static str, run: Run) -> Self {
        Self { auth: Auth::Secret, ..Self::new(verb, path, operation, run) }
    }

    const fn open(verb: &'static str, path: &'static str, operation: &'static str, run: Run) -> Self {
        Self { auth: Auth::Open, ..Self::new(verb, path, operation, run) }
    }

    /// The parameters of a path (its decoded segments), where it is this route's.
    pub(super) fn matches(&self, segments: &[String]) -> Option<Parameters> {
        let mut parameters = Vec::new();
        let own = self.path.split('/').skip(1);
        if own.clone().count() != segments.len() {
            return None;
        }
        for (own, given) in own.zip(segments) {
            match own.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                // What is written with @ has routes of its own.
                Some(_) if given.is_empty() || given.starts_with('@') => return None,
                Some(name) => parameters.push((name, given.clone())),
                None if own == given => {}
                None => return None,
            }
        }
        Some(parameters)
    }

    /// The path with its parameters filled in; secrets stay unsaid.
    pub(super) fn said(&self, parameters: &[(&'static str, String)]) -> String {
        parameters
            .iter()
            .filter(|(name, _)| !name.contains("token"))
            .fold(self.path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
    }
}

/// All routes; those of interactions come first, because they share paths with webhooks.
pub(super) fn all() -> Vec<Route> {
    let mut routes = crate::interact::routes();
    routes.extend(rest());
    routes
}

fn rest() -> Vec<Route> {
    let (get, post, put, patch, delete) = ("GET", "POST", "PUT", "PATCH", "DELETE");
    let (bot, secret) = (Route::new, Route::secret);
    vec![
        Route::open(get, "/gateway", "get_gateway", gateway::url),
        bot(get, "/gateway/bot", "get_bot_gateway", gateway::bot),
        bot(get, "/users/@me", "get_my_user", gateway::me),
        bot(patch, "/users/@me", "update_my_user", gateway::rename_me),
        bot(get, "/users/@me/guilds", "list_my_guilds", gateway::my_guilds),
        bot(post, "/users/@me/channels", "create_dm", gateway::direct),
        bot(get, "/users/{user_id}", "get_user", gateway::user),
        bot(get, "/applications/@me", "get_my_application", gateway::application),
        bot(get, "/oauth2/applications/@me", "get_my_oauth2_application", gateway::application),
        bot(get, "/guilds/{guild_id}", "get_guild", guilds::get),
        bot(get, "/guilds/{guild_id}/channels", "list_guild_channels", guilds::channels),
        bot(post, "/guilds/{guild_id}/channels", "create_guild_channel", guilds::create_channel),
        bot(patch, "/guilds/{guild_id}/channels", "bulk_update_guild_channels", guilds::move_channels),
        bot(get, "/guilds/{guild_id}/threads/active", "get_active_guild_threads", threads::active),
        bot(get, "/guilds/{guild_id}/webhooks", "get_guild_webhooks", webhooks::of_guild),
        bot(get, "/guilds/{guild_id}/roles", "list_guild_roles", roles::list),
        bot(post, "/guilds/{guild_id}/roles", "create_guild_role", roles::create),
        bot(patch, "/guilds/{guild_id}/roles", "bulk_update_guild_roles", roles::arrange),
        bot(get, "/guilds/{guild_id}/roles/member-counts", "guild_role_member_counts", roles::counts),
        bot(get, "/guilds/{guild_id}/roles/{role_id}", "get_guild_role", roles::get),
        bot(patch, "/guilds/{guild_id}/roles/{role_id}", "update_guild_role", roles::change),
        bot(delete, "/guilds/{guild_id}/roles/{role_id}", "delete_guild_role", roles::delete),
        bot(get, "/guilds/{guild_id}/members", "list_guild_members", members::list),
        bot(get, "/guilds/{guild_id}/members/search", "search_guild_members", members::search),
        bot(patch, "/guilds/{guild_id}/members/@me", "update_my_guild_member", members::rename_me),
        bot(get, "/guilds/{guild_id}/members/{user_id}", "get_guild_member", members::get),
        bot(put, "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", "add_guild_member_role", members::give),
        bot(delete, "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", "delete_guild_member_role", members::take),
        bot(get, "/channels/{channel_id}", "get_channel", channels::get),
        bot(patch, "/channels/{channel_id}", "update_channel", channels::change),
        bot(delete, "/channels/{channel_id}", "delete_channel", channels::delete),
        bot(
            put,
            "/channels/{channel_id}/permissions/{overwrite_id}",
            "set_channel_permission_overwrite",
            channels::permit,
        ),
        bot(
            delete,
            "/channels/{channel_id}/permissions/{overwrite_id}",
            "delete_channel_permission_overwrite",
            channels::unpermit,
        ),
        bot(post, "/channels/{channel_id}/typing", "trigger_typing_indicator", channels::typing),
        bot(get, "/channels/{channel_id}/messages", "list_messages", messages::list),
        bot(post, "/channels/{channel_id}/messages", "create_message", messages::create),
        bot(post, "/channels/{channel_id}/messages/bulk-delete", "bulk_delete_messages", messages::delete_many),
        bot(get, "/channels/{channel_id}/messages/pins", "list_pins", messages::pins),
        bot(put, "/channels/{channel_id}/messages/pins/{message_id}", "create_pin", messages::pin),
        bot(delete, "/channels/{channel_id}/messages/pins/{message_id}", "delete_pin", messages::unpin),
        bot(get, "/channels/{channel_id}/messages/{message_id}", "get_message", messages::get),
        bot(patch, "/channels/{channel_id}/messages/{message_id}", "update_message", messages::edit),
        bot(delete, "/channels/{channel_id}/messages/{message_id}", "delete_message", messages::delete),
        bot(
            delete,
            "/channels/{channel_id}/messages/{message_id}/reactions",
            "delete_all_message_reactions",
            reactions::clear,
        ),
        bot(
            get,
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}",
            "list_message_reactions_by_emoji",
            reactions::list,
        ),
        bot(
            delete,
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}",
            "delete_all_message_reactions_by_emoji",
            reactions::clear_emoji,
        ),
        bot(
            put,
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me",
            "add_my_message_reaction",
            reactions::add,
        ),
        bot(
            delete,
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me",
            "delete_my_message_reaction",
            reactions::remove,
        ),
        bot(
            delete,
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}",
            "delete_user_message_reaction",
            reactions::remove_of,
        ),
        bot(
            post,
            "/channels/{channel_id}/messages/{message_id}/threads",
            "create_thread_from_message",
            threads::start_on_message,
        ),
        bot(post, "/channels/{channel_id}/threads", "create_thread", threads::start),
        bot(get, "/channels/{channel_id}/threads/archived/public", "list_public_archived_threads", threads::archived),
        bot(get, "/channels/{channel_id}/thread-members", "list_thread_members", threads::members),
        bot(put, "/channels/{channel_id}/thread-members/@me", "join_thread", threads::join),
        bot(delete, "/channels/{channel_id}/thread-members/@me", "leave_thread", threads::leave),
        bot(get, "/channels/{channel_id}/webhooks", "list_channel_webhooks", webhooks::of_channel),
        bot(post, "/channels/{channel_id}/webhooks", "create_webhook", webhooks::create),
        bot(get, "/webhooks/{webhook_id}", "get_webhook", webhooks::get),
        bot(patch, "/webhooks/{webhook_id}", "update_webhook", webhooks::change),
        bot(delete, "/webhooks/{webhook_id}", "delete_webhook", webhooks::delete),
        secret(get, "/webhooks/{webhook_id}/{webhook_token}", "get_webhook_by_token", hooked::get),
        secret(delete, "/webhooks/{webhook_id}/{webhook_token}", "delete_webhook_by_token", hooked::delete_webhook),
        secret(post, "/webhooks/{webhook_id}/{webhook_token}", "execute_webhook", hooked::execute),
        secret(
            get,
            "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            "get_webhook_message",
            hooked::get_message,
        ),
        secret(
            patch,
            "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            "update_webhook_message",
            hooked::edit_message,
        ),
        secret(
            delete,
            "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            "delete_webhook_message",
            hooked::delete_message,
        ),
        bot(get, "/applications/{application_id}/commands", "list_application_commands", commands::list),
        bot(put, "/applications/{application_id}/commands", "bulk_set_application_commands", commands::set_all),
        bot(post, "/applications/{application_id}/commands", "create_application_command", commands::create),
        bot(get, "/applications/{application_id}/commands/{command_id}", "get_application_command", commands::get),
        bot(
            patch,
            "/applications/{application_id}/commands/{command_id}",
            "update_application_command",
            commands::change,
        ),
        bot(
            delete,
            "/applications/{application_id}/commands/{command_id}",
            "delete_application_command",
            commands::delete,
        ),
        bot(
            get,
            "/applications/{application_id}/guilds/{guild_id}/commands",
            "list_guild_application_commands",
            commands::list,
        ),
        bot(
            put,
            "/applications/{application_id}/guilds/{guild_id}/commands",
            "bulk_set_guild_application_commands",
            commands::set_all,
        ),
        bot(
            post,
            "/applications/{application_id}/guilds/{guild_id}/commands",
            "create_guild_application_command",
            commands::create,
        ),
        bot(
            get,
            "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
            "get_guild_application_command",
            commands::get,
        ),
        bot(
            patch,
            "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
            "update_guild_application_command",
            commands::change,
        ),
        bot(
            delete,
            "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
            "delete_guild_application_command",
            commands::delete,
        ),
    ]
}
