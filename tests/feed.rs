//! The change feed: nothing lost, nothing doubled, nothing silent.

mod bell;
mod dense;
mod filter;
mod follower;
mod links;
mod live;
mod model;
mod outage;
mod pooler;
mod referred;
mod socket;
mod survival;
mod upkeep;
