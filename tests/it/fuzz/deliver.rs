//! Well signed deliveries whatever is inside, and what the callback may say to them.

use entity::wechat::push;
use huilian::wechat::{
    account::Account,
    callback::{Query, push_format},
    crypto::{AesKey, signature},
    message::{Fields, Push},
};
use reqwest::StatusCode;
use sea_orm::{EntityTrait, PaginatorTrait};
use secrecy::ExposeSecret;

use super::Verdict;
use crate::support::TestApp;

/// Sealed it is a third longer, and still within the limit.
const LONGEST: usize = 180_000;

/// The samples of bodies with this ending, and the account of the sample brand in the place of their own.
pub fn samples(account: &Account, ending: &str) -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/wechat/samples");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("samples").map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    let files = paths.iter().filter(|path| path.extension().is_some_and(|kind| kind == ending));
    let texts = files.map(|path| std::fs::read_to_string(path).expect("a sample"));
    let samples: Vec<String> = texts
        .map(|text| {
            let fields = Fields::read(&text, push_format(account)).ok();
            let to = fields.and_then(|fields| fields.text("ToUserName").ok()).filter(|to| !to.is_empty());
            to.map_or(text.clone(), |to| text.replace(&to, &account.original_id))
        })
        .collect();
    assert!(samples.len() > 5, "{} samples", samples.len());
    samples
}

/// The key by which an account's pushes are sealed.
pub fn key(account: &Account) -> AesKey {
    let key = account.callback.aes_key.as_ref().expect("a key");
    key.expose_secret().parse().expect("a key")
}

/// Delivers ciphertext under a signature of its own.
pub async fn deliver(app: &TestApp, account: &Account, ciphertext: &str) -> Result<(StatusCode, String), String> {
    let token = account.callback.token.expose_secret();
    let (timestamp, nonce) = (app.clock.now().timestamp().to_string(), app.app.random.alphanumeric(16));
    let query = Query {
        signature: Some(signature::sign([token, &timestamp, &nonce])),
        msg_signature: Some(signature::sign([token, &timestamp, &nonce, ciphertext])),
        timestamp: Some(timestamp),
        nonce: Some(nonce),
        encrypt_type: Some("aes".to_owned()),
        ..Query::default()
    };
    let body = Fields::new().with("ToUserName", account.original_id.as_str()).with("Encrypt", ciphertext);
    let request = app.http.post(format!("{}/wechat/{}/callback", app.base_url, account.key)).query(&query);
    let answer = request.body(body.write(push_format(account))).send().await;
    let answer = answer.map_err(|error| format!("no answer: {error:?}"))?;
    let status = answer.status();
    Ok((status, answer.text().await.map_err(|error| format!("half an answer: {error:?}"))?))
}

/// How many pushes were kept.
pub async fn pushes(app: &TestApp) -> u64 {
    push::Entity::find().count(app.app.db.read()).await.expect("a count")
}

/// Delivers ciphertext, and looks at what became of it. Whether it is to be taken is known.
pub async fn taken_or_refused(app: &TestApp, account: &Account, ciphertext: &str, taken: bool) -> Verdict {
    let before = pushes(app).await;
    let (status, answer) = deliver(app, account, ciphertext).await?;
    let kept = pushes(app).await - before;
    match (taken, status) {
        (true, StatusCode::OK) if answer == "success" || answer.starts_with(['<', '{']) => Ok(()),
        (false, StatusCode::FORBIDDEN) if answer.is_empty() && kept == 0 => Ok(()),
        _ => Err(format!(
            "{status} {answer:?}, {kept} kept, where it is to be {}",
            if taken { "taken" } else { "refused" }
        )),
    }
}

/// What holds of every text that a push may be: what is read is read again when it is written, and the callback takes
/// exactly what can be read.
pub async fn text(app: &TestApp, account: &Account, input: &[u8]) -> Verdict {
    let format = push_format(account);
    let text = String::from_utf8_lossy(input);
    // What is refused for its size alone is not looked at here.
    if text.len() > LONGEST {
        return Ok(());
    }
    if let Ok(fields) = Fields::read(&text, format) {
        let again = Fields::read(&fields.write(format), format);
        if again.as_ref().map(|fields| fields.write(format)) != Ok(fields.write(format)) {
            return Err(format!("{fields:?} becomes {again:?}"));
        }
    }
    let ours = Push::read(text.to_string(), format).is_ok_and(|push| push.to == account.original_id);
    taken_or_refused(app, account, &key(account).encrypt(&text, &account.appid, app.app.random.bytes()), ours).await
}
