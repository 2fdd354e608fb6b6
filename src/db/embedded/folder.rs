//! The data folder: where it is, who owns it, and who serves from it.

use crate::db::embedded::Settings;
use crate::db::embedded::failed;
use crate::db::embedded::identity::Identity;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest;
use sha2::Sha256;
use std::fmt::Write as _;
use std::fs::File;
use std::fs::OpenOptions;
use std::io::Read;
use std::io::Seek;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

/// The longest path of a socket that every system accepts.
const SOCKET_PATH_BYTES: usize = 100;

/// Where data of root goes when PostgreSQL's user cannot walk to the project.
const OF_ROOT: &str = "/var/lib/torque";

/// A data folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    pub(super) identity: Identity,
}

impl Folder {
    /// Makes the folder, or finds it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(settings: &Settings) -> Result<Self> {
        let wanted = absolute(&settings.data_dir)?;
        let mut root = wanted.clone();
        let mut identity = Identity::find(&root.join("postgres"))?;
        if !identity.reaches(&root) {
            root = Path::new(OF_ROOT).join(name_for(&wanted));
            identity = Identity::find(&root.join("postgres"))?;
            tracing::info!(
                folder = %root.display(),
                "PostgreSQL's user cannot reach {}: the data is kept elsewhere",
                wanted.display()
            );
        }
        let folder = Self { root, identity };
        make_folder(&folder.root, 0o711)?;
        let socket = folder.socket();
        make_folder(&socket, 0o700)?;
        identity.own(&socket)?;
        Ok(folder)
    }

    /// The cluster's own folder.
    #[must_use]
    pub fn cluster(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// Where a cluster is made; it gets its name when it is complete.
    pub(super) fn new_cluster(&self) -> Result<PathBuf> {
        let path = self.root.join("postgres.new");
        if path.exists() {
            std::fs::remove_dir_all(&path)
                .map_err(|error| failed(format!("{} cannot be removed: {error}", path.display())))?;
        }
        make_folder(&path, 0o700)?;
        self.identity.own(&path)?;
        Ok(path)
    }

    /// Lets one process at a time make or start the cluster.
    pub(super) fn lock_for_start(&self) -> Result<File> {
        let path = self.root.join("start.lock");
        let unusable =
            |error: std::io::Error| failed(format!("{} cannot be locked: {error}", path.display()));
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(unusable)?;
        file.lock().map_err(unusable)?;
        Ok(file)
    }

    /// What PostgreSQL writes about itself.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// The socket's folder; elsewhere when the path would be too long for a socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        let usual = self.root.join("run");
        if usual.as_os_str().len() + ".s.PGSQL.65535".len() < SOCKET_PATH_BYTES {
            return usual;
        }
        std::env::temp_dir().join(format!("torque-{}", name_for(&self.root)))
    }

    /// Whether a cluster has been made.
    #[must_use]
    pub fn has_cluster(&self) -> bool {
        self.cluster().join("PG_VERSION").is_file()
    }

    /// The version that made the cluster.
    #[must_use]
    pub fn made_by(&self) -> Option<u32> {
        let text = std::fs::read_to_string(self.cluster().join("PG_VERSION")).ok()?;
        text.trim().parse().ok()
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The administrator's password; made at the first call.
    ///
    /// # Errors
    /// When it can be neither read nor written.
    pub fn secret(&self) -> Result<String> {
        let path = self.root.join("secret");
        match std::fs::read_to_string(&path) {
            Ok(secret) if !secret.trim().is_empty() => return Ok(secret.trim().to_owned()),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(format!("{} cannot be read: {error}", path.display())));
            }
            _ => {}
        }
        let mut bytes = [0_u8; 24];
        getrandom::fill(&mut bytes).map_err(Error::bug)?;
        let mut secret = String::with_capacity(48);
        for byte in bytes {
            let _ = write!(secret, "{byte:02x}");
        }
        write_private(&path, &secret)?;
        Ok(secret)
    }

    /// What secrets of applications are encrypted with, as text; made at the first call.
    ///
    /// # Errors
    /// When it can be neither read nor written.
    pub fn secrets_key(&self) -> Result<String> {
        let path = self.root.join("secrets.key");
        let unreadable =
            |error: std::io::Error| failed(format!("{} cannot be read: {error}", path.display()));
        if !path.try_exists().map_err(unreadable)? {
            let mut bytes = [0_u8; 32];
            getrandom::fill(&mut bytes).map_err(Error::bug)?;
            let unwritable =
                |error: std::io::Error| failed(format!("{} cannot be written: {error}", path.display()));
            // A file that only its owner reads.
            let mut draft = tempfile::NamedTempFile::new_in(&self.root).map_err(unwritable)?;
            draft
                .write_all(STANDARD.encode(bytes).as_bytes())
                .map_err(unwritable)?;
            draft.as_file().sync_all().map_err(unwritable)?;
            // Whoever comes first has made it: a key that was used once is never replaced.
            if let Err(error) = draft.persist_noclobber(&path)
                && error.error.kind() != std::io::ErrorKind::AlreadyExists
            {
                return Err(unwritable(error.error));
            }
        }
        let key = std::fs::read_to_string(&path).map_err(unreadable)?;
        Ok(key.trim().to_owned())
    }

    /// The port used last time, so that what people noted down keeps working.
    #[must_use]
    pub fn last_port(&self) -> Option<u16> {
        let text = std::fs::read_to_string(self.root.join("port")).ok()?;
        text.trim().parse().ok()
    }

    pub(super) fn remember_port(&self, port: u16) -> Result<()> {
        write_private(&self.root.join("port"), &port.to_string())
    }

    /// Where the server that has the folder answers; none when no server has it, or it has only begun.
    #[must_use]
    pub fn served_at(&self) -> Option<String> {
        let path = self.root.join("server.lock");
        let file = File::open(&path).ok()?;
        // Whoever can lock it is alone here.
        if file.try_lock_shared().is_ok() {
            return None;
        }
        let holder = std::fs::read_to_string(path).ok()?;
        Some(holder.trim().to_owned()).filter(|address| !address.is_empty())
    }

    /// Locks the folder for a server until the lock is dropped.
    ///
    /// # Errors
    /// When another server has it; the message says where that one answers.
    pub fn lock_for_server(&self) -> Result<ServerLock> {
        let path = self.root.join("server.lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| failed(format!("{} cannot be opened: {error}", path.display())))?;
        if file.try_lock().is_err() {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let holder = match holder.trim() {
                "" => "is starting".to_owned(),
                address => format!("answers at {address}"),
            };
            return Err(Error::new(
                Code::Conflict,
                format!(
                    "a Torque server already serves from {}; it {holder}",
                    self.root.display()
                ),
            ));
        }
        file.set_len(0).map_err(Error::bug)?;
        Ok(ServerLock { file })
    }
}

