//! Pushes in XML, as official accounts get them.

use super::{
    deliver::{samples, text},
    mutate::Seeds,
    run::fuzz,
};
use crate::support::story_with;

/// What XML can do and pushes never have.
pub fn words() -> Vec<Vec<u8>> {
    let short: [&[u8]; 22] = [
        b"<!DOCTYPE x [<!ENTITY e \"xx\">]>",
        b"<!DOCTYPE x SYSTEM \"file:///etc/passwd\">",
        b"<?xml version=\"1.0\" encoding=\"GBK\"?>",
        b"<?php x ?>",
        b"&e;",
        b"&lt;",
        b"&amp;lt;",
        b"&#0;",
        b"&#13;",
        b"&#x1F600;",
        b"&#xD800;",
        b"&#99999999999;",
        b"]]>",
        b"<![CDATA[",
        b"<![CDATA[]]>",
        b"]]]]><![CDATA[>",
        b"<!-- -- -->",
        b"<item>",
        b"</item>",
        b"<x/>",
        b"</xml><xml>",
        b"<a b='c' b=\"d\">",
    ];
    let long = [
        b"<a>".repeat(2_000),
        [b"<a b=\"".as_slice(), &b"x".repeat(100_000), b"\"/>"].concat(),
        b"<Content>x</Content>".repeat(3_000),
        [b"<".as_slice(), &b"n".repeat(70_000), b"/>"].concat(),
    ];
    short.iter().map(|word| word.to_vec()).chain(long).collect()
}

#[actix_web::test]
async fn no_push_in_xml_does_harm() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let account = app.account("brand");
            let seeds = Seeds::new(samples(&account, "xml"), words());
            fuzz("xml", seeds, 300, async |input| text(app, &account, input).await).await;
            app.run_jobs().await;
        },
    )
    .await;
}
