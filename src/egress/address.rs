//! Which addresses are public: everything else is somebody's own network, or nobody's.

use crate::config::Network;
use std::net::IpAddr;

/// IPv4 that is not the public internet.
const NOT_PUBLIC_4: &[Network] = &[
    Network::v4([0, 0, 0, 0], 8),
    Network::v4([10, 0, 0, 0], 8),
    Network::v4([100, 64, 0, 0], 10),
    Network::v4([127, 0, 0, 0], 8),
    Network::v4([169, 254, 0, 0], 16),
    Network::v4([172, 16, 0, 0], 12),
    Network::v4([192, 0, 0, 0], 24),
    Network::v4([192, 0, 2, 0], 24),
    Network::v4([192, 88, 99, 0], 24),
    Network::v4([192, 168, 0, 0], 16),
    Network::v4([198, 18, 0, 0], 15),
    Network::v4([198, 51, 100, 0], 24),
    Network::v4([203, 0, 113, 0], 24),
    Network::v4([224, 0, 0, 0], 3),
    // A cloud's metadata under a public address.
    Network::v4([168, 63, 129, 16], 32),
];

/// IPv6 that is given to the public internet; mapped, translated, local and unique local forms lie outside.
const PUBLIC_6: Network = Network::v6([0x2000, 0, 0, 0], 3);

/// What of it is not public: protocols' own (Teredo), examples, 6to4.
const NOT_PUBLIC_6: &[Network] = &[
    Network::v6([0x2001, 0, 0, 0], 23),
    Network::v6([0x2001, 0x0db8, 0, 0], 32),
    Network::v6([0x2002, 0, 0, 0], 16),
    Network::v6([0x3fff, 0, 0, 0], 20),
];

/// What a host that is allowed by its name may still not stand for: link-local, metadata, multicast, nobody.
const NEVER_BY_NAME: &[Network] = &[
    Network::v4([0, 0, 0, 0], 8),
    Network::v4([169, 254, 0, 0], 16),
    Network::v4([168, 63, 129, 16], 32),
    Network::v4([224, 0, 0, 0], 3),
    Network::v6([0xfe80, 0, 0, 0], 10),
    Network::v6([0xfd00, 0x0ec2, 0, 0], 32),
    Network::v6([0xff00, 0, 0, 0], 8),
];

/// Whether an address belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    let within = |networks: &[Network]| networks.iter().any(|network| network.contains(address));
    match address {
        IpAddr::V4(_) => !within(NOT_PUBLIC_4),
        IpAddr::V6(_) => PUBLIC_6.contains(address) && !within(NOT_PUBLIC_6),
    }
}

/// Whether a host that is allowed by its name may have this address.
pub fn may_have_a_name(address: IpAddr) -> bool {
    let address = address.to_canonical();
    !address.is_unspecified() && !NEVER_BY_NAME.iter().any(|network| network.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "11.0.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "2001:4860::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for own in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::ffff:1.1.1.1",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::101:101",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(own.parse().unwrap()), "{own}");
        }
    }

    #[test]
    fn a_name_opens_no_way_to_metadata() {
        for never in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fe80::1",
            "fd00:ec2::254",
            "0.0.0.0",
            "::",
            "224.0.0.1",
        ] {
            assert!(!may_have_a_name(never.parse().unwrap()), "{never}");
        }
        for own in ["127.0.0.1", "10.0.0.1", "fd00::1", "::1"] {
            assert!(may_have_a_name(own.parse().unwrap()), "{own}");
        }
    }
}
