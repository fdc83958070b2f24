//! Posters as people see them: read back by a QR reader, beside a picture that was looked at.

use std::path::Path;

use image::{DynamicImage, ImageFormat, RgbImage};

use super::{Code, Font, HEIGHT, Look, Poster, WIDTH};

const ADDRESS: &str = "http://weixin.qq.com/q/02sY3Xk1Aabc7100000";
const GOLDEN: &str = "tests/golden/poster.png";

fn font() -> Font {
    Font::search().unwrap()
}

fn look() -> Look {
    Look {
        title: "新人立减 20 元".to_owned(),
        slogan: "好友首单，你也得 20 元红包".to_owned(),
        ..Look::plain("邀请有礼")
    }
}

fn picture(of: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::from(of.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn portrait() -> Vec<u8> {
    let part = |of: u32| u8::try_from(of).unwrap();
    picture(&RgbImage::from_fn(132, 132, |x, y| image::Rgb([part(x), 180, part(y)])), ImageFormat::Jpeg)
}

fn poster(name: &str) -> Poster {
    Poster {
        look: look(),
        background: None,
        name: Some(name.to_owned()),
        portrait: Some(portrait()),
        code: Code::Address(ADDRESS.to_owned()),
        typed: "7k3m9qx2bd".to_owned(),
        foot: "惠联样板店 · 活动截止 2026年12月31日".to_owned(),
    }
}

fn read(png: &[u8]) -> Vec<String> {
    let picture = image::load_from_memory(png).unwrap().to_luma8();
    let (width, height) = (picture.width().try_into().unwrap(), picture.height().try_into().unwrap());
    let at = |x: usize, y: usize| picture.get_pixel(x.try_into().unwrap(), y.try_into().unwrap()).0[0];
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(width, height, at);
    seen.detect_grids().into_iter().map(|grid| grid.decode().unwrap().1).collect()
}

fn usvg_reads(svg: &str) -> bool {
    resvg::usvg::Tree::from_str(svg, &resvg::usvg::Options::default()).is_ok()
}

#[test]
fn a_poster_is_what_was_looked_at_and_its_code_can_be_read() {
    let png = poster("林小满").render(&font()).unwrap();
    assert_eq!(read(&png), [ADDRESS]);
    if std::env::var_os("HUILIAN_NEW_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &png).unwrap();
    }
    let now = image::load_from_memory(&png).unwrap().to_rgb8();
    let golden = image::open(GOLDEN).unwrap().to_rgb8();
    assert_eq!((now.dimensions(), golden.dimensions()), ((WIDTH, HEIGHT), (WIDTH, HEIGHT)));
    let apart: u64 = now.iter().zip(golden.iter()).map(|(now, then)| u64::from(now.abs_diff(*then))).sum();
    let most = u64::from(WIDTH * HEIGHT * 3);
    // Another release of the font or of the renderer may place an edge a little differently.
    assert!(apart < most, "the poster differs by {} thousandths of a shade for each point", apart * 1000 / most);
}

#[test]
fn names_that_are_too_long_too_strange_or_hostile_leave_a_poster_that_works() {
    let font = font();
    let drawn = |name: &str| poster(name).draw(&font).unwrap();
    let endless = "长".repeat(50_000);
    let mut seen = std::collections::BTreeSet::from([drawn("林")]);
    for name in [
        "一个名字特别特别长长长长长长长长长长长长长长长长长长长长的人",
        "<script>&\"'</text>",
        "]]></text><image href=\"file:///etc/passwd\"/>",
        "&xxe; %s {0} ${HOME}",
        "مرحبا بالعالم",
        "\u{202e}nimda\u{202c}",
        "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}a\u{489}l\u{489}g\u{489}o",
        &endless,
    ] {
        let svg = drawn(name);
        assert!(!svg.contains("script>") && !svg.contains("href=\"file") && !svg.contains('\u{202e}'), "{name:.40}");
        assert!(svg.len() < 64 * 1024, "{name:.40}");
        assert!(usvg_reads(&svg), "{name:.40}");
        assert!(seen.insert(svg), "{name:.40}");
    }
    assert_eq!(read(&poster(&format!("<b>&\u{202e}مرحبا{endless}")).render(&font).unwrap()), [ADDRESS]);
    for nothing in ["😀😀😀", "\u{0}\u{202e}\n", "   ", "👨\u{200d}👩\u{200d}👧"] {
        assert_eq!(drawn(nothing), drawn(""), "{nothing:?} leaves a poster without a name");
    }
    assert_eq!(drawn("小满😀"), drawn("小满"));
    let faceless = Poster { name: None, portrait: None, ..poster("") };
    assert!(!faceless.draw(&font).unwrap().contains("<image"));
}

#[test]
fn letters_can_be_read_on_any_colour_and_over_any_photograph() {
    let font = font();
    for colour in ["#000000", "#ffd700"] {
        let look = Look {
            colour: colour.to_owned(), title: "邀请三位好友得一份生日蛋糕和咖啡券".to_owned(), ..look()
        };
        let png = Poster { look, ..poster("周一鸣") }.render(&font).unwrap();
        let picture = image::load_from_memory(&png).unwrap().to_luma8();
        // Where the title stands, something is far lighter or darker than the ground.
        let row: Vec<u8> = (380..500)
            .flat_map(|y| (60..690).map(move |x| (x, y)))
            .map(|(x, y)| picture.get_pixel(x, y).0[0])
            .collect();
        let (darkest, lightest) = (row.iter().min().unwrap(), row.iter().max().unwrap());
        assert!(lightest - darkest > 90, "{colour}: {darkest} to {lightest}");
    }
    let white = picture(&RgbImage::from_pixel(400, 400, image::Rgb([250, 250, 250])), ImageFormat::Png);
    let over = Poster { background: Some(white), ..poster("周一鸣") };
    let picture = image::load_from_memory(&over.render(&font).unwrap()).unwrap().to_luma8();
    assert!(picture.get_pixel(20, 700).0[0] < 180, "the photograph is darkened under light letters");
}

#[test]
fn what_is_no_picture_and_too_long_an_address_are_refused() {
    let font = font();
    let broken = Poster { portrait: Some(b"GIF89a".to_vec()), ..poster("林") };
    assert!(broken.render(&font).is_err());
    let broken = Poster { code: Code::Address("x".repeat(3000)), ..poster("林") };
    assert!(broken.render(&font).is_err());
    assert!(Font::load(Path::new("Cargo.toml")).is_err() && Font::load(Path::new("nowhere")).is_err());
}

#[test]
fn a_mini_programs_own_code_stands_where_the_other_would() {
    let png = Poster { code: Code::Picture(portrait()), ..poster("林") }.render(&font()).unwrap();
    assert!(read(&png).is_empty());
    let picture = image::load_from_memory(&png).unwrap().to_rgb8();
    let middle = picture.get_pixel(WIDTH / 2, 846).0;
    assert!(middle[1].abs_diff(180) < 12, "{middle:?}");
}
