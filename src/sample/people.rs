//! Who there is: sixty-four invented people, and what each of them does. It follows from their number, so that it is the same
//! in every sample brand, however it is cut off and begun anew.

use super::past::DAYS;

/// Nicknames, one a line; nobody's real name.
const NAMES: &str = include_str!("people.txt");
/// Friends of one inviter who share one device: the guard wonders.
const ON_ONE_DEVICE: [u32; 3] = [54, 57, 60];
/// From this number on every third has been invited.
const FIRST_INVITED: u32 = 12;

/// One invented person.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// The place in the order in which they come.
    pub(super) number: u32,
    /// Who they are in the sandbox.
    pub(super) id: String,
    /// The nickname.
    pub(super) name: &'static str,
    /// A number that nobody has.
    pub(super) phone: String,
}

/// Everybody, in the order in which they come.
pub(super) fn all() -> Vec<Person> {
    let person = |(number, name)| Person {
        number,
        id: format!("sample-{:02}", number + 1),
        name,
        phone: format!("1360013{:04}", 1000 + number * 137),
    };
    (0..).zip(NAMES.lines()).map(person).collect()
}

impl Person {
    /// The day on which they come; more and more do, and the last ones today.
    pub(super) fn comes(&self) -> u32 {
        // Halfway between one after the other and twice as fast at the end.
        let late = self.number * DAYS / 63;
        (late * 3 / 2).saturating_sub(late * late / (2 * DAYS))
    }

    /// The number of who invited them.
    pub(super) fn invited_by(&self) -> Option<u32> {
        if ON_ONE_DEVICE.contains(&self.number) {
            return Some(4);
        }
        if self.number < FIRST_INVITED || !self.number.is_multiple_of(3) {
            return None;
        }
        Some(match (self.number / 3) % 7 {
            0..=2 => 0,
            3 | 4 => 1,
            5 => 2,
            _ => 4,
        })
    }

    /// Whether they use the mini program and so are members.
    pub(super) fn logs_in(&self) -> bool {
        self.invited_by().is_some() || self.number % 4 != 3
    }

    /// Whether they show their phone there.
    pub(super) fn shows_phone(&self) -> bool {
        let shy = if self.invited_by().is_some() { self.number.is_multiple_of(9) } else { self.number % 3 == 1 };
        self.logs_in() && !shy
    }

    /// Whether they leave some days after they came.
    pub(super) fn leaves(&self) -> bool {
        self.number % 11 == 10
    }

    /// Which of the brand's channels leads them here, if one does.
    pub(super) fn channel(&self) -> Option<usize> {
        let place = usize::try_from(self.number % 5).unwrap_or(0);
        (self.invited_by().is_none() && place < 4).then_some(place)
    }

    /// The days on which they buy something.
    pub(super) fn buys(&self) -> impl Iterator<Item = u32> {
        let after = [2, 17].into_iter().map(|days| self.comes() + days);
        let count =
            if self.logs_in() && !self.leaves() { usize::try_from((self.number + 2) % 3).unwrap_or(0) } else { 0 };
        after.take(count).filter(|day| *day < DAYS)
    }

    /// The name of their device.
    pub(super) fn device(&self) -> String {
        if ON_ONE_DEVICE.contains(&self.number) {
            return "sample-device-shared".to_owned();
        }
        format!("sample-device-{:02}", self.number)
    }

    /// Where they are in the network: addresses that are for measuring only.
    pub(super) fn address(&self) -> String {
        format!("198.18.{}.1", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_are_told_apart_and_come_one_after_the_other() {
        let people = all();
        assert_eq!(people.len(), 64);
        assert!(people.is_sorted_by_key(Person::comes));
        let mut names: Vec<_> = people.iter().map(|person| person.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), people.len());
        assert!(people.iter().filter_map(Person::invited_by).count() > 10);
    }
}
