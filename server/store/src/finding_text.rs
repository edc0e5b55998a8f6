//! The words of findings, to search in, and what findings are about, to count by.
//!
//! Both follow the dictionary of findings: what is interned is put in, what is collected is taken out, within the same
//! transaction. The words lie in an FTS5 table without content.

use std::collections::HashMap;

use roaring::RoaringBitmap;
use rusqlite::Connection;

use crate::{FindingDetail, NewFinding, ProjectId, Reader, StoreError};

/// Letters of a search that count, and terms.
const LONGEST_QUERY: usize = 400;
const MOST_TERMS: usize = 16;

/// What findings can be counted by without reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingTag {
    /// A weakness class such as `CWE-79`.
    Weakness,
    /// The name of a package.
    Package,
}

impl FindingTag {
    // What stands for it in the database; never changed.
    fn code(self) -> u8 {
        match self {
            Self::Weakness => 0,
            Self::Package => 1,
        }
    }
}

/// Where a finding's words are numbered: an identifier that no `VACUUM` changes.
fn row_of(project: ProjectId, finding: u32) -> i64 {
    (i64::from(project.0) << 32) | i64::from(finding)
}

/// What was interned: its identifier, what is shown of it, and what was shown before where it was there already.
pub(crate) struct Interned<'a> {
    pub id: u32,
    pub finding: NewFinding<'a>,
    pub before: Option<String>,
}

/// What is searched of one finding.
#[derive(Debug, PartialEq, Eq)]
struct Words {
    message: String,
    /// Tool, rule, other identifiers and weakness classes.
    rule: String,
    path: String,
    package: String,
}

impl Words {
    fn of(detail: &FindingDetail, (tool, rule): &(String, String), path: &str) -> Self {
        let mut names = format!("{tool} {rule}");
        for name in detail.aliases.iter().chain(&detail.cwe) {
            names.push(' ');
            names.push_str(name);
        }
        let package = detail.package.as_ref().map(|package| package.name.as_str()).unwrap_or_default();
        Self {
            message: with_parts(&detail.message),
            rule: with_parts(&names),
            path: with_parts(path),
            package: with_parts(package),
        }
    }
}

/// A text, followed by the parts of its words that are written in humps: `ShoppingCart` is found as `cart`, too.
fn with_parts(text: &str) -> String {
    let mut out = text.to_owned();
    for word in text.split(|letter: char| !letter.is_alphanumeric()) {
        let mut part = String::new();
        let (mut was_lower, mut has_humps) = (false, false);
        let mut parts = String::new();
        for letter in word.chars() {
            if letter.is_uppercase() && was_lower {
                has_humps = true;
                parts.push(' ');
                parts.push_str(&std::mem::take(&mut part));
            }
            was_lower = letter.is_lowercase();
            part.push(letter);
        }
        if has_humps {
            out.push_str(&parts);
            out.push(' ');
            out.push_str(&part);
        }
    }
    out
}

fn tags(detail: &FindingDetail) -> Vec<(FindingTag, &str)> {
    let classes = detail.cwe.iter().map(|class| (FindingTag::Weakness, class.as_str()));
    let package = detail.package.iter().map(|package| (FindingTag::Package, package.name.as_str()));
    classes.chain(package).filter(|(_, value)| !value.is_empty()).collect()
}

/// What somebody typed, as a query that FTS5 reads: every term must occur, its last word by its beginning; what stands
/// between quotation marks occurs as it stands. Nothing that can be typed is an error, because nothing of it is left
/// outside of quotation marks. `None` where no word was typed.
fn full_text_query(typed: &str) -> Option<String> {
    let typed: String = typed.chars().take(LONGEST_QUERY).map(plain).collect();
    let mut terms = Vec::new();
    for (at, piece) in typed.split('"').enumerate() {
        // Between an odd quotation mark and the next one; the last may still be being typed.
        if at % 2 == 1 {
            terms.push(format!("\"{piece}\""));
        } else {
            terms.extend(piece.split_whitespace().map(|term| format!("\"{term}\" *")));
        }
    }
    terms.retain(|term| term.chars().any(char::is_alphanumeric));
    terms.truncate(MOST_TERMS);
    (!terms.is_empty()).then(|| terms.join(" "))
}

