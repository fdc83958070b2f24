//! The query of a callback request: only what WeChat signed is believed, and everything else gets the one refusal.

use reqwest::StatusCode;
use url::{Url, form_urlencoded};

use super::{Verdict, deliver::pushes, mutate::Seeds, run::fuzz};
use crate::support::{TestApp, story_with};

const WORDS: [&[u8]; 14] = [
    b"&",
    b"=",
    b"&&signature=",
    b"&timestamp=1",
    b"&nonce=",
    b"&msg_signature=0000000000000000000000000000000000000000",
    b"&encrypt_type=raw",
    b"&encrypt_type=aes",
    b"&openid=x&openid=y",
    b"&echostr=<script>alert(1)</script>",
    b"+",
    b"%zz",
    b"%e4%bc",
    b"[]=1",
];

/// The only value of a name, as a form says it.
fn value(query: &[u8], name: &str) -> Option<String> {
    let mut values =
        form_urlencoded::parse(query).filter(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    values.next().filter(|_| values.next().is_none())
}

/// The address with this query, and the query as it travels.
fn address(app: &TestApp, query: &[u8]) -> Url {
    let mut url = Url::parse(&format!("{}/wechat/brand/callback", app.base_url)).expect("an address");
    url.set_query(Some(&String::from_utf8_lossy(query)));
    url
}

async fn ask(request: reqwest::RequestBuilder) -> Result<(StatusCode, String), String> {
    let answer = request.send().await.map_err(|error| format!("no answer: {error:?}"))?;
    Ok((answer.status(), answer.text().await.map_err(|error| format!("half an answer: {error:?}"))?))
}

#[actix_web::test]
async fn no_query_is_believed_that_wechat_did_not_sign() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let good = app.text_from("brand", "oTestPerson0000000000000001", 1, "你好");
            let signed = app.http.get(format!("{}/x", app.base_url)).query(&good.query).build().expect("a request");
            let signed = signed.url().query().expect("a query").as_bytes().to_vec();
            let echo = |query: &[u8]| [query, b"&echostr=4375120948345356249"].concat();
            let check = async |input: &[u8]| -> Verdict {
                let url = address(app, input);
                let sent = url.query().unwrap_or_default().as_bytes();
                let same = |names: &[&str]| {
                    names.iter().all(|name| value(sent, name).is_some() && value(sent, name) == value(&signed, name))
                };
                let signature = |name: &str| {
                    let (ours, theirs) = (value(&signed, name), value(sent, name));
                    theirs.is_some_and(|theirs| ours == Some(theirs.to_ascii_lowercase()))
                };
                let before = pushes(app).await;
                let (status, answer) = ask(app.http.post(url.clone()).body(good.body.clone())).await?;
                let kept = pushes(app).await - before;
                let believed = same(&["timestamp", "nonce", "encrypt_type"]) && signature("msg_signature");
                match status {
                    StatusCode::OK if believed => {}
                    StatusCode::FORBIDDEN if answer.is_empty() && kept == 0 => {}
                    _ => return Err(format!("a push: {status} {answer:?}, {kept} kept")),
                }
                let (status, answer) = ask(app.http.get(url.clone())).await?;
                let believed = same(&["timestamp", "nonce"]) && signature("signature");
                match status {
                    StatusCode::OK if believed && value(sent, "echostr").as_deref() == Some(&answer) => Ok(()),
                    StatusCode::FORBIDDEN if answer.is_empty() => Ok(()),
                    _ => Err(format!("a verification: {status} {answer:?}")),
                }
            };
            let seeds = Seeds::new([signed.clone(), echo(&signed)], WORDS).of_a_line();
            fuzz("query", seeds, 300, check).await;
            app.run_jobs().await;
        },
    )
    .await;
}
