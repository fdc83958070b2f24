//! How quickly staff find a member, read what happened with them and leaf through the inbox, by HTTP, among up to a million
//! members with ten messages each: headquarters, and a manager whose store has one member of two hundred.

use std::sync::Arc;

use anyhow::{Result, ensure};
use entity::{admin::staff::Role, types::ConversationId};
use huilian::{admin::Post, infra::db::Tx, stores};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bare,
    load::{self, Pace},
    node::Node,
    people,
    report::{Bar, Report, rounded},
    server::{Server, failed, psql},
    staff::Staff,
};

/// Who read at the same time.
const CONNECTIONS: usize = 8;
/// Among so many stores the members are spread.
const STORES: u64 = 200;
/// Which of them those of the manager's store are.
const STORE: u64 = 7;
/// Messages of each member.
const MESSAGES: u64 = 10;

/// Measures beside so many members.
pub async fn measure(server: &Server<'_>, members: u64, reads: usize, report: &mut Report) -> Result<()> {
    let name = format!("desk{members}");
    let database = server.create(&name)?;
    let app = server.app(&database).await?;
    let store = app.db.tx(async |tx: &Tx| stores::open(tx, "bench", "测量").await).await.map_err(failed)?.id;
    for (login, post) in [("all", Post::of(Role::Headquarters, None)), ("one", Post::of(Role::Manager, Some(store)))] {
        Staff::add(&app, login, post.map_err(failed)?).await?;
    }
    people::fill(&app, &database, members, server.folder)?;
    app.db.read().close_by_ref().await?;
    fill(&database, members, store.into())?;
    let node = Node::start(database.as_str(), &server.folder.join("desk.log")).await?;
    for (login, scope) in [("all", "headquarters"), ("one", "manager of a store")] {
        let staff = Staff::sign_in(&node, login, CONNECTIONS).await?;
        let reader = Arc::new(Reader { staff, members, store: login == "one" });
        for read in [Read::Find, Read::Members, Read::Timeline, Read::Inbox, Read::Thread] {
            if login == "one" && matches!(read, Read::Timeline | Read::Thread) {
                // One member costs the same, whoever asks.
                continue;
            }
            let ask = {
                let reader = Arc::clone(&reader);
                move |number| Arc::clone(&reader).read(read, number)
            };
            load::each(CONNECTIONS * 4, CONNECTIONS, Pace::FlatOut, ask.clone()).await?;
            let page = reader.request(read, 0)?.send().await?.bytes().await?;
            let (rate, outcome) = load::at_half(reads, CONNECTIONS, ask).await?;
            let floor = bare::latencies(page, reads, CONNECTIONS, Pace::per_second(rate)).await?;
            report.add(
                outcome
                    .latencies
                    .p99(format!("p99 of {}, {scope}, PostgreSQL", read.name()))
                    .beside(members)
                    .over(floor.at(99.0), bare::IS)
                    .against(Bar::Below(100.0))
                    .with("rate_per_second", rounded(rate)),
            )?;
        }
    }
    node.stop().await?;
    server.remove(&name)
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
            "UPDATE member SET store_id = '{store}' WHERE ('x' || right(id::text, 8))::bit(32)::bigint % {STORES} = {STORE}"
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
    staff: Staff,
    members: u64,
    /// Whether they see those of one store only.
    store: bool,
}

impl Reader {
    /// The request of this number: spread over all members, in no order that a cache would like.
    fn request(&self, read: Read, number: usize) -> Result<RequestBuilder> {
        let number = u64::try_from(number)?;
        let anybody = number.wrapping_mul(2_654_435_761) % self.members;
        let whom = if self.store { anybody / STORES * STORES + STORE } else { anybody };
        let get = |path: &str| self.staff.ask(Method::GET, path);
        Ok(match read {
            Read::Find => {
                let by = match number % 3 {
                    0 => json!({ "phone": format!("139{whom:08}") }),
                    1 => json!({ "name": "王" }),
                    _ => json!({ "name": "李明" }),
                };
                self.staff.ask(Method::POST, "/members/look-up").json(&by)
            }
            Read::Members => match number % 2 {
                0 => get("/members"),
                _ => get("/members?follows=true&joined_from=2026-01-01"),
            },
            Read::Timeline => get(&format!("/members/{}/timeline", people::member(whom))),
            Read::Inbox => match number % 3 {
                0 => get("/conversations"),
                1 => get("/conversations?state=human"),
                _ => get("/conversations?account=brand"),
            },
            Read::Thread => get(&format!("/conversations/{}/messages", conversation(whom))),
        })
    }

    /// Reads, and looks whether there is anything.
    async fn read(self: Arc<Self>, read: Read, number: usize) -> Result<()> {
        let answer = self.request(read, number)?.send().await?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        let lines = body.get("items").and_then(Value::as_array).map_or(0, Vec::len);
        // Not every name is among the few of a store.
        let named = matches!(read, Read::Find) && !number.is_multiple_of(3);
        ensure!(status.is_success() && (lines > 0 || self.store && named), "{}: {status}, {lines} lines", read.name());
        Ok(())
    }
}
