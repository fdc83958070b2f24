//! A crowd: honest people and those who farm rewards, as they come to a brand by invitations in a month. It is made from
//! what is known of people and of farms, and knows nothing of the rules that look for farms.
//!
//! Honest people live in households and cities, work in offices or study on a campus. They share networks, some share a
//! device, their numbers begin alike where they live, offices buy numbers by the block; most invite one friend, some a
//! group of five hundred. A good part of them never does anything, some leave at once.

mod dice;
mod farms;
mod honest;

use dice::Dice;

use crate::infra::random::Random;

/// How long it lasts, in minutes.
pub const MINUTES: i64 = 30 * DAY;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Somebody of the crowd. Numbers stand for devices, networks and so on: the same number is the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// The place of their inviter in the crowd; none for who came by themselves.
    pub inviter: Option<usize>,
    /// What they are.
    pub kind: Kind,
    /// When they came, in minutes.
    pub minute: i64,
    /// The device.
    pub device: u64,
    /// The network.
    pub network: u64,
    /// How their phone begins, where they gave it: seven digits.
    pub prefix: Option<u32>,
    /// After how many minutes they left.
    pub left_after: Option<i64>,
    /// Whether they were seen to do anything.
    pub active: bool,
    /// Whether they bought something.
    pub bought: bool,
    /// Of whom they have used codes, too, after they had come.
    pub also_by: Vec<usize>,
}

/// What somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Who came for the brand.
    Honest,
    /// Many accounts on few devices.
    OneDevice,
    /// Many accounts from one network within an hour or so.
    NetworkBurst,
    /// Many accounts with numbers of one block.
    NumberBlock,
    /// Empty accounts around one, or around each other.
    Star,
    /// People who are paid to follow, and leave.
    Leavers,
}

impl Kind {
    /// All who farm.
    pub const FARMERS: [Self; 5] = [Self::OneDevice, Self::NetworkBurst, Self::NumberBlock, Self::Star, Self::Leavers];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Honest => "honest",
            Self::OneDevice => "one_device",
            Self::NetworkBurst => "network_burst",
            Self::NumberBlock => "number_block",
            Self::Star => "star",
            Self::Leavers => "leavers",
        }
    }
}

/// A crowd of so many people, so many of a hundred of whom farm, in equal parts of each kind. The seed says which.
pub fn crowd(seed: u64, people: usize, farmers_percent: usize) -> Vec<Guest> {
    let dice = Dice(Random::seeded(seed));
    let farmers = people * farmers_percent / 100;
    let mut guests = honest::people(&dice, people - farmers);
    for (place, kind) in Kind::FARMERS.into_iter().enumerate() {
        let rest = farmers % Kind::FARMERS.len();
        let wanted = guests.len() + farmers / Kind::FARMERS.len() + usize::from(place < rest);
        farms::of(&dice, kind, wanted, &mut guests);
    }
    guests
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn a_crowd_is_as_large_as_asked_for_and_the_same_for_the_same_seed() {
        let guests = crowd(7, 5_000, 20);
        assert_eq!(guests.len(), 5_000);
        assert_eq!(guests, crowd(7, 5_000, 20));
        assert_ne!(guests, crowd(8, 5_000, 20));
        for kind in Kind::FARMERS {
            assert_eq!(guests.iter().filter(|guest| guest.kind == kind).count(), 200, "{kind:?}");
        }
    }

    #[test]
    fn people_come_within_the_month_after_whoever_invited_them() {
        let guests = crowd(1, 20_000, 20);
        for guest in &guests {
            assert!((0..MINUTES).contains(&guest.minute), "{guest:?}");
            let inviter = guest.inviter.map(|inviter| &guests[inviter]);
            assert!(inviter.is_none_or(|inviter| inviter.minute <= guest.minute), "{guest:?} by {inviter:?}");
            assert!(guest.also_by.iter().all(|other| *other < guests.len()));
        }
        let invited = guests.iter().filter(|guest| guest.inviter.is_some()).count();
        assert!(invited > 15_000, "{invited}");
    }

    #[test]
    fn honest_people_share_devices_networks_and_numbers_and_some_never_do_anything() {
        let guests = crowd(3, 30_000, 20);
        let honest: Vec<&Guest> = guests.iter().filter(|guest| guest.kind == Kind::Honest).collect();
        let shared = |of: fn(&Guest) -> u64| {
            let mut count: BTreeMap<u64, usize> = BTreeMap::new();
            honest.iter().for_each(|guest| *count.entry(of(guest)).or_default() += 1);
            honest.iter().filter(|guest| count[&of(guest)] > 1).count() * 100 / honest.len()
        };
        let devices = shared(|guest| guest.device);
        assert!((1..15).contains(&devices), "{devices} of a hundred share a device");
        assert!(shared(|guest| guest.network) > 50);
        let quiet = honest.iter().filter(|guest| !guest.active).count() * 100 / honest.len();
        assert!((15..50).contains(&quiet), "{quiet} of a hundred never do anything");
        let most = honest.iter().filter_map(|guest| guest.inviter);
        let mut brought: BTreeMap<usize, usize> = BTreeMap::new();
        most.for_each(|inviter| *brought.entry(inviter).or_default() += 1);
        assert!(brought.values().any(|count| *count > 80), "somebody posts in a large group");
        let farmers: BTreeSet<Kind> = guests.iter().map(|guest| guest.kind).collect();
        assert_eq!(farmers.len(), 6);
    }
}
