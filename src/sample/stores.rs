//! Stores, who works there, what they say again and again, and the codes that hang on the walls.

use serde_json::{Value, json};

use super::{
    desk::Desk,
    past::{Past, text},
};
use crate::{
    admin::{self, Post},
    error::Result,
    infra::db::Tx,
    stores,
};

/// Runs campaigns. Whoever finds this login has begun a sample brand.
pub(super) const OPERATIONS: &str = "yunying";
/// Approves what costs money.
pub(super) const FINANCE: &str = "caiwu";

/// Opens the brand: stores, and who works there.
pub(super) async fn open(past: &Past<'_>) -> Result<()> {
    let db = &past.app.db;
    admin::staff::add(db, OPERATIONS, "林岚（运营）", super::PASSWORD.to_owned(), Post::Headquarters).await?;
    let [square, jingan, _] = db
        .tx(async |tx: &Tx| {
            Ok([
                stores::open(tx, "S001", "人民广场店").await?.id,
                stores::open(tx, "S002", "静安店").await?.id,
                stores::open(tx, "S003", "滨江店").await?.id,
            ])
        })
        .await?;
    for (login, name, post) in [
        (FINANCE, "周舟（财务）", Post::Headquarters),
        (super::MANAGER, "何悦（店长）", Post::Manager(square)),
        (super::CLERK, "小陈（店员）", Post::Clerk(square)),
        ("dianzhang2", "苏禾（店长）", Post::Manager(jingan)),
    ] {
        admin::staff::add(db, login, name, super::PASSWORD.to_owned(), post).await?;
    }
    Ok(())
}

/// Writes down what is said again and again, and makes the channels; gives the scenes of their codes.
pub(super) async fn furnish(past: &Past<'_>) -> Result<Vec<String>> {
    let desk = Desk::of(past, OPERATIONS).await?;
    for (title, words) in [
        ("营业时间", "我们每天 10:00–22:00 营业，节假日照常。"),
        ("退换货", "商品七天内可凭小票退换，请带到任意一家门店。"),
        ("积分到账", "购物后第七天积分到账，可在会员中心查看。"),
        ("感谢", "感谢您的耐心等待，祝您生活愉快！"),
    ] {
        desk.post("/canned-replies", &json!({ "title": title, "text": words })).await?;
    }
    let stores = desk.get("/stores").await?;
    let id = |place: usize| stores.get(place).and_then(|store| store.get("id")).cloned().unwrap_or_default();
    let mut scenes = Vec::new();
    for (name, kind, store) in [
        ("人民广场店收银台", "store", id(0)),
        ("静安店收银台", "store", id(1)),
        ("店员小陈", "staff", id(0)),
        ("地铁灯箱", "advertising", Value::Null),
    ] {
        let channel = desk.post("/channels", &json!({ "name": name, "kind": kind, "store": store })).await?;
        desk.put(&format!("/channels/{}/qr", text(&channel, "id")?), &json!({ "account": "brand" })).await?;
        scenes.push(text(&channel, "scene")?);
    }
    Ok(scenes)
}
