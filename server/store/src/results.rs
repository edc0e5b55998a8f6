//! What reading an upload came to, packed. It is a text of some hundred bytes of JSON that is the same for all uploads but
//! for some numbers and names, so it is compressed against a text that has the rest: some sixty bytes are left.

use zstd::bulk::{Compressor, Decompressor};

use crate::StoreError;
use crate::columns::packed::{Pack, Unpack, damaged};

/// What results have in common. It is a part of the stored form and never changes: another text is another version of
/// the form, which the first byte tells. What is likeliest stands last.
const SHARED: &str = "\"unmatched-path\",\"count\":1,\"message\":\"`\"is no file of the repository\"\
    \"ambiguous-path\"\"duplicate\"\"bad-setting\"\"truncated\"\"sarif\"\"cobertura\"\"jacoco\"\"trivy\"\"checkstyle\"\
    \"eslint\"\"plimsoll-toml\",\"kind\":\"settings\"\"unified-diff\",\"kind\":\"diff\"\
    {\"reports\":[{\"name\":\"files.txt\",\"format\":\"file-list\",\"kind\":\"file-list\",\"counted\":{\"tests\":null,\
    \"coverage\":null,\"findings\":null,\"churn\":null,\"listed_files\":1750,\"diff\":null},\"warnings\":[]}],\"paths\":null}\
    {\"reports\":[{\"name\":\"numstat.txt\",\"format\":\"git-numstat\",\"kind\":\"churn\",\"counted\":{\"tests\":null,\
    \"coverage\":null,\"findings\":null,\"churn\":{\"commits\":200,\"changes\":1000},\"listed_files\":null,\"diff\":null},\
    \"warnings\":[]}],\"paths\":null}\
    {\"reports\":[{\"name\":\"coverage.info\",\"format\":\"lcov\",\"kind\":\"coverage\",\"counted\":{\"tests\":null,\
    \"coverage\":{\"files\":100,\"lines\":40000,\"lines_covered\":20000,\"branches\":8000,\"branches_covered\":4000},\
    \"findings\":null,\"churn\":null,\"listed_files\":null,\"diff\":null},\"warnings\":[]}],\"paths\":{\"matched\":1000,\
    \"unmatched\":0,\"ambiguous\":0,\"outside\":0,\"examples\":[],\"without_file_list\":true,\
    \"hint\":{\"strip_prefix\":null,\"add_prefix\":\"\",\"mends\":100,\"message\":\"\"}}}\
    {\"reports\":[{\"name\":\"results.sarif\",\"format\":\"sarif\",\"kind\":\"findings\",\"counted\":{\"tests\":null,\
    \"coverage\":null,\"findings\":{\"total\":100,\"by_severity\":{\"critical\":0,\"high\":20,\"medium\":20,\"low\":20,\
    \"info\":20,\"unknown\":0},\"suppressed\":0},\"churn\":null,\"listed_files\":null,\"diff\":null},\"warnings\":[]}],\
    \"paths\":{\"matched\":100,\"unmatched\":0,\"ambiguous\":0,\"outside\":0,\"examples\":[],\
    \"without_file_list\":false,\"hint\":null}}\
    {\"reports\":[{\"name\":\"junit.xml\",\"format\":\"junit\",\"kind\":\"tests\",\"counted\":{\"tests\":{\"total\":500,\
    \"passed\":400,\"failed\":10,\"errored\":0,\"skipped\":10,\"duration_ms\":26000},\"coverage\":null,\"findings\":null,\
    \"churn\":null,\"listed_files\":null,\"diff\":null},\"warnings\":[]}],\"paths\":{\"matched\":0,\"unmatched\":0,\
    \"ambiguous\":0,\"outside\":0,\"examples\":[],\"without_file_list\":false,\"hint\":null}}";

/// The first byte of the form.
const FIRST_FORM: u64 = 1;
/// It is little and packed once.
const LEVEL: i32 = 19;
/// A result names ten paths and as many warnings at most; what claims to be more is damaged.
const GREATEST: usize = 16 << 20;

/// Packs a result: the form, the length, and what is left of the text.
pub(crate) fn pack_result(text: &str) -> Result<Vec<u8>, StoreError> {
    let failed = |error: std::io::Error| StoreError::Damaged(format!("cannot compress: {error}"));
    let mut compressor = Compressor::with_dictionary(LEVEL, SHARED.as_bytes()).map_err(failed)?;
    let mut pack = Pack::default();
    pack.put(FIRST_FORM);
    pack.put(text.len() as u64);
    pack.put_bytes(&compressor.compress(text.as_bytes()).map_err(failed)?);
    Ok(pack.finish())
}

/// Reads what [`pack_result`] wrote.
pub(crate) fn unpack_result(bytes: &[u8]) -> Result<String, StoreError> {
    let mut unpack = Unpack::new(bytes);
    if unpack.take()? != FIRST_FORM {
        return Err(damaged("the result of an upload is in an unknown form"));
    }
    let size = usize::try_from(unpack.take()?).ok().filter(|size| *size <= GREATEST);
    let size = size.ok_or_else(|| damaged("the result of an upload is too long"))?;
    let failed = |error: std::io::Error| StoreError::Damaged(error.to_string());
    let mut decompressor = Decompressor::with_dictionary(SHARED.as_bytes()).map_err(failed)?;
    let text = decompressor.decompress(unpack.rest(), size).map_err(failed)?;
    String::from_utf8(text).map_err(|_| damaged("the result of an upload is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_result_comes_back(text: String) {
            prop_assert_eq!(unpack_result(&pack_result(&text).unwrap()).unwrap(), text);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            unpack_result(&bytes).ok();
        }
    }

    #[test]
    fn a_usual_result_takes_some_sixty_bytes() {
        let text = "{\"reports\":[{\"name\":\"target/nextest/junit.xml\",\"format\":\"junit\",\"kind\":\"tests\",\"counted\":\
                    {\"tests\":{\"total\":5321,\"passed\":5203,\"failed\":67,\"errored\":0,\"skipped\":51,\"duration_ms\":260841},\
                    \"coverage\":null,\"findings\":null,\"churn\":null,\"listed_files\":null,\"diff\":null},\"warnings\":[]}],\
                    \"paths\":{\"matched\":412,\"unmatched\":0,\"ambiguous\":0,\"outside\":0,\"examples\":[],\"without_file_list\":false,\"hint\":null}}";
        let packed = pack_result(text).unwrap().len();
        assert!(packed <= 100 && text.len() > 350, "{packed} of {}", text.len());
    }

    #[test]
    fn the_shared_text_is_what_stored_results_need() {
        // Stored in the first form; it must be read for ever.
        let sum = SHARED.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        assert_eq!(sum, 0x75e387c4d4f2a78d, "another text is another form");
    }
}
