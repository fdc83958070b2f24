//! What the guard makes of a crowd of which a part farms: how many of those whom it holds are farmers, and how many of the
//! farmers it stops. The crowd is another one in every run; its seed is told.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::Path,
    rc::Rc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use chrono::TimeDelta;
use entity::{
    referral::invitation::{Entity, Model, State},
    types::{MemberId, ReferralProgramId},
};
use huilian::{
    app::App,
    infra::{
        clock::{Clock, Time},
        config::Config,
        db::Tx,
        random::Random,
    },
    referral::{
        guard::{Mode, REGISTRY, gather},
        program::{self, Terms},
        terms::Rules,
    },
    rewards::campaign::By,
    sandbox::crowd::{Guest, Kind, MINUTES, crowd},
    wechat::folder::{Folder, Secrets},
};
use sea_orm::EntityTrait;
use serde_json::json;
use tokio::task::LocalSet;
use uuid::Uuid;

use crate::{
    brand::FOLDER,
    report::{Bar, Measure, Report, rounded},
    server::psql,
};

/// How many of a hundred farm.
const FARMERS: usize = 20;
/// Who looks at the same time.
const CLIENTS: usize = 16;
/// Leaving within so many days ends an invitation by the rules of the program, before the guard has a say.
const LEAVE_DAYS: i64 = 2;

/// Measures on a PostgreSQL database of this server, which is made for it.
pub async fn measure(
    server: &url::Url,
    people: usize,
    seed: Option<u64>,
    folder: &Path,
    report: &mut Report,
) -> Result<()> {
    let seed = seed.unwrap_or_else(|| u64::from(u32::from_be_bytes(Random::system().bytes())));
    let mut database = server.clone();
    database.set_path("guard");
    psql(server, "CREATE DATABASE guard")?;
    let mut config = Config::load(None, [])?;
    config.database.url = database.as_str().to_owned().into();
    config.database.connections = u32::try_from(CLIENTS)?;
    let brand = Folder::load(Path::new(FOLDER), Secrets::Development)?;
    let app = App::build(config, brand, Clock::system(), Random::system()).await.map_err(failed)?;
    let guests = crowd(seed, people, FARMERS);
    ensure!(guests.len() == people, "a crowd of another size");
    let (program, rules, begins) = program(&app).await?;
    fill(&database, program, begins, &guests, folder)?;
    let began = Instant::now();
    let found = LocalSet::new().run_until(look(Rc::new(app), rules)).await?;
    let looked = found.len();
    let took = began.elapsed();
    let tally = Tally::of(&guests, &found);
    let [precision, recall] = [tally.precision()?, tally.recall()?];
    let share = format!("{people} people, {FARMERS} % farmers");
    report.add(
        Measure::new(format!("precision of the guard, {share}"), precision, "")
            .against(Bar::AtLeast(0.95))
            .with("seed", seed)
            .with("held", tally.held)
            .with("honest_held_by_rule", tally.wrong_by_rule.clone())
            .with("invitations_per_second", rounded(f64::from(u32::try_from(looked)?) / took.as_secs_f64())),
    )?;
    report.add(
        Measure::new(format!("recall of the guard, {share}"), recall, "")
            .against(Bar::AtLeast(0.8))
            .with("seed", seed)
            .with("stopped_of_each_kind", tally.of_kinds()?)
            .with("held_by_the_guard_alone", rounded(tally.recall_of_guard()?)),
    )
}

