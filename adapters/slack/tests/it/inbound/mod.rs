//! What Slack tells, from its servers to the gateway.

mod backfill;
mod command;
mod http;
mod reading;
mod socket;
