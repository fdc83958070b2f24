//! Facts about purchases.

use entity::types::{MemberId, OrderId};
use serde::{Deserialize, Serialize};

use crate::infra::{clock::Time, db::Event};

macro_rules! about_a_member {
    ($($(#[$doc:meta])* $event:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub struct $event {
            /// Whose.
            pub member: MemberId,
            /// The purchase.
            pub order: OrderId,
            /// How much, in fen.
            pub amount_fen: i64,
            /// When, as the system says that took or gave the money.
            pub at: Time,
        }

        impl Event for $event {
            const KIND: &'static str = $kind;

            fn subject(&self) -> Option<String> {
                Some(self.member.to_string())
            }
        }
    )*};
}

about_a_member! {
    /// Somebody paid for something.
    OrderPaid = "order.paid";
    /// Some of it went back.
    OrderRefunded = "order.refunded";
}
