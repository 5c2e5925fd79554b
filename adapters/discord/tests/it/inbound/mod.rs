//! What Discord tells, from its gateway to ours.

mod database;
mod lines;
mod missed;
mod reading;
mod rooms;
mod turns;
mod volume;
