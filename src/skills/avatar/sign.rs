//! Signs of roles, drawn with a pen of 2.5 in a square of 24.

use crate::dice::Dice;

/// The words of handles, and the sign of each; the first word of the table that begins a word of the handle decides.
const SIGNS: [(&[&str], &str); 22] = [
    // A magnifying glass.
    (&["seo", "search"], r#"<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5.5 5.5"/>"#),
    // A pencil.
    (&["copy", "writer"], r#"<path d="M4 20l1.2-5L16 4.2l3.8 3.8L9 18.8zM13.5 6.8l3.8 3.8"/>"#),
    // A drop of colour.
    (
        &["design", "creative"],
        r#"<path d="M12 3.5c4 4.5 6.5 7.5 6.5 11a6.5 6.5 0 0 1-13 0c0-3.5 2.5-6.5 6.5-11z"/><path d="M12 17.5a3 3 0 0 0 3-3"/>"#,
    ),
    // Columns.
    (&["analy", "data", "insight"], r#"<path d="M5 20v-6M12 20V4M19 20v-10" stroke-width="3.4"/>"#),
    // An envelope.
    (
        &["email", "mail", "newsletter"],
        r#"<rect x="3" y="5.5" width="18" height="13.5" rx="2"/><path d="M3.5 7.5L12 14l8.5-6.5"/>"#,
    ),
    // A briefcase.
    (
        &["linkedin", "partner"],
        r#"<rect x="3" y="8" width="18" height="12" rx="2"/><path d="M8.5 8V5.5a1.5 1.5 0 0 1 1.5-1.5h4a1.5 1.5 0 0 1 1.5 1.5V8M3 13.5h18"/>"#,
    ),
    // A number sign.
    (&["twitter", "x", "threads"], r#"<path d="M9.5 4L7.5 20M16.5 4l-2 16M4.5 9.5h16M3.5 15h16"/>"#),
    // A globe.
    (
        &["research", "intelligence"],
        r#"<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17c-5-5-5-12 0-17z"/>"#,
    ),
    // Points that pass things on.
    (
        &["social"],
        r#"<path d="M7.5 10.7l8-4M7.5 13.3l8 4"/><circle cx="5.5" cy="12" r="2.5"/><circle cx="18" cy="5.5" r="2.5"/><circle cx="18" cy="18.5" r="2.5"/>"#,
    ),
    // A target.
    (&["campaign", "ads", "growth"], r#"<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="3.2"/>"#),
    // A page.
    (&["content", "editor"], r#"<path d="M6 3.5h8.5L19 8v12.5H6z"/><path d="M9.5 11.5h6M9.5 16h6"/>"#),
    // A megaphone.
    (
        &["comms", "communication", "pr", "press"],
        r#"<path d="M3.5 10v4.5h4L18 19.5V4.5L7.5 10zM8 15l1.5 5.5M21.5 10.5v3"/>"#,
    ),
    // A calendar.
    (&["event"], r#"<rect x="3.5" y="5.5" width="17" height="15" rx="2"/><path d="M3.5 11h17M8.5 3v4M15.5 3v4"/>"#),
    // A price tag.
    (&["sales", "deal"], r#"<path d="M3.5 4h8L20.5 13l-7.5 7.5L3.5 11.5z"/><circle cx="8" cy="8.3" r=".6"/>"#),
    // Two people.
    (
        &["community", "cco", "support"],
        r#"<circle cx="8.5" cy="8.5" r="3.2"/><path d="M2.5 20c0-4 2.5-6.5 6-6.5s6 2.5 6 6.5M15.5 5.5a3.2 3.2 0 0 1 0 6M18 14.5c2.2 1 3.5 3 3.5 5.5"/>"#,
    ),
    // A coin.
    (
        &["cfo", "finance"],
        r#"<circle cx="12" cy="12" r="8.5"/><path d="M14.5 9.2c-1-1.2-5-1.4-5 .8s5.2 1.5 5.2 4-4.2 2.2-5.4.8M12 6.5v11"/>"#,
    ),
    // Brackets.
    (&["cto", "engineer", "developer"], r#"<path d="M8 6l-5 6 5 6M16 6l5 6-5 6"/>"#),
    // Scales.
    (&["clo", "legal", "compliance"], r#"<path d="M12 3.5v17M8 20.5h8M4.5 7h15M4.5 7L2 14h5zM19.5 7L17 14h5z"/>"#),
    // A rising line.
    (&["cro", "revenue"], r#"<path d="M3 18l6-6.5 4 4L21 7M15.5 6.5H21V12"/>"#),
    // A flag.
    (&["vp", "head", "lead"], r#"<path d="M6 21V4M6 4.5h12.5l-3.5 4.25 3.5 4.25H6"/>"#),
    // A crown.
    (&["cmo", "ceo", "coo", "chief"], r#"<path d="M4 18.5L3 7.5l5 4L12 5l4 6.5 5-4-1 11z"/>"#),
    // A clipboard, for managers of whatever else.
    (
        &["manager", "director", "coordinator"],
        r#"<rect x="5" y="5" width="14" height="16" rx="2"/><path d="M9.5 3.5h5v3h-5zM9 14l2.2 2.2L15.5 12"/>"#,
    ),
];

/// For roles that no word gives away.
const PLAIN: [&str; 4] = [
    r#"<path d="M12 3c.8 5.5 3.5 8.2 9 9c-5.5.8-8.2 3.5-9 9c-.8-5.5-3.5-8.2-9-9c5.5-.8 8.2-3.5 9-9z"/>"#,
    r#"<path d="M12 3l8 4.5v9L12 21l-8-4.5v-9z"/>"#,
    r#"<path d="M12 3.5L20.5 12 12 20.5 3.5 12z"/>"#,
    r#"<path d="M19.5 14.5A8.5 8.5 0 1 1 9.5 4.5a7 7 0 0 0 10 10z"/>"#,
];

/// The sign of the role that `handle` names.
pub(super) fn of(handle: &str, dice: &mut Dice) -> &'static str {
    let handle = handle.to_lowercase();
    let parts = || handle.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    // A short needle has to be the whole word, one of four letters or more may begin it.
    let names = |needle: &str| parts().any(|part| part == needle || (needle.len() > 3 && part.starts_with(needle)));
    let found = SIGNS.iter().find(|(needles, _)| needles.iter().any(|needle| names(needle)));
    found.map_or_else(|| PLAIN[dice.below(PLAIN.len())], |(_, sign)| sign)
}
