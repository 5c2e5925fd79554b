//! The file `.env`: adds variables to it, and leaves everything else in it as it is.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use crate::error::Error;

/// A file of variables, one `NAME=value` on each line, that only its owner may read (mode 600).
#[derive(Debug)]
pub struct EnvFile {
    path: PathBuf,
}

impl EnvFile {
    /// The file at `path`, which need not exist.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tries whether it can be written, before something is done that must be remembered.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self) -> Result<(), Error> {
        let text = self.read()?;
        self.write(&text)
    }

    /// The value of a variable that is set to something.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn get(&self, name: &str) -> Result<Option<SecretString>, Error> {
        let text = self.read()?;
        let last = text.lines().rev().find_map(|line| value(line, name));
        Ok(last.filter(|value| !value.is_empty()).map(SecretString::from))
    }

    /// Sets a variable, unless it is set already. Whether it was changed.
    ///
    /// # Errors
    /// When the value cannot stand on a line, or the file cannot be written.
    pub fn add(&self, name: &str, value: &SecretString) -> Result<bool, Error> {
        let exposed = value.expose_secret().trim();
        if exposed.is_empty() || exposed.chars().any(char::is_control) {
            return Err(self.fault(&format!("{name} got no usable value, so it was not written")));
        }
        if self.get(name)?.is_some() {
            return Ok(false);
        }
        let text = self.read()?;
        let line = format!("{name}={exposed}");
        let mut lines: Vec<&str> = text.lines().collect();
        // A line that names it without a value was put there to be filled in.
        match lines.iter().rposition(|line| self::value(line, name).is_some()) {
            Some(empty) => lines[empty] = &line,
            None => lines.push(&line),
        }
        self.write(&(lines.join("\n") + "\n"))?;
        Ok(true)
    }

    fn read(&self) -> Result<String, Error> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(self.fault(&format!("it cannot be read ({error})"))),
        }
    }

    /// Writes beside it and puts it in its place, so that a crash never leaves half a file.
    fn write(&self, text: &str) -> Result<(), Error> {
        // What a link points to is the file.
        let path = std::fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let written = || -> std::io::Result<()> {
            let beside = folder.join(format!(".env.{}", uuid::Uuid::new_v4()));
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let outcome = options.open(&beside).and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                std::fs::rename(&beside, &path)
            });
            if outcome.is_err() {
                // It may not even have been made.
                let _ = std::fs::remove_file(&beside);
            }
            outcome
        };
        written().map_err(|error| self.fault(&format!("it cannot be written ({error}); make its folder writable")))
    }

    fn fault(&self, problem: &str) -> Error {
        Error::Config(format!("{}: {problem}", self.path.display()))
    }
}

/// The value that a line gives to a variable, without quotes.
fn value(line: &str, name: &str) -> Option<String> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (named, value) = line.split_once('=')?;
    if named.trim() != name {
        return None;
    }
    let value = value.trim();
    let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    Some(quoted.unwrap_or(value).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: Option<&str>) -> (tempfile::TempDir, EnvFile) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".env");
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        (dir, EnvFile::new(path))
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn what_is_there_stays_and_what_is_new_is_added() {
        let (_dir, env) = file(Some("# keys\nOPENAI_API_KEY='sk'\nexport DATABASE_URL=postgres://x"));
        assert!(env.add("SLACK_APP_ID", &secret("A1")).unwrap());
        let text = std::fs::read_to_string(env.path()).unwrap();
        assert_eq!(text, "# keys\nOPENAI_API_KEY='sk'\nexport DATABASE_URL=postgres://x\nSLACK_APP_ID=A1\n");
        assert_eq!(env.get("OPENAI_API_KEY").unwrap().unwrap().expose_secret(), "sk");
    }

    #[test]
    fn a_variable_that_is_set_is_not_overwritten() {
        let (_dir, env) = file(Some("SLACK_SIGNING_SECRET=\"mine\"\n"));
        assert!(!env.add("SLACK_SIGNING_SECRET", &secret("other")).unwrap());
        assert_eq!(std::fs::read_to_string(env.path()).unwrap(), "SLACK_SIGNING_SECRET=\"mine\"\n");
    }

    #[test]
    fn an_empty_line_of_it_is_filled_in_where_it_stands() {
        let (_dir, env) = file(Some("SLACK_APP_ID=\nLAST=1\n"));
        assert!(env.add("SLACK_APP_ID", &secret("A1")).unwrap());
        assert_eq!(std::fs::read_to_string(env.path()).unwrap(), "SLACK_APP_ID=A1\nLAST=1\n");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_dir, env) = file(Some("A=1\n"));
        std::fs::set_permissions(env.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        env.check().unwrap();
        assert_eq!(std::fs::metadata(env.path()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(env.path()).unwrap(), "A=1\n");
    }

    #[test]
    fn a_value_that_would_be_two_lines_is_refused() {
        let (_dir, env) = file(None);
        let says = env.add("SLACK_APP_ID", &secret("A1\nOTHER=2")).unwrap_err().to_string();
        assert!(says.contains("SLACK_APP_ID") && !says.contains("OTHER"), "{says}");
        assert!(!env.path().exists());
    }
}
