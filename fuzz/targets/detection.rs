//! Every format's look at a file, and the choice between them.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| plimsoll_fuzz::detection(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    plimsoll_fuzz::mutate_in_place(data, size, max_size, seed)
});
