//! What somebody took back their permission for (protocol section 2.4).

/// One kind of personal data that must be deleted. Official accounts, mini programs and mobile apps number the same
/// kinds differently; a code belongs to one of them only, so the account need not be known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Revoked {
    /// 车牌号
    LicencePlate,
    /// 地址
    Address,
    /// 发票
    Invoice,
    /// 卡包
    Card,
    /// 蓝牙
    Bluetooth,
    /// 麦克风
    Microphone,
    /// 昵称和头像
    NicknameAndAvatar,
    /// 摄像头
    Camera,
    /// 手机号
    Phone,
    /// 微信运动步数
    Steps,
    /// 位置信息
    Location,
    /// 选中的图片或视频
    ChosenMedia,
    /// 选中的文件
    ChosenFile,
    /// 邮箱
    Email,
    /// 选择的位置信息
    ChosenLocation,
    /// 昵称输入键盘中选择的微信昵称
    KeyboardNickname,
    /// 获取用户头像
    AvatarComponent,
    /// Everything: a mobile app lost its authorisation.
    Everything,
    /// A code that is not known yet, cut to 32 characters; somebody must look.
    Unknown(String),
}

impl From<&str> for Revoked {
    fn from(code: &str) -> Self {
        match code.trim() {
            "1" => Self::LicencePlate,
            "2" | "201" => Self::Address,
            "3" | "202" => Self::Invoice,
            "203" => Self::Card,
            "4" => Self::Bluetooth,
            "5" | "204" => Self::Microphone,
            "6" | "205" => Self::NicknameAndAvatar,
            "7" => Self::Camera,
            "8" => Self::Phone,
            "12" => Self::Steps,
            "13" | "206" => Self::Location,
            "14" | "207" => Self::ChosenMedia,
            "15" => Self::ChosenFile,
            "16" => Self::Email,
            "18" => Self::ChosenLocation,
            "19" => Self::KeyboardNickname,
            "20" => Self::AvatarComponent,
            "301" => Self::Everything,
            unknown => Self::Unknown(unknown.chars().take(32).collect()),
        }
    }
}
