//! Where a page begins: a cursor of ours, or nothing that a list is asked for.

use std::cell::Cell;

use data_encoding::BASE64URL_NOPAD;
use entity::admin::staff::Role;
use huilian::error::Code;
use reqwest::StatusCode;
use uuid::Uuid;

use super::{Verdict, mutate::Seeds, run::fuzz};
use crate::support::story_with;

/// Lists whose pages are found in different ways.
const LISTS: [&str; 10] = [
    "/api/admin/v1/conversations?",
    "/api/admin/v1/members?",
    "/api/admin/v1/followers?account=brand&",
    "/api/admin/v1/audit?",
    "/api/admin/v1/campaigns?",
    "/api/admin/v1/grants?",
    "/api/admin/v1/merges?",
    "/api/admin/v1/imports?",
    "/api/admin/v1/jobs/parked?",
    "/api/admin/v1/referrals?",
];

fn place(millis: i64) -> Vec<u8> {
    [millis.to_be_bytes().as_slice(), Uuid::from_u128(u128::MAX / 3).as_bytes()].concat()
}

#[actix_web::test]
async fn no_cursor_breaks_a_list() {
    story_with(
        |settings| settings.config.http.rate_per_minute = 100_000,
        async |app| {
            let staff = app.staff(Role::Headquarters).await;
            let number = Cell::new(0);
            // The bytes of a cursor, or its text.
            let check = async |input: &[u8]| -> Verdict {
                number.set(number.get() + 1);
                let list = LISTS[number.get() % LISTS.len()];
                for cursor in [BASE64URL_NOPAD.encode(input), String::from_utf8_lossy(input).into_owned()] {
                    let query = form_urlencoded(&cursor);
                    let answer = staff.get(&format!("{list}cursor={query}&limit=2")).await;
                    let known = answer.body["code"]
                        .as_str()
                        .is_some_and(|code| Code::ALL.iter().any(|one| one.as_str() == code));
                    match answer.status {
                        StatusCode::OK => {}
                        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY if known => {}
                        _ => return Err(format!("{list}cursor={query}: {} {}", answer.status, answer.body)),
                    }
                }
                Ok(())
            };
            let ends = [0, -1, 1_793_000_000_000, i64::MIN, i64::MAX, -62_135_596_800_001, 253_402_300_800_000];
            // The furthest that the calendar knows, which databases do not.
            let furthest = [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC];
            let ends = ends.into_iter().chain(furthest.map(|at| at.timestamp_millis()));
            // Each way of finding pages meets each end.
            let places: Vec<Vec<u8>> = ends.flat_map(|millis| LISTS.map(|_| place(millis))).collect();
            fuzz("cursors", Seeds::new(places, [b"AAAA".as_slice(), b"=", b"-_"]).of_a_line(), 150, check).await;
        },
    )
    .await;
}

fn form_urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
