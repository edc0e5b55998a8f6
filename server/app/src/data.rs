//! The data folder: who may write into it, and what a process that was ended left in it.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use plimsoll_store::Store;

/// The file that is locked while a process takes reports into the history.
const LOCK: &str = "plimsoll.lock";

/// Says that this process alone takes reports into the history of a folder. What only reads needs none.
///
/// The lock is the kernel's: it ends with the process, however that ends. The file itself stays and means nothing.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock; the folder is made if it is not there.
    ///
    /// # Errors
    /// Where another process holds it, with its number and what to do; and where the file cannot be opened.
    pub fn take(folder: &Path) -> Result<Self, String> {
        let failed = |error: io::Error| format!("cannot lock {}: {error}", folder.display());
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(LOCK))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder).map_err(failed)?;
                return Err(format!(
                    "{} is in use by process {}: send reports to that server with `plimsoll upload`, stop it, or give \
                     another folder with --data",
                    folder.display(),
                    holder.trim()
                ));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// Removes what a process that was ended left in the spool: bodies that were never acknowledged, and those that are in
/// the history already. To be called by whoever holds the lock, before anything is received. Returns how many.
///
/// # Errors
/// Where the store or the folder cannot be read.
pub fn sweep_spool(store: &Store) -> Result<usize, String> {
    let folder = store.folder().join("spool");
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(format!("cannot read {}: {error}", folder.display())),
    };
    let needed = store.read(|reader| reader.list_spooled()).map_err(|error| error.to_string())?;
    let mut removed = 0;
    for entry in entries {
        let path = entry.map_err(|error| format!("cannot read {}: {error}", folder.display()))?.path();
        let is_needed =
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| needed.contains(name));
        if is_needed {
            continue;
        }
        let done = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        done.map_err(|error| format!("cannot remove {}: {error}", path.display()))?;
        removed += 1;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use plimsoll_store::{NewRun, NewUpload, Options, StoreError};

    use super::*;

    #[test]
    fn one_process_at_a_time_holds_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let held = FolderLock::take(folder.path()).unwrap();
        let refused = FolderLock::take(folder.path()).unwrap_err();
        let process = format!("process {}:", std::process::id());
        assert!(refused.contains(&process) && refused.contains("--data"), "{refused}");
        drop(held);
        FolderLock::take(folder.path()).unwrap();
    }

    #[test]
    fn the_spool_keeps_only_what_is_still_to_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        assert_eq!(sweep_spool(&store).unwrap(), 0, "there is no spool yet");
        let spool = folder.path().join("spool");
        std::fs::create_dir_all(spool.join("local-1")).unwrap();
        for name in ["waits", "failed", "stored", "never-acknowledged", "local-1/0"] {
            std::fs::write(spool.join(name), "x").unwrap();
        }
        store
            .write(|writer| -> Result<(), StoreError> {
                let project = writer.insert_project("shop", "Shop", "main", 0)?;
                let run = NewRun { commit: "c".into(), branch: "main".into(), ..NewRun::default() };
                let run = writer.ensure_run(project, &run)?;
                for (at, name) in ["failed", "stored", "waits"].into_iter().enumerate() {
                    let upload = NewUpload {
                        run,
                        name: name.to_owned(),
                        category: None,
                        shard: None,
                        format: None,
                        flags: Vec::new(),
                        strip_prefix: None,
                        add_prefix: None,
                        digest: [at as u8; 32],
                        bytes: 1,
                        received_at: at as i64,
                        spool: name.to_owned(),
                    };
                    writer.accept_upload(project, &upload)?;
                }
                let failed = writer.claim_upload()?.unwrap();
                writer.fail_upload(project, failed.id, "{}")?;
                let stored = writer.claim_upload()?.unwrap();
                writer.finish_upload(project, stored.id, &Default::default())?;
                Ok(())
            })
            .unwrap();
        assert_eq!(sweep_spool(&store).unwrap(), 3);
        let mut left: Vec<_> =
            std::fs::read_dir(&spool).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["failed", "waits"]);
    }
}
