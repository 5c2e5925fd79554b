//! Stories of single decisions.
