//! Pushes in JSON, as mini programs get them.

use super::{
    deliver::{samples, text},
    mutate::Seeds,
    run::fuzz,
};
use crate::support::story_with;

fn words() -> Vec<Vec<u8>> {
    let short: [&[u8]; 17] = [
        b"\"",
        b"{",
        b"}",
        b"[]",
        b"{}",
        b"[[[]]]",
        b",",
        b":",
        b"true",
        b"1.5",
        b"1e-7",
        b"-0.0",
        b"\"MsgType\":\"text\",",
        b"\"Event\":\"wxa_media_check\",",
        b"\"List\":[{\"TemplateId\":1},[{}],null],",
        b"\\u0000\\ud83d\\ude00",
        b"\\ud83d",
    ];
    let long = [b"[".repeat(3_000), b"{\"a\":".repeat(2_000), b"\"x\":[1,2],".repeat(2_000), b"9".repeat(5_000)];
    short.iter().map(|word| word.to_vec()).chain(long).collect()
}

#[actix_web::test]
async fn no_push_in_json_does_harm() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let account = app.account("shop");
            let seeds = Seeds::new(samples(&account, "json"), words());
            fuzz("json", seeds, 300, async |input| text(app, &account, input).await).await;
            app.run_jobs().await;
        },
    )
    .await;
}
