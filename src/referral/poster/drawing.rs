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
const CODE: u32 = 420;
/// Where the card with the code begins.
const CARD: u32 = 612;
/// The least quiet zone around a QR code, in modules. Readers want four; the white of the card is the rest of them.
const QUIET: usize = 2;

/// A line of letters: where its foot is, how high it is, in which colour, and whether its strokes are thickened.
struct Line<'a> {
    y: u32,
    size: u32,
    colour: &'a str,
    bold: bool,
}

impl Poster {
    /// The poster as SVG.
    pub(super) fn draw(&self, font: &Font) -> Result<String> {
        let ink = self.ink();
        let mut svg = String::with_capacity(64 * 1024);
        self.ground(&mut svg, ink)?;
        let mut line = |text: &str, line: Line<'_>| -> Result<()> {
            let Line { y, size, colour, bold } = line;
            let text = font.fit(&font.drawable(text)?, size, LINE)?;
            let text = escape(&text);
            let bold =
                if bold { format!(r#" stroke="{colour}" stroke-width="{}""#, (size + 18) / 36) } else { String::new() };
            Ok(write!(
                svg,
                r#"<text x="{MIDDLE}" y="{y}" font-size="{size}" text-anchor="middle" fill="{colour}"{bold}>{text}</text>"#
            )?)
        };
        let plain = |y, size| Line { y, size, colour: ink, bold: false };
        let bold = |y, size| Line { y, size, colour: ink, bold: true };
        // Without a portrait what is left stands lower, so that no hole is at the top.
        let top = if self.portrait.is_some() { 266 } else { 176 };
        let name = self.name.as_deref().map(|name| font.drawable(name)).transpose()?.unwrap_or_default();
        if name.is_empty() {
            line("朋友邀请你一起来", plain(top + 26, 36))?;
        } else {
            line(&name, bold(top, 38))?;
            line("邀请你一起来", plain(top + 48, 28))?;
        }
        let titles = headline(font, &self.look.title)?;
        let first = if titles.len() == 1 { 450 } else { 420 };
        for (text, y) in titles.iter().zip([first, 490]) {
            line(&text.0, bold(y, text.1))?;
        }
        line(&self.look.slogan, plain(558, 32))?;
        line(&spaced(&self.typed), Line { y: CARD + 584, size: 34, colour: "#1f1f1f", bold: true })?;
        line(&self.foot, plain(HEIGHT - 40, 24))?;
        self.code(&mut svg)?;
        svg.push_str("</svg>");
        Ok(svg)
    }

    /// What is behind the letters: picture or colours, the portrait, the card.
    fn ground(&self, svg: &mut String, ink: &str) -> Result<()> {
        let colour = &self.look.colour;
        let foot = self.look.foot_colour.clone().unwrap_or_else(|| deeper(colour));
        write!(
            svg,
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">
<defs><clipPath id="face"><circle cx="{MIDDLE}" cy="132" r="72"/></clipPath>
<linearGradient id="ground" x1="0" y1="0" x2="0" y2="1"><stop offset="0.35" stop-color="{colour}"/><stop offset="1" stop-color="{foot}"/></linearGradient></defs>
<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#ground)"/>"##
        )?;
        match &self.background {
            Some(picture) => {
                // It has the size of a poster: nothing is to be cut off, and nothing lies between its pixels.
                let exact = r#"preserveAspectRatio="none" image-rendering="optimizeSpeed""#;
                image(svg, picture, (0, 0, WIDTH, HEIGHT), exact)?;
                write!(svg, r##"<rect width="{WIDTH}" height="{HEIGHT}" fill="#1f1f1f" opacity="0.45"/>"##)?;
            }
            // Two soft moons, so that a plain colour is no plain wall.
            None => write!(
                svg,
                r#"<circle cx="90" cy="60" r="300" fill="{ink}" opacity="0.06"/><circle cx="720" cy="540" r="340" fill="{ink}" opacity="0.05"/>"#
            )?,
        }
        if let Some(portrait) = &self.portrait {
            write!(svg, r##"<circle cx="{MIDDLE}" cy="132" r="78" fill="#ffffff"/>"##)?;
            let slice = r#"clip-path="url(#face)" preserveAspectRatio="xMidYMid slice""#;
            image(svg, portrait, (MIDDLE - 72, 60, 144, 144), slice)?;
        }
        // A shadow of three sheets is soft enough, and far cheaper than a blur.
        for (spread, opacity) in [(8, 0.04), (5, 0.05), (2, 0.06)] {
            let (x, y, width, height) = (85 - spread, CARD + 6 - spread, 580 + 2 * spread, 628 + 2 * spread);
            write!(
                svg,
                r##"<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="44" fill="#000000" opacity="{opacity}"/>"##
            )?;
        }
        write!(svg, r##"<rect x="85" y="{CARD}" width="580" height="628" rx="40" fill="#ffffff"/>"##)?;
        Ok(())
    }

    /// What stands on the card.
    fn code(&self, svg: &mut String) -> Result<()> {
        let place = (MIDDLE - CODE / 2, CARD + 24);
        let hint = match &self.code {
            Code::Address(address) => {
                qr(svg, address, place)?;
                "长按识别二维码，马上加入"
            }
            Code::Picture(picture) => {
                image(svg, picture, (place.0, place.1, CODE, CODE), "")?;
                "长按识别小程序码，马上加入"
            }
        };
        let (hint_at, rule_at, typed_at) = (CARD + 478, CARD + 506, CARD + 540);
        write!(
            svg,
            r##"<text x="{MIDDLE}" y="{hint_at}" font-size="28" text-anchor="middle" fill="#595959">{hint}</text>
<rect x="165" y="{rule_at}" width="420" height="1" fill="#e5e5e5"/>
<text x="{MIDDLE}" y="{typed_at}" font-size="22" text-anchor="middle" fill="#8c8c8c">邀请码</text>"##
        )?;
        Ok(())
    }

    /// The colour of letters. Over a photograph they are light, and the photograph is darkened.
    fn ink(&self) -> &'static str {
        if self.background.is_some() || is_dark(&self.look.colour) { "#ffffff" } else { "#1f1f1f" }
    }
}

/// The red, green and blue of a colour such as `#c8102e`.
fn parts(colour: &str) -> [u32; 3] {
    [1, 3, 5]
        .map(|from| colour.get(from..from + 2).and_then(|part| u32::from_str_radix(part, 16).ok()).unwrap_or_default())
}

/// Whether light letters can be read on a colour: by its brightness as the eye sees it.
fn is_dark(colour: &str) -> bool {
    let [red, green, blue] = parts(colour);
    red * 299 + green * 587 + blue * 114 < 160 * 1000
}

/// A deeper shade.
fn deeper(colour: &str) -> String {
    let [red, green, blue] = parts(colour).map(|part| part * 78 / 100);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A code in two halves, as people read and type it.
fn spaced(code: &str) -> String {
    let code = code.to_uppercase();
    match code.split_at_checked(code.len() / 2) {
        Some((one, other)) => format!("{one} {other}"),
        None => code,
    }
}

/// The title in one large line, or in two smaller ones.
fn headline(font: &Font, title: &str) -> Result<Vec<(String, u32)>> {
    let title = font.drawable(title)?;
    for size in [76, 68, 60] {
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
    let margin = CODE.saturating_sub(module * u32::try_from(side)?) / 2;
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
