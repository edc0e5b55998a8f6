//! Looking at sixteen bytes at once, for the short distances of markup.
//!
//! Between two quotes or brackets stand a dozen bytes. A loop over them ends at another place each time, which the
//! processor guesses wrong; a search made for long texts costs a call. One comparison of a block does neither.

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
    imp::equal(block, wanted)
}

/// One bit for each byte that is `most` or smaller, the lowest for the first.
#[inline(always)]
pub(crate) fn at_most(block: &[u8; WIDTH], most: u8) -> u32 {
    imp::at_most(block, most)
}

/// Ones below this bit.
#[inline(always)]
pub(crate) fn below(bit: usize) -> u32 {
    if bit >= WIDTH { 0xffff } else { (1 << bit) - 1 }
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

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[expect(
    unsafe_code,
    reason = "the whole build has SSE2, see the condition above; only the compiler does not conclude it"
)]
mod imp {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_set_epi64x, _mm_set1_epi8,
    };

    use super::WIDTH;

    #[inline(always)]
    pub fn equal(block: &[u8; WIDTH], wanted: u8) -> u32 {
        // SAFETY: this module is compiled only where every processor that may run it has SSE2.
        unsafe { equal_sse2(block, wanted) }
    }

    #[inline(always)]
    pub fn at_most(block: &[u8; WIDTH], most: u8) -> u32 {
        // SAFETY: this module is compiled only where every processor that may run it has SSE2.
        unsafe { at_most_sse2(block, most) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn equal_sse2(block: &[u8; WIDTH], wanted: u8) -> u32 {
        _mm_movemask_epi8(_mm_cmpeq_epi8(load(block), _mm_set1_epi8(wanted.cast_signed()))).cast_unsigned()
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn at_most_sse2(block: &[u8; WIDTH], most: u8) -> u32 {
        let block = load(block);
        let smaller = _mm_min_epu8(block, _mm_set1_epi8(most.cast_signed()));
        _mm_movemask_epi8(_mm_cmpeq_epi8(smaller, block)).cast_unsigned()
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn load(block: &[u8; WIDTH]) -> __m128i {
        let whole = u128::from_le_bytes(*block);
        _mm_set_epi64x((whole >> 64) as i64, whole as i64)
    }
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
mod imp {
    use super::WIDTH;

    #[inline(always)]
    pub fn equal(block: &[u8; WIDTH], wanted: u8) -> u32 {
        bits(block, |byte| byte == wanted)
    }

    #[inline(always)]
    pub fn at_most(block: &[u8; WIDTH], most: u8) -> u32 {
        bits(block, |byte| byte <= most)
    }

    #[inline(always)]
    fn bits(block: &[u8; WIDTH], is_wanted: impl Fn(u8) -> bool) -> u32 {
        block.iter().rev().fold(0, |bits, byte| bits << 1 | u32::from(is_wanted(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::{at, at_most, below, equal, find};

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
                assert_eq!(at_most(block, wanted), bit(&|byte| byte <= wanted));
            }
        }
        assert!(at(&bytes, 241).is_none());
        assert_eq!((below(0), below(3), below(16), below(99)), (0, 7, 0xffff, 0xffff));
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
