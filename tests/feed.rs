//! The change feed: nothing lost, nothing doubled, nothing silent.

mod dense;
mod filter;
mod follower;
mod live;
mod model;
mod socket;
mod survival;
mod upkeep;
