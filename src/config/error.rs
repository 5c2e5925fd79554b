//! What can be wrong with the configuration, each with what to do about it.

use std::net::SocketAddr;
use std::path::PathBuf;

use bullpen_domain::source::Fault;

/// Why the server cannot start with this configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field of a file.
    #[error("{0}")]
    File(Fault),
    /// A variable of the environment. Its value is shown only where it is no secret.
    #[error("{name}: {problem}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A file that cannot be read.
    #[error("{} cannot be read ({source}); make it readable, or move it away", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The server would be open to the network, and nobody could sign in.
    #[error(
        "the server would listen on {listen}, where others reach it, but nobody has a token to sign in with: name a \
         variable as `token` of at least one person in bullpen.yaml and set it, or listen on 127.0.0.1"
    )]
    NobodyHasAToken {
        /// Where it would listen.
        listen: SocketAddr,
    },
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::File(fault)
    }
}

impl Error {
    pub(super) fn variable(name: &str, problem: impl Into<String>) -> Self {
        Self::Variable { name: name.to_owned(), problem: problem.into() }
    }
}