fn plain(letter: char) -> char {
    if letter.is_control() { ' ' } else { letter }
}

impl Reader<'_> {
    /// The findings, of all runs, in whose message, rule, path or package all that was typed occurs: words by their
    /// beginnings, in any case and order; what stands between quotation marks as it stands. `None` where no word was
    /// typed. Nothing that can be typed is an error.
    ///
    /// # Errors
    /// Those of the database.
    pub fn search_findings(
        &self,
        project: ProjectId,
        typed: &str,
    ) -> Result<Option<RoaringBitmap>, StoreError> {
        let Some(query) = full_text_query(typed) else { return Ok(None) };
        let sql = "SELECT rowid FROM finding_text WHERE finding_text MATCH $1 AND rowid BETWEEN $2 AND $3";
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query((query, row_of(project, 0), row_of(project, u32::MAX)))?;
        let mut found = RoaringBitmap::new();
        while let Some(row) = rows.next()? {
            let (row, first): (i64, i64) = (row.get(0)?, row_of(project, 0));
            found.extend(u32::try_from(row - first).ok());
        }
        Ok(Some(found))
    }

    /// The findings, of all runs, that are about something.
    ///
    /// # Errors
    /// Those of the database.
    pub fn findings_with_tag(
        &self,
        project: ProjectId,
        tag: FindingTag,
        value: &str,
    ) -> Result<RoaringBitmap, StoreError> {
        let sql = "SELECT finding FROM finding_tag WHERE project = $1 AND kind = $2 AND value = $3";
        self.id_set(sql, (project, tag.code(), value))
    }

    /// All that findings are about, with the findings, of all runs; by value.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_finding_tags(
        &self,
        project: ProjectId,
        tag: FindingTag,
    ) -> Result<Vec<(String, RoaringBitmap)>, StoreError> {
        let sql = "SELECT value, finding FROM finding_tag WHERE project = $1 AND kind = $2 \
                   ORDER BY value, finding";
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query((project, tag.code()))?;
        let mut found: Vec<(String, RoaringBitmap)> = Vec::new();
        while let Some(row) = rows.next()? {
            let value = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let finding: u32 = row.get(1)?;
            match found.last_mut() {
                Some((known, findings)) if known == value => {
                    findings.insert(finding);
                }
                _ => found.push((value.to_owned(), RoaringBitmap::from_iter([finding]))),
            }
        }
        Ok(found)
    }

    /// Puts the words of findings in, within the transaction that interned them.
    pub(crate) fn put_finding_words(
        &self,
        project: ProjectId,
        interned: Vec<Interned<'_>>,
    ) -> Result<(), StoreError> {
        let mut names = Names { reader: self, project, paths: HashMap::new(), rules: HashMap::new() };
        let mut insert = self.prepare(
            "INSERT INTO finding_text (rowid, message, rule, path, package) VALUES ($1, $2, $3, $4, $5)",
        )?;
        let mut tag = self.prepare(
            "INSERT INTO finding_tag (project, kind, value, finding) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (project, kind, value, finding) DO NOTHING",
        )?;
        for Interned { id, finding, before } in interned {
            let detail = read_detail(finding.detail);
            let rule = names.rule(finding.rule.0)?;
            let path = finding.path.map(|path| names.path(path.0)).transpose()?.unwrap_or_default();
            let words = Words::of(&detail, &rule, &path);
            if let Some(before) = before {
                let before = read_detail(&before);
                if Words::of(&before, &rule, &path) == words {
                    continue;
                }
                self.remove_finding_words(project, id, &before)?;
            }
            let row = row_of(project, id);
            insert.execute((row, &words.message, &words.rule, &words.path, &words.package))?;
            for (kind, value) in tags(&detail) {
                tag.execute((project, kind.code(), value, id))?;
            }
        }
        Ok(())
    }

    /// Takes the words of a finding out that is not there any more, or that says something else now.
    pub(crate) fn remove_finding_words(
        &self,
        project: ProjectId,
        id: u32,
        detail: &FindingDetail,
    ) -> Result<(), StoreError> {
        self.prepare("DELETE FROM finding_text WHERE rowid = $1")?.execute([row_of(project, id)])?;
        let sql = "DELETE FROM finding_tag WHERE project = $1 AND kind = $2 AND value = $3 AND finding = $4";
        for (kind, value) in tags(detail) {
            self.prepare(sql)?.execute((project, kind.code(), value, id))?;
        }
        Ok(())
    }
}

