//! Text with separators.

use std::{
    cell::Cell,
    fs::File,
    io::{self, Read},
    rc::Rc,
};

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{Format, Gate, Unreadable, encoding};

/// What may stand between cells.
const SEPARATORS: [char; 3] = [',', ';', '\t'];
/// The longest row, in bytes. Without a limit a quotation mark that is not closed would take the whole file for a cell.
const LONGEST_ROW: usize = 1 << 20;

pub(super) fn read(mut file: File, beginning: &[u8], gate: &mut Gate<'_>) -> Result<Format, Unreadable> {
    let encoding = encoding::detect(&mut file, beginning)?;
    let (text, _, _) = encoding.decode(beginning);
    refuse_what_is_no_text(&text)?;
    let separator = separator(&text);
    let decoded = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).strip_bom(true).build(file);
    // Every line has an end then, and one of one letter, so that lines can be counted by it.
    let decoded = Lines { inner: decoded.chain(b"\n".as_slice()), returned: false };
    let since = Rc::new(Cell::new(0));
    let mut rows = ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .from_reader(Rows { inner: decoded, since: Rc::clone(&since) });
    let mut record = StringRecord::new();
    loop {
        let line = rows.position().line();
        since.set(0);
        match rows.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                return Err(match error.into_kind() {
                    ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => Unreadable::EndlessRow(line),
                    ErrorKind::Io(error) => Unreadable::Disk(error),
                    ErrorKind::Utf8 { .. } => Unreadable::Encoding,
                    _ => Unreadable::NoTable,
                });
            }
        }
        // The position of a record is where the one before ended: empty lines may stand between.
        let inside = record.iter().flat_map(str::bytes).filter(|byte| *byte == b'\n').count();
        let inside = u64::try_from(inside).unwrap_or(u64::MAX);
        let line = rows.position().line().saturating_sub(1).saturating_sub(inside);
        let cells = record.iter().map(|text| gate.cell(text)).collect();
        gate.pass(u32::try_from(line).unwrap_or(u32::MAX), cells)?;
    }
    Ok(Format::Csv { encoding: encoding.name().to_owned(), separator })
}

/// Other files are text, too, or look like it at the beginning.
fn refuse_what_is_no_text(text: &str) -> Result<(), Unreadable> {
    let beginning = text.trim_start();
    if beginning.starts_with('<') {
        return Err(Unreadable::WebPage);
    }
    let control = |letter: char| letter.is_control() && !matches!(letter, '\r' | '\n' | '\t');
    if beginning.starts_with(['{', '[', '%']) || text.chars().filter(|letter| control(*letter)).count() > 2 {
        return Err(Unreadable::NoTable);
    }
    Ok(())
}

/// The separator that stands most often in the first line, outside quotation marks.
fn separator(text: &str) -> char {
    let mut quoted = false;
    let mut counts = SEPARATORS.map(|separator| (0, separator));
    for letter in text.trim_start_matches(['\u{feff}', '\r', '\n']).chars() {
        match letter {
            '"' => quoted = !quoted,
            '\r' | '\n' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(_, separator)| *separator == letter).for_each(|(count, _)| *count += 1),
        }
    }
    // The first of equals wins.
    counts.iter().rev().max_by_key(|(count, _)| *count).map_or(',', |(_, separator)| *separator)
}

/// Ends lines as one system does, whichever the file is from.
struct Lines<R> {
    inner: R,
    /// Whether the last byte was the first half of the end of a line.
    returned: bool,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.inner.read(buffer)?;
            let mut kept = 0;
            for place in 0..read {
                let Some(byte) = buffer.get(place).copied() else { break };
                let second_half = std::mem::replace(&mut self.returned, byte == b'\r') && byte == b'\n';
                if !second_half && let Some(kept_byte) = buffer.get_mut(kept) {
                    *kept_byte = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

/// Stops reading in the middle of a row that does not end.
struct Rows<R> {
    inner: R,
    /// Bytes read since the present row began, and what was in the buffer before.
    since: Rc<Cell<usize>>,
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since.get() > LONGEST_ROW {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let read = self.inner.read(buffer)?;
        self.since.set(self.since.get().saturating_add(read));
        Ok(read)
    }
}
