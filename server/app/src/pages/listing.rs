use plimsoll_api::Page;

use super::PageError;

/// How many rows a list has where nothing is said.
pub const DEFAULT_LIMIT: usize = 100;
/// How many rows a list has at most.
pub const LARGEST_LIMIT: usize = 500;
/// Stands for as many rows as are read at once of a list that is written to a file: [`EXPORTED_ROWS`].
pub const EXPORTED: usize = usize::MAX;
/// Rows that are in memory at once while a list is written to a file.
const EXPORTED_ROWS: usize = 2_000;

pub(super) fn limit(asked: Option<usize>) -> Result<usize, PageError> {
    match asked {
        None => Ok(DEFAULT_LIMIT),
        Some(EXPORTED) => Ok(EXPORTED_ROWS),
        Some(asked) if (1..=LARGEST_LIMIT).contains(&asked) => Ok(asked),
        Some(asked) => Err(PageError::BadParameter {
            name: "limit",
            message: format!("{asked} is not between 1 and {LARGEST_LIMIT}"),
        }),
    }
}

// The part of a sorted list that follows the row with the identifier `after`; rows are made for that part only.
// An identifier and not an offset, so that a list that grew in the meantime gives no row twice.
pub(super) fn page<T: Copy, R>(
    sorted: &[T],
    id: impl Fn(&T) -> u64,
    after: Option<&str>,
    limit: usize,
    rows: impl FnOnce(&[T]) -> Result<Vec<R>, PageError>,
) -> Result<Page<R>, PageError> {
    let begin = match after {
        None => 0,
        Some(after) => {
            let wanted = after.parse::<u64>().ok();
            let found = wanted.and_then(|wanted| sorted.iter().position(|item| id(item) == wanted));
            1 + found.ok_or_else(|| PageError::BadParameter {
                name: "after",
                message: format!("`{after}` is not in this list; begin again without it"),
            })?
        }
    };
    let rest = sorted.get(begin..).unwrap_or_default();
    let part = rest.get(..limit).unwrap_or(rest);
    let next = (part.len() < rest.len()).then(|| part.last().map(|last| id(last).to_string())).flatten();
    Ok(Page { items: rows(part)?, next, total: u64::try_from(sorted.len()).unwrap_or(u64::MAX) })
}

// A word of a closed list, or an error that names the list.
pub(super) fn word<T: Copy>(
    name: &'static str,
    given: Option<&str>,
    words: &[(&'static str, T)],
) -> Result<Option<T>, PageError> {
    let Some(given) = given.filter(|given| !given.is_empty()) else { return Ok(None) };
    match words.iter().find(|(word, _)| *word == given) {
        Some((_, value)) => Ok(Some(*value)),
        None => {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("`{given}` is none of {}", known.join(", "));
            Err(PageError::BadParameter { name, message })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(after: Option<&str>, limit: usize, expect: &[u64], next: Option<&str>) {
        let list = [7_u64, 3, 9, 1];
        let page = page(&list, |item| *item, after, limit, |part| Ok(part.to_vec())).unwrap();
        assert_eq!((page.items.as_slice(), page.next.as_deref(), page.total), (expect, next, 4));
    }

    #[test]
    fn a_list_is_read_on_after_its_last_row() {
        check(None, 3, &[7, 3, 9], Some("9"));
        check(Some("9"), 3, &[1], None);
        check(Some("1"), 3, &[], None);
        check(None, 4, &[7, 3, 9, 1], None);
    }

    #[test]
    fn what_is_not_in_the_list_is_no_place_to_read_on() {
        for bad in ["8", "", "x"] {
            assert!(page(&[7_u64], |item| *item, Some(bad), 3, |part| Ok(part.to_vec())).is_err(), "{bad}");
        }
        assert!(limit(Some(0)).is_err() && limit(Some(501)).is_err());
    }
}
