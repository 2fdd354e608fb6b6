//! `torque generate`: writes the files that are generated from the model's types and the registry.

use crate::cli::answer::Answer;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::generated;
use crate::surface::jsonrpc::reference;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Where the repository is.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// The repository's folder
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// Writes them.
pub fn run(arguments: &Arguments) -> Result<Answer> {
    let mut written = Vec::new();
    let mut files = generated::files()?;
    files.push((reference::PATH, reference::text()));
    for (path, text) in files {
        let file = arguments.folder.join(path);
        let kept = file
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&file, text));
        kept.map_err(|error| {
            Error::new(
                Code::BadRequest,
                format!("{} cannot be written: {error}", file.display()),
            )
        })?;
        written.push(path);
    }
    Ok(Answer::new(written.join("\n"), json!(written)))
}
