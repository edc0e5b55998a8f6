//! Change logs and file lists.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| plimsoll_fuzz::family(plimsoll_churn::formats(), data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    plimsoll_fuzz::mutate_in_place(data, size, max_size, seed)
});
