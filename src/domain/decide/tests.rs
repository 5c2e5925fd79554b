//! Stories of single decisions: events in, effects out, on the playbooks that are shipped.

mod announce;
mod bundle;
mod chain;
mod climb;
mod conditions;
mod criteria;
mod deputies;
mod discuss;
mod due;
mod gate;
mod generated;
mod hostile;
pub(crate) mod lane;
mod letters;
mod raise;
mod release;
mod request;
mod review;
mod safety;
mod takeover;
mod talk;
mod together;
