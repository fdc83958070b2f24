//! Movements of a bill while it is read: on disk, because they may be a million, and none counts before the last.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Seek, SeekFrom},
};

use chrono::DateTime;
use entity::{rewards::bill_line::Direction, types::Fen};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    infra::clock::Time,
    wechat::pay::bill::{self, Movement},
};

/// A movement, as it waits.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// Our number, mostly.
    pub(super) own_number: String,
    pub(super) direction: Direction,
    pub(super) amount: Fen,
    millis: i64,
    pub(super) wechat_number: String,
    pub(super) flow_number: String,
    pub(super) business: String,
}

impl Waiting {
    pub(super) fn at(&self) -> Time {
        DateTime::from_timestamp_millis(self.millis).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl From<Movement> for Waiting {
    fn from(movement: Movement) -> Self {
        let Movement { at, wechat_number, flow_number, business, direction, amount, own_number, .. } = movement;
        let direction = match direction {
            bill::Direction::In => Direction::In,
            bill::Direction::Out => Direction::Out,
        };
        Self { own_number, direction, amount, millis: at.timestamp_millis(), wechat_number, flow_number, business }
    }
}

/// A file that movements go into. It is gone with the process.
pub(super) struct Spool(csv::Writer<BufWriter<File>>);

impl Spool {
    pub(super) fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(Error::internal)?;
        Ok(Self(csv::WriterBuilder::new().has_headers(false).from_writer(BufWriter::new(file))))
    }

    pub(super) fn keep(&mut self, movement: Movement) -> Result<()> {
        self.0.serialize(Waiting::from(movement)).map_err(Error::internal)
    }

    /// Everything that was kept, in order.
    pub(super) fn read(self) -> Result<impl Iterator<Item = Result<Waiting>>> {
        let writer = self.0.into_inner().map_err(|error| Error::internal(error.into_error()))?;
        let mut file = writer.into_inner().map_err(|error| Error::internal(error.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(BufReader::new(file));
        Ok(reader.into_deserialize().map(|movement| movement.map_err(Error::internal)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn movements_come_out_as_they_went_in() {
        let movement = |text: &str| Movement {
            at: "2026-11-21T16:00:00.001Z".parse().unwrap(),
            wechat_number: text.to_owned(),
            flow_number: "F,1".to_owned(),
            business: "商家转账\"\n回退".to_owned(),
            kind: String::new(),
            direction: bill::Direction::In,
            amount: 7.into(),
            balance: 9.into(),
            own_number: format!("HL{text}"),
        };
        let mut spool = Spool::new().unwrap();
        for number in ["1", "", "=2"] {
            spool.keep(movement(number)).unwrap();
        }
        let found: Vec<Waiting> = spool.read().unwrap().collect::<Result<_>>().unwrap();
        let numbers: Vec<_> = found.iter().map(|waiting| waiting.wechat_number.as_str()).collect();
        assert_eq!(numbers, ["1", "", "=2"]);
        let last = &found[2];
        assert_eq!((last.direction, last.amount.get(), last.own_number.as_str()), (Direction::In, 7, "HL=2"));
        assert_eq!((last.at(), last.business.as_str()), (movement("").at, "商家转账\"\n回退"));
    }
}
