//! The parser's errors in our own words: what is wrong, and what to do.

use serde_saphyr::Error;

use super::{Fault, Lines, line_of, lines};

/// A fault from an error of the parser and the path that was being read.
pub(super) fn fault(file: &str, text: &str, path: &str, error: &Error) -> Fault {
    let error = error.without_snippet();
    let field = match error {
        Error::SerdeUnknownField { field, .. } => under(path, field),
        Error::SerdeMissingField { field, .. } => lines::join(path, field),
        Error::DuplicateMappingKey { key: Some(key), .. } => under(path, key),
        _ => path.to_owned(),
    };
    let located = error.location().map(|at| at.line()).filter(|line| *line > 0);
    // A missing field has no place of its own: the nearest one around it is where it belongs.
    let line = match error {
        Error::SerdeMissingField { .. } => Some(Lines::of(file, text).line(&field)).filter(|line| *line > 0),
        _ => None,
    };
    let end = line_of(text, text.trim_end().len());
    let line = line.or(located).unwrap_or(1).min(end);
    Fault { file: file.to_owned(), line, field, problem: problem(error) }
}

/// `path` with `key` at its end, which the path tracker may have added already.
fn under(path: &str, key: &str) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    if last == key { path.to_owned() } else { lines::join(path, key) }
}

fn problem(error: &Error) -> String {
    match error {
        Error::SerdeUnknownField { field, expected, .. } => match nearest(field, expected) {
            Some(name) => format!("there is no such field; did you mean \"{name}\"?"),
            None => format!("there is no such field; remove it, or use one of: {}", expected.join(", ")),
        },
        Error::SerdeUnknownVariant { variant, expected, .. } => match nearest(variant, expected) {
            Some(name) => format!("\"{}\" is not known here; did you mean \"{name}\"?", short(variant)),
            None => format!("\"{}\" is not known here; use one of: {}", short(variant), expected.join(", ")),
        },
        Error::SerdeMissingField { .. } => "this field is missing; add it".to_owned(),
        Error::DuplicateMappingKey { .. } => "this key stands here twice; keep one of the two".to_owned(),
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            format!("{} stands here; write {expected}", short(unexpected))
        }
        Error::SerdeInvalidLength { len, expected, .. } => format!("{len} entries stand here; write {expected}"),
        Error::InvalidScalar { ty, .. } => format!("this is not {}; correct the value", kind(ty)),
        Error::Unexpected { expected, .. } => format!("this has the wrong shape; write {}", shape(expected)),
        Error::NullIntoString { .. } => "nothing stands here; write a text, or remove the field".to_owned(),
        Error::InvalidBooleanStrict { .. } => "this is neither true nor false; write one of the two".to_owned(),
        Error::NonFiniteFloat { value, .. } => format!("{} is no usable number; write an ordinary one", short(value)),
        Error::Eof { .. } => "the file ends here too early; finish it".to_owned(),
        Error::MultipleDocuments { .. } => {
            "a second document begins; keep one to a file and remove the line ---".to_owned()
        }
        Error::UnknownAnchor { .. } => {
            "this alias (*name) has no anchor (&name) above it; add the anchor or write the value out".to_owned()
        }
        Error::AliasError { error, .. } => problem(error.without_snippet()),
        Error::Budget { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            "the file unfolds into far more than it should; write it with less nesting and fewer aliases".to_owned()
        }
        Error::Message { msg, .. } => plain(msg),
        Error::ExternalMessage { msg, .. } => {
            format!("this is not valid YAML ({}); check indentation, colons and quotes", plain(msg))
        }
        other => format!("this cannot be read ({}); correct it", plain(&other.to_string())),
    }
}

/// What the parser calls the beginning of a value, in words.
fn shape(expected: &str) -> &str {
    match expected {
        "mapping start" => "fields, each as \"name: value\"",
        "sequence start" => "a list, each entry after \"- \"",
        "string scalar" => "a text",
        other => other,
    }
}

/// What the parser calls a type, in words.
fn kind(ty: &str) -> &str {
    match ty {
        "bool" => "true or false",
        "u8" => "a whole number from 0 to 255",
        "u16" | "u32" | "u64" | "usize" => "a whole number from 0 up",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" | "float" | "floating point" => "a number",
        other => other,
    }
}

/// The known name that was most likely meant: at most a third of the letters differ.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name.to_lowercase(), candidate), *candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// The first line of a message, of bearable length.
fn plain(message: &str) -> String {
    short(message.lines().next().unwrap_or_default()).trim_end_matches('.').to_owned()
}

fn short(text: &str) -> String {
    const LIMIT: usize = 160;
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
