//! The stand-in, looked at from outside: with a plain HTTP client, a plain WebSocket client, and an app of its own.

mod calls;
mod faults;
mod files;
mod interactions;
mod limits;
mod manifests;
mod receiver;
mod refusals;
mod signed;
mod socket;
mod told;
mod world;
