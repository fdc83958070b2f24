//! A file that arrives in a form: it waits on disk, not in memory.

use std::io::{Seek, SeekFrom, Write as _};

use actix_multipart::{Field, Multipart};
use data_encoding::BASE64URL_NOPAD;
use entity::types::StaffId;
use futures_util::TryStreamExt;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{
    error::{Code, Error, Result},
    members::import::Brought,
};

/// From which system numbers are when nobody says.
const ORIGIN: &str = "pos";
/// The longest name of a file that is kept, in letters.
const LONGEST_NAME: usize = 200;

/// A file of members.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportUpload)]
pub(super) struct Upload {
    /// The file.
    #[schema(format = Binary, value_type = String)]
    file: (),
    /// From which system its card and customer numbers are, such as `pos` or `erp`.
    #[schema(pattern = "^[a-z0-9_-]{1,32}$", default = "pos")]
    origin: Option<String>,
}

fn broken(error: actix_multipart::MultipartError) -> Error {
    Error::new(Code::BadRequest)
        .detail("the body must be multipart/form-data with a part named file")
        .because(error.to_string())
}

/// Takes the file out of a form, at most so long.
pub(super) async fn spool(mut form: Multipart, longest: u64, staff: StaffId) -> Result<Brought> {
    let mut brought = None;
    let mut origin = ORIGIN.to_owned();
    while let Some(mut part) = form.try_next().await.map_err(broken)? {
        match part.name() {
            Some("file") => brought = Some(take(&mut part, longest).await?),
            Some("origin") => {
                let text = part.bytes(64).await.map_err(|_long| Error::invalid("origin", "is too long"))?;
                origin = String::from_utf8_lossy(&text.map_err(broken)?).trim().to_owned();
            }
            _ => return Err(Error::invalid("form", "may have the parts file and origin only")),
        }
    }
    let taken = brought.ok_or_else(|| Error::invalid("file", "is missing"))?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if !(1..=32).contains(&origin.len()) || !origin.bytes().all(plain) {
        return Err(Error::invalid("origin", "must be 1 to 32 characters of a-z, 0-9, - and _"));
    }
    let Taken { file, name, digest, bytes } = taken;
    Ok(Brought { file, name, digest, bytes, origin, staff: Some(staff) })
}

struct Taken {
    file: std::fs::File,
    name: String,
    digest: String,
    bytes: u64,
}

async fn take(part: &mut Field, longest: u64) -> Result<Taken> {
    let name = part.content_disposition().and_then(|disposition| disposition.get_filename()).unwrap_or_default();
    let name = name.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    let mut file = tempfile::tempfile().map_err(Error::internal)?;
    let (mut digest, mut bytes) = (Sha256::new(), 0_u64);
    while let Some(piece) = part.try_next().await.map_err(broken)? {
        bytes = bytes.saturating_add(u64::try_from(piece.len()).map_err(Error::internal)?);
        if bytes > longest {
            return Err(Error::new(Code::TooLarge).detail(format!("a file of members may have {longest} bytes")));
        }
        digest.update(&piece);
        file.write_all(&piece).map_err(Error::internal)?;
    }
    file.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
    Ok(Taken { file, name, digest: BASE64URL_NOPAD.encode(&digest.finalize()), bytes })
}
