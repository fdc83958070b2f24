//! The page: a phone, built by the `h5` workspace and embedded in the binary.

use actix_web::HttpResponse;
use rust_embed::RustEmbed;

use crate::http::pages;

#[derive(RustEmbed)]
#[folder = "h5/dist/phone"]
#[allow_missing = true]
struct Page;

/// What stands in its place until it was built.
const MISSING: &str = "这是惠联的微信沙盒，手机页面尚未构建：请在 h5 目录构建后重新编译。\n\
                       This is Huilian's WeChat sandbox. Its page is not built yet: build it in h5, then build the program again.\n\
                       GET /sandbox/v1/state\n";

/// A file of the page; unknown paths give its entry.
pub(super) fn serve(path: &str) -> HttpResponse {
    pages::serve::<Page>(path, MISSING)
}
