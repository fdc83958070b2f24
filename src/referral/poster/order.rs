//! What stands on one member's poster, known before anything is drawn: so a poster that was drawn before is found again.

use data_encoding::BASE64URL_NOPAD;
use entity::{
    referral::{code, program},
    types::{AccountKey, MemberId},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    Code as Drawn, LeadsTo, Look, Poster, background,
    face::{self, Face},
};
use crate::{
    error::{Error, Result},
    infra::calendar::moment_in_words,
    referral::{
        carrier::{self, Desk},
        program::rules_of,
        terms::{MiniPage, Rules},
    },
    tracking::invitation,
};

/// Another way of drawing makes other pictures of the same order.
const DRAWING: u32 = 1;

/// What stands on a poster.
pub struct Order {
    look: Look,
    face: Face,
    leads: Leads,
    typed: String,
    foot: String,
    key: String,
}

/// Where its code leads.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Leads {
    Address(String),
    Mini { account: AccountKey, page: String, scene: String },
}

impl Order {
    /// The poster of somebody's code, as it has to be now. WeChat may be asked for a QR code.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::error::Code::Unavailable) when WeChat gives no code.
    pub async fn of(desk: &Desk, program: &program::Model, row: &code::Model, member: MemberId) -> Result<Self> {
        let db = desk.db.read();
        let rules = rules_of(db, program.id, program.rules).await?;
        let code: invitation::Code = row.code.parse().map_err(Error::internal)?;
        let look = rules.poster.clone().unwrap_or_else(|| Look::plain(&program.name));
        let leads = leads(desk, &rules, look.leads_to, &code).await?;
        let face = face::of(db, member).await?;
        let brand = match &leads {
            Leads::Mini { account, .. } => desk.name_of(account),
            Leads::Address(_) => rules.official().and_then(|account| desk.name_of(account)),
        };
        let until = format!("活动截止 {}", moment_in_words(program.ends_at));
        let foot = brand.map_or(until.clone(), |brand| format!("{brand} · {until}"));
        let typed = code.to_string();
        let named = serde_json::to_vec(&(DRAWING, &look, &face.name, &face.portrait, &leads, &typed, &foot))?;
        let key = BASE64URL_NOPAD.encode(&Sha256::digest(named));
        Ok(Self { look, face, leads, typed, foot, key })
    }

    /// Names what is drawn: another word as soon as anything on the poster is another.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Fetches the pictures that stand on it.
    pub(super) async fn gather(self, desk: &Desk) -> Result<Poster> {
        let db = desk.db.read();
        let portrait = match &self.face.portrait {
            Some(key) => face::portrait(db, key).await?,
            None => None,
        };
        let background = match self.look.background {
            Some(id) => Some(background::get(db, id).await?.bytes),
            None => None,
        };
        let code = match self.leads {
            Leads::Address(address) => Drawn::Address(address),
            Leads::Mini { account, page, scene } => {
                Drawn::Picture(carrier::mini_code(desk, &MiniPage { account, page }, &scene).await?.to_vec())
            }
        };
        let Self { look, face, typed, foot, .. } = self;
        Ok(Poster { look, background, name: face.name, portrait, code, typed, foot })
    }
}

/// Where the poster leads: where its look says, else to the first that the program has.
async fn leads(desk: &Desk, rules: &Rules, wanted: Option<LeadsTo>, code: &invitation::Code) -> Result<Leads> {
    let official = rules.official().filter(|_| matches!(wanted, None | Some(LeadsTo::Official)));
    if let Some(account) = official {
        return Ok(Leads::Address(carrier::qr(desk, account, code).await?.url));
    }
    let mini = rules.carriers.mini.as_ref().filter(|_| matches!(wanted, None | Some(LeadsTo::Mini)));
    Ok(match mini {
        Some(MiniPage { account, page }) => {
            Leads::Mini { account: account.clone(), page: page.clone(), scene: code.scene() }
        }
        None => Leads::Address(carrier::link(&desk.public_url, code)),
    })
}
