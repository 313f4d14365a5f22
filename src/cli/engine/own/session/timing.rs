//! How long the steps of a cell take.

use std::time::Duration;

/// Which times a cell reports.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    pub cells: bool,
    pub passes: bool,
}

/// The times of one cell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    pub split: Duration,
    pub compile: Duration,
    /// Part of `run`.
    pub load: Duration,
    pub run: Duration,
}

impl Times {
    /// `compile` in detail: the front end, code generation and linking.
    pub fn passes(&self, [front, generation, link]: [Duration; 3]) -> String {
        let ms = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
        format!(
            "milliseconds: split {}, compiling {} (front end {}, code generation {}, linking {}) \
             loading {}, running {}",
            ms(self.split),
            ms(self.compile),
            ms(front),
            ms(generation),
            ms(link),
            ms(self.load),
            ms(self.run.saturating_sub(self.load))
        )
    }

    pub fn total(&self, all: Duration) -> String {
        let ms = |time: Duration| format!("{} ms", time.as_millis());
        format!("took {} (compiling {}, running {})", ms(all), ms(self.compile), ms(self.run))
    }
}
