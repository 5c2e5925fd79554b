//! What Discord tells, from its gateway to ours.

mod lines;
mod missed;
mod reading;
mod volume;
