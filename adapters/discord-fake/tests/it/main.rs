//! The stand-in, looked at from outside: with a plain HTTP client and a plain WebSocket client.

mod channels;
mod commands;
mod files;
mod limits;
mod listing;
mod mentions;
mod messages;
mod permissions;
mod reactions;
mod roles;
mod shapes;
mod threads;
mod webhooks;
mod whoami;
mod world;

mod faults;
mod gateway;
mod interactions;
mod live;
