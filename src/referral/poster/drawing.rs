//! What stands where on a poster. All lengths are pixels.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::ImageFormat;
use qrcode::{Color, EcLevel, QrCode};
use quick_xml::escape::escape;

use super::{Code, Font, HEIGHT, Poster, WIDTH};

const MIDDLE: u32 = WIDTH / 2;
/// How wide a line of letters may be.
const LINE: u32 = 640;
/// The edge of the code.
const CODE: u32 = 400;
/// The quiet zone around a QR code, in modules; readers want four.
const QUIET: usize = 4;

impl Poster<'_> {
    /// The poster as SVG.
    pub(super) fn draw(&self, font: &Font) -> Result<String> {
        let Palette { back, ink, veil } = self.palette();
        let mut svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">
<defs><clipPath id="face"><circle cx="{MIDDLE}" cy="170" r="72"/></clipPath></defs>
<rect width="{WIDTH}" height="{HEIGHT}" fill="{back}"/>"##
        );
        match self.background {
            Some(picture) => {
                image(&mut svg, picture, (0, 0, WIDTH, HEIGHT), r#"preserveAspectRatio="xMidYMid slice""#)?;
                write!(svg, r#"<rect width="{WIDTH}" height="{HEIGHT}" fill="{veil}" opacity="0.45"/>"#)?;
            }
            // Two soft moons, so that a plain colour is no plain wall.
            None => write!(
                svg,
                r##"<circle cx="90" cy="60" r="300" fill="{ink}" opacity="0.06"/><circle cx="720" cy="560" r="340" fill="{ink}" opacity="0.05"/>"##
            )?,
        }
        if let Some(portrait) = self.portrait {
            write!(svg, r##"<circle cx="{MIDDLE}" cy="170" r="78" fill="#ffffff"/>"##)?;
            let slice = r#"clip-path="url(#face)" preserveAspectRatio="xMidYMid slice""#;
            image(&mut svg, portrait, (MIDDLE - 72, 98, 144, 144), slice)?;
        }
        let mut line = |text: &str, (y, size): (u32, u32), colour: &str| -> Result<()> {
            let text = font.fit(&font.drawable(text)?, size, LINE)?;
            let text = escape(&text);
            Ok(write!(
                svg,
                r#"<text x="{MIDDLE}" y="{y}" font-size="{size}" text-anchor="middle" fill="{colour}">{text}</text>"#
            )?)
        };
        let name = self.name.map(|name| font.drawable(name)).transpose()?.unwrap_or_default();
        match name.trim() {
            "" => line("朋友邀请你一起来", (330, 36), ink)?,
            name => {
                line(name, (310, 40), ink)?;
                line("邀请你一起来", (362, 28), ink)?;
            }
        }
        for (index, (text, size)) in headline(font, &self.look.title)?.into_iter().enumerate() {
            line(&text, (if index == 0 { 470 } else { 540 }, size), ink)?;
        }
        line(&self.look.line, (600, 30), ink)?;
        line(&format!("邀请码 {}", self.typed), (1286, 30), ink)?;
        write!(svg, r##"<rect x="95" y="650" width="560" height="570" rx="36" fill="#ffffff"/>"##)?;
        let place = (MIDDLE - CODE / 2, 690);
        let hint = match self.code {
            Code::Address(address) => {
                qr(&mut svg, address, place)?;
                "长按识别二维码，马上加入"
            }
            Code::Picture(picture) => {
                image(&mut svg, picture, (place.0, place.1, CODE, CODE), "")?;
                "长按识别小程序码，马上加入"
            }
        };
        write!(
            svg,
            r##"<text x="{MIDDLE}" y="1162" font-size="28" text-anchor="middle" fill="#595959">{hint}</text></svg>"##
        )?;
        Ok(svg)
    }

    fn palette(&self) -> Palette<'_> {
        let (light, dark) = ("#ffffff", "#1f1f1f");
        // Letters over a photograph are light, and the photograph is darkened.
        let ink = if self.background.is_some() || is_dark(&self.look.colour) { light } else { dark };
        Palette { back: &self.look.colour, ink, veil: dark }
    }
}

struct Palette<'a> {
    back: &'a str,
    ink: &'a str,
    veil: &'a str,
}

/// Whether light letters can be read on a colour: by its brightness as the eye sees it.
fn is_dark(colour: &str) -> bool {
    let part =
        |from: usize| colour.get(from..from + 2).and_then(|part| u32::from_str_radix(part, 16).ok()).unwrap_or(0);
    part(1) * 299 + part(3) * 587 + part(5) * 114 < 160 * 1000
}

/// The title in one large line, or in two smaller ones.
fn headline(font: &Font, title: &str) -> Result<Vec<(String, u32)>> {
    let title = font.drawable(title)?;
    for size in [72, 64, 56] {
        if font.width(&title, size)? <= LINE {
            return Ok(vec![(title, size)]);
        }
    }
    let half = title.chars().count().div_ceil(2);
    let (first, second): (String, String) = (title.chars().take(half).collect(), title.chars().skip(half).collect());
    Ok(vec![(first, 52), (second, 52)])
}

/// A picture as part of the drawing.
fn image(svg: &mut String, bytes: &[u8], (x, y, width, height): (u32, u32, u32, u32), how: &str) -> Result<()> {
    let kind = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => "jpeg",
        Ok(ImageFormat::Png) => "png",
        _ => bail!("a picture on a poster is neither JPEG nor PNG"),
    };
    let bytes = STANDARD.encode(bytes);
    Ok(write!(
        svg,
        r#"<image x="{x}" y="{y}" width="{width}" height="{height}" {how} href="data:image/{kind};base64,{bytes}"/>"#
    )?)
}

/// A QR code with its quiet zone. Each module is a whole number of pixels, so that its edges are sharp.
fn qr(svg: &mut String, address: &str, (x, y): (u32, u32)) -> Result<()> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M)?;
    let side = code.width();
    let module = (CODE / u32::try_from(side + 2 * QUIET)?).max(1);
    let margin = (CODE - module * u32::try_from(side)?) / 2;
    let (left, top) = (x + margin, y + margin);
    write!(
        svg,
        r##"<path fill="#000000" shape-rendering="crispEdges" transform="translate({left} {top}) scale({module})" d=""##
    )?;
    for (row, colours) in code.to_colors().chunks(side).enumerate() {
        for (column, _) in colours.iter().enumerate().filter(|(_, colour)| **colour == Color::Dark) {
            write!(svg, "M{column} {row}h1v1h-1z")?;
        }
    }
    svg.push_str(r#""/>"#);
    Ok(())
}
