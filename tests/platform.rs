//! The ground: configuration, the embedded database, installation, the command line.

mod backup;
mod commands;
mod config;
mod effects;
mod embedded;
mod encryption;
mod install;
mod listener;
mod server;
mod sql_files;
