//! How far somebody sees.

use entity::types::StoreId;

/// Of which stores somebody sees the people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Of all, and those who have none: headquarters.
    All,
    /// Of one.
    Store(StoreId),
}

impl Scope {
    /// Whether whoever has this home store is in it. Who has none is everybody's and nobody's: headquarters see them.
    pub fn has(self, home: Option<StoreId>) -> bool {
        match self {
            Self::All => true,
            Self::Store(own) => home == Some(own),
        }
    }

    /// The store to which it is limited.
    pub fn store(self) -> Option<StoreId> {
        match self {
            Self::All => None,
            Self::Store(own) => Some(own),
        }
    }
}

#[cfg(test)]
mod tests {
    use entity::types::StoreId;
    use uuid::Uuid;

    use super::Scope;

    #[test]
    fn a_store_sees_its_own_and_headquarters_everybody() {
        let [one, other] = [1, 2].map(|number| StoreId::from(Uuid::from_u128(number)));
        for (scope, home, sees) in [
            (Scope::All, None, true),
            (Scope::All, Some(one), true),
            (Scope::Store(one), Some(one), true),
            (Scope::Store(one), Some(other), false),
            (Scope::Store(one), None, false),
        ] {
            assert_eq!(scope.has(home), sees, "{scope:?} {home:?}");
        }
    }
}
