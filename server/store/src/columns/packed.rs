//! Integers as bytes: seven bits a byte, the least significant first, as in LEB128.

use roaring::RoaringBitmap;

use crate::StoreError;

/// Writes integers one after the other.
#[derive(Default)]
pub(crate) struct Pack {
    bytes: Vec<u8>,
}

impl Pack {
    pub(crate) fn put(&mut self, mut value: u64) {
        loop {
            let low = (value & 0x7f) as u8;
            value >>= 7;
            if value == 0 {
                self.bytes.push(low);
                return;
            }
            self.bytes.push(low | 0x80);
        }
    }

    /// Values that lie close to the one before, greater or smaller.
    pub(crate) fn put_signed(&mut self, value: i64) {
        self.put((value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
    }

    pub(crate) fn put_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads what [`Pack`] wrote.
pub(crate) struct Unpack<'a> {
    bytes: &'a [u8],
}

impl<'a> Unpack<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn take(&mut self) -> Result<u64, StoreError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.bytes.split_first().ok_or_else(|| damaged("it ends too early"))?;
            self.bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(damaged("an integer is too long"))
    }

    /// Leaves out so many integers. The last byte of each is below 128.
    pub(crate) fn skip(&mut self, count: usize) -> Result<(), StoreError> {
        let Some(last) = count.checked_sub(1) else { return Ok(()) };
        let mut ends = self.bytes.iter().enumerate().filter(|(_, byte)| **byte < 0x80);
        let (at, _) = ends.nth(last).ok_or_else(|| damaged("it ends too early"))?;
        self.bytes = self.bytes.get(at + 1..).unwrap_or_default();
        Ok(())
    }

    pub(crate) fn take_u32(&mut self) -> Result<u32, StoreError> {
        u32::try_from(self.take()?).map_err(|_| damaged("an integer is too large"))
    }

    pub(crate) fn take_signed(&mut self) -> Result<i64, StoreError> {
        let value = self.take()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// How many items follow. Each needs at least `bytes_each` bytes, so that a damaged count allocates nothing.
    pub(crate) fn take_count(&mut self, bytes_each: usize) -> Result<usize, StoreError> {
        let count = usize::try_from(self.take()?).map_err(|_| damaged("a count is too large"))?;
        if count.saturating_mul(bytes_each) > self.bytes.len() {
            return Err(damaged("a count is greater than what follows"));
        }
        Ok(count)
    }

    pub(crate) fn take_bytes(&mut self, count: usize) -> Result<&'a [u8], StoreError> {
        let (bytes, rest) = self.bytes.split_at_checked(count).ok_or_else(|| damaged("it ends too early"))?;
        self.bytes = rest;
        Ok(bytes)
    }

    /// All that was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn end(&self) -> Result<(), StoreError> {
        if self.bytes.is_empty() { Ok(()) } else { Err(damaged("it is longer than its content")) }
    }
}

/// Values as differences to the first value of the same identity, which is kept as itself plus one (see the table
/// `origin`); a value that is not known is 0, and one that is as it was first is 1.
pub(crate) fn put_differences(pack: &mut Pack, values: &[Option<u32>], origins: &[u32]) {
    let origins = origins.iter().copied().chain(std::iter::repeat(0));
    for (value, origin) in values.iter().zip(origins) {
        pack.put(match value {
            None => 0,
            Some(value) => {
                let difference = i64::from(*value) + 1 - i64::from(origin);
                ((difference.cast_unsigned() << 1) ^ (difference >> 63).cast_unsigned()) + 1
            }
        });
    }
}

/// One value of those that [`put_differences`] wrote; the origin is the identity's own.
pub(crate) fn take_difference(unpack: &mut Unpack<'_>, origin: u32) -> Result<Option<u32>, StoreError> {
    let Some(zigzag) = unpack.take()?.checked_sub(1) else { return Ok(None) };
    let difference = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
    let value = difference.checked_add(i64::from(origin) - 1).and_then(|value| u32::try_from(value).ok());
    value.map(Some).ok_or_else(|| damaged("a difference leads out of range"))
}

/// Reads what [`put_differences`] wrote, a value for each identity that is present.
pub(crate) fn take_differences(
    unpack: &mut Unpack<'_>,
    present: &RoaringBitmap,
    origins: &[u32],
) -> Result<Vec<Option<u32>>, StoreError> {
    let mut origins = origins.iter().copied();
    let mut values = Vec::new();
    for _ in 0..present.len() {
        values.push(take_difference(unpack, origins.next().unwrap_or(0))?);
    }
    Ok(values)
}

pub(crate) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

/// A bitmap in its portable form, with runs where they are shorter: the same set is always the same bytes.
pub(crate) fn pack_bitmap(bitmap: &RoaringBitmap) -> Result<Vec<u8>, StoreError> {
    // A bitmap's containers depend on how it was made; built anew from its sorted values, they do not.
    let mut canonical = RoaringBitmap::from_sorted_iter(bitmap.iter())
        .map_err(|_| damaged("a bitmap's values are not in order"))?;
    canonical.optimize();
    let mut bytes = Vec::with_capacity(canonical.serialized_size());
    canonical.serialize_into(&mut bytes).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(bytes)
}

pub(crate) fn unpack_bitmap(bytes: &[u8]) -> Result<RoaringBitmap, StoreError> {
    RoaringBitmap::deserialize_from(bytes).map_err(|error| StoreError::Damaged(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn integers_come_back(values: Vec<u64>, signed: Vec<i64>) {
            let mut pack = Pack::default();
            values.iter().for_each(|&value| pack.put(value));
            signed.iter().for_each(|&value| pack.put_signed(value));
            let bytes = pack.finish();
            let mut unpack = Unpack::new(&bytes);
            for value in values {
                prop_assert_eq!(unpack.take().unwrap(), value);
            }
            for value in signed {
                prop_assert_eq!(unpack.take_signed().unwrap(), value);
            }
            unpack.end().unwrap();
        }

        #[test]
        fn what_is_skipped_is_as_if_it_was_taken(values: Vec<u64>, count in 0_usize..40) {
            let mut pack = Pack::default();
            values.iter().for_each(|&value| pack.put(value));
            let bytes = pack.finish();
            let mut unpack = Unpack::new(&bytes);
            prop_assert_eq!(unpack.skip(count).is_ok(), count <= values.len());
            if let Some(next) = values.get(count) {
                prop_assert_eq!(unpack.take().unwrap(), *next);
            }
        }

        #[test]
        fn a_set_has_one_form(values in proptest::collection::vec(0_u32..200_000, 0..2_000)) {
            let forward: RoaringBitmap = values.iter().copied().collect();
            let mut backward = RoaringBitmap::from_iter([0, 1, 99_999]);
            backward.extend(values.iter().rev().copied());
            for extra in [0, 1, 99_999] {
                if !forward.contains(extra) {
                    backward.remove(extra);
                }
            }
            let bytes = pack_bitmap(&forward).unwrap();
            prop_assert_eq!(&bytes, &pack_bitmap(&backward).unwrap());
            prop_assert_eq!(unpack_bitmap(&bytes).unwrap(), forward);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let mut unpack = Unpack::new(&bytes);
            if let Ok(count) = unpack.take_count(1) {
                prop_assert!(count <= bytes.len());
            }
            unpack_bitmap(&bytes).ok();
        }
    }
}
