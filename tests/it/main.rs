//! Whole stories, against a real Postgres and through the lobby. Each file keeps one of the department's promises.

mod approval;
mod audit;
mod authority;
mod cli;
mod content;
mod discord;
mod discussion;
mod guild;
mod hostile;
mod injections;
mod kill;
mod kill_discord;
mod model;
mod order;
mod personas;
mod posters;
mod request;
mod script;
mod slack;
mod takeover;
mod talk;
mod votes;
mod workspace;
mod world;
