//! One push answered without network and database: verified, decrypted, read, replied to, encrypted. Beside it the
//! arithmetic alone that WeChat's protocol asks for with the same bytes: two signatures, one decryption, one encryption.

mod brand;

use std::hint::black_box;

use anyhow::{Context, Result, anyhow};
use criterion::Criterion;
use huilian::wechat::{
    account::Account,
    callback::{Limits, Opened, Query, Stamp, open_push, seal_reply},
    crypto::{AesKey, signature},
    message::{Fields, Reply},
};
use secrecy::ExposeSecret;

use brand::Brand;

/// What the request handler does around the database.
fn answer(account: &Account, query: &Query, body: &str, reply: &Reply, stamp: &Stamp) -> Result<String> {
    let Opened { push, sealing, signature: _ } =
        open_push(account, query, body.as_bytes(), stamp.at, Limits::default()).map_err(|refusal| anyhow!(refusal))?;
    Ok(seal_reply(account, &sealing, reply.answer(&push, stamp.at), stamp))
}

fn main() -> Result<()> {
    let brand = Brand::load()?;
    let account = brand.account.as_ref();
    let (query, body) = brand.message(1)?;
    let stamp = Stamp { at: brand.clock.now(), nonce: "measured".to_owned(), random: [7; 16] };
    let reply =
        Reply::Text { content: "会员权益：\n· 消费 1 元积 1 分\n· 生日当月双倍积分".to_owned() };
    let answered = answer(account, &query, &body, &reply, &stamp)?;

    let encrypted = |body: &str| -> Result<String> {
        let envelope = Fields::read(body, account.callback.format).map_err(|unreadable| anyhow!(unreadable))?;
        envelope.text("Encrypt").map_err(|unreadable| anyhow!(unreadable))
    };
    let (pushed, replied) = (encrypted(&body)?, encrypted(&answered)?);
    let key: AesKey = account.callback.aes_key.as_ref().context("a key")?.expose_secret().parse()?;
    let plain = key.decrypt(&replied, &account.appid)?;
    let token = account.callback.token.expose_secret();
    let seconds = stamp.seconds().to_string();

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("callback");
    group.bench_function("answer", |bencher| {
        bencher.iter(|| answer(account, black_box(&query), black_box(&body), &reply, &stamp));
    });
    group.bench_function("arithmetic", |bencher| {
        bencher.iter(|| {
            let verified = signature::sign([token, &seconds, &stamp.nonce, black_box(&pushed)]);
            let opened = key.decrypt(black_box(&pushed), &account.appid);
            let sealed = key.encrypt(black_box(&plain), &account.appid, stamp.random);
            let signed = signature::sign([token, &seconds, &stamp.nonce, &sealed]);
            (verified, opened, sealed, signed)
        });
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}
