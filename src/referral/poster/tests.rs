//! Posters as people see them: read back by a QR reader, beside a picture that was looked at.

use std::path::Path;

use image::{DynamicImage, ImageFormat, RgbImage};

use super::{Code, Font, HEIGHT, Look, Poster, WIDTH};

const ADDRESS: &str = "http://weixin.qq.com/q/02sY3Xk1Aabc7100000";
const GOLDEN: &str = "tests/golden/poster.png";

fn font() -> Font {
    Font::load(Path::new("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")).unwrap()
}

fn look() -> Look {
    Look {
        title: "新人立减 20 元".to_owned(),
        line: "好友首单，你也得 20 元红包".to_owned(),
        colour: "#c8102e".to_owned(),
    }
}

fn portrait() -> Vec<u8> {
    let picture =
        RgbImage::from_fn(132, 132, |x, y| image::Rgb([u8::try_from(x).unwrap(), 180, u8::try_from(y).unwrap()]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn poster<'a>(look: &'a Look, name: &'a str, portrait: &'a [u8]) -> Poster<'a> {
    let code = Code::Address(ADDRESS);
    Poster { look, background: None, name: Some(name), portrait: Some(portrait), code, typed: "7K3M9QX2BD" }
}

fn read(png: &[u8]) -> Vec<String> {
    let picture = image::load_from_memory(png).unwrap().to_luma8();
    let (width, height) = (picture.width().try_into().unwrap(), picture.height().try_into().unwrap());
    let at = |x: usize, y: usize| picture.get_pixel(x.try_into().unwrap(), y.try_into().unwrap()).0[0];
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(width, height, at);
    seen.detect_grids().into_iter().map(|grid| grid.decode().unwrap().1).collect()
}

#[test]
fn a_poster_is_what_was_looked_at_and_its_code_can_be_read() {
    let (look, portrait) = (look(), portrait());
    let png = poster(&look, "林小满", &portrait).render(&font()).unwrap();
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
    let (look, portrait, font) = (look(), portrait(), font());
    let plain = poster(&look, "林", &portrait).render(&font).unwrap();
    for name in [
        "一个名字特别特别长长长长长长长长长长长长长长长长长长长长的人",
        "<script>&\"'</text>",
        "😀😀😀",
        "\u{0}\u{202e}\n",
        "",
    ] {
        let png = poster(&look, name, &portrait).render(&font).unwrap();
        assert_eq!(read(&png), [ADDRESS], "{name}");
        assert_ne!(png, plain, "{name}");
    }
    let nobody = Poster { name: None, portrait: None, ..poster(&look, "", &portrait) };
    assert_eq!(read(&nobody.render(&font).unwrap()), [ADDRESS]);
}

#[test]
fn letters_can_be_read_on_any_colour_and_over_any_photograph() {
    let (portrait, font) = (portrait(), font());
    for colour in ["#000000", "#ffffff", "#ffd700", "#c8102e"] {
        let look = Look {
            colour: colour.to_owned(), title: "邀请三位好友得一份生日蛋糕和咖啡券".to_owned(), ..look()
        };
        let png = poster(&look, "周一鸣", &portrait).render(&font).unwrap();
        let picture = image::load_from_memory(&png).unwrap().to_luma8();
        // Where the title stands, something is far lighter or darker than the ground.
        let row: Vec<u8> = (430..560)
            .flat_map(|y| (60..690).map(move |x| (x, y)))
            .map(|(x, y)| picture.get_pixel(x, y).0[0])
            .collect();
        let (darkest, lightest) = (row.iter().min().unwrap(), row.iter().max().unwrap());
        assert!(lightest - darkest > 90, "{colour}: {darkest} to {lightest}");
    }
    let white = RgbImage::from_pixel(400, 400, image::Rgb([250, 250, 250]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::from(white).write_to(&mut bytes, ImageFormat::Png).unwrap();
    let (look, bytes) = (look(), bytes.into_inner());
    let over = Poster { background: Some(&bytes), ..poster(&look, "周一鸣", &portrait) };
    let picture = image::load_from_memory(&over.render(&font).unwrap()).unwrap().to_luma8();
    assert!(picture.get_pixel(20, 700).0[0] < 180, "the photograph is darkened under light letters");
}

#[test]
fn what_is_no_picture_and_too_long_an_address_are_refused() {
    let (look, portrait, font) = (look(), portrait(), font());
    let broken = Poster { portrait: Some(b"GIF89a"), ..poster(&look, "林", &portrait) };
    assert!(broken.render(&font).is_err());
    let long = "x".repeat(3000);
    let broken = Poster { code: Code::Address(&long), ..poster(&look, "林", &portrait) };
    assert!(broken.render(&font).is_err());
    assert!(Font::load(Path::new("Cargo.toml")).is_err() && Font::load(Path::new("nowhere")).is_err());
}

#[test]
fn a_mini_programs_own_code_stands_where_the_other_would() {
    let (look, portrait, font) = (look(), portrait(), font());
    let of_wechat = Poster { code: Code::Picture(&portrait), ..poster(&look, "林", &portrait) };
    let png = of_wechat.render(&font).unwrap();
    assert!(read(&png).is_empty());
    let picture = image::load_from_memory(&png).unwrap().to_rgb8();
    let middle = picture.get_pixel(WIDTH / 2, 890).0;
    assert!(middle[1].abs_diff(180) < 12, "{middle:?}");
}