fn failed(error: huilian::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

/// A program with the guard as it comes.
async fn program(app: &App) -> Result<(ReferralProgramId, Rules, Time)> {
    let now = app.clock.now();
    let begins = now - TimeDelta::minutes(MINUTES) - TimeDelta::days(1);
    let rules = json!({
        "attribution": "first", "window_days": 7, "mature_days": 7, "leave_days": LEAVE_DAYS,
        "qualification": { "follow": "brand" },
    });
    let terms: Terms = serde_json::from_value(
        json!({ "name": "测量", "starts_at": begins, "ends_at": now + TimeDelta::days(1), "rules": rules }),
    )?;
    let staff = app.random.id(now);
    let made = app.db.tx(async |tx: &Tx| {
        let row = program::create(tx, &terms, staff).await?;
        program::run(tx, row.id, By { staff, version: row.version, reason: "a measurement" }).await
    });
    Ok((made.await.map_err(failed)?.id, terms.rules, begins))
}

fn uuid(kind: u128, number: usize) -> Result<Uuid> {
    Ok(Uuid::from_u128((0x0190_0000_0000_7000_8000_u128 << 48) | (kind << 40) | u128::try_from(number)?))
}

fn member(number: usize) -> Result<MemberId> {
    Ok(uuid(1, number)?.into())
}

/// The code of somebody, in the letters of codes.
fn code(number: usize) -> String {
    format!("{number:010}")
}

/// Writes the crowd as the service would have, had it come in the last month.
fn fill(database: &url::Url, program: ReferralProgramId, begins: Time, guests: &[Guest], folder: &Path) -> Result<()> {
    let program = Uuid::from(program);
    let [mut members, mut identities, mut codes, mut touches, mut behaviours, mut referrals] =
        [(); 6].map(|()| String::new());
    for (number, guest) in guests.iter().enumerate() {
        let (id, at) = (Uuid::from(member(number)?), begins + TimeDelta::minutes(guest.minute));
        let open_id = format!("oCrowd{number:022}");
        writeln!(members, "{id}\tactive\t{at}\t{at}")?;
        writeln!(
            identities,
            "{}\topen_id\tshop\t{open_id}\t{id}\tmini_login\twechat\t{at}\t{at}\tfalse",
            uuid(2, number)?
        )?;
        writeln!(codes, "{}\t{program}\t{id}\td{}\t{at}", code(number), guest.device)?;
        let by = guest.inviter.into_iter().chain(guest.also_by.iter().copied());
        for (turn, inviter) in by.enumerate() {
            let touched = at + TimeDelta::minutes(i64::try_from(turn)?);
            let touch = uuid(3 + u128::try_from(turn)?, number)?;
            let (code, day) = (code(inviter), touched.date_naive());
            writeln!(
                touches,
                "{touch}\tshop\t{open_id}\tvisit\ti.{code}\t{code}\tmini_code\td{}\tn{}\t{touched}\t{touched}\t{day}",
                guest.device, guest.network
            )?;
        }
        if guest.active {
            let day = at.date_naive();
            writeln!(
                behaviours,
                "{}\tshop\t{open_id}\tk{number}\tpage_view\tpages/index\t{at}\t{at}\t{day}",
                uuid(20, number)?
            )?;
        }
        let Some(inviter) = guest.inviter else { continue };
        let left_early = guest.left_after.is_some_and(|minutes| minutes < LEAVE_DAYS * 24 * 60);
        let (state, why) = if left_early { ("reversed", "left_early") } else { ("qualified", "maturing") };
        let prefix = guest.prefix.map_or_else(|| "\\N".to_owned(), |prefix| format!("p{prefix}"));
        let (inviter, code, touch) = (Uuid::from(member(inviter)?), code(inviter), uuid(3, number)?);
        let value = if guest.bought { 9_900 } else { 0 };
        writeln!(
            referrals,
            "{}\t{program}\t{id}\t{inviter}\t{code}\t{touch}\t1\t{state}\t{why}\t{{}}\t{at}\t{at}\t{at}\t[]\t{prefix}\td{}\tn{}\t{value}\t1\t{at}\t{at}",
            uuid(21, number)?,
            guest.device,
            guest.network
        )?;
    }
    let copy = |table: &str, columns: &str, rows: &str| -> Result<()> {
        let path = folder.join(format!("{table}.tsv"));
        fs::write(&path, rows)?;
        psql(database, &format!("\\copy {table} ({columns}) FROM '{}'", path.display()))?;
        Ok(fs::remove_file(path)?)
    };
    copy("member", "id, state, created_at, updated_at", &members)?;
    let columns = "id, kind, realm, key, member_id, source, strength, since, verified_at, current";
    copy("identity", columns, &identities)?;
    copy("referral_code", "code, program_id, member, device, at", &codes)?;
    let columns = "id, account, open_id, kind, scene, code, carrier, device, network, began_at, at, biz_day";
    copy("touch", columns, &touches)?;
    copy("behaviour", "id, account, open_id, key, kind, page, at, received_at, biz_day", &behaviours)?;
    let columns = "id, program_id, invitee, inviter, code, touch_id, rules, state, why, seen, seen_at, registered_at, \
                   qualified_at, checks, prefix, device, network, value_fen, version, created_at, updated_at";
    copy("referral", columns, &referrals)?;
    psql(database, "ANALYZE")
}

/// Everybody who came, and by which rules they are held.
async fn look(app: Rc<App>, rules: Rules) -> Result<Vec<(Model, Vec<&'static str>)>> {
    let rows: Rc<Vec<Model>> = Rc::new(Entity::find().all(app.db.read()).await?);
    let (rules, next) = (Rc::new(rules), Rc::new(AtomicUsize::new(0)));
    let clients = (0..CLIENTS).map(|_| {
        let (app, rows, rules, next) = (Rc::clone(&app), Rc::clone(&rows), Rc::clone(&rules), Rc::clone(&next));
        tokio::task::spawn_local(async move {
            let mut found = Vec::new();
            while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                found.push((row.clone(), held(&app, row, &rules).await?));
            }
            anyhow::Ok(found)
        })
    });
    let mut found = Vec::with_capacity(rows.len());
    for client in clients.collect::<Vec<_>>() {
        found.extend(client.await??);
    }
    Ok(found)
}

