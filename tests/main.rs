//! Torque's tests. The list of modules is the table of contents.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod access;
mod building;
mod feed;
mod model;
mod platform;
mod sql;
mod support;
mod surfaces;
mod xflow;
