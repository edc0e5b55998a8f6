use std::io::Write;

use plimsoll_format::{LimitName, Limits, ParseErrorKind, WarningCode};

use super::{decode, open};

/// `name=text` for each text that comes out, `name: error` for each that does not.
fn opened(name: &str, bytes: &[u8], limits: &Limits) -> Vec<String> {
    let mut out = Vec::new();
    open(name, bytes, limits, &mut |entry| {
        out.push(match entry {
            Ok(document) => format!("{}={}", document.name, document.text),
            Err((name, error)) => format!("{name}: {error}"),
        });
    });
    out
}

fn limit_met(bytes: &[u8], limits: &Limits) -> LimitName {
    let mut met = None;
    open("x", bytes, limits, &mut |entry| {
        if let Err((_, error)) = entry
            && let ParseErrorKind::Limit { name, .. } = error.kind
        {
            met = Some(name);
        }
    });
    met.expect("a limit is met")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(files: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, kind, bytes) in files {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[156] = *kind;
        header[257..263].copy_from_slice(b"ustar\0");
        out.extend_from_slice(&header);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

#[test]
fn unwraps_each_kind() {
    let limits = Limits::default();
    assert_eq!(opened("a.txt", b"hello", &limits), ["a.txt=hello"]);
    assert_eq!(opened("a.gz", &gzip(b"hello"), &limits), ["a.gz=hello"]);
    assert_eq!(opened("a.zst", &zstd::encode_all(&b"hello"[..], 0).unwrap(), &limits), ["a.zst=hello"]);
    assert_eq!(
        opened("a.zip", &zip(&[("b/c.txt", b"1"), ("d.gz", &gzip(b"2"))]), &limits),
        ["a.zip!b/c.txt=1", "a.zip!d.gz=2"]
    );
    let long = format!("{}.xml", "n".repeat(150));
    let files =
        tar(&[("f/", b'5', b""), ("f/a", b'0', b"1"), ("long", b'L', long.as_bytes()), ("cut", b'0', b"2")]);
    let expect = ["t!f/a=1".to_owned(), format!("t!{long}=2")];
    assert_eq!(opened("t", &files, &limits), expect);
    assert_eq!(opened("t", &gzip(&files), &limits), expect);
}

#[test]
fn names_that_lead_outside_are_refused_and_the_rest_is_read() {
    let limits = Limits::default();
    let files = tar(&[("../a", b'0', b"1"), ("b", b'0', b"2")]);
    assert_eq!(opened("t", &files, &limits), ["t!../a: the name leads out of the archive", "t!b=2"]);
    let files = zip(&[("a/../../b", b"1"), ("c", b"2")]);
    assert_eq!(opened("z", &files, &limits), ["z!a/../../b: the name leads out of the archive", "z!c=2"]);
}

#[test]
fn cut_archives_are_errors() {
    let limits = Limits::default();
    let whole = gzip(&b"0123456789".repeat(1000));
    let out = opened("a.gz", &whole[..whole.len() - 9], &limits);
    assert!(out[0].contains("ends too early"), "{out:?}");
    let whole = zip(&[("a", b"1")]);
    assert!(opened("a.zip", &whole[..whole.len() - 5], &limits)[0].contains("broken zip"));
    let whole = tar(&[("a", b'0', &[b'x'; 600])]);
    assert!(opened("t", &whole[..700], &limits)[0].contains("ends too early"));
}

#[test]
fn limits_are_kept() {
    let blanks = vec![b' '; 8 << 20];
    let few = Limits { file_bytes: 4, ..Limits::default() };
    assert_eq!(limit_met(b"12345", &few), LimitName::FileBytes);
    assert_eq!(limit_met(&gzip(&blanks), &Limits::default()), LimitName::ExpansionRatio);
    let small = Limits { expanded_bytes: 100, ..Limits::default() };
    assert_eq!(limit_met(&gzip(&[b'x'; 101]), &small), LimitName::ExpandedBytes);
    let entries = Limits { archive_entries: 1, ..Limits::default() };
    assert_eq!(limit_met(&zip(&[("a", b"1"), ("b", b"2")]), &entries), LimitName::ArchiveEntries);
    assert_eq!(limit_met(&tar(&[("a", b'0', b"1"), ("b", b'0', b"2")]), &entries), LimitName::ArchiveEntries);
    let nested = zip(&[("1", &zip(&[("2", &zip(&[("3", &zip(&[("4", b"x")]))]))]))]);
    assert_eq!(limit_met(&nested, &Limits::default()), LimitName::ArchiveDepth);
    let nested = gzip(&gzip(&gzip(&gzip(b"x"))));
    assert_eq!(limit_met(&nested, &Limits::default()), LimitName::ArchiveDepth);
    let two = zip(&[("1", &zip(&[("2", &gzip(b"x"))]))]);
    assert_eq!(opened("z", &two, &Limits::default()), ["z!1!2=x"]);
}

#[test]
fn many_entries_are_refused_before_the_directory_is_read() {
    let bytes = [&b"PK\x03\x04"[..], &b"PK\x01\x02".repeat(20)].concat();
    let limits = Limits { archive_entries: 2, ..Limits::default() };
    assert_eq!(limit_met(&bytes, &limits), LimitName::ArchiveEntries);
}

#[test]
fn encodings_become_utf8() {
    let utf16 = |text: &str, little: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    let check = |bytes: &[u8], expect: &str| {
        let (text, warning) = decode(bytes);
        assert_eq!((&*text, warning), (expect, None));
    };
    check("é".as_bytes(), "é");
    check("\u{feff}é".as_bytes(), "é");
    check(&utf16("\u{feff}<é/>", true), "<é/>");
    check(&utf16("\u{feff}<é/>", false), "<é/>");
    check(&utf16("<é/>", true), "<é/>");
    check(&utf16("<é/>", false), "<é/>");
    check(
        b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>",
    );
    check(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>é".as_bytes(),
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>é",
    );
    let (text, warning) = decode(b"a\xff\xfeb");
    assert_eq!((&*text, warning.unwrap().code), ("a\u{fffd}\u{fffd}b", WarningCode::ReplacedBytes));
}
