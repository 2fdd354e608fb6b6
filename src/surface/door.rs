//! Which part of the server a request may reach.
//!
//! Usually there is one origin for everything. With `server.app_bind` or
//! `server.app_host` applications get an origin of their own, so that a fault
//! in a page of theirs cannot reach what an administrator is signed in to.

use crate::config::Server;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;

/// The part of the server that a request came in to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Everything.
    All,
    /// Everything but applications.
    Server,
    /// Applications and nothing else.
    Applications,
}

/// How the server is divided.
#[derive(Debug)]
pub struct Doors {
    app_host: String,
    app_path: String,
    is_divided: bool,
}

impl Doors {
    /// The division that the settings ask for.
    #[must_use]
    pub fn new(server: &Server) -> Self {
        Self {
            app_host: server.app_host.to_ascii_lowercase(),
            app_path: server.app_path.clone(),
            is_divided: server.is_divided(),
        }
    }

    /// The door of a request, or the refusal when what it asks for is behind the other one.
    ///
    /// `listener` is the door of the socket it came in by; `is_shared` tells that both have the path.
    pub fn of(&self, listener: Option<Door>, host: &str, path: &str, is_shared: bool) -> Result<Door> {
        if !self.is_divided {
            return Ok(Door::All);
        }
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let by_host = !self.app_host.is_empty() && name.eq_ignore_ascii_case(&self.app_host);
        let door = match listener {
            Some(Door::Applications) => Door::Applications,
            _ if by_host => Door::Applications,
            _ => Door::Server,
        };
        let is_application = path
            .strip_prefix(&self.app_path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_shared || is_application == (door == Door::Applications) {
            return Ok(door);
        }
        Err(Error::new(
            Code::NotFound,
            match door {
                Door::Applications => "only applications are served at this address",
                Door::All | Door::Server => "applications are served at an address of their own",
            },
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_divided_server_keeps_applications_and_the_rest_apart() {
        let whole = Doors::new(&Server::default());
        assert_eq!(whole.of(None, "localhost", "/app/x", false).unwrap(), Door::All);
        let divided = Doors::new(&Server {
            app_host: "apps.example.org".to_owned(),
            ..Server::default()
        });
        for (host, path, shared, expected) in [
            ("apps.example.org:443", "/app/x", false, Some(Door::Applications)),
            ("APPS.example.org", "/assets/a.js", true, Some(Door::Applications)),
            ("apps.example.org", "/jsonrpc", false, None),
            ("apps.example.org", "/", false, None),
            ("torque.example.org", "/", false, Some(Door::Server)),
            ("torque.example.org", "/app/x", false, None),
            ("torque.example.org", "/application", false, Some(Door::Server)),
        ] {
            let door = divided.of(None, host, path, shared).ok();
            assert_eq!(door, expected, "{host}{path}");
        }
        let by_socket = divided.of(Some(Door::Applications), "localhost:8081", "/jsonrpc", false);
        assert!(by_socket.is_err());
    }
}
