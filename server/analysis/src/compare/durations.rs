/// Durations that a test needs before any of them can be called unusual.
pub const LEAST_SAMPLES: usize = 8;
/// How many times the median a test must take.
const LEAST_RATIO: f64 = 1.5;
/// How many microseconds more than the median it must take.
const LEAST_MORE_US: u64 = 100_000;
/// How many deviations above the median it must lie. Of normally distributed durations one in a thousand does.
const LEAST_DEVIATIONS: f64 = 3.0;
/// What makes the median absolute deviation of a normal distribution its standard deviation.
const NORMAL: f64 = 1.4826;

/// How long a test usually takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typical {
    /// The median, in microseconds.
    pub median_us: u64,
    /// The median absolute deviation from it, in microseconds.
    pub deviation_us: u64,
    /// How many durations that is.
    pub samples: u32,
}

impl Typical {
    /// Of earlier durations in microseconds, in any order; `None` where there are fewer than [`LEAST_SAMPLES`].
    pub fn of(durations_us: &[u64]) -> Option<Self> {
        if durations_us.len() < LEAST_SAMPLES {
            return None;
        }
        let median_us = median(durations_us.to_vec())?;
        let deviation_us =
            median(durations_us.iter().map(|duration| duration.abs_diff(median_us)).collect())?;
        Some(Self { median_us, deviation_us, samples: u32::try_from(durations_us.len()).unwrap_or(u32::MAX) })
    }

    /// Whether a test that takes so long now is slower than it was: at least half as long again as the median, at least
    /// 100 ms more, and more than three robust standard deviations above it (Hampel's identifier: Hampel, "The
    /// influence curve and its role in robust estimation", 1974; Leys et al., 2013, for the threshold of 3).
    pub fn is_slower(&self, duration_us: u64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a test are far below 2^52")]
        let (now, median, deviation) = (duration_us as f64, self.median_us as f64, self.deviation_us as f64);
        now >= median * LEAST_RATIO
            && duration_us.saturating_sub(self.median_us) >= LEAST_MORE_US
            && now - median > LEAST_DEVIATIONS * NORMAL * deviation
    }
}

/// Whether a difference between two runs is great enough to be looked at any closer.
pub fn may_be_slower(before_us: u64, after_us: u64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a test are far below 2^52")]
    let is_longer = after_us as f64 >= before_us as f64 * LEAST_RATIO;
    is_longer && after_us.saturating_sub(before_us) >= LEAST_MORE_US
}

/// The middle one; of an even number, halfway between the two in the middle.
fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get(values.len().checked_sub(1)? / 2)?;
    Some(lower + (upper - lower) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(durations_ms: &[u64], now_ms: u64, expect: Option<bool>) {
        let durations: Vec<u64> = durations_ms.iter().map(|ms| ms * 1000).collect();
        let said = Typical::of(&durations).map(|typical| typical.is_slower(now_ms * 1000));
        assert_eq!(said, expect, "{durations_ms:?} {now_ms}");
    }

    #[test]
    fn slower_is_more_than_the_usual() {
        let steady = [200, 205, 195, 200, 210, 190, 200, 201];
        check(&steady, 400, Some(true));
        check(&steady, 299, Some(false));
        check(&steady, 301, Some(true));
        check(&steady[1..], 4_000, None);
        // Twice as long, but by 20 ms: nobody waits for that.
        check(&[20; 9], 40, Some(false));
        // A test that always varies that much is no news when it does.
        check(&[100, 900, 150, 800, 200, 700, 120, 950], 1_000, Some(false));
        // One odd run in the past takes nothing away from it.
        check(&[200, 205, 195, 200, 210, 190, 200, 9_000], 400, Some(true));
    }

    #[test]
    fn small_differences_are_left_out_at_once() {
        assert!(may_be_slower(200_000, 300_000));
        assert!(!may_be_slower(200_000, 299_999));
        assert!(!may_be_slower(20_000, 40_000));
        assert!(!may_be_slower(400_000, 200_000));
    }
}