/// The rules that hold an invitation when it is about to mature.
async fn held(app: &App, row: &Model, rules: &Rules) -> Result<Vec<&'static str>> {
    let Some(inviter) = row.inviter.filter(|_| row.state == State::Qualified) else { return Ok(Vec::new()) };
    let features = app.db.tx(async |tx: &Tx| gather(tx, row, inviter, rules).await).await.map_err(failed)?;
    let finds = |rule: &&huilian::referral::guard::Rule| {
        let setting = rules.setting(rule);
        setting.mode == Mode::Hold && (rule.judge)(&features, setting).is_some()
    };
    Ok(REGISTRY.iter().filter(finds).map(|rule| rule.name).collect())
}

/// What came of it.
#[derive(Default)]
struct Tally {
    held: u32,
    /// Of those, farmers.
    right: u32,
    wrong_by_rule: serde_json::Map<String, serde_json::Value>,
    /// Of each kind of farmers: how many came by invitations, how many of them were held, how many left too early by the
    /// rules of the program.
    kinds: BTreeMap<Kind, [u32; 3]>,
}

impl Tally {
    fn of(guests: &[Guest], found: &[(Model, Vec<&'static str>)]) -> Self {
        let kinds: BTreeMap<MemberId, Kind> =
            guests.iter().enumerate().filter_map(|(number, guest)| Some((member(number).ok()?, guest.kind))).collect();
        let (mut tally, mut wrong) = (Self::default(), BTreeMap::<&str, u32>::new());
        for (row, rules) in found {
            let kind = kinds.get(&row.invitee).copied().unwrap_or(Kind::Honest);
            let (held, farms) = (!rules.is_empty(), kind != Kind::Honest);
            tally.held += u32::from(held);
            tally.right += u32::from(held && farms);
            if farms {
                let [all, caught, left] = tally.kinds.entry(kind).or_default();
                *all += 1;
                *caught += u32::from(held);
                *left += u32::from(row.state == State::Reversed);
            } else {
                rules.iter().for_each(|rule| *wrong.entry(rule).or_default() += 1);
            }
        }
        tally.wrong_by_rule = wrong.into_iter().map(|(rule, count)| (rule.to_owned(), count.into())).collect();
        tally
    }

    fn sum(&self, of: impl Fn(&[u32; 3]) -> u32) -> f64 {
        f64::from(self.kinds.values().map(of).sum::<u32>())
    }

    /// Of those whom the guard holds, how many farm.
    fn precision(&self) -> Result<f64> {
        ensure!(self.held > 0, "nobody was held");
        Ok(f64::from(self.right) / f64::from(self.held))
    }

    /// Of those who farm, how many get nothing: held, or gone before it matured.
    fn recall(&self) -> Result<f64> {
        let all = self.sum(|[all, ..]| *all);
        ensure!(all > 0.0, "nobody farmed");
        Ok(self.sum(|[_, held, left]| held + left) / all)
    }

    /// The same without those whom the rules of the program stop.
    fn recall_of_guard(&self) -> Result<f64> {
        let all = self.sum(|[all, _, left]| all - left);
        ensure!(all > 0.0, "nobody was left for the guard");
        Ok(self.sum(|[_, held, _]| *held) / all)
    }

    fn of_kinds(&self) -> Result<serde_json::Map<String, serde_json::Value>> {
        let kinds = Kind::FARMERS.iter().map(|kind| {
            let [all, held, left] = self.kinds.get(kind).context("a kind without anybody")?;
            Ok((kind.name().to_owned(), rounded(f64::from(held + left) / f64::from(*all)).into()))
        });
        kinds.collect()
    }
}
