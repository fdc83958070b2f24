//! Lines out of chunks.

use super::BillTrouble;

/// Longer than any line of a bill.
const LONGEST: usize = 64 * 1024;

/// What has come and is not read yet.
#[derive(Default)]
pub(super) struct Lines {
    kept: Vec<u8>,
    at: usize,
    number: u64,
}

impl Lines {
    /// Adds what came.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), BillTrouble> {
        self.kept.drain(..self.at);
        self.at = 0;
        if self.kept.len() > LONGEST {
            return Err(BillTrouble::Line(self.number.saturating_add(1)));
        }
        self.kept.extend_from_slice(chunk);
        Ok(())
    }

    /// The next whole line, without its end.
    pub(super) fn next(&mut self) -> Result<Option<String>, BillTrouble> {
        let rest = self.kept.get(self.at..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
        let line = rest.get(..length).unwrap_or_default().to_vec();
        self.at = self.at.saturating_add(length).saturating_add(1);
        self.read(line).map(Some)
    }

    /// What stands after the last end of a line.
    pub(super) fn last(&mut self) -> Result<Option<String>, BillTrouble> {
        let rest = self.kept.split_off(self.at);
        self.kept.clear();
        self.at = 0;
        if rest.is_empty() { Ok(None) } else { self.read(rest).map(Some) }
    }

    fn read(&mut self, mut line: Vec<u8>) -> Result<String, BillTrouble> {
        self.number = self.number.saturating_add(1);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        String::from_utf8(line).map_err(|_bytes| BillTrouble::Line(self.number))
    }
}
