//! The contract suite: what every chat adapter must do, as one story that an adapter's tests run against the real thing.
