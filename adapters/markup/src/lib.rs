//! Markdown, as models and people write it, for chat platforms: read into blocks, spelled as a platform wants it, and packed
//! into messages of its size.
//!
//! [`read`] makes [`Unit`]s of a text, [`pack`] sorts them into pieces, cutting what is too long at a sensible place, and
//! [`written`] spells a piece. What differs between platforms is a [`Dialect`]; everything else is the same for all.
//!
//! **Architecture invariant:** [`Mentions`] is the only source of native mentions, and it holds whom a post notifies and
//! nobody else.

mod dialect;
mod fields;
mod literal;
mod markdown;
mod mentions;
mod span;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod unit;

pub use dialect::Dialect;
pub use fields::{item, named, title, value};
pub use literal::{Words, words};
pub use markdown::read;
pub use mentions::Mentions;
pub use span::{Atom, Line, Span, Style};
pub use text::{WORD_JOINER, ZERO_WIDTH_SPACE, encoded, length, one_line, shortened};
pub use unit::{Unit, pack, written};
