//! What people say to a persona, and what comes back.
