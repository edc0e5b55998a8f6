//! The source texts of a run: which file has which content.

use super::packed::{Pack, Unpack, damaged};
use super::{SourceEntry, SourceManifest};
use crate::{BlobId, PathId, StoreError};

impl SourceManifest {
    /// All of its texts together, in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|entry| entry.bytes).sum()
    }

    /// For each file, by path: how far it is from the one before, its content against the one before, its length.
    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut pack = Pack::default();
        pack.put(self.files.len() as u64);
        let (mut last_path, mut last_blob) = (0, 0_i64);
        for (path, entry) in &self.files {
            pack.put(u64::from(path.0 - last_path));
            let blob = entry.blob.0.cast_signed();
            pack.put_signed(blob.wrapping_sub(last_blob));
            pack.put(entry.bytes);
            (last_path, last_blob) = (path.0, blob);
        }
        pack.finish()
    }

    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut unpack = Unpack::new(bytes);
        let mut manifest = Self::default();
        let (mut path, mut blob) = (0_u32, 0_i64);
        for _ in 0..unpack.take_count(3)? {
            path = path.checked_add(unpack.take_u32()?).ok_or_else(|| damaged("a path is out of range"))?;
            blob = blob.wrapping_add(unpack.take_signed()?);
            let entry = SourceEntry { blob: BlobId(blob.cast_unsigned()), bytes: unpack.take()? };
            manifest.files.insert(PathId(path), entry);
        }
        unpack.end()?;
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_again() {
        let entry = |blob, bytes| SourceEntry { blob: BlobId(blob), bytes };
        let files =
            [(PathId(3), entry(900, 12)), (PathId(4), entry(7, 0)), (PathId(900_000), entry(8, 1 << 20))];
        for count in 0..=files.len() {
            let manifest = SourceManifest { files: files[..count].iter().copied().collect() };
            let packed = manifest.pack();
            assert_eq!(SourceManifest::unpack(&packed).unwrap(), manifest);
            for end in 0..packed.len() {
                assert!(SourceManifest::unpack(&packed[..end]).is_err(), "{end} of {packed:?}");
            }
        }
    }
}
