use std::io::Write as _;

use super::*;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn rows(bytes: &[u8]) -> Result<(Format, Vec<Row>), Unreadable> {
    rows_within(bytes, &Limits::of_rows(100))
}

fn rows_within(bytes: &[u8], limits: &Limits) -> Result<(Format, Vec<Row>), Unreadable> {
    let mut rows = Vec::new();
    let mut taken = file(bytes);
    taken.seek(SeekFrom::Start(0)).unwrap();
    let format = read(taken, limits, &mut |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok((format, rows))
}

fn row(number: u32, cells: &[&str]) -> Row {
    Row { number, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() }
}

const TABLE: &str = "手机,姓名\n13800138000,张三\n\n13800138001,\"李\n四\"\n13800138002,王五\n";

fn expected() -> Vec<Row> {
    vec![
        row(1, &["手机", "姓名"]),
        row(2, &["13800138000", "张三"]),
        row(4, &["13800138001", "李 四"]),
        row(6, &["13800138002", "王五"]),
    ]
}

#[test]
fn text_is_read_in_every_encoding_that_spreadsheets_write() {
    let (gbk, _, _) = encoding_rs::GB18030.encode(TABLE);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(TABLE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let with_bom = [b"\xef\xbb\xbf", TABLE.as_bytes()].concat();
    for (bytes, encoding) in
        [(TABLE.as_bytes(), "UTF-8"), (&with_bom, "UTF-8"), (&gbk, "gb18030"), (&utf16, "UTF-16LE")]
    {
        let (format, rows) = rows(bytes).unwrap();
        assert_eq!(format, Format::Csv { encoding: encoding.to_owned(), separator: ',' });
        assert_eq!(rows, expected(), "{encoding}");
    }
    let windows = TABLE.replace('\n', "\r\n");
    assert_eq!(rows(windows.as_bytes()).unwrap().1, expected(), "lines of Windows");
    assert_eq!(rows(TABLE.replace('\n', "\r").as_bytes()).unwrap().1, expected(), "lines of old machines");
    assert_eq!(rows(TABLE.trim_end().as_bytes()).unwrap().1, expected(), "no line end at the end");
}

#[test]
fn separators_are_found_by_the_headings() {
    for separator in [';', '\t'] {
        let text =
            format!("手机{separator}\"姓名, 全称\"{separator}积分\n13800138000{separator}张三{separator}1,000\n");
        let (format, rows) = rows(text.as_bytes()).unwrap();
        assert!(matches!(format, Format::Csv { separator: found, .. } if found == separator));
        assert_eq!(rows[1], row(2, &["13800138000", "张三", "1,000"]));
    }
    let (_, alone) = rows("手机\n13800138000\n".as_bytes()).unwrap();
    assert_eq!(alone, [row(1, &["手机"]), row(2, &["13800138000"])], "one column has no separator");
}

#[test]
fn a_workbook_is_read_like_a_text() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in ["手机", "姓名", "生日", "卡号", "积分"].into_iter().enumerate() {
        sheet.write_string(0, u16::try_from(column).unwrap(), heading).unwrap();
    }
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_number(1, 0, 13_800_138_000.0).unwrap();
    sheet.write_string(1, 1, " 张三 ").unwrap();
    let birthday = rust_xlsxwriter::ExcelDateTime::from_ymd(1990, 2, 3).unwrap();
    sheet.write_datetime_with_format(1, 2, birthday, &day).unwrap();
    sheet.write_number(3, 3, 6_228_480_012_345_678_901.0).unwrap();
    sheet.write_number(3, 4, 12.5).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let (format, rows) = rows(&bytes).unwrap();
    assert_eq!(format, Format::Xlsx { sheet: "Sheet1".to_owned() });
    assert_eq!(rows[0], row(1, &["手机", "姓名", "生日", "卡号", "积分"]));
    assert_eq!(rows[1], row(2, &["13800138000", "张三", "1990-02-03 00:00:00"]));
    assert_eq!(rows[2].number, 4, "an empty line counts");
    assert!(rows[2].cells[3].contains('E'), "{:?} is seen to be cut", rows[2].cells);
    assert_eq!(rows[2].cells[4], "12.5");
}

#[test]
fn what_is_no_table_is_refused_with_the_reason() {
    let endless = format!("手机,姓名\n1,\"{}", "x,\n".repeat(2_000_000));
    let many = format!("{}\n1\n", "a,".repeat(101));
    let rows_of_101 = format!("手机\n{}", "1\n".repeat(101));
    let archive = zipped(&[("readme.txt", b"hello")]);
    let bomb = zipped(&[("[Content_Types].xml", b""), ("xl/workbook.xml", &vec![b'x'; 1 << 20])]);
    let broken = zipped(&[("[Content_Types].xml", b"<a/>"), ("xl/workbook.xml", b"<workbook/>")]);
    let cases: [(&[u8], &str); 14] = [
        (b"", "Empty"),
        ("手机,姓名\n".as_bytes(), "NoRows"),
        (b"\n\n ,,\n", "NoRows"),
        (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1], "OldWorkbook"),
        (b"PK\x03\x04 cut off", "Workbook"),
        (&archive, "NoTable"),
        (&bomb, "Bomb"),
        (&broken, "Workbook"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "WebPage"),
        (b"%PDF-1.7\n", "NoTable"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0", "NoTable"),
        (endless.as_bytes(), "EndlessRow"),
        (many.as_bytes(), "TooManyColumns"),
        (rows_of_101.as_bytes(), "TooManyRows"),
    ];
    for (bytes, expected) in cases {
        let refused = rows(bytes).map(|(_, rows)| rows.len()).unwrap_err();
        assert!(format!("{refused:?}").starts_with(expected), "{expected}: {refused:?}");
        assert!(refused.to_string().contains(" · "), "in both languages: {refused}");
    }
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn reading_ends_when_nobody_wants_more() {
    let mut seen = 0;
    let mut taken = file(TABLE.as_bytes());
    taken.seek(SeekFrom::Start(0)).unwrap();
    let stopped = read(taken, &Limits::of_rows(10), &mut |_| {
        seen += 1;
        if seen == 2 { Err(Unreadable::Stopped) } else { Ok(()) }
    });
    assert!(matches!(stopped, Err(Unreadable::Stopped)) && seen == 2);
}
