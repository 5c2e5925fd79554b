//! The rules of the department.
//!
//! Pure: no async, no SQL, no clock, no randomness. Time, ids and the directory of people and personas are arguments;
//! what should happen is returned as data.

pub mod act;
pub mod approval;
pub mod attendance;
pub mod audit;
pub mod authority;
pub mod bundle;
pub mod decide;
pub mod delegation;
pub mod effect;
pub mod escalation;
pub mod event;
pub mod field;
pub mod lane;
pub mod legible;
pub mod letter;
pub mod mention;
pub mod name;
pub mod noise;
pub mod org;
pub mod persona;
pub mod playbook;
pub mod policy;
pub mod proposal;
pub mod record;
pub mod refusal;
pub mod snapshot;
pub mod source;
pub mod task;
pub mod team;
