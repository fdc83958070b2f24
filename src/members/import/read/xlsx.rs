//! Excel workbooks: the first sheet, cell by cell.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;

use super::{Format, Gate, Unreadable};

/// What a workbook may come to when it is unpacked, in bytes.
const UNPACKED: u64 = 1 << 30;
/// What its table of shared texts may come to: it is held in memory.
const SHARED_TEXTS: u64 = 128 << 20;
/// The longest text in it, in bytes. Excel allows 32,767 characters in a cell.
const LONGEST_TEXT: usize = 32_767 * 6;
/// Files in a workbook.
const FILES: usize = 2000;
/// Numbers from here on have lost their last digits: a spreadsheet keeps fifteen.
const CUT_FROM: f64 = 1e15;

pub(super) fn read(file: File, gate: &mut Gate<'_>) -> Result<Format, Unreadable> {
    // Rows and columns whose numbers are out of every range make the reader of cells panic: the workbook is damaged.
    catch_unwind(AssertUnwindSafe(|| cells(file, gate))).unwrap_or(Err(Unreadable::Workbook))
}

fn cells(mut file: File, gate: &mut Gate<'_>) -> Result<Format, Unreadable> {
    inspect(&mut file)?;
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(|_damaged| Unreadable::Workbook)?;
    let sheet = workbook.sheet_names().into_iter().next().ok_or(Unreadable::Workbook)?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(|_damaged| Unreadable::Workbook)?;
    let mut row: Option<(u32, Vec<String>)> = None;
    while let Some(cell) = cells.next_cell().map_err(|_damaged| Unreadable::Workbook)? {
        let (line, column) = cell.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column > gate.limits.columns {
            continue;
        }
        match &mut row {
            Some((now, cells)) if *now == line => put(cells, column, text(gate, cell.get_value())),
            _ => {
                let mut fresh = Vec::new();
                put(&mut fresh, column, text(gate, cell.get_value()));
                if let Some((number, cells)) = row.replace((line, fresh)) {
                    gate.pass(number.saturating_add(1), cells)?;
                }
            }
        }
    }
    if let Some((number, cells)) = row {
        gate.pass(number.saturating_add(1), cells)?;
    }
    Ok(Format::Xlsx { sheet })
}

fn put(cells: &mut Vec<String>, column: usize, text: String) {
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    if let Some(cell) = cells.get_mut(column) {
        *cell = text;
    }
}

/// A cell as a till would write it in a text file.
fn text(gate: &Gate<'_>, value: &DataRef<'_>) -> String {
    let written = match value {
        DataRef::Empty | DataRef::Error(_) => return String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => return gate.cell(text),
        DataRef::SharedString(text) => return gate.cell(text),
        DataRef::Int(number) => number.to_string(),
        // As spreadsheets show it, so that it is seen to be cut.
        DataRef::Float(number) if number.abs() >= CUT_FROM => format!("{number:E}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(true) => "1".to_owned(),
        DataRef::Bool(false) => "0".to_owned(),
        DataRef::DateTime(moment) => moment.as_datetime().map(|moment| moment.to_string()).unwrap_or_default(),
    };
    gate.cell(&written)
}

/// Refuses archives that are no workbook, and workbooks that are made to fill memory and disk. What an archive says of its
/// sizes need not be true, so everything is unpacked once, into nothing.
fn inspect(file: &mut File) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(BufReader::new(&*file)).map_err(|_damaged| Unreadable::Workbook)?;
    let has = |archive: &ZipArchive<_>, like: fn(&str) -> bool| archive.file_names().flatten().any(|name| like(&name));
    if !has(&archive, |name| name == "[Content_Types].xml") || !has(&archive, |name| name.starts_with("xl/")) {
        return Err(Unreadable::NoTable);
    }
    if archive.len() > FILES {
        return Err(Unreadable::Bomb);
    }
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_damaged| Unreadable::Workbook)?;
        let name = entry.name().map_err(|_damaged| Unreadable::Workbook)?;
        let (texts, markup) = (name.ends_with("sharedStrings.xml"), name.ends_with(".xml"));
        let most = if texts { left.min(SHARED_TEXTS) } else { left };
        left = left.saturating_sub(unpack(entry, most, markup)?);
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

/// Gives how many bytes an entry has.
fn unpack(entry: impl Read, most: u64, markup: bool) -> Result<u64, Unreadable> {
    let mut entry = entry.take(most.saturating_add(1));
    let mut buffer = vec![0; 1 << 16];
    let (mut total, mut run) = (0_u64, 0_usize);
    loop {
        let read = match entry.read(&mut buffer) {
            Ok(0) => return Ok(total),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_damaged) => return Err(Unreadable::Workbook),
        };
        total = total.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        if total > most {
            return Err(Unreadable::Bomb);
        }
        let bytes = buffer.get(..read).unwrap_or_default();
        // A text begins after the last tag of a block and may go on in the next one.
        let mut pieces = bytes.split(|byte| *byte == b'<').peekable();
        while let Some(piece) = pieces.next() {
            run = run.saturating_add(piece.len());
            if markup && run > LONGEST_TEXT {
                return Err(Unreadable::Bomb);
            }
            if pieces.peek().is_some() {
                run = 0;
            }
        }
    }
}
