//! Torque turns PostgreSQL into an application server.
//!
//! The floors and the vocabulary stand in `ARCHITECTURE.md`. A module imports
//! its own floor or one below, never up.

// Floor 0
pub mod config;
pub mod error;
pub mod telemetry;

// Floor 1
pub mod db;
pub mod script;

// Floor 2
pub mod model;
pub mod xflow;

// Floor 3
pub mod egress;
pub mod engine;
pub mod feed;
pub mod operation;

// Floor 4
pub mod surface;

// Roof
pub mod cli;
