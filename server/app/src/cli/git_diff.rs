//! A diff without what it is about: where lines changed, and none of the lines. Source code does not leave the machine.

/// The report in the form of the format `unified-diff`, of a diff without context lines that begins at this commit.
pub fn places_only(base: &str, diff: &str) -> String {
    let mut places = format!("# plimsoll diff {base}\n");
    let mut lines_left = 0_u64;
    for line in diff.lines() {
        if lines_left > 0 {
            // `\ No newline at end of file` belongs to the line before it.
            lines_left -= u64::from(line.starts_with(['-', '+', ' ']));
            continue;
        }
        if let Some((range, lines)) = hunk(line) {
            places.push_str(range);
            places.push('\n');
            lines_left = lines;
        } else if KEPT.iter().any(|begin| line.starts_with(begin)) {
            places.push_str(line);
            places.push('\n');
        }
    }
    places
}

/// Lines about files that hold names of files and nothing else.
const KEPT: [&str; 6] = ["diff --git ", "--- ", "+++ ", "rename from ", "rename to ", "deleted file mode "];

/// The range of a hunk without the name of the function that git writes behind it, and how many lines follow.
fn hunk(line: &str) -> Option<(&str, u64)> {
    let inner = line.strip_prefix("@@ ")?;
    let end = inner.find(" @@")?;
    let ranges = inner.get(..end)?;
    let mut lines = 0_u64;
    for range in ranges.split(' ') {
        let count = range.split_once(',').map_or("1", |(_, count)| count);
        lines = count.parse::<u64>().ok()?.saturating_add(lines);
    }
    Some((line.get(..end + 6)?, lines))
}

#[cfg(test)]
mod tests {
    use super::places_only;

    #[test]
    fn no_line_of_the_source_is_left() {
        let diff = "diff --git a/a.sql b/b.sql\nsimilarity index 90%\nrename from a.sql\nrename to b.sql\nindex 1..2\n\
                    --- a/a.sql\n+++ b/b.sql\n@@ -3 +3,2 @@ create secret\n--- secret\n+++ secret\n+diff --git secret\n\
                    @@ -9 +10,0 @@\n-secret\n\\ No newline at end of file\ndiff --git a/c b/c\nold mode 1\n";
        let expect = "# plimsoll diff abc\ndiff --git a/a.sql b/b.sql\nrename from a.sql\nrename to b.sql\n--- a/a.sql\n\
                      +++ b/b.sql\n@@ -3 +3,2 @@\n@@ -9 +10,0 @@\ndiff --git a/c b/c\n";
        assert_eq!(places_only("abc", diff), expect);
    }
}
