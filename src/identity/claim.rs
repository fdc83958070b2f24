//! What somebody says about who a person is: OpenIDs, phones, card numbers that belong together.

use std::fmt;

use entity::{
    identity::identity::{Kind, Source},
    types::{AccountKey, OpenId, Phone, UnionId},
};
use sea_orm::ActiveEnum;
use sha2::{Digest, Sha256};

use crate::{
    error::{Error, Result},
    infra::{clock::Time, secret::Vault},
};

/// The field for which phones are indexed; changing it makes every look-up miss.
const INDEX: &str = "identity.phone";
/// The field for which phones are sealed.
const SEAL: &str = "identity.sealed";

/// The longest value or realm that is believed, in bytes.
const LONGEST: usize = 128;

/// One value that identifies a person. A phone is held as its blind index and its sealed form only.
#[derive(Clone)]
pub struct Claim {
    pub(super) kind: Kind,
    pub(super) realm: String,
    pub(super) key: String,
    pub(super) sealed: Option<String>,
}

impl Claim {
    fn plain(kind: Kind, realm: &str, key: &str) -> Self {
        Self { kind, realm: realm.trim().to_owned(), key: key.trim().to_owned(), sealed: None }
    }

    /// The person as one account sees them.
    pub fn open_id(account: &AccountKey, open_id: &OpenId) -> Self {
        Self::plain(Kind::OpenId, account.as_str(), open_id.as_str())
    }

    /// The person over all accounts of one open-platform account.
    pub fn union_id(union_id: &UnionId) -> Self {
        Self::plain(Kind::UnionId, "", union_id.as_str())
    }

    /// A phone number.
    ///
    /// # Errors
    /// When the vault has no key.
    pub fn phone(vault: &Vault, phone: &Phone) -> Result<Self> {
        let sealed = vault.seal(SEAL, phone.as_str()).map_err(Error::internal)?;
        let key = vault.blind(INDEX, phone.as_str());
        Ok(Self { kind: Kind::Phone, realm: String::new(), key, sealed: Some(sealed) })
    }

    /// A member card: its number within its issuer, such as the brand's old system.
    pub fn card(issuer: &str, number: &str) -> Self {
        Self::plain(Kind::Card, issuer, number)
    }

    /// A customer number of another system of the brand.
    pub fn external(system: &str, number: &str) -> Self {
        Self::plain(Kind::External, system, number)
    }

    /// A number that a partner uses for the person.
    pub fn partner(partner: &str, number: &str) -> Self {
        Self::plain(Kind::Partner, partner, number)
    }

    /// The kind of value.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// SHA-256 of its place among all values: the same for equal claims, and of no use to find out what is claimed.
    pub fn fingerprint(&self) -> [u8; 32] {
        let (kind, realm, key) = self.place();
        let mut digest = Sha256::new();
        digest.update(kind.to_value());
        for part in [realm, key] {
            digest.update([0]);
            digest.update(part);
        }
        digest.finalize().into()
    }

    /// Whether it can identify anybody: something empty would make one person of all who have it.
    pub(super) fn says_something(&self) -> bool {
        let plain = matches!(self.kind, Kind::UnionId | Kind::Phone);
        (1..=LONGEST).contains(&self.key.len()) && (plain || (1..=LONGEST).contains(&self.realm.len()))
    }

    /// Where it stands among all values: two claims of one place are the same claim.
    pub(super) fn place(&self) -> (Kind, &str, &str) {
        (self.kind, &self.realm, &self.key)
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim({:?})", self.kind)
    }
}

/// The phone of a sealed form.
///
/// # Errors
/// When its key is not configured any more, or it is damaged.
pub(super) fn open_phone(vault: &Vault, sealed: &str) -> Result<Phone> {
    vault.open(SEAL, sealed).map_err(Error::internal)?.parse().map_err(Error::internal)
}

/// What one person shows at one moment. The first claim is the anchor: whatever contradicts it, the answer is the
/// anchor's member. So it should be what the person is signed in with.
///
/// All claims have the strength of `source`; what is known better already keeps its strength.
#[derive(Clone, Debug)]
pub struct Claims {
    /// Who says so.
    pub source: Source,
    /// When it was seen.
    pub at: Time,
    /// The values, the anchor first. Repeated ones count once; there must be one.
    pub claims: Vec<Claim>,
}
