//! Durations in steps: exactly below 32 µs, above that with the five leading binary digits.
//!
//! A step is at most 1/16 of its duration wide, and what stands for a step is its middle, so a duration that was stored
//! is at most 3.2 % beside the one that was reported. Integers only: the same on every machine. A step's own middle is
//! in the same step, and a greater duration never in a smaller step, so merging before or after gives the same.

/// Durations that are kept as they are.
const EXACT: u64 = 32;
/// Steps between a duration and its double.
const STEPS: u64 = 16;

/// The step of a duration.
pub(crate) fn step(duration_us: u64) -> u32 {
    let step = match duration_us.checked_ilog2() {
        None | Some(0..=4) => duration_us,
        Some(exponent) => {
            let digits = (duration_us >> (exponent - 4)) % STEPS;
            EXACT + u64::from(exponent - 5) * STEPS + digits
        }
    };
    u32::try_from(step).unwrap_or(u32::MAX)
}

/// What stands for a step, in microseconds. Steps beyond the last are the last.
pub(crate) fn duration(step: u32) -> u64 {
    let step = u64::from(step);
    let Some(above) = step.checked_sub(EXACT) else { return step };
    let shift = (above / STEPS + 1).min(59);
    let low = (STEPS + above % STEPS) << shift;
    low + ((1 << shift) - 1) / 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_duration_is_near_what_it_was(us: u64, shift in 0..64_u32) {
            let us = us >> shift;
            let kept = duration(step(us));
            prop_assert!(kept.abs_diff(us) <= us / 31, "{us} became {kept}");
            prop_assert_eq!(step(kept), step(us), "what was kept once stays as it is");
        }

        #[test]
        fn a_greater_duration_is_in_no_smaller_step(a: u64, b: u64, shift in 0..64_u32) {
            let (a, b) = (a >> shift, b >> shift);
            prop_assert_eq!(step(a.max(b)), step(a).max(step(b)));
        }

        #[test]
        fn any_step_is_a_duration(step: u32) {
            prop_assert!(duration(step) > 0 || step == 0);
        }
    }

    #[test]
    fn whole_milliseconds_are_shown_as_they_were() {
        for ms in 1..16 {
            assert_eq!((duration(step(ms * 1000)) + 500) / 1000, ms);
        }
    }
}
