//! Source texts of a run's files: which are of use, and taking them.

use std::collections::BTreeMap;

use plimsoll_api::{
    MOST_SOURCE_BYTES, MOST_SOURCE_BYTES_OF_RUN, MOST_SOURCES, NewSource, NewSources, RefusedSource,
    SourceAnswer, SourceList,
};
use plimsoll_model::FindingKind;
use plimsoll_store::{
    BlobId, PathId, ProjectId, Reader, RunNumber, SourceEntry, SourceManifest, StoreError, Writer,
};
use roaring::RoaringBitmap;

use super::{PageError, Scope};

/// The files whose source text is of use: those that reports of the run name and that are the repository's.
///
/// # Errors
/// Where there is no such run, or the store fails.
pub fn list_sources(scope: &Scope<'_>, run: u64) -> Result<SourceList, PageError> {
    let run = scope.run(run)?;
    let (reader, project) = (scope.reader, scope.project.id);
    let named = Named::read(reader, project, run.number)?;
    let mut files: Vec<String> =
        reader.list_paths(project, &named.wanted)?.into_iter().map(|info| info.path).collect();
    files.sort_unstable();
    let stored = reader.read_sources(project, run.number)?;
    Ok(SourceList { files, stored: stored.files.len() as u64, stored_bytes: stored.bytes() })
}

/// Takes source texts, or says which are wanted. Whatever is not taken is named with its reason; the rest is taken.
///
/// # Errors
/// Where there is no such project or run, a request names too many files, or the store fails.
pub fn put_sources(
    writer: &mut Writer<'_>,
    project: &str,
    run: u64,
    sources: &NewSources,
) -> Result<SourceAnswer, PageError> {
    if sources.files.len() > MOST_SOURCES {
        let message = format!("{} files; at most {MOST_SOURCES} in one request", sources.files.len());
        return Err(PageError::BadParameter { name: "files", message });
    }
    let found =
        writer.find_project(project)?.ok_or_else(|| PageError::ProjectNotFound(project.to_owned()))?.id;
    let number = RunNumber(run);
    if writer.find_run(found, number)?.is_none() {
        return Err(PageError::RunNotFound { project: project.to_owned(), run });
    }
    let named = Named::read(writer, found, number)?;
    let mut taking = Taking { project: found, named, manifest: writer.read_sources(found, number)? };
    let before = taking.manifest.clone();
    let mut answer = SourceAnswer::default();
    for file in &sources.files {
        match taking.take(writer, file)? {
            Taken::Stored => answer.stored += 1,
            Taken::Wanted => answer.wanted.push(file.path.clone()),
            Taken::Refused(reason) => {
                answer.refused.push(RefusedSource { path: file.path.clone(), reason });
            }
        }
    }
    if taking.manifest != before {
        writer.set_sources(found, number, &taking.manifest)?;
    }
    Ok(answer)
}

/// What reports of a run name.
struct Named {
    wanted: RoaringBitmap,
    /// Files that a scanner found a secret in: their text would be one more place where it stands.
    secret: RoaringBitmap,
}

impl Named {
    fn read(reader: &Reader<'_>, project: ProjectId, run: RunNumber) -> Result<Self, StoreError> {
        let (mut wanted, mut secret) = (RoaringBitmap::new(), RoaringBitmap::new());
        if let Some(coverage) = reader.read_coverage(project, run)? {
            wanted.extend(coverage.files.iter().map(|file| file.path.0));
        }
        if let Some(findings) = reader.read_findings(project, run)? {
            for key in reader.list_finding_keys(project, &findings.present)? {
                let Some(path) = key.path else { continue };
                wanted.insert(path.0);
                if key.kind == FindingKind::Secret {
                    secret.insert(path.0);
                }
            }
        }
        if let Some(files) = reader.read_files(project, run)? {
            wanted &= files;
        }
        wanted -= &secret;
        Ok(Self { wanted, secret })
    }
}

enum Taken {
    Stored,
    Wanted,
    Refused(String),
}

struct Taking {
    project: ProjectId,
    named: Named,
    manifest: SourceManifest,
}

impl Taking {
    fn take(&mut self, writer: &mut Writer<'_>, file: &NewSource) -> Result<Taken, StoreError> {
        let refused = |reason: &str| Ok(Taken::Refused(reason.to_owned()));
        let Some(digest) = read_digest(&file.digest) else {
            return refused("its digest is not 64 hexadecimal digits");
        };
        let path = match writer.find_path(self.project, &file.path)? {
            Some(path) if self.named.secret.contains(path.id.0) => {
                return refused("a scanner found a secret in it");
            }
            Some(path) if self.named.wanted.contains(path.id.0) => path.id,
            _ => return refused("no report of the run names it as a file of the repository"),
        };
        let (blob, bytes) = match &file.text {
            Some(text) => {
                if let Err(reason) = check(text, &digest) {
                    return refused(&reason);
                }
                if !self.has_room(path, text.len() as u64) {
                    return refused(&no_room());
                }
                (writer.put_text(self.project, text)?, text.len() as u64)
            }
            None => match self.known(writer, &digest)? {
                Some((_, bytes)) if !self.has_room(path, bytes) => return refused(&no_room()),
                Some(known) => known,
                None => return Ok(Taken::Wanted),
            },
        };
        self.manifest.files.insert(path, SourceEntry { blob, bytes });
        Ok(Taken::Stored)
    }

    // A content that is there already, if it is a text that could have been sent: a digest alone says nothing of what
    // it is of.
    fn known(&self, writer: &mut Writer<'_>, digest: &[u8; 32]) -> Result<Option<(BlobId, u64)>, StoreError> {
        let Some(blob) = writer.use_text(self.project, digest)? else { return Ok(None) };
        let Ok(text) = writer.read_text(self.project, blob) else { return Ok(None) };
        Ok(check(&text, digest).is_ok().then_some((blob, text.len() as u64)))
    }

    fn has_room(&self, path: PathId, bytes: u64) -> bool {
        let before = self.manifest.files.get(&path).map_or(0, |entry| entry.bytes);
        self.manifest.bytes() - before + bytes <= MOST_SOURCE_BYTES_OF_RUN
    }
}

fn no_room() -> String {
    format!("the run's source texts would have more than {MOST_SOURCE_BYTES_OF_RUN} bytes")
}

fn check(text: &str, digest: &[u8; 32]) -> Result<(), String> {
    if text.len() as u64 > MOST_SOURCE_BYTES {
        return Err(format!("it has more than {MOST_SOURCE_BYTES} bytes"));
    }
    if text.contains('\0') {
        return Err("it is binary".to_owned());
    }
    if blake3::hash(text.as_bytes()) != *digest {
        return Err("its digest is that of another text".to_owned());
    }
    Ok(())
}

fn read_digest(text: &str) -> Option<[u8; 32]> {
    blake3::Hash::from_hex(text).ok().map(|hash| *hash.as_bytes())
}

/// The files of one run by their texts, as the client asks with; in the order of their paths.
pub fn ask_for(texts: &BTreeMap<String, String>) -> NewSources {
    let files = texts.iter().map(|(path, text)| NewSource {
        path: path.clone(),
        digest: blake3::hash(text.as_bytes()).to_hex().to_string(),
        text: None,
    });
    NewSources { files: files.collect() }
}
