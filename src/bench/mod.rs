//! Measures of the whole department on this machine, and trials of what it promises.

pub mod commits;
pub mod pipeline;
pub mod process;
mod source;

use std::path::Path;

use crate::config::Config;

/// The defaults, with everything below `folder` and nothing taken from the environment.
fn config_in(folder: &Path) -> anyhow::Result<Config> {
    let data = folder.join("data").display().to_string();
    let only_data = move |name: &str| (name == "BULLPEN_DATA").then(|| data.clone());
    Ok(Config::load(&only_data, folder)?)
}
