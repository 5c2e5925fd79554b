//! The stand-in at work: the department's own playbook played through, and what it says to people.

mod desk;
mod piece;
mod revision;
mod steps;
mod talk;
