//! The WeChat side as data: plan shows the difference, apply makes it so, twice in a row changes nothing.

use std::fs;

use huilian::wechat::{
    account::menu::Menu,
    setup::{Change, Wanted, apply, plan},
};

use crate::support::{TestApp, story};

fn wanted(app: &TestApp) -> Wanted {
    let config = &app.app.config;
    let wanted = Wanted::read(&config.wechat.config_dir, &app.account("brand"), &config.http.public_url);
    wanted.expect("the sample brand's menu")
}

#[actix_web::test]
async fn a_plan_is_applied_once_and_the_menu_works() {
    story(async |app| {
        let api = app.app.wechat.of(&app.account("brand").key).expect("an account");
        let wanted = wanted(app);
        let changes = plan(&api, &wanted).await.expect("a plan");
        let shown: Vec<String> = changes.iter().map(ToString::to_string).collect();
        assert!(shown[0].contains("+ 会员 › 最新活动 (click OFFERS)"), "{shown:?}");
        apply(&api, &changes).await.expect("applied");
        assert_eq!(plan(&api, &wanted).await.expect("a plan"), [], "twice in a row changes nothing");
        let person = app.follower("林小满").await;
        person.tap("brand", &[0, 0]).await;
        assert!(person.heard("brand").iter().any(|(_, text)| text.starts_with("本周")), "{:?}", person.heard("brand"));
        app.run_jobs().await;
        assert!(
            person.heard("brand").iter().any(|(_, text)| text.starts_with("想第一时间")),
            "the second reply follows"
        );
    })
    .await;
}

#[actix_web::test]
async fn what_somebody_changed_in_the_console_is_shown_and_put_back() {
    story(async |app| {
        let api = app.app.wechat.of(&app.account("brand").key).expect("an account");
        let wanted = wanted(app);
        apply(&api, &plan(&api, &wanted).await.expect("a plan")).await.expect("applied");
        let mut other: Menu = wanted.menu.clone().expect("a menu");
        other.button.truncate(1);
        api.create_menu(&other).await.expect("a change behind our back");
        let changes = plan(&api, &wanted).await.expect("a plan");
        assert!(matches!(changes.as_slice(), [Change::Menu { .. }]), "{changes:?}");
        let shown = changes[0].to_string();
        assert!(
            shown.contains("+ 营业时间 (click HOURS)") && !shown.contains("最新活动"),
            "only the difference: {shown}"
        );
        apply(&api, &changes).await.expect("applied");
        assert_eq!(plan(&api, &wanted).await.expect("a plan"), []);
    })
    .await;
}

#[actix_web::test]
async fn files_that_will_not_do_are_refused_with_every_place() {
    story(async |app| {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("brand")).expect("a folder");
        let menu = "[[button]]\ntype = \"view\"\nname = \"坏链接\"\nurl = \"javascript:alert(1)\"\n\
                    [[button]]\ntype = \"click\"\nname = \"\"\nkey = \"K\"\n";
        fs::write(folder.path().join("brand/menu.toml"), menu).expect("a file");
        fs::write(folder.path().join("brand/templates.toml"), "[[template]]\ntitle = \"\"\nlibrary_id = \"1\"\n")
            .expect("a file");
        let problems = Wanted::read(folder.path(), &app.account("brand"), "https://crm.example.com")
            .expect_err("problems")
            .to_string();
        for place in
            ["brand/menu.toml: button[0]", "brand/menu.toml: button[1]", "brand/templates.toml: template[0].title"]
        {
            assert!(problems.contains(place), "{place} is missing in {problems}");
        }
    })
    .await;
}
