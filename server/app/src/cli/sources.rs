//! `--with-sources`: the source text of the files that a run's reports name, as far as git tracks them.
//!
//! What is sent is chosen by both sides: the server says which files its reports name, this side leaves out what git does
//! not track, what lies outside of the repository, what is large and what is no text. Digests go first, so that a text
//! that the server has already is not sent again.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_api::{
    MOST_SOURCE_BYTES, MOST_SOURCE_BYTES_OF_RUN, MOST_SOURCES, NewSource, NewSources, SourceAnswer,
    SourceList,
};

use super::git::Repository;
use crate::pages::ask_for;

/// Text of one request, in bytes; JSON may write it several times as long.
const BATCH: usize = 2 << 20;

/// Who takes source texts: a server, or a store that lies at hand.
pub trait Receiver {
    /// The files whose text is of use.
    fn list(&self) -> Result<SourceList, String>;
    /// Takes texts, or says which are wanted.
    fn put(&self, sources: &NewSources) -> Result<SourceAnswer, String>;
}

/// What was found of the files that were named.
#[derive(Debug, Default, PartialEq, Eq)]
struct Texts {
    by_path: BTreeMap<String, String>,
    /// Why files were left out, and how many.
    left_out: BTreeMap<&'static str, u64>,
}

/// Sends what is wanted, and says in one sentence what was sent.
pub fn send(repository: &Repository, receiver: &dyn Receiver) -> Result<String, String> {
    let named = receiver.list()?.files;
    let tracked = repository.tracked_files().ok_or("git does not tell which files it tracks")?;
    let mut texts = Texts::default();
    for path in &named {
        if tracked.binary_search(path).is_err() {
            texts.leave_out("not tracked by git");
            continue;
        }
        match read(repository.root(), path) {
            Ok(text) => texts.add(path, text),
            Err(reason) => texts.leave_out(reason),
        }
    }
    let (mut sent, mut bytes, mut stored) = (0_u64, 0_u64, 0_u64);
    let mut refused = Vec::new();
    for part in parts(&ask_for(&texts.by_path).files, |_| 0) {
        let answer = receiver.put(&NewSources { files: part.to_vec() })?;
        stored += answer.stored;
        refused.extend(answer.refused);
        let wanted: Vec<NewSource> = part
            .iter()
            .filter(|file| answer.wanted.contains(&file.path))
            .filter_map(|file| {
                Some(NewSource { text: Some(texts.by_path.get(&file.path)?.clone()), ..file.clone() })
            })
            .collect();
        let length = |file: &NewSource| file.text.as_ref().map_or(0, String::len);
        for batch in parts(&wanted, length) {
            let answer = receiver.put(&NewSources { files: batch.to_vec() })?;
            stored += answer.stored;
            sent += answer.stored;
            bytes += batch.iter().map(|file| length(file) as u64).sum::<u64>();
            refused.extend(answer.refused);
        }
    }
    for file in &refused {
        eprintln!("warning: the source text of {} is not taken: {}", file.path, file.reason);
    }
    Ok(said(named.len(), stored, sent, bytes, &texts.left_out))
}

fn said(named: usize, stored: u64, sent: u64, bytes: u64, left_out: &BTreeMap<&'static str, u64>) -> String {
    let mut said = format!(
        "sources: {stored} of {named} files that reports name, {sent} of them sent now ({bytes} bytes)"
    );
    for (reason, count) in left_out {
        said.push_str(&format!("; {count} {reason}"));
    }
    said
}

