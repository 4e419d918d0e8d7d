//! What one address may have: connections at a time, requests a second, and what [`super::budget`] gives it.
//!
//! An address is an IPv4 address or an IPv6 /64, which is what one household or server has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};

use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::config::Limits;

/// For how many seconds an address can save up requests.
const SAVED: u32 = 10;

/// Who a bound is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Prefix(IpAddr);

impl Prefix {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(long) => {
                let network = u128::from(long) >> 64 << 64;
                Self(Ipv6Addr::from(network).into())
            }
            short => Self(short),
        }
    }
}

type Rate = RateLimiter<Prefix, HashMapStateStore<Prefix>, DefaultClock>;

/// What an address has of the bounds that are not of connections.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// Bytes held for it.
    pub(super) bytes: AtomicUsize,
    /// Its open feeds.
    pub(super) feeds: AtomicUsize,
}

/// An address that is connected.
#[derive(Default)]
struct Present {
    connections: u32,
    usage: Arc<Usage>,
}

/// The bounds of all addresses, and what each has of them.
pub(super) struct Addresses {
    most: Option<NonZeroU32>,
    /// Whether anything of an address is bounded and so has to be known.
    is_counted: bool,
    open: Mutex<HashMap<Prefix, Present>>,
    rate: Option<Rate>,
}

impl Addresses {
    pub(super) fn new(limits: &Limits) -> Self {
        let rate = NonZeroU32::new(limits.requests_per_second_per_address).map(|rate| {
            let burst = rate.saturating_mul(NonZeroU32::MIN.saturating_add(SAVED - 1));
            RateLimiter::hashmap(Quota::per_second(rate).allow_burst(burst))
        });
        let most = NonZeroU32::new(limits.connections_per_address);
        let is_counted = most.is_some() || limits.held_bytes_per_address > 0 || limits.feeds_per_address > 0;
        Self { most, is_counted, open: Mutex::default(), rate }
    }

    /// A place for a connection; none if the address has too many.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Guest> {
        let prefix = Prefix::of(address);
        let mut usage = Arc::default();
        if self.is_counted {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let present = open.entry(prefix).or_default();
            if self.most.is_some_and(|most| present.connections >= most.get()) {
                return None;
            }
            present.connections += 1;
            usage = Arc::clone(&present.usage);
        }
        Some(Guest { prefix, usage, addresses: self.clone() })
    }

    /// Forgets addresses that have sent nothing for so long that it does not matter.
    pub(super) fn forget(&self) {
        if let Some(rate) = &self.rate {
            rate.retain_recent();
            rate.shrink_to_fit();
        }
    }
}

/// A connection's place among those of its address, given back when dropped.
pub(super) struct Guest {
    prefix: Prefix,
    usage: Arc<Usage>,
    addresses: Arc<Addresses>,
}

impl Guest {
    /// What its address has of bytes and feeds.
    pub(super) fn usage(&self) -> Arc<Usage> {
        Arc::clone(&self.usage)
    }

    /// Whether its address may send one more request now.
    pub(super) fn may_ask(&self) -> bool {
        self.addresses.rate.as_ref().is_none_or(|rate| rate.check_key(&self.prefix).is_ok())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        if !self.addresses.is_counted {
            return;
        }
        let mut open = self.addresses.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(present) = open.get_mut(&self.prefix) {
            present.connections -= 1;
            if present.connections == 0 {
                open.remove(&self.prefix);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(connections_per_address: u32, requests_per_second_per_address: u32) -> Arc<Addresses> {
        let limits = Limits {
            connections_per_address,
            requests_per_second_per_address,
            held_bytes_per_address: 0,
            feeds_per_address: 0,
            ..Limits::default()
        };
        Arc::new(Addresses::new(&limits))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let addresses = addresses(2, 0);
        let (first, second) = (addresses.enter(ip("192.0.2.1")), addresses.enter(ip("192.0.2.1")));
        assert!(first.is_some() && second.is_some());
        assert!(addresses.enter(ip("192.0.2.1")).is_none());
        assert!(addresses.enter(ip("::ffff:192.0.2.1")).is_none(), "it is the same address");
        assert!(addresses.enter(ip("192.0.2.2")).is_some());
        drop(first);
        assert!(addresses.enter(ip("192.0.2.1")).is_some());
        drop(second);
        assert!(addresses.open.lock().unwrap().is_empty(), "nothing is kept of who has gone");
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let addresses = addresses(1, 0);
        let guest = addresses.enter(ip("2001:db8::1"));
        assert!(guest.is_some());
        assert!(addresses.enter(ip("2001:db8::2:0:0:1")).is_none());
        assert!(addresses.enter(ip("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn all_connections_of_an_address_share_what_it_has() {
        let addresses = Arc::new(Addresses::new(&Limits::default()));
        let guests = ["192.0.2.1", "192.0.2.1", "192.0.2.2"].map(|text| addresses.enter(ip(text)).unwrap());
        let [first, second, other] = guests.each_ref().map(Guest::usage);
        assert!(Arc::ptr_eq(&first, &second) && !Arc::ptr_eq(&first, &other));
    }

    #[test]
    fn without_a_bound_nothing_is_counted() {
        let addresses = addresses(0, 0);
        let guests: Vec<_> = (0..100).map(|_| addresses.enter(ip("192.0.2.1"))).collect();
        assert!(guests.iter().flatten().all(Guest::may_ask) && guests.iter().all(Option::is_some));
        assert!(addresses.open.lock().unwrap().is_empty());
    }

    #[test]
    fn an_address_that_asks_too_often_is_told_so_and_another_is_not() {
        let addresses = addresses(0, 3);
        let (one, other) =
            (addresses.enter(ip("192.0.2.1")).unwrap(), addresses.enter(ip("192.0.2.2")).unwrap());
        let asked = (0..).take_while(|_| one.may_ask()).take(100_000).count();
        assert!((30..1_000).contains(&asked), "{asked}");
        assert!(other.may_ask());
    }
}
