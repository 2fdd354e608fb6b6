//! A file that has its name only once it is whole: one that fails leaves nothing.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use std::fs::File;
use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use tempfile::NamedTempFile;

/// Who may read a file that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the process's umask lets.
    Usual,
    /// Its owner alone: it holds everything.
    Owner,
}

/// A file on its way to its name, written beside where it will stand.
pub struct WholeFile {
    beside: NamedTempFile,
    name: PathBuf,
}

impl WholeFile {
    /// Begins one; whatever has its name stays until it is kept.
    ///
    /// # Errors
    /// When its folder cannot be written.
    pub fn begin(name: &Path, readers: Readers) -> Result<Self> {
        let mode = match readers {
            Readers::Usual => 0o666,
            Readers::Owner => 0o600,
        };
        let folder = name.parent().filter(|folder| *folder != Path::new(""));
        let beside = tempfile::Builder::new()
            .prefix(".torque-part-")
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(|error| {
                // The place people know, without the one beside it, which the error names.
                let told = error.to_string();
                let reason = told.split(" at path ").next().unwrap_or(&told);
                refused(&name.display().to_string(), reason)
            })?;
        Ok(Self {
            beside,
            name: name.to_owned(),
        })
    }

    /// Where it stands meanwhile, for programs that write it.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.beside.path()
    }

    /// To write it.
    pub fn writer(&mut self) -> &mut (impl Write + Send + use<>) {
        &mut self.beside
    }

    /// Gives it its name, once it is on the disk; how many bytes it holds.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep(self) -> Result<u64> {
        let name = self.name.display().to_string();
        let refused = |error: std::io::Error| unwritable(&name, &error);
        let file: &File = self.beside.as_file();
        file.sync_all().map_err(refused)?;
        let bytes = file.metadata().map_err(refused)?.len();
        self.beside
            .persist(&self.name)
            .map_err(|error| refused(error.error))?;
        Ok(bytes)
    }
}

/// What is said of a place that cannot be written.
#[must_use]
pub fn unwritable(place: &str, error: &std::io::Error) -> Error {
    refused(place, &error.to_string())
}

fn refused(place: &str, reason: &str) -> Error {
    Error::new(Code::BadRequest, format!("{place} cannot be written: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::Readers;
    use super::WholeFile;
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_has_its_name_once_it_is_whole_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("all.backup");
        let entries = || std::fs::read_dir(folder.path()).unwrap().count();

        let mut file = WholeFile::begin(&name, Readers::Owner).unwrap();
        file.writer().write_all(b"half").unwrap();
        assert!(!name.exists());
        drop(file);
        assert_eq!(entries(), 0);

        let mut file = WholeFile::begin(&name, Readers::Owner).unwrap();
        file.writer().write_all(b"whole").unwrap();
        assert_eq!(file.keep().unwrap(), 5);
        assert_eq!(std::fs::read(&name).unwrap(), b"whole");
        assert_eq!(
            std::fs::metadata(&name).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(entries(), 1);

        let nowhere = folder.path().join("missing").join("all.backup");
        let Err(refusal) = WholeFile::begin(&nowhere, Readers::Owner) else {
            panic!("there is no such folder");
        };
        let expected = format!(
            "{} cannot be written: No such file or directory (os error 2)",
            nowhere.display()
        );
        assert_eq!(refusal.message, expected);
    }
}
