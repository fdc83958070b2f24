//! Passwords: argon2id in PHC form, with the parameters of the library's default (19 MiB, two passes).

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::{
    error::{Error, Result},
    infra::random::Random,
};

/// The hash of a password, on a thread that may take its time.
///
/// # Errors
/// When the hash cannot be computed.
pub(super) async fn hash(password: String, random: &Random) -> Result<String> {
    let salt: [u8; 16] = random.bytes();
    let work =
        move || Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string());
    let hashed = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
    hashed.map_err(|why| Error::internal(why.to_string()))
}

/// Whether a password has this hash. `None` stands for somebody who does not exist, and takes as long.
///
/// # Errors
/// When the hash cannot be computed.
pub(super) async fn matches(password: String, hash: Option<String>) -> Result<bool> {
    let work = move || match hash.as_deref().map(PasswordHash::new) {
        Some(Ok(hash)) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
        Some(Err(_)) | None => {
            let spent = Argon2::default().hash_password_with_salt(password.as_bytes(), b"nobody-has-this!");
            drop(spent);
            false
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}
