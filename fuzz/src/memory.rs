//! What reading an input may cost in memory, checked for every single input.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What any input may cost, and what each of its bytes may.
const BASE: usize = 8 << 20;
const PER_BYTE: usize = 64;

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator unchanged; only sizes are counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(live, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Does some work on an input of so many bytes, and fails where it held more memory than that explains.
pub fn bounded(bytes: usize, work: impl FnOnce()) {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    work();
    let held = PEAK.load(Relaxed).saturating_sub(before);
    let allowed = BASE + PER_BYTE * bytes;
    assert!(held <= allowed, "{held} bytes of memory for an input of {bytes}: more than {allowed}");
    let left = LIVE.load(Relaxed).saturating_sub(before);
    assert!(left <= 64 << 10, "{left} bytes of memory are still held after the input was read");
}
