//! The ground: configuration, the embedded database, installation, the command line.

mod commands;
mod config;
mod embedded;
mod install;
mod listener;
mod server;
mod sql_files;
mod stories;