/// What is shown of a finding. One that is damaged is searched as if nothing was said; whoever shows it is told.
pub(crate) fn read_detail(text: &str) -> FindingDetail {
    serde_json::from_str(text).unwrap_or_default()
}

/// The names of rules and paths, each read once.
struct Names<'a> {
    reader: &'a Reader<'a>,
    project: ProjectId,
    paths: HashMap<u32, String>,
    rules: HashMap<u32, (String, String)>,
}

impl Names<'_> {
    fn path(&mut self, id: u32) -> Result<String, StoreError> {
        if let Some(known) = self.paths.get(&id) {
            return Ok(known.clone());
        }
        let sql = "SELECT path FROM path WHERE project = $1 AND id = $2";
        let path: String = self.reader.one(sql, (self.project, id), |row| row.get(0))?.unwrap_or_default();
        self.paths.insert(id, path.clone());
        Ok(path)
    }

    fn rule(&mut self, id: u32) -> Result<(String, String), StoreError> {
        if let Some(known) = self.rules.get(&id) {
            return Ok(known.clone());
        }
        let sql = "SELECT tool, rule FROM rule WHERE project = $1 AND id = $2";
        let found = self.reader.one(sql, (self.project, id), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let rule: (String, String) = found.unwrap_or_default();
        self.rules.insert(id, rule.clone());
        Ok(rule)
    }
}

/// Puts the words of all findings in where a store was made before there was a search.
pub(crate) fn take_over_findings(connection: &Connection) -> Result<(), StoreError> {
    let reader = Reader::new(connection);
    let sql = "SELECT EXISTS (SELECT 1 FROM finding) AND NOT EXISTS (SELECT 1 FROM finding_text)";
    if reader.one(sql, [], |row| row.get(0))? != Some(true) {
        return Ok(());
    }
    for project in reader.list_projects()? {
        let ids = reader.id_set("SELECT id FROM finding WHERE project = $1", [project.id])?;
        let infos = reader.list_findings(project.id, &ids)?;
        let details: Vec<String> =
            infos.iter().map(|info| serde_json::to_string(&info.detail).unwrap_or_default()).collect();
        let interned = infos.iter().zip(&details).map(|(info, detail)| Interned {
            id: info.key.id.0,
            finding: NewFinding {
                group: info.key.group,
                occurrence: info.key.occurrence,
                content: info.key.content,
                path: info.key.path,
                rule: info.key.rule,
                kind: info.key.kind,
                detail,
            },
            before: None,
        });
        reader.put_finding_words(project.id, interned.collect())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, expect: Option<&str>) {
        assert_eq!(full_text_query(typed).as_deref(), expect, "{typed}");
    }

    #[test]
    fn what_is_typed_becomes_quoted_terms() {
        check("", None);
        check(" \t\n ", None);
        check("\"", None);
        check("*()-:^ \"\" +", None);
        check("unused import", Some("\"unused\" * \"import\" *"));
        check("\"unused import\" cart", Some("\"unused import\" \"cart\" *"));
        check("say \"unused im", Some("\"say\" * \"unused im\""));
        check("a AND NOT b", Some("\"a\" * \"AND\" * \"NOT\" * \"b\" *"));
        check("path:src/a.rs", Some("\"path:src/a.rs\" *"));
        check("x\0y", Some("\"x\" * \"y\" *"));
        assert_eq!(full_text_query(&"a ".repeat(500)).unwrap().matches('*').count(), MOST_TERMS);
    }

    #[test]
    fn words_in_humps_are_found_by_their_parts() {
        assert_eq!(with_parts("no humps here"), "no humps here");
        assert_eq!(with_parts("src/ShoppingCart.java"), "src/ShoppingCart.java Shopping Cart");
        assert_eq!(with_parts("getURLOf x"), "getURLOf x get URLOf");
        assert_eq!(with_parts("XML"), "XML");
    }
}
