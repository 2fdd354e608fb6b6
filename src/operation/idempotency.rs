//! Idempotency keys: a write that is sent again answers as it did the first time.
//!
//! The key is kept in the same transaction as the write. Two that race meet at
//! the key's row: the second waits until the first has committed, then finds
//! its reply. A write that was refused keeps nothing, so it can be tried again.
//! Everyone has keys of their own in each application. Only callers without a
//! credential cannot be told apart, nor by their address, which changes under a
//! phone that tries again: they share one space, and their keys have to be ones
//! that no two of them come upon.

use crate::db::Transaction;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Reply;
use crate::operation::directory::Application;
use crate::operation::entity_sql::Through;
use crate::operation::entity_sql::write;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;
use std::fmt::Write as _;

/// The longest key, in characters.
const MAX_KEY: usize = 200;

/// The shortest key of a caller without a credential, in characters: a UUID is longer, a counter shorter.
const MIN_ANONYMOUS_KEY: usize = 16;

/// A write that happens once, or as often as it is sent when it has no key.
#[expect(
    clippy::large_enum_variant,
    reason = "one stands on the stack for the length of one write; boxing it would cost each keyed write an allocation"
)]
pub enum Once {
    /// It has no key.
    Unkeyed,
    /// It is the first with its key: the transaction that keeps it.
    First {
        /// The transaction of the write.
        transaction: Transaction,
        /// The schema the key is kept in.
        data_schema: String,
        /// Whose key it is.
        caller: String,
        /// The key.
        key: String,
    },
    /// It has been done.
    Done(Reply),
}

impl Once {
    /// Begins a write of an operation, with the key its caller gave.
    pub async fn begin(
        ask: Ask<'_>,
        application: &Application,
        operation: &str,
        key: Option<&str>,
    ) -> Result<Self> {
        let Some(key) = key else {
            return Ok(Once::Unkeyed);
        };
        check(key, ask.caller.is_anonymous())?;
        let key = key.to_owned();
        let caller = ask.caller.identity();
        let data_schema = application.data_schema.clone();
        let fingerprint = fingerprint(operation, ask.params.get())?;
        let transaction = ask.torque.db.brief_transaction().await?;
        let kept = write::keep_key(&data_schema, caller.clone(), key.clone(), fingerprint.clone());
        if kept.row_in(&transaction).await?.is_some() {
            return Ok(Once::First {
                transaction,
                data_schema,
                caller,
                key,
            });
        }
        let row = write::kept_key(&data_schema, caller, key.clone())
            .row_in(&transaction)
            .await?;
        transaction.rollback().await?;
        let Some(row) = row else {
            // Kept by somebody else and pruned in between.
            return Err(Error::new(
                Code::Conflict,
                "the idempotency key was just given up: use another",
            ));
        };
        let before: String = row.try_get(0).map_err(Error::bug)?;
        let reply: Option<String> = row.try_get(1).map_err(Error::bug)?;
        match reply {
            Some(reply) if before == fingerprint => Ok(Once::Done(Reply::raw(reply))),
            _ => Err(
                Error::new(Code::Conflict, "the idempotency key was used for something else")
                    .with("idempotencyKey", key),
            ),
        }
    }

    /// The way the write's statements take.
    pub fn through<'a>(&'a self, ask: Ask<'a>) -> Through<'a> {
        match self {
            Once::First { transaction, .. } => Through::Transaction(transaction),
            Once::Unkeyed | Once::Done(_) => Through::Shared(&ask.torque.db),
        }
    }

    /// The write's own transaction, if it has one.
    #[must_use]
    pub fn transaction(&self) -> Option<&Transaction> {
        match self {
            Once::First { transaction, .. } => Some(transaction),
            Once::Unkeyed | Once::Done(_) => None,
        }
    }

    /// Makes the write last, with its reply.
    pub async fn keep(self, reply: Reply) -> Result<Reply> {
        if let Once::First {
            transaction,
            data_schema,
            caller,
            key,
        } = self
        {
            let text = String::from_utf8(reply.0.to_vec()).map_err(Error::bug)?;
            write::answer_key(&data_schema, caller, key, text)
                .rows_in(&transaction)
                .await?;
            transaction.commit().await?;
        }
        Ok(reply)
    }
}

fn check(key: &str, is_anonymous: bool) -> Result<()> {
    let least = if is_anonymous { MIN_ANONYMOUS_KEY } else { 1 };
    if (least..=MAX_KEY).contains(&key.chars().count()) {
        return Ok(());
    }
    let why = match is_anonymous {
        true => ": all who come without a credential share them, so take a UUID",
        false => "",
    };
    Err(Error::new(
        Code::BadRequest,
        format!("idempotencyKey must have {least} to {MAX_KEY} characters{why}"),
    )
    .with("path", "params.idempotencyKey"))
}

/// What a key stands for: the operation and its parameters, whatever their order and spacing.
fn fingerprint(operation: &str, params: &str) -> Result<String> {
    let mut params: Value = serde_json::from_str(params).map_err(Error::bug)?;
    if let Value::Object(members) = &mut params {
        members.remove("idempotencyKey");
    }
    let mut hash = Sha256::new();
    hash.update(operation.as_bytes());
    hash.update([0]);
    hash.update(in_order(params).to_string().as_bytes());
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

fn in_order(json: Value) -> Value {
    match json {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (key, in_order(value)))
                    .collect(),
            )
        }
        Value::Array(values) => Value::Array(values.into_iter().map(in_order).collect()),
        json => json,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_sees_the_values_and_not_their_order() {
        let of = |operation, params| fingerprint(operation, params).unwrap();
        let first = of(
            "createEntity",
            r#"{"entityType":"todo","data":{"a":1,"b":[{"x":1,"y":2}]},"idempotencyKey":"k"}"#,
        );
        let same = of(
            "createEntity",
            r#"{ "idempotencyKey":"other", "data": {"b":[{"y":2,"x":1}],"a":1}, "entityType":"todo"}"#,
        );
        assert_eq!(first, same);
        let other = of(
            "createEntity",
            r#"{"entityType":"todo","data":{"a":2,"b":[{"x":1,"y":2}]}}"#,
        );
        assert_ne!(first, other);
        assert_ne!(of("deleteEntity", "{}"), of("updateEntity", "{}"));
    }
}
