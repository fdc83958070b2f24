//! The letters of posters: one file with Chinese and Latin letters, read once.

use std::{fs, path::Path, sync::Arc};

use anyhow::{Context, Result};
use read_fonts::{FontRef, TableProvider, tables::cmap::Cmap};
use resvg::usvg::fontdb::{Database, ID, Source};

use super::letters;

/// Where systems keep a font with Chinese letters, the first that is there is taken.
const PLACES: [&str; 7] = [
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/STHeiti Light.ttc",
];
/// What a font for posters can draw.
const SAMPLE: &str = "邀";

/// A font that is ready to draw and to measure.
#[derive(Clone)]
pub struct Font {
    database: Arc<Database>,
    face: ID,
    family: Arc<str>,
}

impl Font {
    /// The first font of this system that has Chinese letters.
    ///
    /// # Errors
    /// When there is none; the words say what to do.
    pub fn search() -> Result<Self> {
        let mut readable = PLACES.iter().filter_map(|place| Self::load(Path::new(place)).ok());
        readable.find(|font| font.drawable(SAMPLE).is_ok_and(|drawn| drawn == SAMPLE)).context(
            "找不到中文字体，无法生成海报：请执行 apt install fonts-wqy-microhei，或在 referral.poster_font 中填写字体文件路径 / \
             no font with Chinese letters was found, so posters cannot be made: apt install fonts-wqy-microhei, or name a \
             font file in referral.poster_font",
        )
    }

    /// Reads a font file (TTF, OTF or a collection of them, of which the first is taken).
    ///
    /// # Errors
    /// When there is no such file, or no letters are in it.
    pub fn load(path: &Path) -> Result<Self> {
        let shown = path.display();
        let bytes = fs::read(path).with_context(|| {
            format!("无法读取字体文件 / cannot read the font {shown}: apt install fonts-wqy-microhei")
        })?;
        let mut database = Database::new();
        let faces = database.load_font_source(Source::Binary(Arc::new(bytes)));
        let face = faces.first().copied();
        let known = face.and_then(|face| Some((face, database.face(face)?.families.first()?.0.clone())));
        let (face, family) = known.with_context(|| format!("字体文件无法识别 / {shown} is no font"))?;
        Ok(Self { database: Arc::new(database), face, family: family.into() })
    }

    pub(super) fn database(&self) -> Arc<Database> {
        Arc::clone(&self.database)
    }

    pub(super) fn family(&self) -> &str {
        &self.family
    }

    fn with<T>(&self, look: impl FnOnce(&FontRef<'_>) -> Result<T, read_fonts::ReadError>) -> Result<T> {
        let looked = self.database.with_face_data(self.face, |bytes, index| look(&FontRef::from_index(bytes, index)?));
        Ok(looked.context("the font is gone")??)
    }

    /// The letters of a text that can be drawn, without what would break a line or draw over others.
    pub(super) fn drawable(&self, text: &str) -> Result<String> {
        let text = letters::plain(text);
        let drawn: String = self.with(|font| {
            let letters = font.cmap()?;
            Ok(text.chars().filter(|letter| draws(&letters, *letter)).collect())
        })?;
        Ok(drawn.trim().to_owned())
    }

    /// The beginning of a text that is not wider than `most` pixels when its letters are `size` pixels high, with an
    /// ellipsis in the place of the rest.
    pub(super) fn fit(&self, text: &str, size: u32, most: u32) -> Result<String> {
        if self.width(text, size)? <= most {
            return Ok(text.to_owned());
        }
        let mut fitting = String::new();
        for letter in text.chars() {
            if self.width(&format!("{fitting}{letter}…"), size)? > most {
                break;
            }
            fitting.push(letter);
        }
        Ok(format!("{}…", fitting.trim_end()))
    }

    /// How wide a text is, in pixels, when its letters are `size` pixels high.
    pub(super) fn width(&self, text: &str, size: u32) -> Result<u32> {
        self.with(|font| {
            let (letters, widths) = (font.cmap()?, font.hmtx()?);
            let width = |letter| letters.map_codepoint(letter).and_then(|glyph| widths.advance(glyph)).unwrap_or(0);
            let units: u32 = text.chars().map(|letter| u32::from(width(letter))).sum();
            Ok(units.saturating_mul(size).div_ceil(u32::from(font.head()?.units_per_em()).max(1)))
        })
    }
}

fn draws(letters: &Cmap<'_>, letter: char) -> bool {
    letters.map_codepoint(letter).is_some_and(|glyph| glyph.to_u32() != 0)
}
