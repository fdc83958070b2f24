//! Where somebody stands: a role, and the store that goes with it.

use entity::{admin::staff::Role, types::StoreId};

use crate::{
    error::{Error, Result},
    stores::Scope,
};

/// A role at the place that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// 店员 of a store.
    Clerk(StoreId),
    /// 店长 of a store.
    Manager(StoreId),
    /// 总部.
    Headquarters,
}

impl Post {
    /// The post of a role and a store.
    ///
    /// # Errors
    /// [`Code::Invalid`](crate::error::Code::Invalid) with the field `store` when the two do not go together.
    pub fn of(role: Role, store: Option<StoreId>) -> Result<Self> {
        match (role, store) {
            (Role::Clerk, Some(store)) => Ok(Self::Clerk(store)),
            (Role::Manager, Some(store)) => Ok(Self::Manager(store)),
            (Role::Headquarters, None) => Ok(Self::Headquarters),
            (Role::Clerk | Role::Manager, None) => Err(Error::invalid("store", "clerks and managers work at a store")),
            (Role::Headquarters, Some(_)) => Err(Error::invalid("store", "headquarters work at no store")),
        }
    }

    /// Its role.
    pub fn role(self) -> Role {
        match self {
            Self::Clerk(_) => Role::Clerk,
            Self::Manager(_) => Role::Manager,
            Self::Headquarters => Role::Headquarters,
        }
    }

    /// Its store.
    pub fn store(self) -> Option<StoreId> {
        self.scope().store()
    }

    /// How far it sees.
    pub fn scope(self) -> Scope {
        match self {
            Self::Clerk(store) | Self::Manager(store) => Scope::Store(store),
            Self::Headquarters => Scope::All,
        }
    }
}

#[cfg(test)]
mod tests {
    use entity::{admin::staff::Role, types::StoreId};
    use uuid::Uuid;

    use super::Post;

    #[test]
    fn who_serves_customers_has_a_store_and_headquarters_have_none() {
        let store = StoreId::from(Uuid::from_u128(1));
        for role in [Role::Clerk, Role::Manager] {
            let post = Post::of(role, Some(store)).unwrap();
            assert_eq!((post.role(), post.store()), (role, Some(store)));
            assert!(Post::of(role, None).is_err());
        }
        let post = Post::of(Role::Headquarters, None).unwrap();
        assert_eq!((post.role(), post.store()), (Role::Headquarters, None));
        assert!(Post::of(Role::Headquarters, Some(store)).is_err());
    }
}
