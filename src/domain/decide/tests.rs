//! Stories of single decisions: events in, effects out, on the playbooks that are shipped.

mod climb;
mod discuss;
mod criteria;
mod gate;
pub(crate) mod lane;
mod overdue;
mod raise;
mod release;
mod request;
mod review;
mod safety;
mod takeover;
mod talk;
