//! The ground: configuration, the embedded database, installation, the command line.

mod install;
mod server;
