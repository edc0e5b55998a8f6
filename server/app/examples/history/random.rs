//! Numbers that look random and are the same on every machine: a number is a function of what it is for, so any state
//! of the history can be made without those before it.

/// Mixes numbers into one (the finaliser of SplitMix64 after each).
pub fn mix(parts: &[u64]) -> u64 {
    parts.iter().fold(0x9e37_79b9_7f4a_7c15, |sum, part| {
        let mut z = sum.wrapping_add(*part).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// From 0 to `below`, without it.
pub fn below(parts: &[u64], below: usize) -> usize {
    usize::try_from(mix(parts) % below.max(1) as u64).unwrap_or_default()
}

/// Nearly normal with mean 0 and deviation 1: twelve uniform numbers, as 16 bits each, less their mean.
pub fn normal(parts: &[u64]) -> f64 {
    let seed = mix(parts);
    let sum: u64 = (0..3)
        .map(|word| {
            let bits = mix(&[seed, word]);
            (0..4).map(|at| (bits >> (at * 16)) & 0xffff).sum::<u64>()
        })
        .sum();
    sum as f64 / 65_536.0 - 6.0
}
