//! Codes of a mini program: WeChat draws them, any number of them, and they work for ever. They are kept in memory only, as
//! the picture of a poster is asked for far more often than its code.

use actix_web::web::Bytes;

use super::Desk;
use crate::{
    error::{Code, Error, Result},
    referral::terms::MiniPage,
    wechat::mini::code::{MiniCode, Version},
};

/// How wide WeChat draws it, in pixels.
const WIDTH: u16 = 430;
/// The page was never released.
const NOT_RELEASED: i64 = 41030;

/// The code that opens a page of a mini program with a scene: JPEG or PNG.
///
/// # Errors
/// [`Code::Conflict`] for a page that was never released; [`Code::Unavailable`] when WeChat gives none now.
pub async fn mini_code(desk: &Desk, page: &MiniPage, scene: &str) -> Result<Bytes> {
    let MiniPage { account, page } = page;
    let key = format!("mini_code:{account}:{page}:{scene}");
    if let Some(known) = desk.posters.kept(&key).await {
        return Ok(known);
    }
    let code = MiniCode { scene, page, check_path: true, env_version: Version::Release, width: WIDTH };
    let drawn = match desk.wechat.of(account) {
        Ok(api) => api.mini_code(&code).await,
        Err(failure) => Err(failure),
    };
    let file = drawn.map_err(|failure| match failure.errcode() {
        Some(NOT_RELEASED) => {
            Error::new(Code::Conflict).detail("小程序页面尚未发布 / The page of the mini program was never released")
        }
        _ => Error::new(Code::Unavailable).because(failure),
    })?;
    let bytes = Bytes::from(file.bytes);
    desk.posters.keep(&key, bytes.clone()).await;
    Ok(bytes)
}
