/// Letters of a flag, at most.
const MOST_CHARS: usize = 64;

/// Flags of an upload, at most.
const MOST_FLAGS: usize = 16;

/// Brings the flags of an upload into their stored form: sorted, each once.
///
/// # Errors
/// Where one is no word, or there are too many: one sentence that says which.
pub fn clean_flags(flags: impl IntoIterator<Item = String>) -> Result<Vec<String>, String> {
    let mut clean: Vec<String> = Vec::new();
    for flag in flags {
        let is_word = !flag.is_empty()
            && flag.len() <= MOST_CHARS
            && flag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if !is_word {
            return Err(format!(
                "`{flag}` cannot be a flag: letters, digits, `-`, `_` and `.`, at most {MOST_CHARS}"
            ));
        }
        clean.push(flag);
    }
    clean.sort();
    clean.dedup();
    if clean.len() > MOST_FLAGS {
        return Err(format!("{} flags are too many: {MOST_FLAGS} at most", clean.len()));
    }
    Ok(clean)
}
