//! CSV for spreadsheets. No cell of it can become a formula.

use actix_web::web::Bytes;

use crate::error::{Error, Result};

/// The beginning of a file: the mark by which spreadsheets know the encoding, and the headings.
///
/// # Errors
/// None that a caller can cause.
pub fn begin(headings: Vec<String>) -> Result<Bytes> {
    Ok([b"\xef\xbb\xbf".as_slice(), &lines(&[headings])?].concat().into())
}

/// Rows as they stand in a file.
///
/// # Errors
/// None that a caller can cause.
pub fn lines(rows: &[Vec<String>]) -> Result<Bytes> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell))).map_err(Error::internal)?;
    }
    writer.into_inner().map(Bytes::from).map_err(|error| Error::internal(error.into_error()))
}

/// A cell that a spreadsheet takes for a text.
fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{harmless, lines};

    #[test]
    fn no_cell_becomes_a_formula() {
        for cell in ["=1+1", "+86", "-1", "@SUM(A1)", "＝1"] {
            assert!(harmless(cell).starts_with('\''), "{cell}");
        }
        assert_eq!(harmless("张三"), "张三");
        let written = lines(&[vec!["=1,\"2\"".to_owned(), "a\nb".to_owned()]]).unwrap();
        assert_eq!(written, "\"'=1,\"\"2\"\"\",\"a\nb\"\n");
    }
}
