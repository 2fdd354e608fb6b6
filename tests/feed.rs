//! The change feed: nothing lost, nothing doubled, nothing silent.

mod filter;
mod follower;
mod live;
