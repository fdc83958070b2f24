//! The sample brand of the demonstration: every page has something to show, and the books agree.

mod begun;
mod shown;

use huilian::sample;

use crate::{
    rewards::till::open,
    support::{Proxy, TestApp},
};

/// Runs a test against a product in which the sample brand has been written.
async fn brand(test: impl AsyncFnOnce(&TestApp)) {
    let (app, _wire) = prepared().await;
    let present = app.clock.now();
    sample::write(&app.app, &app.sandbox, &app.base_url).await.expect("a sample brand");
    assert_eq!(app.clock.now(), present, "time is back where it stood");
    test(&app).await;
    app.finish().await;
}

/// A product in which it can be written, with the merchant that pays, and the wire on which WeChat Pay reports to us.
async fn prepared() -> (TestApp, Proxy) {
    open(|settings| sample::prepare(&mut settings.config)).await
}
