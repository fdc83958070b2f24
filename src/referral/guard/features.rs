//! What the guard knows of one invitation: gathered once, by indexed queries, and judged by pure rules.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::{
    referral::{
        invitation::{Column, Entity, Model, State},
        program,
    },
    types::{MemberId, ReferralProgramId},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{ENOUGH, Mode, Rule, Setting, rule};
use crate::{
    error::Result,
    identity::{open_ids, open_ids_of},
    infra::{clock::Time, db::Tx},
    referral::{code, program as programs, terms::Rules},
    rewards::block,
    tracking::{behaviours, touches},
};

/// How many of an inviter's latest, or of a network's, are looked at: of twenty, chance alone makes thirteen quiet at times.
const LATEST: u64 = 50;
/// How many of others' latest are looked at to see what is usual.
const USUAL: u64 = 100;
/// How many of somebody's touches are looked at.
const TOUCHES: u64 = 200;

/// What is known of one invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features {
    /// Who is invited.
    pub invitee: MemberId,
    /// Who invites.
    pub inviter: MemberId,
    /// The device of the touch.
    pub device: Option<String>,
    /// Other invited people of the program on that device.
    pub same_device: i64,
    /// Whether the inviter asked for the code on it.
    pub is_inviters_device: bool,
    /// The network of the touch.
    pub network: Option<String>,
    /// Other invited people of the program from there, within the span of its rule.
    pub network_burst: i64,
    /// How many of them did nothing; looked at only when there are too many of them.
    pub network_quiet: Quiet,
    /// How the phone begins.
    pub prefix: Option<String>,
    /// Other invited people of the inviter whose phone begins so, within the span of its rule.
    pub phone_burst: i64,
    /// Other invited people of the inviter within the span of its rule.
    pub velocity: i64,
    /// How many of the inviter's latest did nothing; looked at only when there are enough, or too many at once.
    pub quiet: Quiet,
    /// How many of others' latest in the program did nothing; looked at only when any of the two above is.
    pub usual: Quiet,
    /// Invited people of the inviter who left early, within the span of its rule.
    pub left_early: i64,
    /// All others of the inviter within the same span; counted only when anybody has left.
    pub brought: i64,
    /// Whose code the inviter touched, of the invited person and those whom they invited.
    pub ring: Option<MemberId>,
    /// Of whom WeChat warned.
    pub risk: Option<MemberId>,
    /// Another program in which the inviter is banned.
    pub banned_in: Option<ReferralProgramId>,
}

/// Of how many people how many did nothing but what was asked of them: they bought nothing, and were never seen anywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quiet {
    /// They did nothing.
    pub empty: i64,
    /// Of so many.
    pub of: i64,
}

struct Gathering<'a> {
    tx: &'a Tx,
    row: &'a Model,
    inviter: MemberId,
    rules: &'a Rules,
    at: Time,
}

/// Gathers what is known of an invitation that is credited to this inviter.
///
/// # Errors
/// When the database does not answer.
pub async fn gather(tx: &Tx, row: &Model, inviter: MemberId, rules: &Rules) -> Result<Features> {
    let this = Gathering { tx, row, inviter, rules, at: row.seen_at.unwrap_or(tx.now()) };
    let code = code::find_of(tx.db(), row.program_id, inviter).await?;
    let network_burst = this.same(Column::Network, row.network.as_ref(), rule("network_burst")).await?;
    let same_prefix = row.prefix.as_ref().map(|prefix| Column::Prefix.eq(prefix));
    let phone_burst = this.of_inviter("phone_burst", same_prefix).await?;
    let velocity = this.of_inviter("velocity", Some(Column::Id.ne(row.id))).await?;
    let crowded = this.too_many("network_burst", network_burst);
    let network_quiet = if crowded { this.quiet_of_network().await? } else { Quiet::default() };
    let at_once = this.too_many("phone_burst", phone_burst) || this.too_many("velocity", velocity);
    let quiet = this.quiet_of_inviter(at_once).await?;
    let looked = network_quiet.of > 0 || quiet.of > 0;
    let left_early = this.left_early().await?;
    Ok(Features {
        invitee: row.invitee,
        inviter,
        device: row.device.clone(),
        same_device: this.same(Column::Device, row.device.as_ref(), None).await?,
        is_inviters_device: row.device.is_some() && code.is_some_and(|code| code.device == row.device),
        network: row.network.clone(),
        network_burst,
        network_quiet,
        prefix: row.prefix.clone(),
        phone_burst,
        velocity,
        quiet,
        usual: if looked { this.usual().await? } else { Quiet::default() },
        left_early,
        brought: match left_early {
            0 => 0,
            _ => this.of_inviter("immediate_unfollow", Some(Column::Id.ne(row.id))).await?,
        },
        ring: this.ring().await?,
        risk: this.risk().await?,
        banned_in: this.banned_in().await?,
    })
}

