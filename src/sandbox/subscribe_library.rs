//! Templates of subscription messages (protocol section 7.3): WeChat's library, and what an account chose from it.

use serde_json::{Value, json};

use super::{
    api::{Call, Outcome, done},
    errcode::Refusal,
    people::derived,
    world::World,
};

const ONE_TIME: u8 = 2;
const LONG_TERM: u8 = 3;
const CATEGORY: i64 = 616;
const KEYWORDS: std::ops::RangeInclusive<usize> = 2..=5;

/// A template that people of one account can subscribe to.
#[derive(Clone, Debug)]
pub(super) struct SubscribeTemplate {
    pub(super) id: String,
    pub(super) title: &'static str,
    pub(super) content: String,
    pub(super) one_time: bool,
    example: String,
}

/// A title of WeChat's library with the keywords that can be chosen; `kid` is their number in this list, from 1.
struct Title {
    tid: i64,
    name: &'static str,
    kind: u8,
    keywords: &'static [Keyword],
}

struct Keyword {
    name: &'static str,
    rule: &'static str,
    example: &'static str,
}

const fn word(name: &'static str, rule: &'static str, example: &'static str) -> Keyword {
    Keyword { name, rule, example }
}

/// The first ones are in every account from the start, with all their keywords.
static LIBRARY: &[Title] = &[
    Title {
        tid: 3001,
        name: "订单发货提醒",
        kind: ONE_TIME,
        keywords: &[
            word("商品", "thing", "有机大米"),
            word("订单号", "character_string", "HL20261121001"),
            word("发货时间", "time", "2026年11月21日 10:30"),
        ],
    },
    Title {
        tid: 3002,
        name: "积分到期提醒",
        kind: ONE_TIME,
        keywords: &[
            word("即将到期积分", "number", "200"),
            word("到期日期", "date", "2026年12月31日"),
            word("温馨提示", "thing", "到期后自动清零"),
        ],
    },
    Title {
        tid: 3003,
        name: "奖励到账提醒",
        kind: ONE_TIME,
        keywords: &[
            word("奖励名称", "thing", "邀请奖励"),
            word("奖励金额", "amount", "¥5.00"),
            word("到账时间", "time", "2026年11月21日 10:30"),
        ],
    },
    Title {
        tid: 3005,
        name: "活动参与提醒",
        kind: ONE_TIME,
        keywords: &[word("活动名称", "thing", "邀请有礼"), word("温馨提示", "thing", "点击查看你的邀请链接")],
    },
    Title {
        tid: 3004,
        name: "就诊提醒",
        kind: LONG_TERM,
        keywords: &[
            word("就诊人", "name", "林小满"),
            word("时间", "time", "2026年11月21日 10:30"),
            word("地点", "thing", "示例医院二楼"),
        ],
    },
];
const AT_START: usize = 4;

impl Title {
    fn find(tid: Option<i64>) -> Result<&'static Self, Refusal> {
        LIBRARY.iter().find(|title| Some(title.tid) == tid).ok_or_else(|| Refusal::of(200014))
    }

    /// The template of an account with these keywords.
    fn chosen(&self, appid: &str, kids: &[usize]) -> Result<SubscribeTemplate, Refusal> {
        let (mut content, mut example) = (Vec::new(), Vec::new());
        for kid in kids {
            let keyword = kid.checked_sub(1).and_then(|index| self.keywords.get(index));
            let Keyword { name, rule, example: sample } = keyword.ok_or_else(|| Refusal::of(200020))?;
            content.push(format!("{name}：{{{{{rule}{kid}.DATA}}}}"));
            example.push(format!("{name}：{sample}"));
        }
        let key: Vec<String> = kids.iter().map(usize::to_string).collect();
        let id = derived("", &["subscribe", appid, &self.tid.to_string(), &key.join(",")], 43);
        let one_time = self.kind == ONE_TIME;
        Ok(SubscribeTemplate {
            id,
            title: self.name,
            content: content.join("\n"),
            one_time,
            example: example.join("\n"),
        })
    }
}

impl SubscribeTemplate {
    /// The templates that an account has from the start.
    pub(super) fn samples(appid: &str) -> Vec<Self> {
        let whole = |title: &Title| title.chosen(appid, &(1..=title.keywords.len()).collect::<Vec<_>>()).ok();
        LIBRARY.iter().take(AT_START).filter_map(whole).collect()
    }

