//! Files of members: whatever they are, they are read as a table or refused with a word, and what is refused leaves nothing.

use std::io::{Cursor, Write};

use entity::members::{import, import_part};
use reqwest::StatusCode;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{Verdict, mutate::Seeds, run::fuzz, xml};
use crate::{
    import::{Importer, POS},
    support::{TestApp, story_with, unique_name},
};

/// The sheet of a workbook.
const SHEET: &str = "xl/worksheets/sheet1.xml";
/// Its table of texts.
const TEXTS: &str = "xl/sharedStrings.xml";

async fn kept(app: &TestApp) -> (u64, u64) {
    let db = app.app.db.read();
    let imports = import::Entity::find().count(db).await.expect("a count");
    (imports, import_part::Entity::find().count(db).await.expect("a count"))
}

/// Brings a file. One that is taken is looked at and tried without taking it over; one that is refused is not kept.
async fn taken_or_refused(importer: &Importer<'_>, name: &str, file: &[u8]) -> Verdict {
    let app = importer.app;
    let before = kept(app).await;
    let answer = importer.upload(name, file, &unique_name()).await;
    match answer.status {
        StatusCode::CREATED => {}
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE if kept(app).await == before => {
            let known =
                ["file_unreadable", "invalid", "too_large"].map(|code| json!(code)).contains(&answer.body["code"]);
            return if known { Ok(()) } else { Err(format!("refused with {}", answer.body)) };
        }
        _ => return Err(format!("{} {}, {before:?} became {:?}", answer.status, answer.body, kept(app).await)),
    }
    let path = format!("/api/admin/v1/imports/{}", answer.body["id"].as_str().expect("an id"));
    let columns = importer.staff.get(&path).await.body["columns"].as_array().cloned().ok_or("no columns")?;
    let columns: Vec<Value> = columns.iter().map(|column| column["guess"].clone()).collect();
    let mapped = importer.staff.put(&format!("{path}/mapping"), &json!({ "columns": columns })).await;
    match mapped.status {
        StatusCode::OK => {}
        StatusCode::UNPROCESSABLE_ENTITY if mapped.body["code"] == "invalid" => return Ok(()),
        _ => return Err(format!("its columns: {} {}", mapped.status, mapped.body)),
    }
    let checked = importer.staff.post(&format!("{path}/check"), &json!({})).await;
    if checked.status != StatusCode::ACCEPTED {
        return Err(format!("a dry run: {} {}", checked.status, checked.body));
    }
    app.run_jobs().await;
    let shown = importer.staff.get(&path).await.body;
    if shown["state"] == "ready" && !shown["report"].is_null() {
        Ok(())
    } else {
        Err(format!("a dry run ended as {shown}"))
    }
}

async fn story_of_files(test: impl AsyncFnOnce(&Importer<'_>)) {
    let set = |settings: &mut crate::support::Settings| {
        settings.config.http.rate_per_minute = 100_000;
        settings.config.imports.row_limit = 2_000;
        settings.config.imports.file_limit = 500_000;
    };
    story_with(set, async |app| test(&Importer::new(app).await).await).await;
}

#[actix_web::test]
async fn no_file_of_lines_does_harm() {
    story_of_files(async |importer| {
        let (gb18030, _, _) = encoding_rs::GB18030.encode(POS);
        let utf16 = POS.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let files = [POS.as_bytes().to_vec(), gb18030.into_owned(), [b"\xff\xfe".to_vec(), utf16].concat()];
        let words = [
            "\"",
            "\"\"",
            ",",
            ";",
            "\t",
            "\n",
            "\r",
            "\"\n",
            "=cmd|'/c calc'!A1",
            "13800000001",
            "１３８００００００００１",
            "1990-02-30",
            "0000-00-00",
            "9999999999999999-01-01",
            "1.38E+10",
            "手机号,手机号",
            "\u{feff}",
            "会员卡号",
        ];
        let check = async |input: &[u8]| taken_or_refused(importer, "会员.csv", input).await;
        fuzz("import-csv", Seeds::new(files, words), 60, check).await;
    })
    .await;
}

/// The same table as a workbook.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0_u32..).zip(POS.lines().take(4)) {
        for (column, cell) in (0_u16..).zip(line.split(',')) {
            sheet.write(row, column, cell).expect("a cell");
        }
    }
    sheet.write(5, 1, 13_800_000_009.0).expect("a cell");
    book.save_to_buffer().expect("a workbook")
}

/// One file of a workbook.
fn part(book: &[u8], name: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(book)).expect("an archive");
    let mut bytes = Vec::new();
    std::io::copy(&mut archive.by_name(name).expect("a part"), &mut bytes).expect("a part");
    bytes
}

/// The workbook with another file in the place of one.
fn with(book: &[u8], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(book)).expect("an archive");
    let mut fresh = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).expect("a part");
        if entry.name().expect("a name") != name {
            fresh.raw_copy_file(entry).expect("a copy");
        }
    }
    fresh.start_file(name, SimpleFileOptions::default()).expect("a part");
    fresh.write_all(bytes).expect("a part");
    fresh.finish().expect("an archive").into_inner()
}

#[actix_web::test]
async fn no_archive_does_harm() {
    story_of_files(async |importer| {
        let book = workbook();
        // Far more inside than outside, in the texts, in the sheet and in a file that nobody needs.
        let blank = vec![b' '; 3_000_000];
        let bombs = [TEXTS, SHEET, "xl/media/x.xml"].map(|name| with(&book, name, &blank));
        let texts = [b"<sst>".to_vec(), b"<si><t>x</t></si>".repeat(50_000), b"</sst>".to_vec()].concat();
        let files = [book.clone(), with(&book, TEXTS, &texts)].into_iter().chain(bombs);
        // Sizes, names and marks of an archive.
        let words: [&[u8]; 10] = [
            b"PK\x03\x04",
            b"PK\x01\x02",
            b"PK\x05\x06",
            b"PK\x06\x06",
            b"\xff\xff\xff\xff",
            b"\0\0\0\0",
            b"\x01\0\0\0",
            b"../../etc/passwd",
            b"[Content_Types].xml",
            b"xl/worksheets/sheet1.xml",
        ];
        let check = async |input: &[u8]| taken_or_refused(importer, "会员.xlsx", input).await;
        fuzz("import-archive", Seeds::new(files, words), 60, check).await;
    })
    .await;
}

#[actix_web::test]
async fn no_sheet_does_harm() {
    story_of_files(async |importer| {
        let book = workbook();
        let words = [
            "<c r=\"XFD1048576\"><v>1</v></c>",
            "<c r=\"A1\"",
            " t=\"s\"",
            " t=\"d\"",
            " t=\"e\"",
            " t=\"inlineStr\"",
            " r=\"A0\"",
            " r=\"ZZZZZZ99999999999\"",
            "<v>99999999</v>",
            "<v>-1</v>",
            "<row r=\"4294967295\">",
            "<row r=\"0\">",
            "</row>",
            "<f>1/0</f>",
            "<is><t>x</t></is>",
            "<mergeCell ref=\"A1:XFD1048576\"/>",
            "<dimension ref=\"A1:XFD1048576\"/>",
        ];
        let words = words.iter().map(|word| word.as_bytes().to_vec()).chain(xml::words());
        let check = async |input: &[u8]| taken_or_refused(importer, "会员.xlsx", &with(&book, SHEET, input)).await;
        fuzz("import-sheet", Seeds::new([part(&book, SHEET)], words), 80, check).await;
    })
    .await;
}
