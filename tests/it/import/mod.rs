//! Files of members from other systems.

mod command;
mod files;
mod forgotten;
mod killed;
mod report;
mod taken_back;
mod taken_over;

use entity::admin::staff::Role;
use reqwest::{
    StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::support::{Answered, StaffActor, TestApp, unique_name};

/// A till's file: two who are new, one of them twice, somebody without a number, and numbers that are none.
pub const POS: &str = "\
会员卡号,手机号,姓名,性别,生日,入会时间,门店,等级,积分,备注
A001,13800000001,张三,男,1990-01-02,2020-05-01,人民广场店,金卡,\"1,200\",老客
A002,13800000002,李四,女,1985/3/4,2021-01-01,静安店,银卡,300,
a001,13800000001,张三,男,1990-01-02,2020-05-01,人民广场店,金卡,1200,重复
,,无名,男,,,,,,
A003,1380000,王五,未知,,,,,,
A004,13800000004,=cmd|'/c calc'!A1,x,2090-01-01,,,,-5,
A005,,赵六,,,,,,0,
";

/// Staff who may import.
pub struct Importer<'a> {
    pub app: &'a TestApp,
    pub staff: StaffActor<'a>,
}

impl<'a> Importer<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        Self { app, staff: app.staff(Role::Headquarters).await }
    }

    pub async fn upload(&self, name: &str, bytes: &[u8], key: &str) -> Answered {
        let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let form = Form::new().text("origin", "pos").part("file", part);
        self.staff.send_form("/api/admin/v1/imports", form, key).await
    }

    /// Brings a file; gives its id.
    pub async fn bring(&self, name: &str, bytes: &[u8]) -> String {
        let brought = self.upload(name, bytes, &unique_name()).await;
        assert_eq!(brought.status, StatusCode::CREATED, "{brought:?}");
        brought.body["id"].as_str().expect("an id").to_owned()
    }

    pub async fn show(&self, id: &str) -> Value {
        let shown = self.staff.get(&format!("/api/admin/v1/imports/{id}")).await;
        assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
        shown.body
    }

    /// Agrees to what the columns seem to mean.
    pub async fn agree(&self, id: &str) {
        let columns = self.show(id).await["columns"].as_array().cloned().expect("columns");
        let columns: Vec<Value> = columns.into_iter().map(|column| column["guess"].clone()).collect();
        let mapped =
            self.staff.put(&format!("/api/admin/v1/imports/{id}/mapping"), &json!({ "columns": columns })).await;
        assert_eq!(mapped.status, StatusCode::OK, "{mapped:?}");
    }

    async fn order(&self, id: &str, what: &str) -> Answered {
        self.staff.post_once(&format!("/api/admin/v1/imports/{id}/{what}"), &unique_name(), &json!({})).await
    }

    /// Makes a dry run; gives its report.
    pub async fn check(&self, id: &str) -> Value {
        let ordered = self.order(id, "check").await;
        assert_eq!((ordered.status, &ordered.body["state"]), (StatusCode::ACCEPTED, &json!("checking")), "{ordered:?}");
        self.app.run_jobs().await;
        let checked = self.show(id).await;
        assert_eq!(checked["state"], "ready", "{checked}");
        checked["report"].clone()
    }

    /// Takes it over; gives the import afterwards.
    pub async fn run(&self, id: &str) -> Value {
        let ordered = self.order(id, "start").await;
        assert_eq!((ordered.status, &ordered.body["state"]), (StatusCode::ACCEPTED, &json!("running")), "{ordered:?}");
        self.app.run_jobs().await;
        let run = self.show(id).await;
        assert_eq!((&run["state"], &run["progress"]["percent"]), (&json!("done"), &json!(100)), "{run}");
        run
    }

    /// Brings a file, agrees and takes it over; gives the import afterwards.
    pub async fn import(&self, text: &str) -> Value {
        let id = self.bring("会员.csv", text.as_bytes()).await;
        self.agree(&id).await;
        self.run(&id).await
    }

    pub async fn rejects(&self, id: &str) -> String {
        let file = self.staff.post(&format!("/api/admin/v1/imports/{id}/rejects"), &json!({})).await;
        assert_eq!(file.status, StatusCode::OK, "{file:?}");
        file.body.as_str().expect("a text").to_owned()
    }
}
