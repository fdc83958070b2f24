//! The one binary of Huilian: reads the command line and runs.

use std::process::ExitCode;

use clap::Parser;
use huilian::cli::{Cli, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    run(Cli::parse()).await
}
