//! The JSON reader, driven by instructions that are part of the input.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| plimsoll_fuzz::json_reader(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    plimsoll_fuzz::mutate_in_place(data, size, max_size, seed)
});
