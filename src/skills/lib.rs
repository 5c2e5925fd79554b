//! What agents can do beyond talking: check a piece against search and brand rules, draw its header picture, and lay it out as
//! Markdown, as an HTML page and as an entry of an Atom feed.
//!
//! Every skill is a pure function: text in, text or bytes out. There is deliberately no clock, no environment, no file system
//! and no network in this crate; the caller passes the time in and decides where results are kept. No input, however odd or
//! large, makes a skill panic, and the work is linear in the length of the input.

pub mod avatar;
pub mod brand;
pub mod colour;
pub mod feed;
pub mod page;
pub mod picture;
pub mod seo;
pub mod slug;

mod dice;
mod prose;
mod words;
mod xml;
