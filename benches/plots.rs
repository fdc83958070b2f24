//! The report as pictures: how long what share of all requests took, with few and with very many members, and how far each
//! figure is from its floor.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Result;
use plotters::{
    chart::{ChartBuilder, SeriesLabelPosition},
    coord::{
        combinators::IntoLogRange,
        ranged1d::{IntoSegmentedCoord, SegmentValue},
    },
    drawing::{DrawingArea, IntoDrawingArea},
    element::{PathElement, Rectangle},
    prelude::SVGBackend,
    series::{DashedLineSeries, LineSeries},
    style::{Color, IntoFont, RGBColor, WHITE},
};

use crate::{
    latency::SHARES,
    report::{Measure, Report},
};

const FONT: &str = "sans-serif";
/// Few members, very many, and the bar.
const COLOURS: [RGBColor; 2] = [RGBColor(7, 133, 91), RGBColor(36, 91, 181)];
const BAR: RGBColor = RGBColor(196, 43, 28);
/// Panels beside each other, and the size of each.
const COLUMNS: usize = 2;
const PANEL: (u32, u32) = (560, 260);

type Panel<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// Draws `latencies.svg` and `ratios.svg` into a folder.
pub fn draw(report: &Report, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut curves: BTreeMap<&str, Vec<&Measure>> = BTreeMap::new();
    for measure in report.measures.iter().filter(|measure| !measure.curve.is_empty()) {
        curves.entry(&measure.name).or_default().push(measure);
    }
    if !curves.is_empty() {
        let rows = curves.len().div_ceil(COLUMNS);
        let size = (PANEL.0 * u32::try_from(COLUMNS)?, PANEL.1 * u32::try_from(rows)?);
        let path = folder.join("latencies.svg");
        let root = SVGBackend::new(&path, size).into_drawing_area();
        root.fill(&WHITE)?;
        for (panel, (name, measures)) in root.split_evenly((rows, COLUMNS)).iter().zip(curves) {
            latencies(panel, name, &measures)?;
        }
        root.present()?;
    }
    let held: Vec<_> = report.measures.iter().filter(|measure| measure.ratio.is_some()).collect();
    if !held.is_empty() {
        let path = folder.join("ratios.svg");
        let root = SVGBackend::new(&path, (1120, 60 + 28 * u32::try_from(held.len())?)).into_drawing_area();
        root.fill(&WHITE)?;
        ratios(&root, &held)?;
        root.present()?;
    }
    Ok(())
}

/// One panel: a line for each number of members.
fn latencies(panel: &Panel<'_>, name: &str, measures: &[&Measure]) -> Result<()> {
    let points = || measures.iter().flat_map(|measure| &measure.curve).map(|point| point.ms);
    let bar = measures.iter().find_map(|measure| measure.below);
    let low = points().fold(f64::MAX, f64::min).max(0.01) / 2.0;
    let high = points().chain(bar).fold(low, f64::max) * 2.0;
    let last = f64::from(u32::try_from(SHARES.len())?) - 1.0;
    let mut chart = ChartBuilder::on(panel)
        .caption(name, (FONT, 14).into_font())
        .margin(10)
        .x_label_area_size(26)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..last, (low..high).log_scale())?;
    chart
        .configure_mesh()
        .x_labels(SHARES.len())
        .x_label_formatter(&share)
        .y_label_formatter(&|ms| format!("{ms} ms"))
        .light_line_style(WHITE)
        .draw()?;
    for (measure, colour) in measures.iter().zip(COLOURS) {
        let line = (0_u32..).zip(&measure.curve).map(|(place, point)| (f64::from(place), point.ms.max(low)));
        let legend = move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2));
        let series = chart.draw_series(LineSeries::new(line, colour.stroke_width(2)))?;
        if let Some(members) = measure.members {
            series.label(format!("{members} members")).legend(legend);
        }
    }
    if let Some(bar) = bar {
        chart
            .draw_series(DashedLineSeries::new([(0.0, bar), (last, bar)], 6, 4, BAR.stroke_width(1)))?
            .label(format!("p99 below {bar} ms"))
            .legend(|(x, y)| PathElement::new([(x, y), (x + 16, y)], BAR));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .label_font((FONT, 11))
        .draw()?;
    Ok(())
}

/// Which share of a hundred stands at this place.
fn share(place: &f64) -> String {
    let at = (0_u32..).zip(SHARES).find(|(number, _)| (f64::from(*number) - place).abs() < 0.01);
    at.map_or_else(String::new, |(_, share)| if share < 100.0 { format!("{share} %") } else { "all".to_owned() })
}

/// One bar for each measure that has a floor.
fn ratios(root: &Panel<'_>, measures: &[&Measure]) -> Result<()> {
    let names: Vec<String> = measures.iter().map(|measure| measure.title()).collect();
    let ratio = |measure: &Measure| measure.ratio.unwrap_or_default().max(0.02);
    let most = measures.iter().map(|measure| ratio(measure)).fold(1.0, f64::max) * 1.5;
    let places = (0..measures.len()).into_segmented();
    let mut chart = ChartBuilder::on(root)
        .margin(10)
        .x_label_area_size(26)
        .y_label_area_size(470)
        .build_cartesian_2d((0.01..most).log_scale(), places)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(WHITE)
        .x_label_formatter(&|ratio| format!("× {ratio}"))
        .y_labels(measures.len())
        .y_label_style((FONT, 12))
        .y_label_formatter(&|place| match place {
            SegmentValue::CenterOf(place) | SegmentValue::Exact(place) => {
                names.get(*place).cloned().unwrap_or_default()
            }
            SegmentValue::Last => String::new(),
        })
        .draw()?;
    chart.draw_series(measures.iter().enumerate().map(|(place, measure)| {
        let colour = if measure.holds == Some(false) { BAR } else { COLOURS[0] };
        let (low, high) = (SegmentValue::Exact(place), SegmentValue::Exact(place + 1));
        let mut bar = Rectangle::new([(0.01, low), (ratio(measure), high)], colour.filled());
        bar.set_margin(4, 4, 0, 0);
        bar
    }))?;
    Ok(())
}
