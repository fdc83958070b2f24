//! Farms: gangs of accounts that are run for what invitations bring, as cheaply as that can be done.

use super::{DAY, Guest, HOUR, Kind, MINUTES, dice::Dice};

/// A gang that is at work.
struct Gang<'a> {
    dice: &'a Dice,
    kind: Kind,
    /// Until how many there are in the crowd.
    wanted: usize,
    guests: &'a mut Vec<Guest>,
    /// When it begins, in minutes.
    begins: i64,
}

/// Adds gangs of a kind until there are so many people in the crowd.
pub(super) fn of(dice: &Dice, kind: Kind, wanted: usize, guests: &mut Vec<Guest>) {
    while guests.len() < wanted {
        let begins = dice.minutes(0, MINUTES - 8 * DAY);
        let mut gang = Gang { dice, kind, wanted, guests, begins };
        match kind {
            Kind::OneDevice => gang.one_device(),
            Kind::NetworkBurst => gang.network_burst(),
            Kind::NumberBlock => gang.number_block(),
            Kind::Star if dice.percent(35) => gang.ring(),
            Kind::Star => gang.star(),
            Kind::Leavers | Kind::Honest => gang.leavers(),
        }
    }
}

impl Gang<'_> {
    fn block(&self) -> u32 {
        u32::try_from(1_300_000 + self.dice.within(0, 699_999)).unwrap_or(1_700_000)
    }

    /// How many accounts it has, of whom there may be no more than are wanted.
    fn size(&self, least: usize, most: usize) -> usize {
        self.dice.within(least, most).min(self.wanted.saturating_sub(self.guests.len()))
    }

    /// An account that nothing was done with yet.
    fn account(&self, inviter: Option<usize>, minute: i64, active_percent: usize) -> Guest {
        Guest {
            inviter,
            kind: self.kind,
            minute: minute.min(MINUTES - 1),
            device: self.dice.fresh(),
            network: self.dice.fresh(),
            prefix: None,
            left_after: None,
            active: self.dice.percent(active_percent),
            bought: false,
            also_by: Vec::new(),
        }
    }

    /// The accounts for which the others come; there is always one.
    fn bosses(&mut self, least: usize, most: usize) -> Vec<usize> {
        let count = self.size(least, most).max(1);
        let first = self.guests.len();
        for _ in 0..count {
            let boss = self.account(None, self.begins, 70);
            self.guests.push(boss);
        }
        (first..self.guests.len()).collect()
    }

    fn add(&mut self, guest: Guest) {
        self.guests.push(guest);
    }

    fn boss(&self, bosses: &[usize]) -> Option<usize> {
        self.dice.one(bosses).copied()
    }

    /// Five to twenty accounts on each of a few devices, one after the other.
    fn one_device(&mut self) {
        let bosses = self.bosses(1, 2);
        let networks: Vec<u64> = (0..self.dice.within(1, 3)).map(|_| self.dice.fresh()).collect();
        let own = bosses.first().and_then(|boss| self.guests.get(*boss)).map(|boss| boss.device);
        let mut left = self.size(6, 60);
        let mut minute = self.begins;
        let mut device = own.filter(|_| self.dice.percent(30)).unwrap_or_else(|| self.dice.fresh());
        while left > 0 {
            let many = self.dice.within(5, 20).min(left);
            for _ in 0..many {
                minute += self.dice.minutes(2, 90);
                let network = self.dice.one(&networks).copied().unwrap_or_default();
                let prefix = self.dice.percent(25).then(|| self.block());
                let account = self.account(self.boss(&bosses), minute, 12);
                self.add(Guest { device, network, prefix, ..account });
            }
            left -= many;
            device = self.dice.fresh();
        }
    }

    /// A wall of phones, or programs that play them, behind one line.
    fn network_burst(&mut self) {
        let bosses = self.bosses(1, 4);
        let network = self.dice.fresh();
        let (many, lasts) = (self.size(20, 200), self.dice.minutes(30, 3 * HOUR));
        for _ in 0..many {
            let minute = self.begins + self.dice.minutes(0, lasts);
            let prefix = self.dice.percent(30).then(|| self.block());
            let account = self.account(self.boss(&bosses), minute, 10);
            self.add(Guest { network, prefix, ..account });
        }
    }

    /// Cards bought by the block, each behind an address of its own.
    fn number_block(&mut self) {
        let bosses = self.bosses(1, 3);
        let blocks: Vec<u32> = (0..self.dice.within(1, 3)).map(|_| self.block()).collect();
        let (many, lasts) = (self.size(15, 120), self.dice.minutes(DAY, 5 * DAY));
        for _ in 0..many {
            let minute = self.begins + self.dice.minutes(0, lasts);
            let account = self.account(self.boss(&bosses), minute, 12);
            let prefix = self.dice.one(&blocks).copied();
            self.add(Guest { prefix, ..account });
        }
    }

    /// Accounts that were bought, each with a past of its own and nothing to do.
    fn star(&mut self) {
        let bosses = self.bosses(1, 1);
        let (many, lasts) = (self.size(12, 80), self.dice.minutes(2 * DAY, 7 * DAY));
        for _ in 0..many {
            let minute = self.begins + self.dice.minutes(0, lasts);
            let account = self.account(self.boss(&bosses), minute, 5);
            self.add(account);
        }
    }

    /// Strangers who help each other: each comes by one of the others, and uses the codes of more of them.
    fn ring(&mut self) {
        let first = self.guests.len();
        let many = self.size(4, 12).max(1);
        for place in 0..many {
            let inviter = (place > 0).then(|| first + self.dice.within(0, place - 1));
            let minute = self.begins + i64::try_from(place).unwrap_or(0) * self.dice.minutes(5, 5 + HOUR / 2);
            let account = self.account(inviter, minute, 8);
            self.add(account);
        }
        // In the order in which they came, so that nobody came before whoever invited them.
        let mut minute = self.begins;
        for place in first..first + many {
            let others: Vec<usize> = (first..first + many).filter(|other| *other != place).collect();
            let used = (0..self.dice.within(1, 4)).filter_map(|_| self.dice.one(&others).copied()).collect();
            let Some(guest) = self.guests.get_mut(place) else { continue };
            minute = minute.max(guest.minute).min(MINUTES - 1);
            (guest.minute, guest.also_by) = (minute, used);
        }
    }

    /// People all over the country who are paid for following, and leave when they are.
    fn leavers(&mut self) {
        let bosses = self.bosses(1, 2);
        let (many, lasts) = (self.size(15, 100), self.dice.minutes(6 * HOUR, 3 * DAY));
        for _ in 0..many {
            let minute = self.begins + self.dice.minutes(0, lasts);
            let left_after = match self.dice.weighted(&[(75, 0), (20, 1), (5, 2)], 0) {
                0 => Some(self.dice.minutes(5, 10 * HOUR)),
                1 => Some(self.dice.minutes(4 * DAY, 12 * DAY)),
                _ => None,
            };
            let account = self.account(self.boss(&bosses), minute, 15);
            let prefix = self.dice.percent(40).then(|| self.block());
            self.add(Guest { left_after, prefix, ..account });
        }
    }
}
