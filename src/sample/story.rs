//! Eight weeks of the brand, day by day.

use chrono::TimeDelta;

use super::{
    campaigns::{self, Offers},
    desk::Desk,
    papers,
    past::{DAYS, Past},
    people::{self, Person},
    purchases, stores,
    talks::{self, Talk},
    visits::{self, Known},
    wallets,
};
use crate::error::{Error, Result};

/// People come every day; what has come together is done on these days of a week.
const AT_WORK: [u32; 2] = [0, 3];
/// Days on which the brand thanks somebody, and whom.
const THANKS: [(u32, u32); 6] = [(14, 0), (21, 1), (28, 2), (35, 5), (42, 6), (49, 0)];
/// Nobody looks at the phone on this day: what was sent goes back.
const UNSEEN: u32 = 35;
/// How many days people need who leave.
const DISAPPOINTED: u32 = 4;

/// All of it.
pub(super) async fn tell(past: &Past<'_>) -> Result<()> {
    stores::open(past).await?;
    past.settle().await?;
    let scenes = stores::furnish(past).await?;
    let offers = campaigns::start(past).await?;
    let (people, talks) = (people::all(), talks::all()?);
    let mut story = Story { past, people, talks, scenes, offers, known: Known::default() };
    for day in 0..DAYS {
        Box::pin(story.day(day)).await?;
    }
    Box::pin(story.today()).await
}

struct Story<'a> {
    past: &'a Past<'a>,
    people: Vec<Person>,
    talks: Vec<Talk>,
    scenes: Vec<String>,
    offers: Offers,
    known: Known,
}

impl Story<'_> {
    /// A day of the past.
    async fn day(&mut self, day: u32) -> Result<()> {
        let past = self.past;
        past.until(past.morning(day)).await;
        self.welcome(day).await?;
        for person in self.people.iter().filter(|person| person.leaves() && person.comes() + DISAPPOINTED == day) {
            visits::leave(past, person).await?;
        }
        if AT_WORK.contains(&(day % 7)) { Box::pin(self.work(day)).await } else { Ok(()) }
    }

    /// Those come who come on a day.
    async fn welcome(&mut self, day: u32) -> Result<()> {
        for person in self.people.iter().filter(|person| person.comes() == day) {
            self.past.pass(TimeDelta::minutes(7)).await;
            self.known.come(self.past, person, &self.scenes, &self.offers).await?;
        }
        Ok(())
    }

    /// What staff, jobs and those do who wait for them.
    async fn work(&self, day: u32) -> Result<()> {
        let past = self.past;
        past.settle().await?;
        if day == 3 {
            papers::take_over(past).await?;
        }
        if day == 42 {
            papers::contradict(past, self.person(5)?, self.person(6)?).await?;
        }
        if day > 0 && day.is_multiple_of(7) {
            purchases::told(past, &self.known, &self.people, day - 7, day).await?;
        }
        if day == 31 {
            purchases::spent(past, &self.known).await?;
        }
        if let Some(((_, number), time)) = THANKS.into_iter().zip(1..).find(|((at, _), _)| *at == day) {
            wallets::thank(past, &self.known, &self.offers, number, time).await?;
        }
        past.settle().await?;
        if day != UNSEEN {
            wallets::take(past, &self.people).await?;
        }
        for talk in self.talks.iter().filter(|talk| talk.day == Some(day)) {
            talks::hold(past, &self.people, talk).await?;
        }
        Ok(())
    }

    /// What is still on everybody's desk.
    async fn today(&mut self) -> Result<()> {
        let past = self.past;
        let ago = |minutes: i64| past.present - TimeDelta::minutes(minutes);
        past.night(ago(180)).await?;
        purchases::told(past, &self.known, &self.people, DAYS - 7, DAYS).await?;
        let desk = Desk::of(past, stores::OPERATIONS).await?;
        let member = self.known.members.get(&8).copied();
        purchases::corrected(&desk, member.ok_or_else(|| Error::internal("a member is missing"))?).await?;
        campaigns::plan(past, &desk).await?;
        papers::ask(past, &self.known, self.person(9)?, self.person(10)?, 13).await?;
        papers::order(past).await?;
        // Nobody takes it before the present.
        wallets::thank(past, &self.known, &self.offers, 0, 7).await?;
        wallets::thank(past, &self.known, &self.offers, 2, 8).await?;
        past.settle().await?;
        past.until(ago(150)).await;
        self.welcome(DAYS).await?;
        for (talk, minutes) in self.talks.iter().filter_map(|talk| Some((talk, talk.minutes_ago?))) {
            past.until(ago(minutes)).await;
            talks::hold(past, &self.people, talk).await?;
        }
        past.until(past.present).await;
        past.settle().await
    }

    fn person(&self, number: u32) -> Result<&Person> {
        let found = self.people.iter().find(|person| person.number == number);
        found.ok_or_else(|| Error::internal("somebody is missing"))
    }
}
