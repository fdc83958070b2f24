//! Traces reach a collector when one is configured.

use actix_web::{App, HttpResponse, HttpServer, web};
use reqwest::StatusCode;
use tokio::sync::mpsc;

use crate::support::{Process, TestDatabase, story};

#[actix_web::test]
async fn the_spans_of_a_request_are_sent_before_the_process_ends() {
    story(async |app| {
        let (sender, mut collected) = mpsc::unbounded_channel::<web::Bytes>();
        let collector = HttpServer::new(move || {
            let sender = sender.clone();
            App::new().route(
                "/v1/traces",
                web::post().to(move |body: web::Bytes| {
                    let told = sender.send(body);
                    async move { if told.is_ok() { HttpResponse::Ok().finish() } else { HttpResponse::Gone().finish() } }
                }),
            )
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .expect("a free port");
        let address = collector.addrs()[0];
        let collector = collector.run();
        let handle = collector.handle();
        actix_web::rt::spawn(collector);

        let database = TestDatabase::fresh().await;
        let settings = [
            ("DATABASE__URL", database.url.clone()),
            ("TELEMETRY__OTLP_URL", format!("http://{address}")),
            ("WECHAT__API_URL", app.sandbox.base_url().to_owned()),
        ];
        let process = Process::start(&app.app.folder.accounts, &settings).await;
        let alive = app.http.get(format!("http://{}/healthz", process.address)).send().await.expect("an answer");
        assert_eq!(alive.status(), StatusCode::OK);
        process.terminate();
        let (status, _) = process.ended().await;
        assert!(status.success());
        let sent = collected.recv().await.expect("traces");
        let holds = |words: &str| sent.windows(words.len()).any(|part| part == words.as_bytes());
        assert!(holds("huilian") && holds("request") && holds("/healthz"));
        assert!(!holds("SELECT"), "no SQL in a span");
        handle.stop(false).await;
    })
    .await;
}
