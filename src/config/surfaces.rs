//! `[graphql]`, `[jsonrpc]`, `[mcp]`, `[frontend]`: the ways in, each with its bounds.

use serde::Deserialize;
use serde::Serialize;

/// `[graphql]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Graphql {
    /// Where it stands.
    pub path: String,
    /// Whether a page for trying queries is served.
    pub enable_playground: bool,
    /// Whether editors may ask for the schema.
    pub enable_introspection: bool,
    /// The most complex query that is answered.
    pub max_query_complexity: usize,
    /// The deepest query that is answered.
    pub max_query_depth: usize,
}

impl Default for Graphql {
    fn default() -> Self {
        Self {
            path: "/graphql".to_owned(),
            enable_playground: true,
            enable_introspection: true,
            max_query_complexity: 1_000,
            max_query_depth: 20,
        }
    }
}

/// `[jsonrpc]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Jsonrpc {
    /// Where the endpoint for all applications stands; an application has its own at `/jsonrpc` below its path.
    pub path: String,
    /// Whether several requests may come in one array.
    pub enable_batch_requests: bool,
    /// How many.
    pub max_batch_size: usize,
    /// Whether replies are compressed for clients that ask for it.
    pub enable_compression: bool,
}

impl Default for Jsonrpc {
    fn default() -> Self {
        Self {
            path: "/jsonrpc".to_owned(),
            enable_batch_requests: true,
            max_batch_size: 100,
            enable_compression: true,
        }
    }
}

/// `[mcp]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mcp {
    /// Where it stands.
    pub path: String,
    /// Whether agents get tools.
    pub enable_tools: bool,
    /// Whether agents get resources.
    pub enable_resources: bool,
    /// Whether agents get prompts.
    pub enable_prompts: bool,
    /// Requests of agents that are worked on at once.
    pub max_concurrent_requests: usize,
}

impl Default for Mcp {
    fn default() -> Self {
        Self {
            path: "/mcp".to_owned(),
            enable_tools: true,
            enable_resources: true,
            enable_prompts: true,
            max_concurrent_requests: 50,
        }
    }
}

/// `[frontend]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Frontend {
    /// Serve the browser's files from `web/dist` as they are now, instead of those inside the program.
    pub enable_hot_reload: bool,
    /// Whether applications can be installed on a device.
    pub enable_pwa: bool,
}

impl Default for Frontend {
    fn default() -> Self {
        Self {
            enable_hot_reload: false,
            enable_pwa: true,
        }
    }
}
