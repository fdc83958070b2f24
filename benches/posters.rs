//! How long a poster takes: drawn, rendered and written as PNG, on one core, with a portrait and a QR code; over the brand's
//! colours, and over a photograph.

use std::{
    io::Cursor,
    time::{Duration, Instant},
};

use anyhow::Result;
use huilian::referral::poster::{Code, Font, HEIGHT, Look, Poster, WIDTH};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::{
    latency::Latencies,
    report::{Bar, Measure, Report, rounded},
};

/// Draws so many posters of either kind, no two of them alike.
pub fn measure(posters: usize, report: &mut Report) -> Result<()> {
    let font = Font::search()?;
    let photograph = picture(WIDTH, HEIGHT)?;
    for (over, background) in [("colours", None), ("a photograph", Some(photograph))] {
        let mut times = Vec::with_capacity(posters);
        let mut size = 0;
        for number in 0..posters {
            let poster = poster(number, background.clone())?;
            let began = Instant::now();
            size += poster.render(&font)?.len();
            times.push(began.elapsed());
        }
        let all: Duration = times.iter().sum();
        let times = Latencies::of(times)?;
        let count = f64::from(u32::try_from(posters)?);
        report.add(
            Measure::new(format!("median of a poster over {over}, one core"), times.at(50.0), "ms")
                .against(Bar::Below(60.0))
                .with("posters", posters)
                .with("posters_per_second_and_core", rounded(count / all.as_secs_f64()))
                .with("p99_ms", rounded(times.at(99.0)))
                .with("mean_kib", rounded(f64::from(u32::try_from(size)?) / count / 1024.0)),
        )?;
    }
    Ok(())
}

fn poster(number: usize, background: Option<Vec<u8>>) -> Result<Poster> {
    Ok(Poster {
        look: Look { slogan: "好友首单，你也得 20 元红包".to_owned(), ..Look::plain("新人立减 20 元") },
        background,
        name: Some(format!("林小满{number}")),
        portrait: Some(picture(320, 320)?),
        code: Code::Address(format!("http://weixin.qq.com/q/02sY3Xk1Aabc{number:012}")),
        typed: format!("{number:010}"),
        foot: "惠联样板店 · 活动截止 2026年12月31日 23:59".to_owned(),
    })
}

/// A picture with as much in it as a photograph has.
fn picture(width: u32, height: u32) -> Result<Vec<u8>> {
    let shade = |of: u32| u8::try_from(of % 256).unwrap_or_default();
    let of = RgbImage::from_fn(width, height, |x, y| Rgb([shade(x * y / 97), shade(x + y * 3), shade(x * 5 + y / 2)]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(of).write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}
