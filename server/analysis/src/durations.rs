//! How long tests take, over several runs.

/// The value that a share of all values does not exceed: the nearest rank, so that it is one of them. `None` without
/// values. `percent` is between 1 and 100.
pub fn percentile(values: &[u64], percent: u64) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() as u64 * percent.clamp(1, 100)).div_ceil(100);
    sorted.get(usize::try_from(rank).ok()?.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[7], 50), Some(7));
        assert_eq!(percentile(&[3, 1, 2], 50), Some(2));
        assert_eq!(percentile(&[4, 3, 1, 2], 50), Some(2));
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!((percentile(&hundred, 95), percentile(&hundred, 100)), (Some(95), Some(100)));
        assert_eq!(percentile(&hundred, 0), Some(1));
    }
}
