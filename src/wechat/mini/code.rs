//! The round code of a mini program that carries a scene: `getwxacodeunlimit` (protocol section 8.6). There may be any
//! number of them, and they work for ever.

use garde::Validate;
use serde::Serialize;

use crate::wechat::{
    client::{Answer, Api, Call, Failure, File, Trouble},
    endpoints,
};

/// Which version of the mini program a code opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// What everybody has.
    Release,
    /// What testers have.
    Trial,
    /// What its developers have.
    Develop,
}

/// A code to be drawn.
#[derive(Clone, Debug, Serialize, Validate)]
pub struct MiniCode<'a> {
    /// What the page is told; up to 32 of WeChat's own choice of characters.
    #[garde(length(min = 1, max = 32), pattern(r"^[0-9a-zA-Z!#$&'()*+,/:;=?@._~-]+$"))]
    pub scene: &'a str,
    /// The page, without a leading slash and without a query.
    #[garde(length(min = 1, max = 128), pattern(r"^[^/?][^?]*$"))]
    pub page: &'a str,
    /// Whether WeChat refuses a page that was never released.
    #[garde(skip)]
    pub check_path: bool,
    /// Which version of the mini program opens.
    #[garde(skip)]
    pub env_version: Version,
    /// How many pixels wide.
    #[garde(range(min = 280, max = 1280))]
    pub width: u16,
}

impl Api {
    /// Has the code of a page drawn: JPEG or PNG.
    ///
    /// # Errors
    /// Not sent when a field breaks its limits; 41030 for a page that was never released.
    pub async fn mini_code(&self, code: &MiniCode<'_>) -> Result<File, Failure> {
        code.validate()?;
        let call = Call::to(endpoints::MINI_CODE).json(code)?.wanting_file();
        match self.call(&call).await? {
            Answer::File(file) => Ok(file),
            // No refusal, and no picture either.
            Answer::Json(_) => Err(Failure::Unavailable(Trouble::Form)),
        }
    }
}
