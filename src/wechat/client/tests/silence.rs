//! What logs, error texts and metrics say, and what they must never say.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use tracing::level_filters::LevelFilter;

use crate::{
    error::Error,
    wechat::{
        client::{Call, Upload},
        endpoints,
        message::{CustomMessage, custom::Send},
        scripted::{Reply, SECRET, Scripted, TOKEN_PATH},
    },
};

const SEND: &str = "/cgi-bin/message/custom/send";
const OPENID: &str = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M";
const TOKEN: &str = "t0ken-that-must-stay-secret";
const WORDS: &str = "words-of-the-message";
const CODE: &str = "c0de-0f-a-person";
const SESSION: &str = "o0q0otL8aEzpcZL/FT9WsQ==";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn hello() -> Send {
    let message = CustomMessage::text(WORDS);
    Send { touser: OPENID.parse().unwrap(), message, customservice: None, businessid: None }
}

fn silent(text: &str) {
    for secret in [SECRET, TOKEN, OPENID, WORDS, CODE, SESSION, "access_token="] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn no_secret_token_openid_or_body_is_ever_told() {
    let mut server = Scripted::start().await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // With one subscriber alone, a line first reached by another test's thread would be switched off for all threads.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    server.always(TOKEN_PATH, Reply::token(TOKEN));
    server
        .always("/cgi-bin/user/info", Reply::json(json!({"subscribe": "perhaps", "openid": OPENID, "remark": WORDS})));
    let api = server.brand();
    let mut told = String::new();
    let refusal =
        json!({"errcode": 40003, "errmsg": format!("invalid openid {OPENID} rid: 65f1a2b3-0a1b2c3d-4e5f6071")});
    for reply in [Reply::json(refusal), Reply::lost(), Reply::new(502, "text/html", WORDS), Reply::error(48001)] {
        server.next(SEND, reply);
        let failure = api.send_custom(&hello()).await.unwrap_err();
        told += &format!("{failure} {failure:?} {:?}", Error::from(failure.clone()));
    }
    let failure = api.user(&OPENID.parse().unwrap()).await.unwrap_err();
    told += &format!("{failure} {failure:?}");
    for (path, body) in [
        ("/sns/jscode2session", json!({"openid": OPENID, "session_key": SESSION, "unionid": "<"})),
        ("/sns/oauth2/access_token", json!({"openid": OPENID, "access_token": TOKEN, "scope": 7})),
    ] {
        for reply in [Reply::lost(), Reply::error(40029), Reply::json(body)] {
            server.next(path, reply);
            told += &format!("{:?} {:?}", server.shop().login(CODE).await, api.exchange_code(CODE).await);
        }
    }
    server.next("/sns/jscode2session", Reply::json(json!({"openid": OPENID, "session_key": SESSION})));
    let login = server.shop().login(CODE).await.unwrap();
    told += &format!("{login:?}");
    let failure = server.shop().session_stands(&login.openid, &login.session_key).await.unwrap_err();
    told += &format!("{failure:?}");
    server.unplug();
    let failure = server.brand().send_custom(&hello()).await.unwrap_err();
    told += &format!("{failure} {failure:?} {:?}", Error::from(failure.clone()));
    told += &format!("{:?}", server.shop().login(CODE).await.unwrap_err());
    let upload = Upload { name: WORDS.to_owned(), mime: "image/png".to_owned(), bytes: WORDS.into() };
    told += &format!("{:?} {upload:?}", Call::to(endpoints::USER_INFO).query("openid", OPENID));
    told += &format!("{:?} {:?}", hello().touser, api.account());
    drop(guard);
    silent(&told);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    silent(&log);
    for needed in [
        "wechat_call",
        "account=\"brand\"",
        SEND,
        "errcode=40003",
        "rid=\"65f1a2b3-0a1b2c3d-4e5f6071\"",
        "duration_ms=",
    ] {
        assert!(log.contains(needed), "{needed} is missing in {log}");
    }
}

#[tokio::test]
async fn metrics_count_outcomes_and_time_by_account_and_path() {
    let server = Scripted::start().await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let guard = metrics::set_default_local_recorder(&recorder);
    let api = server.brand();
    for reply in [Reply::ok(), Reply::error(45015), Reply::lost(), Reply::error(48001)] {
        server.next(SEND, reply);
        api.send_custom(&hello()).await.ok();
    }
    drop(guard);
    let shown = recorder.handle().render();
    for line in [
        r#"wechat_calls_total{account="brand",path="/cgi-bin/message/custom/send",outcome="ok"} 1"#,
        r#"wechat_calls_total{account="brand",path="/cgi-bin/message/custom/send",outcome="refused"} 2"#,
        r#"wechat_calls_total{account="brand",path="/cgi-bin/message/custom/send",outcome="unknown"} 1"#,
        r#"wechat_calls_total{account="brand",path="/cgi-bin/stable_token",outcome="ok"} 1"#,
        r#"wechat_call_seconds_count{account="brand",path="/cgi-bin/message/custom/send"} 4"#,
        r#"wechat_alarms_total{account="brand",path="/cgi-bin/message/custom/send",errcode="48001"} 1"#,
    ] {
        assert!(shown.contains(line), "{line} is missing in\n{shown}");
    }
}
