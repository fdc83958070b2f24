//! `huilian member import FILE`

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, Subcommand};
use data_encoding::BASE64URL_NOPAD;
use entity::types::ImportId;
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use super::say;
use crate::{
    app::Stores,
    error::{Code, Error, Result},
    infra::{
        config::Config,
        db::{Db, Tx},
    },
    jobs::{Failure, Job as _},
    members::import::{self, Brought, Counts, Overview},
};

/// What can be done with members.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 导入会员文件（CSV 或 .xlsx） · import a file of members (CSV or .xlsx)
    Import(Import),
}

/// A file of members.
#[derive(Debug, Args)]
pub struct Import {
    /// 会员文件 · the file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 只检查，不写入 · only tell what would happen
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// 不检查、不询问，直接写入 · write without a dry run and without asking
    #[arg(long, short)]
    yes: bool,
    /// 卡号与客户编号来自哪个系统 · the system whose card and customer numbers these are
    #[arg(long, default_value = "pos", value_name = "NAME")]
    origin: String,
}

impl Command {
    /// Runs it.
    ///
    /// # Errors
    /// When the file is no table, nothing in it says who somebody is, or the database does not answer.
    pub async fn run(self, config: &Config, stores: &Stores) -> Result<()> {
        let Self::Import(order) = self;
        order.run(config, stores).await
    }
}

impl Import {
    async fn run(self, config: &Config, stores: &Stores) -> Result<()> {
        if !self.yes && !self.dry_run && !io::stdin().is_terminal() {
            return Err(Error::new(Code::Conflict).detail("add --yes when nobody can be asked"));
        }
        let brought = bring(&self.file, config.imports.file_limit, &self.origin)?;
        let reading = spinner("正在读取 · reading");
        let kept = import::keep(&stores.db, &stores.vault, &config.imports, brought).await;
        reading.finish_and_clear();
        let kept = kept?;
        let id = kept.id;
        let found = stores.db.tx(async |tx: &Tx| import::finish_by_guess(tx, &kept).await).await?;
        say(&columns(&found))?;
        let context = import::Context { db: stores.db.clone(), vault: stores.vault.clone() };
        if !self.yes {
            let agreed = self.foresee(stores, id, &context).await?;
            if !agreed {
                return stores.db.tx(async |tx: &Tx| import::discard(tx, id).await).await;
            }
        }
        stores.db.tx(async |tx: &Tx| import::start(tx, id).await).await?;
        // A worker that runs elsewhere may take some of the parts, and goes on with all of them when this is cut off.
        let run = async || import::Run { import: id }.run(context.clone()).await;
        let done = follow(&stores.db, id, "导入 · importing", run).await?;
        say(&table("已完成 · done", &done.counts))?;
        say(&format!("  {id}"))
    }

    /// Shows what would happen, and asks whether it shall.
    async fn foresee(&self, stores: &Stores, id: ImportId, context: &import::Context) -> Result<bool> {
        let check = stores.db.tx(async |tx: &Tx| import::check(tx, id).await).await?;
        let checked =
            follow(&stores.db, id, "检查 · checking", async || check.clone().run(context.clone()).await).await?;
        let report = checked.report.clone().unwrap_or_default();
        say(&table("将会发生 · what would happen", &report.counts))?;
        for one in report.rejected.iter().take(SHOWN) {
            let column = one.column.as_deref().unwrap_or("-");
            say(&format!("  第 {} 行 · row {}  {column}  {}", one.row, one.row, one.reason))?;
        }
        if self.dry_run {
            return Ok(false);
        }
        let agreed = agreed()?;
        if !agreed {
            say("没有写入任何内容 · nothing was written")?;
        }
        Ok(agreed)
    }
}

/// Rejected rows that are shown.
const SHOWN: usize = 20;

/// Opens the file and says what it is.
fn bring(path: &Path, longest: u64, origin: &str) -> Result<Brought> {
    let unreadable = |error: io::Error| Error::new(Code::FileUnreadable).detail(format!("{}: {error}", path.display()));
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut digest, mut bytes) = (Sha256::new(), 0_u64);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        digest.update(buffer.get(..read).unwrap_or_default());
        bytes = bytes.saturating_add(u64::try_from(read).map_err(Error::internal)?);
    }
    if bytes > longest {
        return Err(Error::new(Code::TooLarge).detail(format!("imports.file_limit is {longest} bytes")));
    }
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let digest = BASE64URL_NOPAD.encode(&digest.finalize());
    Ok(Brought { file, name, digest, bytes, origin: origin.to_owned(), staff: None })
}

/// Makes a pass over an import, and shows how far it is.
async fn follow(db: &Db, id: ImportId, what: &str, pass: impl AsyncFn() -> Result<(), Failure>) -> Result<Overview> {
    let begun = import::overview(db.read(), id).await?;
    let bar = ProgressBar::new(u64::try_from(begun.rows).unwrap_or(0)).with_message(what.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{msg:16} {bar:32} {percent:>3}%  {pos}/{len}  {per_sec}  {eta}") {
        bar.set_style(style);
    }
    let mut look = tokio::time::interval(LOOK);
    loop {
        let passing = pass();
        tokio::pin!(passing);
        let passed = loop {
            tokio::select! {
                passed = &mut passing => break passed,
                _ = look.tick() => {
                    let now = import::overview(db.read(), id).await?;
                    bar.set_position(u64::try_from(now.done).unwrap_or(0));
                }
            }
        };
        match passed {
            Ok(()) | Err(Failure::Defer { .. }) => {}
            Err(Failure::Retry(error) | Failure::Park(error)) => return Err(error),
        }
        let now = import::overview(db.read(), id).await?;
        if !now.busy {
            bar.finish_and_clear();
            return match now.error {
                Some(error) => Err(Error::new(Code::Internal).detail(error)),
                None => Ok(now),
            };
        }
    }
}

/// How often the bar moves.
const LOOK: Duration = Duration::from_millis(250);

fn spinner(what: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

/// What each column is taken for.
fn columns(found: &Overview) -> String {
    let mut text = format!("{}  {} 行 · rows\n", found.name, found.rows);
    for (heading, meaning) in &found.meanings {
        text.push_str(&format!("  {heading} → {meaning}\n"));
    }
    text
}

fn table(title: &str, counts: &Counts) -> String {
    let lines = [
        ("新会员 · new members", counts.created),
        ("已有会员 · known members", counts.matched),
        ("合并 · merged", counts.merged),
        ("待人工判断 · for staff to decide", counts.conflicts),
        ("被拒绝的行 · rejected rows", counts.rejected),
        ("文件内重复 · repeated in the file", counts.repeated),
        ("字段有变化的行 · rows that change a field", counts.changed),
        ("按手机匹配 · known by phone", counts.matches.by_phone),
        ("按卡号匹配 · known by card", counts.matches.by_card),
        ("按客户编号匹配 · known by number", counts.matches.by_number),
        ("匹配到微信用户 · met on WeChat", counts.matches.with_wechat),
    ];
    let mut text = format!("{title}\n");
    for (name, count) in lines {
        text.push_str(&format!("  {count:>9}  {name}\n"));
    }
    if let Some(rate) = counts.match_rate() {
        text.push_str(&format!("  {rate:>8}%  匹配率 · match rate\n"));
    }
    text
}

/// Asks before anything is written.
fn agreed() -> Result<bool> {
    write!(io::stdout(), "写入以上会员？ · write these members? [y/N] ").map_err(Error::internal)?;
    io::stdout().flush().map_err(Error::internal)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(Error::internal)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是"))
}
