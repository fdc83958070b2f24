//! Files that staff take with them: who asked, who agreed, and the files themselves, sealed.

pub mod export_part;
pub mod export_request;
