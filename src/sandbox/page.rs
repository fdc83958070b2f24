//! The page: a phone, built by the `h5` workspace and embedded in the binary.

use actix_web::HttpResponse;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "h5/dist/phone"]
#[allow_missing = true]
struct Page;

/// A file of the page; unknown paths give its entry, so that the page can have addresses of its own.
pub(super) fn serve(path: &str) -> HttpResponse {
    let wanted = path.trim_start_matches('/');
    let wanted = if wanted.is_empty() { "index.html" } else { wanted };
    let (name, file) = match Page::get(wanted) {
        Some(file) => (wanted, Some(file)),
        // A missing script must not be answered with HTML.
        None if wanted.contains('.') && wanted != "index.html" => return HttpResponse::NotFound().finish(),
        None => ("index.html", Page::get("index.html")),
    };
    match file {
        Some(file) => {
            // Built files carry a hash in their name, the entry does not.
            let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
            HttpResponse::Ok()
                .content_type(file.metadata.mimetype())
                .insert_header(("Cache-Control", cache))
                .body(file.data.into_owned())
        }
        None => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(
            "这是惠联的微信沙盒，手机页面尚未构建：请在 h5 目录构建后重新编译。\n\
             This is Huilian's WeChat sandbox. Its page is not built yet: build it in h5, then build the program again.\n\
             GET /sandbox/v1/state\n",
        ),
    }
}