/// The list in pieces that one request may hold.
fn parts(files: &[NewSource], length: impl Fn(&NewSource) -> usize) -> Vec<&[NewSource]> {
    let (mut parts, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (at, file) in files.iter().enumerate() {
        let more = length(file);
        if at > begin && (bytes + more > BATCH || at - begin == MOST_SOURCES) {
            parts.extend(files.get(begin..at));
            (begin, bytes) = (at, 0);
        }
        bytes += more;
    }
    parts.extend(files.get(begin..).filter(|rest| !rest.is_empty()));
    parts
}

impl Texts {
    fn add(&mut self, path: &str, text: String) {
        let all: usize = self.by_path.values().map(String::len).sum();
        if (all + text.len()) as u64 > MOST_SOURCE_BYTES_OF_RUN {
            return self.leave_out("beyond the 64 MiB of a run");
        }
        self.by_path.insert(path.to_owned(), text);
    }

    fn leave_out(&mut self, reason: &'static str) {
        *self.left_out.entry(reason).or_default() += 1;
    }
}

/// The text of a file of the repository. Links are not followed: they may lead anywhere.
fn read(root: &Path, path: &str) -> Result<String, &'static str> {
    const OUTSIDE: &str = "outside of the repository, or links";
    let full = root.join(path);
    let data = std::fs::symlink_metadata(&full).map_err(|_| "not in the working tree")?;
    if !data.is_file() {
        return Err(OUTSIDE);
    }
    let inside = full.canonicalize().ok().zip(root.canonicalize().ok());
    if !inside.is_some_and(|(file, root)| file.starts_with(root)) {
        return Err(OUTSIDE);
    }
    if data.len() > MOST_SOURCE_BYTES {
        return Err("longer than 1 MiB");
    }
    let bytes = std::fs::read(&full).map_err(|_| "unreadable")?;
    if bytes.contains(&0) {
        return Err("binary");
    }
    String::from_utf8(bytes).map_err(|_| "not UTF-8")
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::process::Command;

    use super::*;

    /// A server that has nothing and keeps what it is sent.
    struct Store {
        named: Vec<String>,
        has: RefCell<BTreeMap<String, String>>,
        texts_sent: RefCell<Vec<String>>,
    }

    impl Receiver for Store {
        fn list(&self) -> Result<SourceList, String> {
            Ok(SourceList { files: self.named.clone(), stored: 0, stored_bytes: 0 })
        }

        fn put(&self, sources: &NewSources) -> Result<SourceAnswer, String> {
            let mut answer = SourceAnswer::default();
            for file in &sources.files {
                if let Some(text) = &file.text {
                    self.has.borrow_mut().insert(file.digest.clone(), text.clone());
                    self.texts_sent.borrow_mut().push(file.path.clone());
                    answer.stored += 1;
                } else if self.has.borrow().contains_key(&file.digest) {
                    answer.stored += 1;
                } else {
                    answer.wanted.push(file.path.clone());
                }
            }
            Ok(answer)
        }
    }

    fn git(folder: &Path, arguments: &[&str]) {
        let done = Command::new("git").arg("-C").arg(folder).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    #[test]
    fn only_texts_that_git_tracks_inside_of_the_repository_are_sent() {
        let around = tempfile::tempdir().unwrap();
        let root = around.path().join("shop");
        std::fs::create_dir_all(root.join("src")).unwrap();
        std::fs::write(around.path().join("secret.txt"), "outside").unwrap();
        let write = |path: &str, bytes: &[u8]| std::fs::write(root.join(path), bytes).unwrap();
        write("src/a.rs", b"fn a() {}\n");
        write("src/b.rs", "fn größe() {}\n".as_bytes());
        write("src/unnamed.rs", b"");
        write("picture.bin", b"a\0b");
        write("latin.txt", b"gr\xf6\xdfe");
        write("long.txt", &vec![b'a'; (1 << 20) + 1]);
        write(".gitignore", b"ignored.rs\n");
        write("ignored.rs", b"ignored");
        git(&root, &["init", "--quiet"]);
        std::os::unix::fs::symlink("../secret.txt", root.join("link.txt")).unwrap();
        git(&root, &["add", "."]);
        write("untracked.rs", b"untracked");
        let repository = Repository::around(&root).unwrap();
        let named = [
            "src/a.rs",
            "src/b.rs",
            "picture.bin",
            "latin.txt",
            "long.txt",
            "ignored.rs",
            "link.txt",
            "untracked.rs",
            "../secret.txt",
            "gone.rs",
        ];
        let store = Store {
            named: named.map(str::to_owned).to_vec(),
            has: RefCell::default(),
            texts_sent: RefCell::default(),
        };
        let said = send(&repository, &store).unwrap();
        assert_eq!(store.texts_sent.take(), ["src/a.rs", "src/b.rs"]);
        assert_eq!(
            said,
            "sources: 2 of 10 files that reports name, 2 of them sent now (26 bytes); 1 binary; \
             1 longer than 1 MiB; 1 not UTF-8; 4 not tracked by git; 1 outside of the repository, or links"
        );
        // Only what changed costs.
        write("src/a.rs", b"fn a() { b() }\n");
        send(&repository, &store).unwrap();
        assert_eq!(store.texts_sent.take(), ["src/a.rs"]);
    }

    #[test]
    fn a_request_holds_no_more_than_it_may() {
        let file = |length: usize| NewSource {
            path: String::new(),
            digest: String::new(),
            text: Some("x".repeat(length)),
        };
        let length = |file: &NewSource| file.text.as_ref().unwrap().len();
        let sizes =
            |files: &[NewSource]| parts(files, length).iter().map(|part| part.len()).collect::<Vec<_>>();
        assert_eq!(sizes(&[]), Vec::<usize>::new());
        assert_eq!(sizes(&[file(BATCH), file(1), file(BATCH - 1), file(1)]), [1, 2, 1]);
        assert_eq!(sizes(&vec![file(0); MOST_SOURCES + 1]), [MOST_SOURCES, 1]);
    }
}
