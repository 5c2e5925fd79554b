//! Notes of reviewers and people: each leaves something in the text that can be pointed at.
