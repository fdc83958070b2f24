//! The scenes of merchant transfers: which perceptions and which reports each wants (pay notes section 4.2).

/// One scene.
pub(super) struct Scene {
    pub(super) id: &'static str,
    /// What the receiver may be told, the default first.
    pub(super) perceptions: &'static [&'static str],
    /// The reports that must all be there.
    pub(super) reports: &'static [&'static str],
    /// Whether it may look like a red packet.
    pub(super) red_packet_style: bool,
}

const SCENES: &[Scene] = &[
    Scene {
        id: "1000",
        perceptions: &["活动奖励", "现金奖励"],
        reports: &["活动名称", "奖励说明"],
        red_packet_style: true,
    },
    Scene {
        id: "1005",
        perceptions: &["劳务报酬", "报销款", "企业补贴", "开工利是"],
        reports: &["岗位类型", "报酬说明"],
        red_packet_style: true,
    },
    Scene { id: "1011", perceptions: &["退款", "商家赔付"], reports: &["赔付原因"], red_packet_style: false },
];

/// The scene of this id.
pub(super) fn scene(id: &str) -> Option<&'static Scene> {
    SCENES.iter().find(|scene| scene.id == id)
}
