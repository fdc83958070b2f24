//! Credentials: whatever stands in the place of a session, only the one that was given out is somebody.

use chrono::TimeDelta;
use entity::admin::staff::Role;
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, COOKIE, HeaderValue},
};

use super::{Verdict, mutate::Seeds, run::fuzz};
use crate::support::{Answered, story_with};

const WORDS: [&[u8]; 13] = [
    b"Bearer ",
    b"bearer ",
    b"Basic ",
    b" ",
    b"\t",
    b",",
    b";",
    b"\"",
    b"hls_",
    b"hlc_",
    b"huilian_session=",
    b"; huilian_session=hlc_x",
    b"%20",
];

#[actix_web::test]
async fn no_credential_is_somebody_but_the_one_that_was_given_out() {
    story_with(
        |settings| settings.config.http.rate_per_minute = 100_000,
        async |app| {
            let (staff, consumer) = (app.staff(Role::Clerk).await, app.person("林小满").log_in("shop").await);
            let bearer = |token: &str| format!("Bearer {token}").into_bytes();
            let cookie = |token: &str| format!("huilian_session={token}").into_bytes();
            let good = [bearer(&staff.token), bearer(&consumer.token), cookie(&consumer.token)];
            let check = async |input: &[u8]| -> Verdict {
                // What no client can send does not arrive.
                let Ok(value) = HeaderValue::from_bytes(input) else { return Ok(()) };
                for path in ["/api/admin/v1/me", "/api/mini/v1/sessions/current"] {
                    for header in [AUTHORIZATION, COOKIE] {
                        let request = app.http.get(format!("{}{path}", app.base_url)).header(&header, &value);
                        let answer = request.send().await.map_err(|error| format!("no answer: {error:?}"))?;
                        let status = answer.status();
                        // Names and blanks around a token may be written in several ways; the token itself in one.
                        let whole = |token: &str| input.windows(token.len()).any(|part| part == token.as_bytes());
                        let somebody = whole(&staff.token) || whole(&consumer.token);
                        match status {
                            StatusCode::UNAUTHORIZED => {}
                            StatusCode::OK if somebody => {}
                            _ => return Err(format!("{path} by {header}: {status}")),
                        }
                    }
                }
                Ok(())
            };
            fuzz("tokens", Seeds::new(good, WORDS).of_a_line(), 150, check).await;
            app.advance(TimeDelta::minutes(1));
            let me =
                Answered::read(app.http.get(format!("{}/api/admin/v1/me", app.base_url)).bearer_auth(&staff.token));
            assert_eq!(me.await.status, StatusCode::OK, "and they are still signed in");
            app.run_jobs().await;
        },
    )
    .await;
}
