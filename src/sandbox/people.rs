//! The people who use this WeChat. Their OpenIDs and UnionIDs follow from who they are, so that a restart gives the
//! same ones and a service with a database still knows them.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{events::Told, phones::Phone, trouble::Trouble, world::World};

/// One invented person.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) avatar: String,
    /// `None` for people whose UnionID WeChat does not tell.
    pub(super) unionid: Option<String>,
    /// The order in which people came.
    pub(super) number: usize,
    /// What `matchrule.client_platform_type` calls the phone: 1 iOS, 2 Android.
    pub(super) platform: &'static str,
    /// The numbers that WeChat has verified; the first one is bound to WeChat.
    pub(super) phones: Vec<Phone>,
    /// What `getuserriskrank` says, 0 to 4.
    pub(super) risk_rank: u8,
    /// Logins are blocked with 40226.
    pub(super) login_blocked: bool,
}

/// The open-platform account to which the brand's accounts are bound unless a tester says otherwise.
pub(super) const OPEN_PLATFORM: &str = "open";

/// The OpenID of a person at an account: 28 characters that follow from both.
pub(super) fn openid(appid: &str, person: &str) -> String {
    derived("o", &["openid", appid, person], 27)
}

/// Text that follows from `parts`: a prefix and `length` URL-safe characters.
pub(super) fn derived(prefix: &str, parts: &[&str], length: usize) -> String {
    let digest = Sha256::digest(parts.join("\n").as_bytes());
    prefix.chars().chain(BASE64URL_NOPAD.encode(&digest).chars().take(length)).collect()
}

/// Invented people for a first look: id, name, whether WeChat tells the UnionID, phone numbers.
const SAMPLE: &[(&str, &str, bool, &[&str])] = &[
    ("lin-xiaoman", "林小满", true, &["13800000001"]),
    ("zhou-daoxiang", "周稻香", true, &["13800000002", "13900000002"]),
    ("xu-zhaoyang", "许朝阳", true, &["13800000003"]),
    ("shen-qiuyue", "沈秋月", false, &[]),
    ("tang-guoguo", "唐果果", true, &["13800000005"]),
    ("gu-beichuan", "顾北川", false, &["+852 91234567"]),
    ("ouyang-qing", "欧阳晴", true, &["13800000007"]),
];

const NAMES: &[(&str, &str)] =
    &[("江", "一苇"), ("叶", "知秋"), ("白", "露晞"), ("方", "小圆"), ("柳", "听风"), ("余", "乐乐"), ("贺", "新年")];

impl World {
    /// Adds the sample people who are not there yet. Nobody follows anything.
    pub(super) fn seed(&mut self) {
        for (id, name, union, phones) in SAMPLE {
            if !self.people.contains_key(*id) {
                let phones = phones.iter().filter_map(|phone| phone.parse().ok()).collect();
                self.insert_person((*id).to_owned(), (*name).to_owned(), *union, phones);
            }
        }
    }

    /// Adds a person of this id, unless there is one.
    pub(super) fn introduce(&mut self, id: &str, name: &str, phone: &str) -> Result<(), Trouble> {
        if !self.people.contains_key(id) {
            let phone = phone.parse()?;
            self.insert_person(id.to_owned(), name.to_owned(), true, vec![phone]);
        }
        Ok(())
    }

    /// Adds a person and returns the id. Without a name one is made up.
    pub(super) fn add_person(&mut self, name: Option<&str>) -> Result<String, Trouble> {
        let number = self.people.len();
        let pick = number % NAMES.len();
        let (family, given) = NAMES.get(pick).copied().unwrap_or_default();
        let name = match name.map(str::trim) {
            None => format!("{family}{given}"),
            Some(name) if name.is_empty() || name.chars().count() > 32 => {
                return Err(Trouble::invalid("a name has 1 to 32 characters"));
            }
            Some(name) => name.to_owned(),
        };
        let id = format!("p{}", number + 1);
        let phone = Phone::new("86", &format!("137{:08}", number + 1));
        self.insert_person(id.clone(), name, true, vec![phone]);
        Ok(id)
    }

    fn insert_person(&mut self, id: String, name: String, union: bool, phones: Vec<Phone>) {
        // A character, not an emoji: it needs no font of its own.
        let avatar = name.chars().next_back().map(String::from).unwrap_or_default();
        let number = self.people.len();
        for account in self.accounts.values_mut() {
            account.openids.insert(openid(&account.appid, &id), id.clone());
        }
        let unionid = union.then(|| derived("oU", &["unionid", &id], 26));
        let platform = if number.is_multiple_of(2) { "1" } else { "2" };
        let (risk_rank, login_blocked) = (0, false);
        let person =
            Person { id: id.clone(), name, avatar, unionid, number, platform, phones, risk_rank, login_blocked };
        self.people.insert(id, person);
        self.tell(Told::State);
    }

