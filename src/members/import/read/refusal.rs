//! Why a file is no table that can be imported.

use crate::error::{Code, Error};

/// Why a file is no table that can be imported.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It has nothing in it.
    #[error("文件是空的 · the file is empty")]
    Empty,
    /// It has headings, or not even these, and no rows.
    #[error("文件中没有数据行 · there are no rows below the headings")]
    NoRows,
    /// A workbook of Excel before 2007.
    #[error(
        "这是旧版 .xls 文件，请在 Excel 中另存为 .xlsx 或 CSV · this is an old .xls workbook: save it as .xlsx or CSV"
    )]
    OldWorkbook,
    /// Some other archive, or a workbook that is damaged or locked.
    #[error("无法打开该工作簿，可能已损坏、加密或不是 .xlsx · the workbook is damaged, locked or no .xlsx")]
    Workbook,
    /// Unpacked it would be far larger than any workbook of members.
    #[error("工作簿解压后过大 · the workbook is too large when it is unpacked")]
    Bomb,
    /// A web page that calls itself a workbook, as some tills write them.
    #[error(
        "这是网页（HTML/XML）而不是表格，请在 Excel 中打开并另存为 .xlsx · this is a web page, no table: open it in Excel and save it as .xlsx"
    )]
    WebPage,
    /// Pictures, programs, documents, data of other kinds.
    #[error("文件既不是 CSV 也不是 .xlsx · the file is neither CSV nor .xlsx")]
    NoTable,
    /// Text in an encoding that is not used for Chinese.
    #[error(
        "无法识别文字编码，请另存为 UTF-8 或 GB18030 · the encoding is not known: save the file as UTF-8 or GB18030"
    )]
    Encoding,
    /// A line that never ends, usually because of a quotation mark that is not closed.
    #[error(
        "第 {0} 行附近有未闭合的引号或过长的行 · near line {0}: a quotation mark is not closed, or the line is too long"
    )]
    EndlessRow(u64),
    /// More columns than may be.
    #[error("列数超过 {0} · more than {0} columns")]
    TooManyColumns(usize),
    /// More rows than may be.
    #[error("行数超过 {0}，请拆分文件 · more than {0} rows: split the file")]
    TooManyRows(u32),
    /// Somebody does not want more of it.
    #[error("读取被中断 · reading was stopped")]
    Stopped,
    /// The disk does not give it.
    #[error("读取文件失败 · the file could not be read")]
    Disk(#[from] std::io::Error),
}

impl From<Unreadable> for Error {
    fn from(refusal: Unreadable) -> Self {
        match refusal {
            Unreadable::Disk(error) => Self::internal(error),
            Unreadable::Stopped => Self::new(Code::Unavailable),
            other => Self::new(Code::FileUnreadable).detail(other.to_string()),
        }
    }
}
