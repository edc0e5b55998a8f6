//! Comma-separated values as RFC 4180 has them.

/// One record with its line end. What a spreadsheet would take for a formula (a value that begins with `=`, `+`, `-`,
/// `@`, a tab or a carriage return and is no number) gets an apostrophe in front, after OWASP's advice: a report's text
/// must not run in whatever opens it.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        let is_quoted = cell.contains([',', '"', '\n', '\r']);
        if is_quoted {
            out.push('"');
        }
        if is_formula {
            out.push('\'');
        }
        if is_quoted {
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
    out
}

/// What the columns of objects like this one are called.
pub fn names(row: &serde_json::Value) -> Vec<String> {
    row.as_object().map(|row| row.keys().cloned().collect()).unwrap_or_default()
}

/// A JSON object as a record with these columns. Texts, numbers and flags stand as they are, nothing as an empty cell,
/// anything nested as JSON.
pub fn record(names: &[String], row: &serde_json::Value) -> String {
    let cells: Vec<String> = names.iter().map(|name| cell(row.get(name))).collect();
    line(cells.iter().map(String::as_str))
}

fn cell(value: Option<&serde_json::Value>) -> String {
    match value {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{line, names, record};

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(line(["a", "b c", ""]), "a,b c,\r\n");
        assert_eq!(
            line(["a,b", "say \"no\"", "two\nlines"]),
            "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(line(["=1+1", "@x", "+a", "-a", "-1.5", "+2"]), "'=1+1,'@x,'+a,'-a,-1.5,+2\r\n");
        assert_eq!(line(["=HYPERLINK(\"x\",1)"]), "\"'=HYPERLINK(\"\"x\"\",1)\"\r\n");
    }

    #[test]
    fn objects_become_records() {
        let rows = [json!({"a": "x", "b": 1, "c": null}), json!({"a": "y", "b": true, "c": [1, 2]})];
        let names = names(&rows[0]);
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(record(&names, &rows[0]) + &record(&names, &rows[1]), "x,1,\r\ny,true,\"[1,2]\"\r\n");
        assert_eq!(record(&names, &json!({"b": 2, "d": 3})), ",2,\r\n");
    }
}
