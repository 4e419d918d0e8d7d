//! What one address may have: connections at a time, requests a second, and what [`super::budget`] gives it.
//!
//! An address is an IPv4 address or an IPv6 /64, which is what one household or server has. Whoever rents a server often
//! gets a /48 with 65,536 of these: a /48 may have [`NETWORK`] times as much as a /64, of everything but requests a
//! second.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::config::Limits;

/// For how many seconds an address can save up requests.
const SAVED: u32 = 10;
/// How many times what an IPv6 /64 may have its /48 may have.
const NETWORK: u32 = 4;

/// Who a bound is for: the beginning of an address, and its length in bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Prefix(IpAddr, u32);

impl Prefix {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(long) => Self::first(long, 64),
            short => Self(short, 32),
        }
    }

    /// The network that it is in; IPv4 has none that would say whose it is.
    fn network(self) -> Option<Self> {
        match self.0 {
            IpAddr::V6(long) => Some(Self::first(long, 48)),
            IpAddr::V4(_) => None,
        }
    }

    fn first(address: Ipv6Addr, bits: u32) -> Self {
        let mask = u128::MAX << (128 - bits);
        Self(Ipv6Addr::from(u128::from(address) & mask).into(), bits)
    }
}

type Rate = RateLimiter<Prefix, HashMapStateStore<Prefix>, DefaultClock>;

/// What is counted of an address beside its connections.
#[derive(Debug, Clone, Copy)]
pub(super) enum Counted {
    /// Bytes of answers.
    Reading,
    /// Bytes of small answers, from the part that is theirs alone.
    Small,
    /// Bytes of what is sent to the board, and of the answers to that.
    Writing,
    /// Open feeds.
    Feeds,
}

/// What an address has of the bounds that are not of connections.
#[derive(Debug, Default)]
pub(super) struct Usage {
    reading: AtomicUsize,
    small: AtomicUsize,
    writing: AtomicUsize,
    feeds: AtomicUsize,
    /// What its network has.
    network: Option<Arc<Usage>>,
}

impl Usage {
    fn of(&self, what: Counted) -> &AtomicUsize {
        match what {
            Counted::Reading => &self.reading,
            Counted::Small => &self.small,
            Counted::Writing => &self.writing,
            Counted::Feeds => &self.feeds,
        }
    }

    /// Counts so many more; false, and nothing is counted, if the address, or its network, would have too many.
    pub(super) fn grow(&self, what: Counted, by: usize, most: Option<usize>) -> bool {
        if !grown(self.of(what), by, most) {
            return false;
        }
        let most = most.map(|most| most.saturating_mul(NETWORK as usize));
        let fits = self.network.as_ref().is_none_or(|network| grown(network.of(what), by, most));
        if !fits {
            self.of(what).fetch_sub(by, Ordering::Relaxed);
        }
        fits
    }

    /// Counts so many less.
    pub(super) fn shrink(&self, what: Counted, by: usize) {
        self.of(what).fetch_sub(by, Ordering::Relaxed);
        if let Some(network) = &self.network {
            network.of(what).fetch_sub(by, Ordering::Relaxed);
        }
    }
}

/// Adds to a number that has a bound; false, and nothing is added, if that would pass it.
fn grown(number: &AtomicUsize, by: usize, most: Option<usize>) -> bool {
    let most = most.unwrap_or(usize::MAX);
    let grow = |now: usize| now.checked_add(by).filter(|sum| *sum <= most);
    number.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grow).is_ok()
}

/// An address or network that is connected.
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
            let is_full = |prefix: Prefix, times: u32| {
                let most = self.most.map(|most| most.get().saturating_mul(times));
                most.zip(open.get(&prefix)).is_some_and(|(most, present)| present.connections >= most)
            };
            if is_full(prefix, 1) || prefix.network().is_some_and(|network| is_full(network, NETWORK)) {
                return None;
            }
            let network = prefix.network().map(|network| {
                let network = open.entry(network).or_default();
                network.connections += 1;
                Arc::clone(&network.usage)
            });
            let present = open.entry(prefix).or_insert_with(|| {
                let usage = Arc::new(Usage { network, ..Usage::default() });
                Present { connections: 0, usage }
            });
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
        for prefix in [Some(self.prefix), self.prefix.network()].into_iter().flatten() {
            if let Some(present) = open.get_mut(&prefix) {
                present.connections -= 1;
                if present.connections == 0 {
                    open.remove(&prefix);
                }
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
    fn an_ipv6_48_has_four_times_what_a_64_has() {
        let addresses = addresses(2, 0);
        let enter =
            |network: u32, number: u32| addresses.enter(ip(&format!("2001:db8:0:{network:x}::{number:x}")));
        let mut guests: Vec<_> = (0..4).flat_map(|network| [enter(network, 1), enter(network, 2)]).collect();
        assert!(guests.iter().all(Option::is_some));
        assert!(enter(4, 1).is_none(), "the network has as many as it may");
        let elsewhere = addresses.enter(ip("2001:db8:1::1")).unwrap();
        guests.pop();
        let fifth = enter(4, 1).unwrap();
        let (usage, other) = (fifth.usage(), elsewhere.usage());
        let full: Vec<_> = guests.iter().flatten().map(Guest::usage).step_by(2).collect();
        for usage in &full {
            assert!(usage.grow(Counted::Writing, 10, Some(10)) && !usage.grow(Counted::Writing, 1, Some(10)));
        }
        assert!(!usage.grow(Counted::Writing, 1, Some(10)) && usage.grow(Counted::Reading, 1, Some(10)));
        assert!(other.grow(Counted::Writing, 10, Some(10)));
        full[0].shrink(Counted::Writing, 10);
        assert!(usage.grow(Counted::Writing, 10, Some(10)));
        drop((guests, fifth, elsewhere));
        assert!(addresses.open.lock().unwrap().is_empty(), "nothing is kept of who has gone");
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
