//! Honest people: where they live and work, whom they invite, what they do.

use super::{DAY, Guest, HOUR, Kind, MINUTES, dice::Dice};

/// Cities, of very different sizes.
const CITIES: usize = 60;

/// A city: how many blocks of numbers it has, and how many networks its mobile phones come from.
struct City {
    blocks: Vec<u32>,
    networks: Vec<u64>,
}

/// Where many people come from one network: an office or a campus.
struct Place {
    city: usize,
    network: u64,
    /// The blocks of numbers that an office bought.
    blocks: Vec<u32>,
}

/// Where and how somebody lives.
#[derive(Clone)]
struct Life {
    city: usize,
    home: u64,
    place: Option<usize>,
    device: u64,
    prefix: u32,
}

struct Country {
    cities: Vec<City>,
    places: Vec<Place>,
}

impl Country {
    fn new(dice: &Dice, people: usize) -> Self {
        let city = |number: usize| {
            // The first city is a hundred times as large as the last.
            let size = (CITIES - number) * (CITIES - number) / 36 + 1;
            let block = |_| u32::try_from(1_300_000 + dice.within(0, 699_999)).unwrap_or(1_380_013);
            let blocks = (0..40 + size * 4).map(block).collect();
            City { blocks, networks: (0..10 + size * 2).map(|_| dice.fresh()).collect() }
        };
        let cities: Vec<City> = (0..CITIES).map(city).collect();
        let places = (0..people / 60 + 1).map(|_| {
            let city = dice.within(0, CITIES - 1).min(dice.within(0, CITIES - 1));
            let bought = dice.percent(10);
            let blocks = cities.get(city).map(|city| city.blocks.iter().take(2).copied().collect());
            Place { city, network: dice.fresh(), blocks: blocks.filter(|_| bought).unwrap_or_default() }
        });
        let places = places.collect();
        Self { cities, places }
    }

    fn block(&self, dice: &Dice, city: usize) -> u32 {
        let city = self.cities.get(city);
        city.and_then(|city| dice.one(&city.blocks)).copied().unwrap_or(1_380_013)
    }

    fn life(&self, dice: &Dice) -> Life {
        let works = dice.percent(55).then(|| dice.within(0, self.places.len().saturating_sub(1)));
        let at = works.and_then(|place| self.places.get(place));
        let city = at.map_or_else(|| dice.within(0, CITIES - 1).min(dice.within(0, CITIES - 1)), |place| place.city);
        self.life_in(dice, city, works)
    }

    fn life_in(&self, dice: &Dice, city: usize, place: Option<usize>) -> Life {
        let bought = place.and_then(|place| self.places.get(place)).and_then(|place| dice.one(&place.blocks));
        let prefix = match bought {
            Some(block) if dice.percent(60) => *block,
            _ => self.block(dice, city),
        };
        Life { city, home: dice.fresh(), place, device: dice.fresh(), prefix }
    }

    /// Whom somebody knows.
    fn friend(&self, dice: &Dice, of: &Life) -> Life {
        match dice.weighted(&[(25, 0), (30, 1), (35, 2), (10, 3)], 2) {
            // Of the household: the same network, now and then the same device.
            0 => {
                let device = if dice.percent(6) { of.device } else { dice.fresh() };
                let place = dice.percent(30).then_some(of.place).flatten();
                Life { home: of.home, device, ..self.life_in(dice, of.city, place) }
            }
            1 if of.place.is_some() => self.life_in(dice, of.city, of.place),
            1 | 2 => self.life_in(dice, of.city, None),
            _ => self.life(dice),
        }
    }

    /// From where somebody comes: from home, from work, by the mobile network of wherever they are.
    fn network(&self, dice: &Dice, life: &Life) -> u64 {
        let place = life.place.and_then(|place| self.places.get(place)).map(|place| place.network);
        let mobile = self.cities.get(life.city).and_then(|city| dice.one(&city.networks)).copied();
        let chosen = dice.weighted(&[(45, mobile), (35, Some(life.home)), (20, place)], mobile);
        chosen.unwrap_or(life.home)
    }
}

/// How somebody came.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// By themselves, or by a friend.
    Friend,
    /// By a post in a group of hundreds.
    Group,
}

fn guest(dice: &Dice, inviter: Option<usize>, minute: i64, life: &Life, network: u64, way: Way) -> Guest {
    let (idle, leaving) = if way == Way::Friend { (24, 6) } else { (40, 14) };
    let active = !dice.percent(idle);
    let left_after = dice.percent(leaving).then(|| {
        let soon = dice.percent(30);
        if soon { dice.minutes(1, 3 * HOUR) } else { dice.minutes(3 * HOUR, 20 * DAY) }
    });
    Guest {
        inviter,
        kind: Kind::Honest,
        minute,
        device: life.device,
        network,
        prefix: dice.percent(45).then_some(life.prefix),
        left_after,
        active,
        bought: active && dice.percent(14),
        also_by: Vec::new(),
    }
}

/// So many honest people.
pub(super) fn people(dice: &Dice, count: usize) -> Vec<Guest> {
    let country = Country::new(dice, count);
    let mut guests: Vec<Guest> = Vec::with_capacity(count);
    let mut lives: Vec<Life> = Vec::with_capacity(count);
    let mut next = 0;
    while guests.len() < count {
        // Who came by themselves is one of twelve, and whoever invites is the next who has not been asked.
        if next >= guests.len() || dice.per_mille(80) {
            let life = country.life(dice);
            let (minute, network) = (dice.awake() % (15 * DAY), country.network(dice, &life));
            guests.push(guest(dice, None, minute, &life, network, Way::Friend));
            lives.push(life);
            continue;
        }
        let (Some(life), Some(since)) = (lives.get(next).cloned(), guests.get(next).map(|guest| guest.minute)) else {
            break;
        };
        invite(dice, &country, next, &life, since, count, (&mut guests, &mut lives));
        next += 1;
    }
    guests
}

/// Whom one of them invites: nobody, a friend or two, a dozen, or everybody who reads a post.
fn invite(
    dice: &Dice,
    country: &Country,
    inviter: usize,
    life: &Life,
    since: i64,
    count: usize,
    (guests, lives): (&mut Vec<Guest>, &mut Vec<Life>),
) {
    let many = dice.weighted(
        &[(350, (0, 0)), (420, (1, 1)), (150, (2, 3)), (65, (4, 10)), (13, (11, 40)), (2, (80, 400))],
        (1, 1),
    );
    let many = dice.within(many.0, many.1).min(count.saturating_sub(guests.len()));
    let posted = dice.soon(since, 5 * DAY);
    let group = many > 40;
    // Some posts are read by a whole campus or office at once, at its own network.
    let together = life.place.filter(|_| many > 10 && dice.percent(35)).and_then(|place| country.places.get(place));
    for _ in 0..many {
        let (friend, minute) = match (group, together) {
            (_, Some(_)) => (country.life_in(dice, life.city, life.place), dice.soon(posted, 4 * HOUR)),
            (true, None) => {
                // A group is of a city for the most part.
                let friend = if dice.percent(60) { country.life_in(dice, life.city, None) } else { country.life(dice) };
                (friend, dice.soon(posted, 2 * DAY))
            }
            (false, None) => (country.friend(dice, life), dice.soon(since, 12 * DAY)),
        };
        let network = match together {
            Some(place) if dice.percent(80) => place.network,
            _ => country.network(dice, &friend),
        };
        let way = if group { Way::Group } else { Way::Friend };
        guests.push(guest(dice, Some(inviter), minute.min(MINUTES - 1), &friend, network, way));
        lives.push(friend);
    }
}
