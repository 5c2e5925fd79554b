//! Stories of single decisions: events in, effects out, on the playbooks that are shipped.

mod chain;
mod climb;
mod discuss;
mod due;
mod gate;
pub(crate) mod lane;
mod letters;
mod request;
mod review;
mod safety;
mod talk;
