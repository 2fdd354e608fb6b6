//! Where an application's requests may go.

use crate::config;
use crate::config::Allowed;
use crate::egress::address;
use std::net::IpAddr;

/// What the settings allow besides public addresses on the ports of the web.
pub struct Policy(Vec<Allowed>);

impl Policy {
    /// The policy of the settings; they have been checked, and an entry that cannot be read allows nothing.
    pub fn new(config: &config::Egress) -> Self {
        Self(
            config
                .allow
                .iter()
                .filter_map(|entry| entry.parse().ok())
                .collect(),
        )
    }

    /// Whether an application may reach this address, which a host was found to have.
    pub fn permits(&self, application: &str, host: &str, port: u16, address: IpAddr) -> bool {
        if address::is_public(address) && (port == 80 || port == 443) {
            return true;
        }
        let mut allowed = (self.0.iter()).filter(|allowed| allowed.holds_for(application, port));
        allowed.any(|allowed| {
            allowed.contains(address) || (allowed.names(host) && address::may_have_a_name(address))
        })
    }
}
