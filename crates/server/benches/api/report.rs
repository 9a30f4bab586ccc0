//! What was measured, as a table and a line of figures.

use std::collections::BTreeMap;
use std::time::Duration;

/// Least part of the bare handler's rate that the server must reach.
const RATE: f64 = 0.5;

#[derive(Default)]
pub(crate) struct Figures {
    rates: BTreeMap<&'static str, f64>,
    p99s: BTreeMap<&'static str, Duration>,
    /// Bindings a second over HTTP, and bare commits a second.
    pub(crate) created: f64,
    pub(crate) commits: f64,
    /// Until the server listens with a million bindings, and its memory then.
    pub(crate) start: Duration,
    pub(crate) memory: u64,
}

impl Figures {
    pub(crate) fn better_rate(&mut self, name: &'static str, rate: f64) {
        let best = self.rates.entry(name).or_default();
        *best = best.max(rate);
    }

    pub(crate) fn rate(&self, name: &str) -> f64 {
        self.rates[name]
    }

    pub(crate) fn p99(&mut self, name: &'static str, time: Duration) {
        self.p99s.insert(name, time);
    }

    pub(crate) fn missed(&self) -> bool {
        self.ratio("openmds") < RATE
    }

    fn ratio(&self, name: &str) -> f64 {
        self.rate(name) / self.rate("bare")
    }

    pub(crate) fn print(&self) {
        println!("PUT authorize, 10 actions, {} bindings", crate::BINDINGS);
        println!(
            "{:<10} {:>12} {:>20}",
            "subject", "requests/s", "p99 at half rate"
        );
        for (name, rate) in &self.rates {
            let p99 = self.p99s[name].as_micros();
            println!("{name:<10} {rate:>12.0} {p99:>17} us");
        }
        println!(
            "\n{:<34} {:>10.0} /s",
            "bindings created over HTTP", self.created
        );
        println!(
            "{:<34} {:>10.0} /s",
            "bare commits of one row", self.commits
        );
        println!(
            "{:<34} {:>10.2} s",
            "start with 1,000,000 bindings",
            self.start.as_secs_f64()
        );
        println!(
            "{:<34} {:>10} MiB",
            "memory then",
            self.memory / 1024 / 1024
        );
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or("unknown").to_string();
        println!(
            "authorize_rate_ratio={:.3} audited_rate_ratio={:.3} created_to_commits_ratio={:.3} p99_ratio={:.2} authorize_per_s={:.0} p99_us={} \
             created_per_s={:.0} start_s={:.2} memory_mib={} load={load} targets={}",
            self.ratio("openmds"),
            self.ratio("audited"),
            self.created / self.commits,
            self.p99s["openmds"].as_secs_f64() / self.p99s["bare"].as_secs_f64(),
            self.rate("openmds"),
            self.p99s["openmds"].as_micros(),
            self.created,
            self.start.as_secs_f64(),
            self.memory / 1024 / 1024,
            if self.missed() { "missed" } else { "met" }
        );
    }
}
