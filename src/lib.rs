//! Bullpen: a department of AI agents that works where people already talk. See `ARCHITECTURE.md` for a walk through
//! the house.

pub mod bench;
pub mod bundles;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod delivery;
pub mod department;
pub mod engine;
pub mod health;
pub mod intake;
pub mod lease;
pub mod metrics;
pub mod office;
pub mod platforms;
mod reread;
mod settling;
pub mod sources;
pub mod store;
pub mod timers;
pub mod translate;
pub mod turns;
pub mod up;
pub mod wake;
