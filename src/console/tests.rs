//! The console as its callers meet it: the real router on a real socket over a real Postgres.

mod addresses;
mod audit;
mod files;
mod parts;
mod records;
mod rows;
mod signing_in;
mod world;
