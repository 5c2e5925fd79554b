//! The lobby against a real Postgres, over real sockets.

mod bad_input;
mod contract;
mod messages;
mod order;
mod reading;
mod stream;
mod world;
