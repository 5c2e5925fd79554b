//! A private Postgres through its whole life, against the real programs, as root and as an ordinary user.
//!
//! They look into `/proc`, hence Linux only.

#![cfg(target_os = "linux")]

mod kill;
mod owner;
mod place;
mod start;
mod throwaway;
mod world;
