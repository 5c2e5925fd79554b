//! Stories of single decisions: events in, effects out, on the playbooks that are shipped.

mod bundle;
mod climb;
mod conditions;
mod deputies;
mod discuss;
mod gate;
pub(crate) mod lane;
mod request;
mod review;
mod safety;
mod talk;
