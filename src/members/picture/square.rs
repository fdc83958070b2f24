//! What becomes of a file that somebody sends as their picture: pixels, and nothing else that was in it.

use std::io::Cursor;

use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits, imageops::FilterType};

use crate::error::{Error, Result};

/// Pixels of each side of a picture.
const SIDE: u32 = 320;
/// Pixels of each side of what somebody may send.
const LONGEST_SIDE: u32 = 6_000;
/// Memory that one picture may take while it is read, in bytes.
const MEMORY: u64 = 160 * 1024 * 1024;

/// A picture as it is stored: a JPEG, cut to a square around its middle, with nothing of the file but the pixels.
///
/// # Errors
/// [`Code::Invalid`](crate::error::Code::Invalid) when it is no PNG or JPEG, or too large.
pub fn square(file: &[u8]) -> Result<Vec<u8>> {
    cut(file, (SIDE, SIDE))
}

/// The same in another shape, as wide and as high as this.
///
/// # Errors
/// [`Code::Invalid`](crate::error::Code::Invalid) when it is no PNG or JPEG, or too large.
pub fn cut(file: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>> {
    jpeg(&read(file)?.resize_to_fill(width, height, FilterType::Triangle))
}

/// The whole of it, no side longer than this.
///
/// # Errors
/// [`Code::Invalid`](crate::error::Code::Invalid) when it is no PNG or JPEG, or too large.
pub fn fitted(file: &[u8], side: u32) -> Result<Vec<u8>> {
    let picture = read(file)?;
    let fits = picture.width() <= side && picture.height() <= side;
    jpeg(&if fits { picture } else { picture.resize(side, side, FilterType::Triangle) })
}

/// What kind of picture a file is, by how it begins: those that browsers show.
pub fn kind(file: &[u8]) -> Option<&'static str> {
    Some(match image::guess_format(file).ok()? {
        ImageFormat::Png => "image/png",
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::Gif => "image/gif",
        _ => return None,
    })
}

fn read(file: &[u8]) -> Result<DynamicImage> {
    let unfit = |why: &str| Error::invalid("picture", why);
    let unreadable = || unfit("is no picture; send a PNG or JPEG");
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(Error::internal)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(unreadable());
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST_SIDE), Some(LONGEST_SIDE));
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    reader.decode().map_err(|error| match error {
        ImageError::Limits(_) => unfit("is too large; no side may be longer than 6000 pixels"),
        _ => unreadable(),
    })
}

fn jpeg(picture: &DynamicImage) -> Result<Vec<u8>> {
    let mut jpeg = Cursor::new(Vec::new());
    // JPEG has no transparency.
    DynamicImage::from(picture.to_rgb8()).write_to(&mut jpeg, ImageFormat::Jpeg).map_err(Error::internal)?;
    Ok(jpeg.into_inner())
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::error::Code;

    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::from(RgbImage::new(width, height)).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn every_picture_becomes_a_square_of_ours() {
        for (width, height, format) in
            [(1, 1, ImageFormat::Png), (640, 100, ImageFormat::Jpeg), (300, 2000, ImageFormat::Png)]
        {
            let made =
                image::load_from_memory_with_format(&square(&file(width, height, format)).unwrap(), ImageFormat::Jpeg);
            assert_eq!((made.as_ref().unwrap().width(), made.unwrap().height()), (SIDE, SIDE));
        }
    }

    #[test]
    fn a_whole_picture_keeps_its_shape_and_grows_never() {
        for ((width, height), shown) in [((400, 200), (100, 50)), ((60, 90), (60, 90))] {
            let made = fitted(&file(width, height, ImageFormat::Png), 100).unwrap();
            assert_eq!(kind(&made), Some("image/jpeg"));
            let made = image::load_from_memory(&made).unwrap();
            assert_eq!((made.width(), made.height()), shown);
        }
        assert_eq!((kind(b"<svg/>"), kind(b"GIF89a")), (None, Some("image/gif")));
    }

    #[test]
    fn nothing_of_the_file_but_the_pixels_is_kept() {
        let mut marked = file(8, 8, ImageFormat::Jpeg);
        // A comment segment after the first marker.
        marked.splice(2..2, [b"\xff\xfe\x00\x0c".as_slice(), b"at home 31".as_slice()].concat());
        let kept = square(&marked).unwrap();
        assert!(!kept.windows(7).any(|part| part == b"at home"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let mut cut = file(400, 400, ImageFormat::Png);
        cut.truncate(60);
        for hostile in [b"".to_vec(), b"<svg/>".to_vec(), b"GIF89a".to_vec(), cut, file(6_001, 1, ImageFormat::Png)] {
            assert_eq!(square(&hostile).unwrap_err().code(), Code::Invalid);
        }
    }
}
