//! The ordered history: which files change in which commit, and which builds run afterwards.

use std::path::Path;

use serde_json::Value;

/// `history.json`.
pub struct History {
    /// The folders whose tests each shard of the Python tests runs.
    pub python_shards: Vec<Vec<String>>,
    /// Tests that take longer than the others.
    pub slow_tests: Vec<SlowTest>,
    /// The commits in their order.
    pub steps: Vec<Step>,
}

/// A test, or all whose name contains the text, with a duration of its own.
pub struct SlowTest {
    /// A part of `file::name`.
    pub test: String,
    /// The first step from which this holds, by its number.
    pub from: Option<String>,
    /// Milliseconds, instead of those drawn from the name.
    pub milliseconds: Option<f64>,
    /// How many times slower than drawn.
    pub factor: f64,
}

/// A commit.
pub struct Step {
    /// Number and name, which is also the folder of its files.
    pub id: String,
    /// RFC 3339.
    pub date: String,
    /// The branch it is made on.
    pub branch: String,
    /// The branch that this one begins from.
    pub from: Option<String>,
    /// The branch that is squashed into this commit.
    pub squash: Option<String>,
    /// The commit's message.
    pub message: String,
    /// (old, new) paths.
    pub renames: Vec<(String, String)>,
    /// Paths that go.
    pub deletions: Vec<String>,
    /// The builds of this commit.
    pub runs: Vec<Run>,
}

/// A build.
pub struct Run {
    /// The build's id in CI.
    pub build: String,
    /// Seconds after the commit at which it begins.
    pub delay_seconds: i64,
    /// The pull request that it belongs to.
    pub pull_request: Option<u64>,
    /// `PYTHONHASHSEED`: in which order Python walks through sets.
    pub hash_seed: u64,
    /// `TEST_SEED`: the random numbers of the web tests.
    pub test_seed: u64,
    /// Shards of the Python tests whose reports never arrived, counted from 1.
    pub missing_python_shards: Vec<u64>,
}

impl History {
    /// Reads `history.json`.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn read(source: &Path) -> Result<Self, String> {
        let path = source.join("history.json");
        let value: Value = serde_json::from_str(&super::read_text(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self {
            python_shards: list(&value, "python_shards").iter().map(strings).collect(),
            slow_tests: list(&value, "slow_tests").iter().map(slow_test).collect::<Result<_, _>>()?,
            steps: list(&value, "steps").iter().map(step).collect::<Result<_, _>>()?,
        })
    }
}

fn slow_test(value: &Value) -> Result<SlowTest, String> {
    Ok(SlowTest {
        test: text(value, "test")?,
        from: optional(value, "from"),
        milliseconds: value.get("ms").and_then(Value::as_f64),
        factor: value.get("factor").and_then(Value::as_f64).unwrap_or(1.0),
    })
}

fn step(value: &Value) -> Result<Step, String> {
    let renames = list(value, "rename").iter().map(strings).filter_map(|pair| {
        let mut pair = pair.into_iter();
        Some((pair.next()?, pair.next()?))
    });
    Ok(Step {
        id: text(value, "id")?,
        date: text(value, "date")?,
        branch: text(value, "branch")?,
        from: optional(value, "from"),
        squash: optional(value, "squash"),
        message: text(value, "message")?,
        renames: renames.collect(),
        deletions: value.get("delete").map(strings).unwrap_or_default(),
        runs: list(value, "runs").iter().map(run).collect::<Result<_, _>>()?,
    })
}

fn run(value: &Value) -> Result<Run, String> {
    Ok(Run {
        build: text(value, "build")?,
        delay_seconds: value.get("delay_s").and_then(Value::as_i64).unwrap_or(180),
        pull_request: value.get("pull_request").and_then(Value::as_u64),
        hash_seed: value.get("hash_seed").and_then(Value::as_u64).unwrap_or(1),
        test_seed: value.get("test_seed").and_then(Value::as_u64).unwrap_or(1),
        missing_python_shards: list(value, "missing_python_shards")
            .iter()
            .filter_map(Value::as_u64)
            .collect(),
    })
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn optional(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn text(value: &Value, name: &str) -> Result<String, String> {
    optional(value, name).ok_or_else(|| format!("history.json: `{name}` is missing in {value}"))
}
