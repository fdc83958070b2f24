//! How quickly staff find a member, read what happened with them and leaf through the inbox, by HTTP, among a million
//! members with ten million messages: headquarters, and a manager whose store has one member of two hundred.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use entity::{admin::staff::Role, types::ConversationId};
use huilian::{
    admin::{self, Post},
    app::App,
    infra::{clock::Clock, config::Config, db::Tx, random::Random},
    stores,
    wechat::folder::{Folder, Secrets},
};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    brand::FOLDER,
    node::Node,
    people::{self, psql},
    report::{Bar, Measure, Report, rounded},
};

/// Who read at the same time.
const CONNECTIONS: usize = 8;
/// Among so many stores the members are spread.
const STORES: u64 = 200;
/// Messages of each member.
const MESSAGES: u64 = 10;
const PASSWORD: &str = "a long enough secret";

/// Measures on a PostgreSQL database of this server, which is made for it.
pub async fn measure(server: &url::Url, members: u64, reads: usize, folder: &Path, report: &mut Report) -> Result<()> {
    let mut database = server.clone();
    database.set_path("desk");
    psql(server, "CREATE DATABASE desk")?;
    let mut config = Config::load(None, [])?;
    config.database.url = database.as_str().to_owned().into();
    let brand = Folder::load(Path::new(FOLDER), Secrets::Development)?;
    let app = App::build(config, brand, Clock::system(), Random::system()).await.map_err(failed)?;
    let store = app.db.tx(async |tx: &Tx| stores::open(tx, "bench", "测量").await).await.map_err(failed)?.id;
    for (login, post) in [("all", Post::of(Role::Headquarters, None)), ("one", Post::of(Role::Manager, Some(store)))] {
        admin::staff::add(&app.db, login, login, PASSWORD.to_owned(), post.map_err(failed)?).await.map_err(failed)?;
    }
    people::fill(&app, &database, members, folder)?;
    app.db.read().close_by_ref().await?;
    fill(&database, members, store.into())?;
    let node = Node::start(database.as_str(), &folder.join("desk.log")).await?;
    for (login, scope) in [("all", "headquarters"), ("one", "manager of a store")] {
        let reader = Arc::new(Reader::sign_in(&node, login, members).await?);
        for read in [Read::Find, Read::Members, Read::Timeline, Read::Inbox, Read::Thread] {
            if login == "one" && matches!(read, Read::Timeline | Read::Thread) {
                // One member costs the same, whoever asks.
                continue;
            }
            look(&reader, read, CONNECTIONS * 4).await?;
            let latencies = look(&reader, read, reads).await?;
            let at = |percent: usize| -> Result<f64> {
                let place = (latencies.len() * percent).div_ceil(100).saturating_sub(1);
                Ok(latencies.get(place).context("a latency")?.as_secs_f64() * 1000.0)
            };
            let all = members * MESSAGES;
            let name = format!("p99 of {}, {scope}, {members} members, {all} messages, PostgreSQL", read.name());
            let measure = Measure::new(name, at(99)?, "ms").against(Bar::Below(100.0)).with("at_once", CONNECTIONS);
            report.add(measure.with("p50_ms", rounded(at(50)?)).with("max_ms", rounded(at(100)?)))?;
        }
    }
    node.stop().await
}

fn failed(error: huilian::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

/// Writes profiles, home stores, follows, threads and messages of the members, most of which happened lately.
fn fill(database: &url::Url, members: u64, store: Uuid) -> Result<()> {
    let member = "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";
    let person = "'oMember' || lpad(n::text, 21, '0')";
    let all = format!("generate_series(0, {}) n", members - 1);
    let at = "now() - n * interval '7 seconds'";
    let one_of = |characters: &str, seed: u64| {
        format!("substr('{characters}', 1 + (hashint8(n + {seed}::bigint) & 1023) % 20, 1)")
    };
    let family = one_of("王李张刘陈杨黄赵周吴徐孙马胡朱郭何林罗高", 0);
    let given = one_of("小大文明志建国华秀英丽芳敏静强磊军洋艳勇", 1_000_003);
    for rows in [
        format!(
            "UPDATE member SET store_id = '{store}' WHERE ('x' || right(id::text, 8))::bit(32)::bigint % {STORES} = 7"
        ),
        format!(
            "INSERT INTO member_profile (member_id, name, nickname, told, joined_at, joined_by, updated_at) \
             SELECT {member}, {family} || {given} || n % 97, '会员' || n, '{{}}', {at}, 'follow', now() FROM {all}"
        ),
        format!(
            "INSERT INTO follower (id, account, open_id, state, state_at, first_followed_at, follows, tag_ids, created_at, updated_at) \
             SELECT gen_random_uuid(), 'brand', {person}, CASE n % 5 WHEN 0 THEN 'gone' ELSE 'following' END, {at}, {at}, 1, '[]', {at}, {at} \
             FROM {all}"
        ),
        format!(
            "INSERT INTO conversation (id, account, open_id, state, preview, unread, last_in_at, waiting_since, last_at, created_at) \
             SELECT ('01920000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'brand', {person}, \
             CASE n % 50 WHEN 0 THEN 'human' ELSE 'robot' END, '你好，第' || n || '位', n % 3, {at}, \
             CASE n % 500 WHEN 0 THEN {at} END, {at}, {at} FROM {all}"
        ),
        format!(
            "INSERT INTO message (id, conversation_id, author, kind, text, content, at) \
             SELECT ('01930000-0000-7000-8000-' || lpad(to_hex(n * {MESSAGES} + m), 12, '0'))::uuid, \
             ('01920000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, CASE m % 2 WHEN 0 THEN 'person' ELSE 'robot' END, \
             'text', '第' || m || '句话，关于门店与活动', jsonb_build_object('content', '第' || m || '句话，关于门店与活动'), \
             {at} - ({MESSAGES} - m) * interval '1 minute' FROM {all}, generate_series(0, {MESSAGES} - 1) m"
        ),
        format!(
            "INSERT INTO touch (id, account, open_id, kind, at, biz_day) \
             SELECT gen_random_uuid(), 'brand', {person}, 'menu', {at}, ({at})::date FROM {all}"
        ),
        "VACUUM ANALYZE".to_owned(),
        "CHECKPOINT".to_owned(),
    ] {
        psql(database, &rows)?;
    }
    Ok(())
}

/// The thread of a member.
fn conversation(number: u64) -> ConversationId {
    Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 | u128::from(number)).into()
}

