//! The adapter against the strict stand-in, over real sockets and a real Postgres.

mod contract;
mod inbound;
mod outbound;
mod setup;
mod talk;
mod world;
