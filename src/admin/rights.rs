//! What members of staff may do. A right is a type, so that a handler says in its signature what it needs.

use entity::admin::staff::Role;

/// A right that a handler can ask for.
pub trait Right: 'static {
    /// Its name in messages and logs.
    const NAME: &'static str;

    /// Whether a role has it.
    fn of(role: Role) -> bool;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $roles:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Right for $name {
            const NAME: &'static str = $text;

            fn of(role: Role) -> bool {
                let roles: &[Role] = &$roles;
                roles.contains(&role)
            }
        }
    )*

        /// All rights by their names, each with the roles that have it.
        pub const ALL: &[(&str, &[Role])] = &[$(($text, &$roles)),*];
    };
}

rights! {
    /// To be signed in at all.
    Anybody = "anybody", [Role::Clerk, Role::Manager, Role::Headquarters];
    /// Read threads and answer in them.
    Chat = "chat", [Role::Clerk, Role::Manager, Role::Headquarters];
    /// Change what the robot answers.
    Replies = "replies", [Role::Manager, Role::Headquarters];
    /// See what menus say, what WeChat has, and how they differ.
    Menus = "menus", [Role::Manager, Role::Headquarters];
    /// Give WeChat the menus that the folder wants.
    MenusApply = "menus_apply", [Role::Headquarters];
    /// See followers and synchronise them with WeChat.
    Followers = "followers", [Role::Manager, Role::Headquarters];
    /// See what identifies members.
    Identities = "identities", [Role::Manager, Role::Headquarters];
    /// See what contradicts and what was merged, over all stores; merge members and undo it, split them, decide conflicts.
    Merges = "merges", [Role::Headquarters];
    /// Bring files of members from other systems, and take them back.
    Imports = "imports", [Role::Headquarters];
    /// See a member whose id, phone or card is known: the customer at hand.
    Counter = "counter", [Role::Clerk, Role::Manager, Role::Headquarters];
    /// See all members, and what one did.
    Members = "members", [Role::Manager, Role::Headquarters];
    /// Change what members are like, and read what is masked, for a reason and on record.
    MemberData = "member_data", [Role::Manager, Role::Headquarters];
    /// Write down what members wish about their data: a copy of it, or that it is forgotten.
    Privacy = "privacy", [Role::Headquarters];
    /// Declare what can be known of members.
    Attributes = "attributes", [Role::Headquarters];
    /// Correct the points of a member, and check whether they add up.
    PointsAdjust = "points_adjust", [Role::Manager, Role::Headquarters];
    /// See whether all points add up, and what is owed in them.
    PointsBooks = "points_books", [Role::Headquarters];
    /// See, write and change campaigns.
    Campaigns = "campaigns", [Role::Manager, Role::Headquarters];
    /// Approve campaigns, start and end them.
    Approvals = "approvals", [Role::Headquarters];
    /// Hold campaigns and stop payouts.
    Brakes = "brakes", [Role::Manager, Role::Headquarters];
    /// See what members got or did not get, and why.
    Grants = "grants", [Role::Manager, Role::Headquarters];
    /// See payouts, take them back and replace them, let stopped ones go on, hold members back.
    Payouts = "payouts", [Role::Headquarters];
    /// See how WeChat's bills and the payouts agree, look again, settle differences.
    Reconciliations = "reconciliations", [Role::Headquarters];
    /// See and write programs of invitations, see invitations and decide those that are held.
    Referrals = "referrals", [Role::Manager, Role::Headquarters];
    /// See and decide what the guard has found, which is over all stores.
    Guard = "guard", [Role::Headquarters];
    /// See and make channels, and what they bring.
    Channels = "channels", [Role::Manager, Role::Headquarters];
    /// See and write share campaigns, see visits and what members bring, and check wording.
    Shares = "shares", [Role::Manager, Role::Headquarters];
    /// Record purchases and refunds.
    Orders = "orders", [Role::Manager, Role::Headquarters];
    /// Open, change and close stores, and say whose home they are.
    Stores = "stores", [Role::Headquarters];
    /// Add members of staff, say what they may do, end it.
    StaffBooks = "staff", [Role::Headquarters];
    /// Ask for files that leave the house, and agree to those that others ask for.
    Exports = "exports", [Role::Headquarters];
    /// See what staff did.
    Audits = "audits", [Role::Headquarters];
    /// See and revive background work, and the health of accounts.
    Operations = "operations", [Role::Headquarters];
}
