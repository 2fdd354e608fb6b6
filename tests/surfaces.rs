//! What the outside meets: JSON-RPC over a running server.

pub mod administration;
pub mod bad_input;
pub mod batches;
pub mod bulk;
pub mod compare;
pub mod differential;
pub mod discover;
pub mod examples;
pub mod export;
pub mod groups;
pub mod history;
pub mod import;
pub mod import_files;
pub mod lists;
pub mod locks;
pub mod preferences;
pub mod relationships;
pub mod shop;
pub mod versions;
pub mod writes;
