//! Stories of single decisions: events in, effects out, on the playbooks that are shipped.

mod climb;
mod criteria;
mod discuss;
mod gate;
mod generated;
mod hostile;
pub(crate) mod lane;
mod overdue;
mod raise;
mod release;
mod request;
mod review;
mod safety;
mod takeover;
mod talk;
