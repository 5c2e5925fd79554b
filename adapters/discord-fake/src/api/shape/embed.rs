//! Embeds: their limits, each and together.

use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{address, length};
use crate::api::called::parse;
use crate::state::Refusal;

/// Most characters of all embeds of a message together.
const TOTAL: usize = 6000;
/// Most embeds of a message.
const EMBEDS: usize = 10;
/// Most fields of an embed.
const FIELDS: usize = 25;
/// Longest address.
const ADDRESS: usize = 2048;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Embed {
    #[serde(rename = "type")]
    kind: Option<String>,
    url: Option<String>,
    title: Option<String>,
    color: Option<u32>,
    timestamp: Option<String>,
    description: Option<String>,
    author: Option<Author>,
    image: Option<Picture>,
    thumbnail: Option<Picture>,
    footer: Option<Footer>,
    fields: Option<Vec<Field>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Author {
    name: Option<String>,
    url: Option<String>,
    icon_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Picture {
    url: Option<String>,
    #[serde(rename = "width")]
    _width: Option<u32>,
    #[serde(rename = "height")]
    _height: Option<u32>,
    description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Footer {
    text: Option<String>,
    icon_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    name: String,
    value: String,
    #[serde(rename = "inline")]
    _inline: Option<bool>,
}

/// Judges embeds and gives them back as they will stand.
pub(super) fn judge(embeds: &[Value]) -> Result<Vec<Value>, Refusal> {
    if embeds.len() > EMBEDS {
        return Err(Refusal::too_long("embeds", EMBEDS));
    }
    let (mut total, mut stand) = (0, Vec::new());
    for (i, given) in embeds.iter().enumerate() {
        let embed: Embed = parse(given).map_err(|refusal| refusal.below(&format!("embeds.{i}")))?;
        total += one(&embed, &format!("embeds.{i}"))?;
        let mut given = given.clone();
        if let Some(fields) = given.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        given["type"] = json!("rich");
        for field in given.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
            field["inline"] = json!(field["inline"] == true);
        }
        stand.push(given);
    }
    if total > TOTAL {
        let why = format!("Embed size exceeds maximum size of {TOTAL}");
        return Err(Refusal::form("embeds", "MAX_EMBED_SIZE_EXCEEDED", why));
    }
    Ok(stand)
}

/// Judges one and counts its characters.
fn one(embed: &Embed, path: &str) -> Result<usize, Refusal> {
    let at = |name: &str| format!("{path}.{name}");
    let mut total = 0;
    let mut text = |name: &str, text: Option<&String>, least: usize, most: usize| {
        let Some(text) = text else { return Ok(()) };
        total += text.chars().count();
        length(&at(name), text, least, most)
    };
    text("title", embed.title.as_ref(), 0, 256)?;
    text("description", embed.description.as_ref(), 0, 4096)?;
    text("footer.text", embed.footer.as_ref().and_then(|f| f.text.as_ref()), 1, 2048)?;
    text("author.name", embed.author.as_ref().and_then(|a| a.name.as_ref()), 1, 256)?;
    let fields = embed.fields.as_deref().unwrap_or_default();
    if fields.len() > FIELDS {
        return Err(Refusal::too_long(&at("fields"), FIELDS));
    }
    for (i, field) in fields.iter().enumerate() {
        text(&format!("fields.{i}.name"), Some(&field.name), 1, 256)?;
        text(&format!("fields.{i}.value"), Some(&field.value), 1, 1024)?;
    }
    let pages: &[&str] = &["http", "https"];
    let pictures: &[&str] = &["http", "https", "attachment"];
    let footer_icon = embed.footer.as_ref().and_then(|f| f.icon_url.as_ref());
    let author = |pick: fn(&Author) -> Option<&String>| embed.author.as_ref().and_then(pick);
    let picture = |p: &Option<Picture>| p.as_ref().and_then(|p| p.url.clone());
    for (name, url, schemes) in [
        ("url", embed.url.as_ref(), pages),
        ("footer.icon_url", footer_icon, pictures),
        ("author.url", author(|a| a.url.as_ref()), pages),
        ("author.icon_url", author(|a| a.icon_url.as_ref()), pictures),
        ("image.url", picture(&embed.image).as_ref(), pictures),
        ("thumbnail.url", picture(&embed.thumbnail).as_ref(), pictures),
    ] {
        if let Some(url) = url {
            address(&at(name), url, ADDRESS, schemes)?;
        }
    }
    for (name, picture) in [("image", &embed.image), ("thumbnail", &embed.thumbnail)] {
        if let Some(description) = picture.as_ref().and_then(|p| p.description.as_ref()) {
            length(&at(&format!("{name}.description")), description, 0, 4096)?;
        }
    }
    if embed.color.is_some_and(|color| color > 0xff_ffff) {
        let why = "int value should be less than or equal to 16777215.";
        return Err(Refusal::form(&at("color"), "NUMBER_TYPE_MAX", why));
    }
    if embed.timestamp.as_ref().is_some_and(|t| DateTime::parse_from_rfc3339(t).is_err()) {
        return Err(Refusal::form(
            &at("timestamp"),
            "DATE_TIME_TYPE_PARSE",
            "Could not parse timestamp. Should be ISO8601.",
        ));
    }
    if embed.kind.as_ref().is_some_and(|kind| kind != "rich") {
        return Err(Refusal::form(&at("type"), "BASE_TYPE_CHOICES", "Bots send embeds of the type rich only."));
    }
    let shows = total > 0 || embed.image.is_some() || embed.thumbnail.is_some();
    if shows { Ok(total) } else { Err(Refusal::form(path, "BASE_TYPE_REQUIRED", "The embed shows nothing.")) }
}
