//! Uploads as they were received, compressed, by their digest: so that a file list that comes late, or a newer parser,
//! can have them read again.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use plimsoll_store::Store;

/// How long they are kept where nothing is said.
pub const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// Fast, for it is done after each upload; what CI sends is most often compressed already.
const LEVEL: i32 = 1;

/// Beginnings of files that would not get smaller: gzip, zstd, zip.
const COMPRESSED: [&[u8]; 3] = [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd], b"PK\x03\x04"];

/// What is read back at most; a file that was received is never larger.
const MOST_BYTES: u64 = 4 << 30;

fn folder(store: &Store) -> PathBuf {
    store.folder().join("raw")
}

fn file(store: &Store, digest: &[u8; 32]) -> PathBuf {
    let name = blake3::Hash::from_bytes(*digest).to_hex();
    folder(store).join(name.get(..2).unwrap_or_default()).join(name.as_str())
}

/// Keeps an upload. It is no loss when the machine fails in the midst: everything that counts is in the database.
pub(super) fn keep(store: &Store, digest: &[u8; 32], bytes: &[u8]) -> io::Result<()> {
    let path = file(store, digest);
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let unfinished = path.with_extension("unfinished");
    let mut file = File::create(&unfinished)?;
    // The first byte says which: 0 as received, 1 compressed here.
    if COMPRESSED.iter().any(|mark| bytes.starts_with(mark)) {
        file.write_all(&[0])?;
        file.write_all(bytes)?;
    } else {
        file.write_all(&[1])?;
        zstd::stream::copy_encode(bytes, &mut file, LEVEL)?;
    }
    drop(file);
    std::fs::rename(&unfinished, &path)
}

/// An upload as it was received; `None` where it is not kept any more.
pub(super) fn read(store: &Store, digest: &[u8; 32]) -> io::Result<Option<Vec<u8>>> {
    let mut file = match File::open(file(store, digest)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut mark = [0];
    file.read_exact(&mut mark)?;
    let mut bytes = Vec::new();
    if mark == [0] {
        file.read_to_end(&mut bytes)?;
    } else {
        zstd::stream::read::Decoder::new(file)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    }
    let is_whole = blake3::hash(&bytes).as_bytes() == digest;
    if is_whole {
        Ok(Some(bytes))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "the digest differs"))
    }
}

/// Removes what is older than it is kept, and what a crash left unfinished.
pub(super) fn prune(store: &Store, kept: Duration, now: SystemTime) -> io::Result<()> {
    let folders = match std::fs::read_dir(folder(store)) {
        Ok(folders) => folders,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for folder in folders {
        for entry in std::fs::read_dir(folder?.path())? {
            let entry = entry?;
            let age = now.duration_since(entry.metadata()?.modified()?).unwrap_or_default();
            if age > kept || is_unfinished(&entry.path()) {
                std::fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

fn is_unfinished(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "unfinished")
}

#[cfg(test)]
mod tests {
    use plimsoll_store::Options;

    use super::*;

    #[test]
    fn uploads_come_back_until_they_are_too_old() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        for bytes in [&b"<testsuites/>"[..], b"\x1f\x8bnot really", &vec![b'x'; 100_000]] {
            let digest = *blake3::hash(bytes).as_bytes();
            assert_eq!(read(&store, &digest).unwrap(), None);
            keep(&store, &digest, bytes).unwrap();
            keep(&store, &digest, bytes).unwrap();
            assert_eq!(read(&store, &digest).unwrap().as_deref(), Some(bytes));
            prune(&store, KEPT, SystemTime::now()).unwrap();
            assert!(read(&store, &digest).unwrap().is_some());
            prune(&store, KEPT, SystemTime::now() + KEPT + Duration::from_secs(60)).unwrap();
            assert_eq!(read(&store, &digest).unwrap(), None);
        }
    }
}
