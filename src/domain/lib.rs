//! The rules of the department.
//!
//! Pure: no async, no SQL, no clock, no randomness. Time, ids and the directory of people and personas are arguments;
//! what should happen is returned as data.

pub mod name;
