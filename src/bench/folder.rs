//! A folder of its own for each measure, so that nothing of the user's is touched.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use uuid::Uuid;

/// A new, empty folder that is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes one where the system keeps what is temporary.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn new() -> anyhow::Result<Self> {
        let mut name = Uuid::new_v4().simple().to_string();
        name.truncate(8);
        let path = std::env::temp_dir().join(format!("bullpen-bench-{name}"));
        std::fs::create_dir(&path).with_context(|| {
            format!("{} cannot be made: set TMPDIR to a folder that can be written to", path.display())
        })?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a folder of the bench is left behind; remove it by hand");
        }
    }
}