impl Gathering<'_> {
    fn setting(&self, rule: Option<&Rule>) -> Option<Setting> {
        rule.map(|rule| self.rules.setting(rule)).filter(|setting| setting.mode != Mode::Off)
    }

    fn others(&self) -> Select<Entity> {
        let others =
            Entity::find().filter(Column::ProgramId.eq(self.row.program_id)).filter(Column::Id.ne(self.row.id));
        others.filter(Column::State.ne(State::Refused))
    }

    fn within(&self, rows: Select<Entity>, minutes: u32) -> Select<Entity> {
        let span = TimeDelta::minutes(minutes.into());
        rows.filter(Column::SeenAt.gte(self.at - span)).filter(Column::SeenAt.lte(self.at + span))
    }

    async fn count(&self, rows: Select<Entity>) -> Result<i64> {
        Ok(i64::try_from(rows.count(self.tx.db()).await?).unwrap_or(i64::MAX))
    }

    /// Others of the program that are the same in a column, within the span of a rule.
    async fn same(&self, column: Column, value: Option<&String>, rule: Option<&Rule>) -> Result<i64> {
        let Some(value) = value else { return Ok(0) };
        // The inviter may have been invited, too, and is counted for themselves.
        let rows = self.others().filter(Column::Invitee.ne(self.inviter)).filter(column.eq(value));
        match self.setting(rule) {
            Some(setting) => self.count(self.within(rows, setting.minutes)).await,
            None if rule.is_some() => Ok(0),
            None => self.count(rows).await,
        }
    }

    /// Others of the inviter, within the span of a rule.
    async fn of_inviter(&self, name: &str, which: Option<sea_orm::sea_query::SimpleExpr>) -> Result<i64> {
        let (Some(setting), Some(which)) = (self.setting(rule(name)), which) else { return Ok(0) };
        let rows = self.others().filter(Column::Inviter.eq(self.inviter)).filter(which);
        self.count(self.within(rows, setting.minutes)).await
    }

    /// Whether there are more than a rule lets pass.
    fn too_many(&self, name: &str, count: i64) -> bool {
        self.setting(rule(name)).is_some_and(|setting| count > i64::from(setting.most))
    }

    /// How many of the inviter's latest did nothing.
    async fn quiet_of_inviter(&self, at_once: bool) -> Result<Quiet> {
        if self.setting(rule("star")).is_none() && !at_once {
            return Ok(Quiet::default());
        }
        let latest = Entity::find().filter(Column::ProgramId.eq(self.row.program_id));
        let latest = latest.filter(Column::Inviter.eq(self.inviter)).filter(Column::State.ne(State::Refused));
        let latest = latest.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(LATEST);
        let latest = latest.all(self.tx.db()).await?;
        let enough = i64::try_from(latest.len()).is_ok_and(|latest| latest >= ENOUGH);
        if enough || at_once { self.quiet(latest).await } else { Ok(Quiet::default()) }
    }

    /// How many of those who came from the network about then did nothing.
    async fn quiet_of_network(&self) -> Result<Quiet> {
        let (Some(network), Some(setting)) = (&self.row.network, self.setting(rule("network_burst"))) else {
            return Ok(Quiet::default());
        };
        let rows = self.within(self.others().filter(Column::Network.eq(network)), setting.minutes);
        let rows = rows.order_by_desc(Column::SeenAt).order_by_desc(Column::Id).limit(LATEST);
        self.quiet(rows.all(self.tx.db()).await?).await
    }

    /// How many of the latest of others in the program did nothing, one of each inviter.
    async fn usual(&self) -> Result<Quiet> {
        let rows = self.others().filter(Column::Inviter.ne(self.inviter));
        let rows = rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(USUAL);
        let mut rows = rows.all(self.tx.db()).await?;
        let mut seen = BTreeSet::new();
        rows.retain(|row| row.network.is_none() || row.network != self.row.network);
        rows.retain(|row| seen.insert(row.inviter));
        if i64::try_from(rows.len()).is_ok_and(|rows| rows < ENOUGH) {
            return Ok(Quiet::default());
        }
        self.quiet(rows).await
    }

    /// How many of these did nothing.
    async fn quiet(&self, rows: Vec<Model>) -> Result<Quiet> {
        let db = self.tx.db();
        let silent: BTreeSet<MemberId> = rows.iter().filter(|row| row.value_fen == 0).map(|row| row.invitee).collect();
        let places = open_ids_of(db, silent.clone()).await?;
        let active = behaviours::active(db, places.iter().map(|(_, place)| place.clone())).await?;
        let moved: BTreeSet<MemberId> =
            places.into_iter().filter(|(_, place)| active.contains(place)).map(|(member, _)| member).collect();
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Ok(Quiet { empty: count(silent.difference(&moved).count()), of: count(rows.len()) })
    }

    async fn left_early(&self) -> Result<i64> {
        let Some(setting) = self.setting(rule("immediate_unfollow")) else { return Ok(0) };
        let left = self.others().filter(Column::Inviter.eq(self.inviter)).filter(Column::State.eq(State::Reversed));
        let left = left.filter(Column::Why.eq(crate::referral::rules::Why::LeftEarly.as_str()));
        self.count(self.within(left, setting.minutes)).await
    }

    /// Whose code the inviter touched: of the invited person, or of somebody whom that person invited.
    async fn ring(&self) -> Result<Option<MemberId>> {
        if self.setting(rule("ring")).is_none() {
            return Ok(None);
        }
        let db = self.tx.db();
        let touched = touches::log(db, &open_ids(db, self.inviter).await?, TOUCHES).await?;
        let codes = touched.into_iter().filter_map(|touch| touch.code);
        for owner in code::owners(db, self.row.program_id, codes).await? {
            if owner == self.row.invitee {
                return Ok(Some(owner));
            }
            let line = Entity::find().filter(Column::ProgramId.eq(self.row.program_id));
            let line = line.filter(Column::Invitee.eq(owner)).filter(Column::Inviter.eq(self.row.invitee));
            if line.one(db).await?.is_some() {
                return Ok(Some(owner));
            }
        }
        Ok(None)
    }

    async fn risk(&self) -> Result<Option<MemberId>> {
        for who in [self.inviter, self.row.invitee] {
            if block::of(self.tx.db(), who).await?.is_some() {
                return Ok(Some(who));
            }
        }
        Ok(None)
    }

    async fn banned_in(&self) -> Result<Option<ReferralProgramId>> {
        let open = [program::State::Running, program::State::Paused];
        let others = program::Entity::find().filter(program::Column::State.is_in(open));
        let others = others.filter(program::Column::Id.ne(self.row.program_id)).all(self.tx.db()).await?;
        for other in others {
            if programs::rules_of(self.tx.db(), other.id, other.rules).await?.banned.contains(&self.inviter) {
                return Ok(Some(other.id));
            }
        }
        Ok(None)
    }
}
