//! A merchant's certificates: staff hear of their end in time, and `huilian config check` too.

use huilian::wechat::pay::expiry::{WatchCertificates, expiring};

use crate::support::story;

#[actix_web::test]
async fn the_daily_look_finds_what_ends_soon() {
    story(async |app| {
        let merchant = app.merchant("main");
        // The published certificate ended in May 2025.
        let found = expiring(merchant.settings(), app.clock.now());
        assert_eq!(found.len(), 1);
        assert!(found[0].days < 0);
        assert!(found[0].to_string().contains("of merchant main ended on 2025-05-09"), "{}", found[0]);
        app.app.db.tx(async |tx| tx.enqueue(WatchCertificates {})).await.expect("a job");
        assert_eq!(app.run_jobs().await, 1);
        let counted = "pay_certificates_expiring_total{merchant=\"main\",what=\"merchant\"}";
        assert!(app.figure(counted).await < 1.0, "nobody is warned of a certificate that is published");
    })
    .await;
}
