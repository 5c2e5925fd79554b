//! Whole stories, against a real Postgres and through the lobby.

mod content;
mod world;
