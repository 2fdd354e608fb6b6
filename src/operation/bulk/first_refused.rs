//! Which of many was refused: a statement over many rows says only that one was.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::write;
use std::ops::Range;

/// The refusal with the place of the first entity that is refused, found by halving.
///
/// What went well before it is kept while looking, so that entities may depend on earlier ones
/// and two of the request that are in each other's way are found. Twice the work of the
/// request, and only when it was refused.
pub async fn first_refused(
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
    match halve(torque, count, part, before).await {
        Ok(Some((index, found))) => found.with("index", index),
        // Somebody else has changed what stood in the way, or the search failed: the refusal stands.
        Ok(None) | Err(_) => refusal,
    }
}

async fn halve(
    torque: &Torque,
    count: usize,
    part: &(impl Fn(Range<usize>) -> Statement + Sync),
    before: Option<Statement>,
) -> Result<Option<(usize, Error)>> {
    let transaction = torque.db.transaction().await?;
    if let Some(before) = before {
        before.rows_in(&transaction).await?;
    }
    let mut open = 0..count;
    while open.len() > 1 {
        let middle = open.start + open.len() / 2;
        transaction.execute(write::SAVEPOINT, &[]).await?;
        match part(open.start..middle).rows_in(&transaction).await {
            Ok(_) => open.start = middle,
            Err(_) => {
                transaction.execute(write::ROLLBACK_TO_SAVEPOINT, &[]).await?;
                open.end = middle;
            }
        }
    }
    let refused = part(open.clone()).rows_in(&transaction).await.err();
    transaction.rollback().await?;
    Ok(refused.map(|error| (open.start, error)))
}
