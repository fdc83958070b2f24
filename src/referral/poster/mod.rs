//! Posters: a picture that a member shows to friends, with their name, their portrait and a code that leads to the brand.
//!
//! It is drawn as SVG and rendered here, in 750 × 1334 pixels, so no browser and no service of others is needed.

mod drawing;
mod font;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use garde::Validate;
use image::ImageFormat;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::font::Font;

/// The width of a poster, in pixels.
pub const WIDTH: u32 = 750;
/// The height of a poster, in pixels.
pub const HEIGHT: u32 = 1334;

/// How the posters of a programme look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PosterLook)]
pub struct Look {
    /// What there is to win, in large letters.
    #[garde(length(chars, min = 1, max = 24))]
    pub title: String,
    /// One line more, under it.
    #[garde(length(chars, max = 40))]
    #[serde(default)]
    pub line: String,
    /// The colour of the brand, such as `#c8102e`. Letters are light or dark, whichever can be read on it.
    #[garde(pattern("^#[0-9a-fA-F]{6}$"))]
    pub colour: String,
}

/// What a poster's code is.
#[derive(Clone, Copy)]
pub enum Code<'a> {
    /// An address, drawn here as a QR code.
    Address(&'a str),
    /// The round code of a mini program, as WeChat drew it: JPEG or PNG.
    Picture(&'a [u8]),
}

/// One member's poster.
#[derive(Clone, Copy)]
pub struct Poster<'a> {
    /// How it looks.
    pub look: &'a Look,
    /// Behind everything, instead of the brand's colour: JPEG or PNG.
    pub background: Option<&'a [u8]>,
    /// What the member calls themselves. What the font cannot draw is left out.
    pub name: Option<&'a str>,
    /// The member's portrait: JPEG or PNG.
    pub portrait: Option<&'a [u8]>,
    /// Where it leads.
    pub code: Code<'a>,
    /// The code to type, for whom the other one cannot be scanned.
    pub typed: &'a str,
}

impl Poster<'_> {
    /// The poster as PNG. It takes the processor some tens of milliseconds: not on a thread that serves requests.
    ///
    /// # Errors
    /// When an address is longer than a QR code can hold, or a picture is none.
    pub fn render(&self, font: &Font) -> Result<Vec<u8>> {
        let options = Options { fontdb: font.database(), font_family: font.family().to_owned(), ..Options::default() };
        let tree = Tree::from_str(&self.draw(font)?, &options)?;
        let mut canvas = Pixmap::new(WIDTH, HEIGHT).context("a poster without size")?;
        resvg::render(&tree, Transform::identity(), &mut canvas.as_mut());
        png(&canvas)
    }
}

/// A picture without transparency compresses better.
fn png(canvas: &Pixmap) -> Result<Vec<u8>> {
    let rgb = canvas.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let picture = image::RgbImage::from_raw(WIDTH, HEIGHT, rgb).context("pixels are missing")?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
