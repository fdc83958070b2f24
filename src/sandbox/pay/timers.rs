//! What happens by itself when the sandbox's clock has come so far.

use chrono::TimeDelta;

use super::{packet::PacketStep, transfer::TransferStep};
use crate::{infra::clock::Time, sandbox::world::World};

/// Something that is due at a time. It does nothing when its object has moved on meanwhile.
#[derive(Clone, Debug)]
pub(super) enum Timer {
    /// A step of a red packet.
    Packet(u64, PacketStep),
    /// A step of a transfer.
    Transfer(u64, TransferStep),
}

/// So many seconds.
pub(super) fn seconds(count: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(count))
}

impl World {
    /// Sets a timer.
    pub(super) fn pay_at(&mut self, at: Time, timer: Timer) {
        let id = self.id();
        self.pay.timers.insert((at, id), timer);
    }

    /// Lets everything happen that is due, in the order of its times.
    pub(in crate::sandbox) fn pay_advance(&mut self) {
        let now = self.now();
        while let Some(entry) = self.pay.timers.first_entry() {
            let (at, _) = *entry.key();
            if at > now {
                break;
            }
            match entry.remove() {
                Timer::Packet(id, step) => self.packet_step(id, &step, at),
                Timer::Transfer(id, step) => self.transfer_step(id, &step, at),
            }
        }
    }
}
