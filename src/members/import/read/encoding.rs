//! Which encoding a text is in: what its first bytes say, else UTF-8 if all of it can be that, else what its letters look
//! like. Tills and spreadsheets in China write GBK or GB18030, whose superset is read.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8};

use super::Unreadable;

/// Finds the encoding; the file stands at its beginning afterwards.
pub(super) fn detect(file: &mut File, beginning: &[u8]) -> Result<&'static Encoding, Unreadable> {
    if let Some((encoding, _)) = Encoding::for_bom(beginning) {
        return Ok(encoding);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        detector.feed(bytes, read == 0);
        if read == 0 {
            break;
        }
    }
    file.seek(SeekFrom::Start(0))?;
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Allow);
    if guess == UTF_8 || guess == BIG5 {
        Ok(guess)
    } else if guess == GBK || guess == GB18030 {
        Ok(GB18030)
    } else {
        Err(Unreadable::Encoding)
    }
}
