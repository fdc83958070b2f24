//! Programs of invitations, what is derived for each invitee, and what the guard found.

pub mod alert;
pub mod appeal;
pub mod code;
pub mod finding;
pub mod invitation;
pub mod place;
pub mod poster_media;
pub mod poster_picture;
pub mod program;
pub mod program_event;
pub mod proof;
pub mod qr;
pub mod review;
pub mod reward;
pub mod rules;
pub mod standing;
