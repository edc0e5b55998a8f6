//! How much memory reading a file takes at its peak, counted for the thread of the test.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use plimsoll_format::Limits;
use plimsoll_registry::inspect;

struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    // While a thread ends, its counters may be gone.
    LIVE.try_with(|live| {
        live.set(live.get() + change);
        PEAK.try_with(|peak| peak.set(peak.get().max(live.get()))).unwrap_or_default();
    })
    .unwrap_or_default();
}

#[expect(
    unsafe_code,
    reason = "an allocator is unsafe by nature; this one passes every call on and only counts"
)]
// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: see above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: see above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that `work` held at once.
fn peak(work: impl FnOnce()) -> usize {
    let before = LIVE.get();
    PEAK.set(before);
    work();
    usize::try_from(PEAK.get() - before).unwrap()
}

const MIB: usize = 1 << 20;

fn peak_of(bytes: &[u8]) -> usize {
    peak(|| drop(inspect("report", bytes, &Limits::default())))
}

#[test]
fn memory_does_not_grow_with_an_uncompressed_report() {
    let case = "<testcase classname='a.B' name='a name &amp; more'><failure message='m'>at a.B:1&#10;</failure></testcase>";
    let text = format!("<testsuite>{}</testsuite>", case.repeat(40_000));
    let held = peak_of(text.as_bytes());
    assert!(held < MIB, "{held} bytes for {} of JUnit", text.len());

    let result = "{\"ruleId\":\"r\",\"message\":{\"text\":\"a \\n b\"},\"locations\":[]},";
    let head = "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"t\"}},\"results\":[";
    let text = format!("{head}{}{}]}}]}}", result.repeat(40_000), result.trim_end_matches(','));
    let held = peak_of(text.as_bytes());
    assert!(held < MIB, "{held} bytes for {} of SARIF", text.len());
}

#[test]
fn a_compressed_report_is_held_once() {
    // Not so uniform that the ratio would refuse it.
    let mut text = "<testsuite>".to_owned();
    for index in 0_u64..60_000 {
        let word = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        text.push_str(&format!("<testcase classname='c{word:x}' name='n{}'/>", word >> 7));
    }
    text.push_str("</testsuite>");
    for bytes in [super::archives::gzip(text.as_bytes()), super::archives::zip(&[("a.xml", text.as_bytes())])]
    {
        let held = peak_of(&bytes);
        assert!(held < text.len() + MIB, "{held} bytes for a report of {}", text.len());
    }
}

#[test]
fn hostile_files_take_little() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(1 << 17), close.repeat(1 << 17));
    let name = "n".repeat(4 * MIB);
    for (what, text) in [
        ("deep JSON", deep("[", "]")),
        ("deep objects", deep("{\"a\":", "}")),
        ("deep XML", deep("<testsuite>", "</testsuite>")),
        ("a long element", format!("<testsuite><{name}></testsuite>")),
        ("a long entity", format!("<testsuite name='&{name};'/>")),
        ("a long line", name.clone()),
        ("many attributes", format!("<testsuite {}/>", "a='' ".repeat(MIB / 8))),
    ] {
        let held = peak_of(text.as_bytes());
        // quick-xml keeps the names of open elements in a buffer that grows by doubling, and its error copies two of them.
        assert!(held < 6 * text.len() + MIB, "{what}: {held} bytes for {}", text.len());
    }
}
