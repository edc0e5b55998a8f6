//! Archives that would fill a disk, a memory or another folder.

use std::io::{Cursor, Write};

use plimsoll_format::Limits;
use plimsoll_registry::{Inspection, inspect};
use zip::write::SimpleFileOptions;

const REPORT: &[u8] = b"<testsuite><testcase name='a'/></testsuite>";

pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A tar of entries of these kinds, with the name of what a link leads to.
fn tar(entries: &[(&str, u8, &str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, kind, link, bytes) in entries {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[156] = *kind;
        header[157..157 + link.len()].copy_from_slice(link.as_bytes());
        header[257..263].copy_from_slice(b"ustar\0");
        out.extend_from_slice(&header);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

fn errors(name: &str, bytes: &[u8], limits: &Limits) -> Vec<String> {
    inspect(name, bytes, limits).into_iter().map(|found| found.error.unwrap_or_default()).collect()
}

fn tests_in(found: &[Inspection]) -> u64 {
    found.iter().filter_map(|found| found.tests.as_ref()).map(|tests| tests.total).sum()
}

#[test]
fn a_bomb_is_refused_at_the_ratio() {
    let limits = Limits::default();
    let bomb = gzip(&vec![b' '; 8 << 20]);
    let expect = "limit `expansion_ratio` is met: more than 200";
    for bytes in [bomb.clone(), gzip(&bomb), zip(&[("a", &vec![b'0'; 8 << 20])]), zip(&[("a.gz", &bomb)])] {
        let errors = errors("bomb", &bytes, &limits);
        assert!(errors.iter().any(|error| error.starts_with(expect)), "{errors:?}");
    }
}

#[test]
fn a_bomb_of_many_entries_is_refused_as_a_whole() {
    // Each entry by itself is small; the limits are of all together.
    let limits = Limits { expanded_bytes: 1 << 20, ..Limits::default() };
    let entry = vec![b'x'; 100 << 10];
    let names: Vec<String> = (0..20).map(|index| format!("{index}.xml")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), entry.as_slice())).collect();
    let errors = errors("many.zip", &zip(&files), &limits);
    assert_eq!(errors.len(), 11, "{errors:?}");
    assert!(errors.last().unwrap().starts_with("limit `expanded_bytes` is met: more than 1048576"));
}

/// Two entries of the directory that share their compressed bytes, as in bombs without nesting.
#[test]
fn entries_that_overlap_count_as_often_as_they_are_read() {
    let body = vec![b'y'; 1 << 20];
    let one = zip(&[("a", &body)]);
    let directory = one.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let end = one.windows(4).position(|window| window == b"PK\x05\x06").unwrap();
    let record = one[directory..end].to_vec();
    let copies = 100_u16;
    let mut bomb = one[..directory].to_vec();
    for index in 0..copies {
        let mut record = record.clone();
        // Another name for each, so that none hides another one.
        let at = record.len() - 1;
        record[at] = b'A' + (index % 26) as u8;
        bomb.extend_from_slice(&record);
    }
    let mut tail = one[end..].to_vec();
    tail[8..10].copy_from_slice(&copies.to_le_bytes());
    tail[10..12].copy_from_slice(&copies.to_le_bytes());
    tail[12..16].copy_from_slice(&(u32::from(copies) * record.len() as u32).to_le_bytes());
    bomb.extend_from_slice(&tail);
    let limits = Limits { expanded_bytes: 8 << 20, expansion_ratio: 1 << 20, ..Limits::default() };
    let errors = errors("overlap.zip", &bomb, &limits);
    assert!(errors.len() <= 9, "{} entries were read", errors.len());
}

#[test]
fn nesting_without_end_is_refused() {
    let mut bytes = REPORT.to_vec();
    for level in 0..50 {
        bytes = if level % 2 == 0 { zip(&[("next", &bytes)]) } else { gzip(&bytes) };
    }
    let errors = errors("nested", &bytes, &Limits::default());
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("limit `archive_depth` is met: more than 2"), "{errors:?}");
}

#[test]
fn names_lead_nowhere_and_links_are_passed_over() {
    let limits = Limits::default();
    let names = ["../../etc/cron.d/a", "/etc/a", "a/../../b", "..\\..\\a", "\\\\host\\share\\a", "C:\\a"];
    for name in names {
        for bytes in [
            zip(&[(name, REPORT), ("ok.xml", REPORT)]),
            tar(&[(name, b'0', "", REPORT), ("ok.xml", b'0', "", REPORT)]),
        ] {
            let found = inspect("archive", &bytes, &limits);
            assert_eq!(tests_in(&found), 1, "{name}: {found:?}");
            let error = found[0].error.as_deref().unwrap();
            assert_eq!(error, "the name leads out of the archive", "{name}");
        }
    }
    // A symbolic link, a hard link, a device, and the file that a link would have led elsewhere.
    let links = tar(&[
        ("link", b'2', "/etc", b""),
        ("hard", b'1', "/etc/passwd", b""),
        ("device", b'3', "", b""),
        ("link/a.xml", b'0', "", REPORT),
    ]);
    let found = inspect("links.tar", &links, &limits);
    assert_eq!((found.len(), tests_in(&found)), (1, 1), "{found:?}");
}

#[test]
fn sizes_that_lie_are_errors() {
    // A size that the header claims and the archive does not hold.
    let mut bytes = tar(&[("a.xml", b'0', "", REPORT)]);
    bytes[124..135].copy_from_slice(b"77777777777");
    let errors = errors("lie.tar", &bytes, &Limits::default());
    assert!(errors[0].contains("ends too early"), "{errors:?}");
}
