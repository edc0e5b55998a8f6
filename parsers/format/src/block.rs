//! Looking at sixteen bytes at once, for the short distances of markup.
//!
//! Between two quotes or brackets stand a dozen bytes. A loop over them ends at another place each time, which the
//! processor guesses wrong; a search made for long texts costs a call. Arithmetic on all of them at once does neither
//! ("SIMD within a register", exact for every byte).

/// Bytes of one block.
pub(crate) const WIDTH: usize = 16;

/// The block that begins at this byte; `None` where fewer bytes are left.
#[inline(always)]
pub(crate) fn at(bytes: &[u8], from: usize) -> Option<&[u8; WIDTH]> {
    bytes.get(from..)?.first_chunk()
}

/// One bit for each byte that is `wanted`, the lowest for the first.
#[inline(always)]
pub(crate) fn equal(block: &[u8; WIDTH], wanted: u8) -> u32 {
    let differences = u128::from_le_bytes(*block) ^ (ONES * u128::from(wanted));
    // Adding carries into the highest bit of a byte unless all of its lower bits are zero.
    bits(!(((differences & LOW) + LOW) | differences | LOW))
}

/// One bit for each byte that is `most` or smaller, the lowest for the first. `most` is below 128.
#[inline(always)]
pub(crate) fn at_most(block: &[u8; WIDTH], most: u8) -> u32 {
    let bytes = u128::from_le_bytes(*block);
    let room = ONES * u128::from(0x7f - (most & 0x7f));
    bits(!(((bytes & LOW) + room) | bytes | LOW))
}

/// In each byte its lowest bit.
const ONES: u128 = u128::from_le_bytes([1; WIDTH]);

/// In each byte all bits but the highest.
const LOW: u128 = ONES * 0x7f;

/// The highest bit of each byte, side by side.
#[inline(always)]
fn bits(highest: u128) -> u32 {
    // The product moves bit 8 i to bit 56 + i; nothing else lands there.
    let half = |half: u64| ((half >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32;
    half(highest as u64) | half((highest >> 64) as u64) << 8
}

/// Where `wanted` stands first from `from` on and before `end`.
#[inline(always)]
pub(crate) fn find(bytes: &[u8], from: usize, end: usize, wanted: u8) -> Option<usize> {
    let Some(block) = at(bytes, from) else {
        let found = bytes.get(from..end)?.iter().position(|byte| *byte == wanted)?;
        return Some(from + found);
    };
    let found = equal(block, wanted);
    if found != 0 {
        return Some(from + found.trailing_zeros() as usize).filter(|found| *found < end);
    }
    memchr::memchr(wanted, bytes.get(from + WIDTH..end)?).map(|found| from + WIDTH + found)
}

#[cfg(test)]
mod tests {
    use super::{at, at_most, equal, find};

    #[test]
    fn compares_every_byte_of_a_block() {
        let bytes: Vec<u8> = (0..=255).collect();
        for from in 0..=240 {
            let block = at(&bytes, from).expect("sixteen bytes");
            for wanted in 0..=255_u8 {
                let bit = |is_set: &dyn Fn(u8) -> bool| {
                    block.iter().enumerate().map(|(bit, byte)| u32::from(is_set(*byte)) << bit).sum::<u32>()
                };
                assert_eq!(equal(block, wanted), bit(&|byte| byte == wanted));
                if wanted < 128 {
                    assert_eq!(at_most(block, wanted), bit(&|byte| byte <= wanted));
                }
            }
        }
        assert!(at(&bytes, 241).is_none());
    }

    #[test]
    fn finds_near_and_far_and_not_beyond_the_end() {
        for length in 0..70 {
            for place in 0..length {
                let mut bytes = vec![b'a'; length];
                *bytes.get_mut(place).expect("a byte") = b'x';
                for from in 0..=length {
                    let expect = (from <= place).then_some(place);
                    assert_eq!(find(&bytes, from, length, b'x'), expect, "{length} {place} {from}");
                    assert_eq!(find(&bytes, from, place, b'x'), None, "{length} {place} {from}");
                }
            }
        }
    }
}