/// What staff read.
#[derive(Clone, Copy)]
enum Read {
    Find,
    Members,
    Timeline,
    Inbox,
    Thread,
}

impl Read {
    fn name(self) -> &'static str {
        match self {
            Self::Find => "finding members by phone or name",
            Self::Members => "a page of members",
            Self::Timeline => "a timeline",
            Self::Inbox => "a page of the inbox",
            Self::Thread => "a thread",
        }
    }
}

/// A member of staff who reads.
struct Reader {
    client: Client,
    base: String,
    token: String,
    members: u64,
}

impl Reader {
    async fn sign_in(node: &Node, login: &str, members: u64) -> Result<Self> {
        let client = Client::builder().no_proxy().pool_max_idle_per_host(CONNECTIONS).build()?;
        let base = format!("http://{}/api/admin/v1", node.address);
        let sent = client.post(format!("{base}/sessions")).json(&json!({ "login": login, "password": PASSWORD }));
        let answer: Value = sent.send().await?.error_for_status()?.json().await?;
        let token = answer.get("token").and_then(Value::as_str).context("a token")?.to_owned();
        Ok(Self { client, base, token, members })
    }

    /// The request of this number: spread over all members, in no order that a cache would like.
    fn request(&self, read: Read, number: usize) -> Result<RequestBuilder> {
        let number = u64::try_from(number)?;
        let whom = number.wrapping_mul(2_654_435_761) % self.members;
        let get = |path: String| self.client.get(format!("{}{path}", self.base));
        let request = match read {
            Read::Find => {
                let by = match number % 3 {
                    0 => json!({ "phone": format!("139{whom:08}") }),
                    1 => json!({ "name": "王" }),
                    _ => json!({ "name": "李明" }),
                };
                self.client.post(format!("{}/members/look-up", self.base)).json(&by)
            }
            Read::Members => match number % 2 {
                0 => get("/members".to_owned()),
                _ => get("/members?follows=true&joined_from=2026-01-01".to_owned()),
            },
            Read::Timeline => get(format!("/members/{}/timeline", people::member(whom))),
            Read::Inbox => match number % 3 {
                0 => get("/conversations".to_owned()),
                1 => get("/conversations?state=human".to_owned()),
                _ => get("/conversations?account=brand".to_owned()),
            },
            Read::Thread => get(format!("/conversations/{}/messages", conversation(whom))),
        };
        Ok(request.bearer_auth(&self.token))
    }
}

/// Reads so often, and gives how long each took, in order.
async fn look(reader: &Arc<Reader>, read: Read, reads: usize) -> Result<Vec<Duration>> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut looking = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (reader, next) = (Arc::clone(reader), Arc::clone(&next));
        looking.spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= reads {
                    return anyhow::Ok(latencies);
                }
                let sent = Instant::now();
                let answer = reader.request(read, number)?.send().await?;
                let status = answer.status();
                let body: Value = answer.json().await?;
                latencies.push(sent.elapsed());
                let lines = body.get("items").and_then(Value::as_array).map_or(0, Vec::len);
                ensure!(status.is_success() && lines > 0, "{}: {status}, {lines} lines", read.name());
            }
        });
    }
    let mut latencies = Vec::with_capacity(reads);
    while let Some(some) = looking.join_next().await {
        latencies.extend(some??);
    }
    latencies.sort_unstable();
    Ok(latencies)
}
