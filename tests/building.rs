//! The building code: what the source tree must look like, read from the files.
//!
//! A rule here has one reason, told in its test's name; an exception stands in
//! a list beside the rule, with its own reason.

mod docs;
mod floors;
mod image;
mod rooms;
mod sql;
mod tree;
mod words;
