//! Posters (海报): a picture that a member shows to friends, with their name, their portrait and a code that leads to the
//! brand.
//!
//! It is drawn as SVG and rendered here, in 750 × 1334 pixels, so no browser and no service of others is needed. How it
//! looks is a part of the rules of its program ([`Look`]); what stands on one member's is an [`Order`]; [`Posters`] makes
//! them off the threads that serve requests, and keeps the latest ones.

pub mod background;
mod drawing;
mod face;
mod font;
mod letters;
mod look;
mod order;
mod posters;
pub mod send;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use image::ImageFormat;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

pub use self::{
    font::Font,
    look::{LeadsTo, Look},
    order::Order,
    posters::Posters,
};

/// The width of a poster, in pixels.
pub const WIDTH: u32 = 750;
/// The height of a poster, in pixels.
pub const HEIGHT: u32 = 1334;

/// What a poster's code is.
#[derive(Clone)]
pub enum Code {
    /// An address, drawn here as a QR code.
    Address(String),
    /// The round code of a mini program, as WeChat drew it: JPEG or PNG.
    Picture(Vec<u8>),
}

/// One member's poster.
#[derive(Clone)]
pub struct Poster {
    /// How it looks.
    pub look: Look,
    /// Behind everything, instead of the brand's colours: JPEG or PNG.
    pub background: Option<Vec<u8>>,
    /// What the member calls themselves. What the font cannot draw is left out.
    pub name: Option<String>,
    /// The member's portrait: JPEG or PNG.
    pub portrait: Option<Vec<u8>>,
    /// Where it leads.
    pub code: Code,
    /// The code to type, for whom the other one cannot be scanned.
    pub typed: String,
    /// The line at the foot: until when, and whose it is.
    pub foot: String,
}

impl Poster {
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
    let mut rgb = Vec::with_capacity(canvas.data().len() / 4 * 3);
    for pixel in canvas.data().chunks_exact(4).filter_map(<[u8]>::first_chunk::<3>) {
        rgb.extend_from_slice(pixel);
    }
    let picture = image::RgbImage::from_raw(WIDTH, HEIGHT, rgb).context("pixels are missing")?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
