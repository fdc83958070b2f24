//! The sandbox driven from outside, over HTTP, beside a small service that answers its pushes.

mod acts;
mod codes;
mod common_checks;
mod content;
mod control;
mod custom;
mod faults;
mod mass;
mod media;
mod menus;
mod mini;
mod oauth;
mod pay;
mod pushes;
mod quotas;
mod rig;
mod service;
mod shares;
mod subscribe;
mod tags;
mod template;
mod tokens;
mod users;
