//! What tests stand on: a cluster, databases cloned from a template, real servers.

pub mod application;
pub mod cluster;
pub mod command;
pub mod database;
pub mod http;
pub mod pooler;
pub mod server;

pub use database::TestDatabase;
pub use server::TestServer;