/// The data folder belongs to this server until this is dropped.
#[derive(Debug)]
pub struct ServerLock {
    file: File,
}

impl ServerLock {
    /// Notes where the server answers, for the second one that tries.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note(&mut self, address: &str) -> Result<()> {
        self.file.rewind().map_err(Error::bug)?;
        self.file.set_len(0).map_err(Error::bug)?;
        self.file.write_all(address.as_bytes()).map_err(Error::bug)
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path).map_err(Error::bug)?;
    // Links are followed as far as the path exists, so that one folder has one name.
    for existing in path.ancestors() {
        if let Ok(real) = existing.canonicalize() {
            let rest = path.strip_prefix(existing).unwrap_or(Path::new(""));
            return Ok(if rest.as_os_str().is_empty() {
                real
            } else {
                real.join(rest)
            });
        }
    }
    Ok(path)
}

/// A short name that is this path's own.
fn name_for(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let mut name = String::new();
    for byte in &digest[..6] {
        let _ = write!(name, "{byte:02x}");
    }
    name
}

fn make_folder(path: &Path, mode: u32) -> Result<()> {
    let unusable = |error: std::io::Error| failed(format!("{} cannot be made: {error}", path.display()));
    if path.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(path).map_err(unusable)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(unusable)
}

/// Writes a file that only its owner reads; whole or not at all.
pub(super) fn write_private(path: &Path, text: &str) -> Result<()> {
    let unwritable = |error: std::io::Error| failed(format!("{} cannot be written: {error}", path.display()));
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(unwritable)?;
    file.write_all(text.as_bytes()).map_err(unwritable)?;
    file.sync_all().map_err(unwritable)?;
    std::fs::rename(&draft, path).map_err(unwritable)
}
