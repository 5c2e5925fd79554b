//! Whole stories, against a real Postgres and through the lobby. Each file keeps one of the department's promises.

mod approval;
mod audit;
mod cli;
mod content;
mod discord;
mod guild;
mod kill;
mod model;
mod order;
mod personas;
mod posters;
mod request;
mod script;
mod slack;
mod talk;
mod workspace;
mod world;
