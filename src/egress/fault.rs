//! Why a request was not answered.

use std::error::Error;
use std::fmt;

/// Why a request was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault it is.
    pub code: &'static str,
    /// A sentence.
    pub message: String,
    /// Whether the same request may be answered later.
    pub may_pass: bool,
    /// Whether the peer may have got it.
    pub was_sent: bool,
}

impl Fault {
    /// A fault of the request itself: nothing was sent, and nothing will ever be.
    pub fn wrong(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            may_pass: false,
            was_sent: false,
        }
    }

    /// The peer cannot be reached at the moment.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self {
            may_pass: true,
            ..Self::wrong("unreachable", message)
        }
    }

    /// The same, after something was sent.
    #[must_use]
    pub fn sent(self) -> Self {
        Self {
            was_sent: true,
            ..self
        }
    }

    /// What the client says of a request that came to nothing.
    pub fn of(error: &hyper_util::client::legacy::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        let mut last = String::new();
        while let Some(error) = cause {
            if let Some(fault) = error.downcast_ref::<Self>() {
                return fault.clone();
            }
            last = error.to_string();
            cause = error.source();
        }
        if error.is_connect() {
            return Self::unreachable(format!("the peer cannot be reached: {last}"));
        }
        Self {
            code: "broken_off",
            message: format!("the peer broke off: {last}"),
            may_pass: true,
            was_sent: true,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Fault {}
