//! Models: written, checked, published, deployed.

mod check;
mod command_line;
mod deploy;
mod document;
mod hostile;
mod interrupted;
mod keys;
mod pattern;
mod project;
mod publish;
