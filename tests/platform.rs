//! The ground: configuration, the embedded database, installation, the command line.

mod config;
mod install;
mod server;
mod sql_files;
mod stories;
