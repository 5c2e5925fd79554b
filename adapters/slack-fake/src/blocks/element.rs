//! Elements within blocks: buttons, menus, inputs, pictures.

use serde_json::Value;
use url::{Host, Url};

use super::judge::{Judge, Object};
use super::text::{self, Kind};

/// The block that an element stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Actions,
    Context,
    Section,
    Input,
}

/// Fields that every element with an action may have.
const ACTS: [&str; 3] = ["action_id", "confirm", "focus_on_load"];

pub(super) fn check(judge: &mut Judge<'_>, value: &Value, at: &str, within: Within) {
    let Some(kind) = value["type"].as_str() else {
        let what = if value.is_object() { "missing required field: type" } else { "must provide an object" };
        return judge.fault(at, what.into());
    };
    if within == Within::Context && matches!(kind, "plain_text" | "mrkdwn") {
        return text::check(judge, value, at, Kind::Any, 3000);
    }
    let Some(fields) = fields(kind).filter(|_| allowed(kind, within)) else {
        return judge.fault(&format!("{at}/type"), format!("unsupported type: {kind}"));
    };
    let fields: Vec<&str> = fields.iter().copied().chain(ACTS).collect();
    let Some(object) = judge.object(value, at, &fields) else { return };
    judge.string(&object, "action_id", false, 255);
    text::optional(judge, &object, "placeholder", Kind::Plain, 150);
    if let Some(confirm) = object.get("confirm") {
        self::confirm(judge, confirm, &object.below("confirm"));
    }
    match kind {
        "image" => image(judge, &object),
        "button" => button(judge, &object),
        "overflow" => options(judge, &object, 5, true),
        "checkboxes" | "radio_buttons" => options(judge, &object, 10, false),
        "static_select" | "multi_static_select" => menu(judge, &object),
        "plain_text_input" => {
            judge.string(&object, "initial_value", false, 3000);
            judge.flag(&object, "multiline");
        }
        _ => {}
    }
}

/// What each element may have beside [`ACTS`]; `None` for what is no element.
fn fields(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "button" => &["text", "url", "value", "style", "accessibility_label"],
        "image" => &["alt_text", "image_url", "slack_file"],
        "overflow" => &["options"],
        "checkboxes" => &["options", "initial_options"],
        "radio_buttons" => &["options", "initial_option"],
        "static_select" => &["placeholder", "options", "option_groups", "initial_option"],
        "multi_static_select" => &["placeholder", "options", "option_groups", "initial_options", "max_selected_items"],
        "external_select" => &["placeholder", "initial_option", "min_query_length"],
        "users_select" => &["placeholder", "initial_user"],
        "multi_users_select" => &["placeholder", "initial_users", "max_selected_items"],
        "conversations_select" => &[
            "placeholder",
            "initial_conversation",
            "default_to_current_conversation",
            "response_url_enabled",
            "filter",
        ],
        "channels_select" => &["placeholder", "initial_channel", "response_url_enabled"],
        "multi_channels_select" => &["placeholder", "initial_channels", "max_selected_items"],
        "datepicker" => &["placeholder", "initial_date"],
        "timepicker" => &["placeholder", "initial_time", "timezone"],
        "datetimepicker" => &["initial_date_time"],
        "plain_text_input" => {
            &["placeholder", "initial_value", "multiline", "min_length", "max_length", "dispatch_action_config"]
        }
        "email_text_input" | "url_text_input" => &["placeholder", "initial_value", "dispatch_action_config"],
        "number_input" => {
            &["placeholder", "is_decimal_allowed", "initial_value", "min_value", "max_value", "dispatch_action_config"]
        }
        _ => return None,
    })
}

fn allowed(kind: &str, within: Within) -> bool {
    let typed = kind.ends_with("_input");
    match within {
        Within::Context => kind == "image",
        Within::Section => !typed,
        Within::Actions => !typed && kind != "image",
        Within::Input => !matches!(kind, "button" | "image" | "overflow"),
    }
}

