//! Log lines never hold what people said, who they are, or what opens doors.

use huilian::sandbox::{self, Sandbox};
use secrecy::ExposeSecret;

use crate::support::{Process, TestDatabase, story};

#[actix_web::test]
async fn the_log_of_a_busy_day_holds_no_words_no_open_ids_and_no_secrets() {
    story(async |app| {
        // A WeChat for the process alone, whose clock is the machine's.
        let accounts = app.app.folder.accounts.clone();
        let options = sandbox::Options::new(([127, 0, 0, 1], 0).into(), accounts.clone());
        let wechat = Sandbox::start(options).await.expect("a sandbox");
        let database = TestDatabase::fresh().await;
        let settings = [
            ("DATABASE__URL", database.url.clone()),
            ("WECHAT__API_URL", wechat.base_url().to_owned()),
            ("LOG__LEVEL", "debug".to_owned()),
        ];
        let process = Process::start(&accounts, &settings).await;
        wechat.set_callback_base(&format!("http://{}", process.address));
        let person = wechat.add_person(Some("林小满")).expect("a person").id;
        wechat.follow(&person, "brand", None).await.expect("a push");
        wechat.say(&person, "brand", "我的手机号是 13800138000").await.expect("a push");
        wechat.say(&person, "shop", "在吗我是小满").await.expect("a push");
        let forged = format!("http://{}/wechat/brand/callback?signature=0&timestamp=1&nonce=1", process.address);
        app.http.post(forged).body("<xml>秘密内容</xml>").send().await.expect("an answer");
        process.terminate();
        let (status, lines) = process.ended().await;
        assert!(status.success());
        let log = lines.iter().map(ToString::to_string).collect::<String>();
        assert!(log.len() > 2000, "there is a log to look at");
        let mut secret =
            vec!["13800138000".to_owned(), "我的手机号".to_owned(), "小满".to_owned(), "秘密内容".to_owned()];
        for account in accounts.iter() {
            secret.push(wechat.openid(&person, account.key.as_str()).expect("an OpenID"));
            secret.push(account.secret.expose_secret().to_owned());
            secret.push(account.callback.token.expose_secret().to_owned());
            secret.extend(account.callback.aes_key.as_ref().map(|key| key.expose_secret().to_owned()));
        }
        for word in secret {
            assert!(!log.contains(&word), "the log holds {word}");
        }
        assert!(!log.contains("access_token="), "an address with its token");
        wechat.stop().await;
    })
    .await;
}
