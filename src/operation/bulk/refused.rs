//! Which of many were refused: a statement over many rows says only that one was.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::write;
use serde_json::Value;
use serde_json::json;
use std::ops::Range;

/// The most refused entities that are looked for: each takes as many statements as the request can be halved.
const MOST: usize = 10;

/// The refusal with the places of the first entities that are refused, found by halving.
///
/// What went well is kept while looking, so that entities may depend on earlier ones and two of
/// the request that are in each other's way are found; one that is refused is left out of what
/// follows. The error is that of the first; `refused` lists them.
pub async fn which_refused(
    torque: &Torque,
    count: usize,
    part: &(impl Fn(Range<usize>) -> Statement + Sync),
    before: Option<Statement>,
    refusal: Error,
) -> Error {
    let is_of_one = matches!(
        refusal.code,
        Code::Invalid | Code::Conflict | Code::BadRequest | Code::NotFound | Code::TooLarge
    );
    if !is_of_one {
        return refusal;
    }
    let Ok(found) = look(torque, count, part, before).await else {
        return refusal;
    };
    let listed: Vec<Value> = found.iter().map(|(index, error)| listed(*index, error)).collect();
    match found.into_iter().next() {
        Some((index, first)) => first.with("index", index).with("refused", listed),
        // Somebody else has changed what stood in the way: the refusal stands.
        None => refusal,
    }
}

fn listed(index: usize, error: &Error) -> Value {
    json!({
        "index": index,
        "code": error.code.name(),
        "message": error.message,
        "fields": error.fields,
    })
}

async fn look(
    torque: &Torque,
    count: usize,
    part: &(impl Fn(Range<usize>) -> Statement + Sync),
    before: Option<Statement>,
) -> Result<Vec<(usize, Error)>> {
    let transaction = torque.db.transaction().await?;
    if let Some(before) = before {
        before.rows_in(&transaction).await?;
    }
    let mut refused = Vec::new();
    let mut next = 0;
    // The request was refused as a whole, so one is among all of it; whether one is among the rest shows when tried.
    while next < count && refused.len() < MOST {
        let mut open = next..count;
        let mut is_among = next == 0;
        let mut error = None;
        while !open.is_empty() {
            let end = match is_among && open.len() > 1 {
                true => open.start + open.len() / 2,
                false => open.end,
            };
            let tried = open.start..end;
            transaction.execute(write::SAVEPOINT, &[]).await?;
            match part(tried.clone()).rows_in(&transaction).await {
                Ok(_) => open.start = tried.end,
                Err(refusal) => {
                    transaction.execute(write::ROLLBACK_TO_SAVEPOINT, &[]).await?;
                    open.end = tried.end;
                    is_among = true;
                    if tried.len() == 1 {
                        error = Some(refusal);
                        break;
                    }
                }
            }
        }
        next = open.end;
        refused.extend(error.map(|error| (open.start, error)));
    }
    transaction.rollback().await?;
    Ok(refused)
}
