//! Xflows over a running server: what they do, and that no crash loses or doubles any of it.

pub mod bed;
pub mod cache;
pub mod command_line;
pub mod crash;
pub mod http;
pub mod nested;
pub mod peer;
pub mod run;
pub mod script;
pub mod secrets;
pub mod wait;
pub mod webhook;
pub mod webhook_check;
