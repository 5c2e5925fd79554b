//! The other steps of the playbook, and steps that nobody told us about.