fn button(judge: &mut Judge<'_>, button: &Object<'_>) {
    text::required(judge, button, "text", Kind::Plain, 75);
    judge.string(button, "value", false, 2000);
    judge.string(button, "url", false, 3000);
    judge.string(button, "accessibility_label", false, 75);
    judge.one_of(button, "style", &["primary", "danger"]);
    if let Some(url) = button.get("url").and_then(Value::as_str)
        && Url::parse(url).is_err()
    {
        judge.fault(&button.below("url"), "must be a valid URL".into());
    }
}

/// A picture, as a block or an element: exactly one source, and words for those who do not see it.
pub(super) fn image(judge: &mut Judge<'_>, image: &Object<'_>) {
    judge.string(image, "alt_text", true, 2000);
    text::optional(judge, image, "title", Kind::Plain, 2000);
    match (image.get("image_url"), image.get("slack_file")) {
        (Some(_), Some(_)) => judge.fault(&image.at, "only one of image_url and slack_file is allowed".into()),
        (None, None) => judge.fault(&image.at, "missing required field: image_url".into()),
        (Some(_), None) => {
            judge.string(image, "image_url", true, 3000);
            let url = image.get("image_url").and_then(Value::as_str).unwrap_or_default();
            if !can_be_fetched(url, judge.context.private_pictures) {
                judge.fault(&image.below("image_url"), "downloading image failed".into());
            }
        }
        (None, Some(file)) => {
            let at = image.below("slack_file");
            let Some(file) = judge.object(file, &at, &["id", "url"]) else { return };
            let named = file.get("id").or(file.get("url")).and_then(Value::as_str).unwrap_or_default();
            if !judge.context.pictures.contains(named) {
                judge.fault(&at, "invalid slack file".into());
            }
        }
    }
}

/// Whether Slack could fetch a picture from there.
fn can_be_fetched(url: &str, private: bool) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    if !matches!(url.scheme(), "http" | "https") {
        return false;
    }
    private
        || match url.host() {
            Some(Host::Domain(name)) => name.contains('.') && !name.ends_with(".local") && name != "localhost",
            Some(Host::Ipv4(ip)) => {
                !ip.is_loopback() && !ip.is_private() && !ip.is_unspecified() && !ip.is_link_local()
            }
            Some(Host::Ipv6(ip)) => !ip.is_loopback() && !ip.is_unspecified() && !ip.is_unique_local(),
            None => false,
        }
}

fn menu(judge: &mut Judge<'_>, menu: &Object<'_>) {
    let Some(groups) = menu.get("option_groups") else { return options(judge, menu, 100, false) };
    let at = menu.below("option_groups");
    let Some(groups) = judge.list(groups, &at, 1, 100) else { return };
    for (i, group) in groups.iter().enumerate() {
        let Some(group) = judge.object(group, &format!("{at}/{i}"), &["label", "options"]) else { continue };
        text::required(judge, &group, "label", Kind::Plain, 75);
        options(judge, &group, 100, false);
    }
}

fn options(judge: &mut Judge<'_>, object: &Object<'_>, most: usize, with_url: bool) {
    let at = object.below("options");
    let Some(options) = object.get("options") else {
        return judge.fault(&object.at, "missing required field: options".into());
    };
    let Some(options) = judge.list(options, &at, 1, most) else { return };
    // Only checkboxes and radio buttons take mrkdwn.
    let kind = if matches!(object.kind(), "checkboxes" | "radio_buttons") { Kind::Any } else { Kind::Plain };
    for (i, option) in options.iter().enumerate() {
        let fields: &[&str] =
            if with_url { &["text", "value", "description", "url"] } else { &["text", "value", "description"] };
        let Some(option) = judge.object(option, &format!("{at}/{i}"), fields) else { continue };
        text::required(judge, &option, "text", kind, 75);
        text::optional(judge, &option, "description", kind, 75);
        judge.string(&option, "value", true, 150);
    }
}

fn confirm(judge: &mut Judge<'_>, value: &Value, at: &str) {
    let Some(confirm) = judge.object(value, at, &["title", "text", "confirm", "deny", "style"]) else { return };
    text::required(judge, &confirm, "title", Kind::Plain, 100);
    text::required(judge, &confirm, "text", Kind::Any, 300);
    text::required(judge, &confirm, "confirm", Kind::Plain, 30);
    text::required(judge, &confirm, "deny", Kind::Plain, 30);
    judge.one_of(&confirm, "style", &["primary", "danger"]);
}
