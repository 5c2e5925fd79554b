//! The Slack adapter against the stand-in for Slack and a real Postgres.

mod contract;
mod inbound;
mod outbound;
mod setup;
mod world;
