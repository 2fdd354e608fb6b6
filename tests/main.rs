//! Torque's tests. The list of modules is the table of contents.

mod building;
mod feed;