    /// Sets whether WeChat tells this person's UnionID (the binding to an open-platform account may come later).
    pub(super) fn bind_union(&mut self, person: &str, bound: bool) -> Result<(), Trouble> {
        let person = self.people.get_mut(person).ok_or(Trouble::Unknown("person"))?;
        person.unionid = bound.then(|| derived("oU", &["unionid", &person.id], 26));
        self.tell(Told::State);
        Ok(())
    }

    /// The UnionID that an account is told about a person: none when the account is not bound to an open-platform
    /// account, or the person's is withheld. It differs per open-platform account.
    pub(super) fn unionid(&self, account: &str, person: &str) -> Option<String> {
        let platform = self.accounts.get(account)?.open_platform.as_deref()?;
        let person = self.people.get(person)?;
        let usual = person.unionid.clone()?;
        Some(if platform == OPEN_PLATFORM { usual } else { derived("oU", &["unionid", platform, &person.id], 26) })
    }

    /// Changes who a person is. Nothing changes when one of the values is refused.
    pub(super) fn change_person(&mut self, id: &str, patch: PersonPatch) -> Result<(), Trouble> {
        let phones: Option<Vec<Phone>> =
            patch.phones.map(|phones| phones.iter().map(|phone| phone.parse()).collect()).transpose()?;
        if patch.risk_rank.is_some_and(|rank| rank > 4) {
            return Err(Trouble::invalid("risk_rank is 0 to 4"));
        }
        let person = self.people.get_mut(id).ok_or(Trouble::Unknown("person"))?;
        if let Some(phones) = phones {
            person.phones = phones;
        }
        person.risk_rank = patch.risk_rank.unwrap_or(person.risk_rank);
        person.login_blocked = patch.login_blocked.unwrap_or(person.login_blocked);
        self.tell(Told::State);
        Ok(())
    }

    /// People in the order in which they came.
    pub(super) fn people(&self) -> Vec<PersonView> {
        let mut people: Vec<&Person> = self.people.values().collect();
        people.sort_by_key(|person| person.number);
        people.into_iter().map(|person| self.person_view(person)).collect()
    }

    /// One person as the page sees it.
    pub(super) fn person_view(&self, person: &Person) -> PersonView {
        let mut view = PersonView {
            id: person.id.clone(),
            name: person.name.clone(),
            avatar: person.avatar.clone(),
            unionid: person.unionid.clone(),
            openids: Default::default(),
            follows: Vec::new(),
            blocked_by: Vec::new(),
            refuses: Vec::new(),
            unread: Default::default(),
            phones: person.phones.iter().map(Phone::to_string).collect(),
            risk_rank: person.risk_rank,
            login_blocked: person.login_blocked,
        };
        for (key, account) in &self.accounts {
            view.openids.insert(key.clone(), openid(&account.appid, &person.id));
            let Some(contact) = account.contacts.get(&person.id) else { continue };
            if contact.following.is_some() {
                view.follows.push(key.clone());
            }
            if contact.blacklisted.is_some() {
                view.blocked_by.push(key.clone());
            }
            if contact.refuses {
                view.refuses.push(key.clone());
            }
            if contact.unread > 0 {
                view.unread.insert(key.clone(), contact.unread);
            }
        }
        view
    }
}

/// What a tester may change about a person; absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonPatch {
    /// The verified numbers, the one bound to WeChat first: 11 digits of China, or `+852 91234567`. May be empty.
    pub phones: Option<Vec<String>>,
    /// What `getuserriskrank` says, 0 to 4.
    pub risk_rank: Option<u8>,
    /// `true`: logins to mini programs fail with 40226.
    pub login_blocked: Option<bool>,
}

/// A person as the page and the tests see it.
#[derive(Clone, Debug, Serialize)]
pub struct PersonView {
    /// Short id of the sandbox, such as `lin-xiaoman` or `p8`.
    pub id: String,
    /// The name.
    pub name: String,
    /// One emoji or short text.
    pub avatar: String,
    /// The UnionID, where WeChat tells it.
    pub unionid: Option<String>,
    /// The OpenID at every account, by account key.
    pub openids: std::collections::BTreeMap<String, String>,
    /// Keys of the accounts that the person follows.
    pub follows: Vec<String>,
    /// Keys of the accounts that have the person on their blacklist.
    pub blocked_by: Vec<String>,
    /// Keys of the accounts whose messages the person has switched off.
    pub refuses: Vec<String>,
    /// Unread messages by account key; accounts without any are left out.
    pub unread: std::collections::BTreeMap<String, u32>,
    /// The verified phone numbers such as `+86 13800000001`, the one bound to WeChat first.
    pub phones: Vec<String>,
    /// What `getuserriskrank` says, 0 to 4.
    pub risk_rank: u8,
    /// Whether logins to mini programs fail with 40226.
    pub login_blocked: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_the_person_and_the_account() {
        assert_eq!(openid("wxa", "lin-xiaoman"), openid("wxa", "lin-xiaoman"));
        assert_ne!(openid("wxa", "lin-xiaoman"), openid("wxb", "lin-xiaoman"));
        assert_eq!(openid("wxa", "p1").len(), 28);
        assert!(openid("wxa", "p1").parse::<entity::types::OpenId>().is_ok());
    }
}