    /// The template as `gettemplate` lists it.
    pub(super) fn listed(&self) -> Value {
        json!({
            "priTmplId": self.id,
            "title": self.title,
            "content": self.content,
            "example": self.example,
            "type": if self.one_time { ONE_TIME } else { LONG_TERM },
        })
    }
}

/// `GET /wxaapi/newtmpl/getcategory`
pub(super) fn categories(_: &mut World, _: &Call) -> Outcome {
    Ok(json!({ "errcode": 0, "errmsg": "ok", "data": [{ "id": CATEGORY, "name": "会员服务" }] }).into())
}

/// `GET /wxaapi/newtmpl/getpubtemplatetitles`
pub(super) fn titles(_: &mut World, call: &Call) -> Outcome {
    let ids = call.query("ids").ok_or_else(|| Refusal::of(200018))?;
    let number =
        |name, code| call.query(name).and_then(|value| value.parse::<usize>().ok()).ok_or_else(|| Refusal::of(code));
    let (start, limit) = (number("start", 200016)?, number("limit", 200017)?);
    if !(1..=30).contains(&limit) {
        return Err(Refusal::of(200017));
    }
    let known = ids.split(',').any(|id| id.trim() == CATEGORY.to_string());
    let all: &[Title] = if known { LIBRARY } else { &[] };
    let data: Vec<Value> = all
        .iter()
        .skip(start)
        .take(limit)
        .map(|title| {
            let category = CATEGORY.to_string();
            json!({ "tid": title.tid, "title": title.name, "type": title.kind, "categoryId": category })
        })
        .collect();
    Ok(json!({ "errcode": 0, "errmsg": "ok", "count": all.len(), "data": data }).into())
}

/// `GET /wxaapi/newtmpl/getpubtemplatekeywords`
pub(super) fn keywords(_: &mut World, call: &Call) -> Outcome {
    let title = Title::find(call.query("tid").and_then(|tid| tid.parse().ok()))?;
    let data: Vec<Value> = (1_usize..)
        .zip(title.keywords)
        .map(|(kid, word)| json!({ "kid": kid, "name": word.name, "example": word.example, "rule": word.rule }))
        .collect();
    Ok(json!({ "errcode": 0, "errmsg": "ok", "count": data.len(), "data": data }).into())
}

/// `GET /wxaapi/newtmpl/gettemplate`
pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let account = world.caller(&call.account)?;
    let data: Vec<Value> = account.subscribe_templates.iter().map(SubscribeTemplate::listed).collect();
    Ok(json!({ "errcode": 0, "errmsg": "ok", "data": data }).into())
}

/// `POST /wxaapi/newtmpl/addtemplate`
pub(super) fn add(world: &mut World, call: &Call) -> Outcome {
    let title = Title::find(call.number("/tid"))?;
    let kids: Option<Vec<usize>> = call
        .at("/kidList")
        .and_then(Value::as_array)
        .and_then(|kids| kids.iter().map(|kid| kid.as_u64().and_then(|kid| usize::try_from(kid).ok())).collect());
    let kids = kids.filter(|kids| KEYWORDS.contains(&kids.len())).ok_or_else(|| Refusal::of(200020))?;
    if !(1..=15).contains(&call.text_or_empty("/sceneDesc").chars().count()) {
        return Err(Refusal::of(200021));
    }
    let most = world.settings.templates;
    let account = world.caller(&call.account)?;
    let template = title.chosen(&account.appid, &kids)?;
    let id = template.id.clone();
    if !account.subscribe_templates.iter().any(|known| known.id == id) {
        if account.subscribe_templates.len() >= most {
            return Err(Refusal::of(200012));
        }
        account.subscribe_templates.push(template);
    }
    Ok(json!({ "errcode": 0, "errmsg": "ok", "priTmplId": id }).into())
}

/// `POST /wxaapi/newtmpl/deltemplate`
pub(super) fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = call.text("/priTmplId", 40037)?;
    let templates = &mut world.caller(&call.account)?.subscribe_templates;
    let before = templates.len();
    templates.retain(|template| template.id != id);
    if templates.len() == before { Err(Refusal::of(40037)) } else { done() }
}
