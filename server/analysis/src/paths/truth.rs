//! A seeded monorepo in which one file in five shares its name and its place in the module with others, and reports of it
//! as CI systems, containers and tools write their paths. Each answer is compared with the truth.

use super::{FileIndex, PathRules, Resolved, resolve_paths};

const MODULES: usize = 40;

/// What stands before the repository's paths, and how a report writes them.
const WORKSPACES: [(&str, Form); 12] = [
    ("", Form::Plain),
    ("./", Form::Plain),
    ("/home/runner/work/shop/shop/", Form::Plain),
    ("/builds/group/shop/", Form::Plain),
    ("/app/", Form::Plain),
    ("/usr/src/app/", Form::Plain),
    ("/var/lib/jenkins/workspace/shop_main/", Form::Plain),
    ("/data/ci/agent-7/checkout/", Form::Plain),
    ("C:\\a\\1\\s\\", Form::Windows),
    ("D:\\a\\shop\\shop\\", Form::Windows),
    ("file:///home/runner/work/shop/shop/", Form::Address),
    ("github.example/group/shop/", Form::Plain),
];

#[derive(Clone, Copy)]
enum Form {
    Plain,
    /// With backslashes.
    Windows,
    /// Percent-encoded.
    Address,
}

/// Numbers that are the same in every run (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

/// Names that every fifth file has, at the same place in its module.
const SHARED: [&str; 5] =
    ["src/util.py", "src/__init__.py", "tests/conftest.py", "src/models/base.py", "src/index.ts"];

struct Repository {
    /// A module's folder and its files below it; the root is the last one.
    modules: Vec<(String, Vec<String>)>,
    files: Vec<String>,
}

impl Repository {
    fn new(random: &mut Random) -> Self {
        let mut modules = Vec::new();
        for number in 0..MODULES {
            let mut files: Vec<String> = Vec::new();
            for at in 0..40 {
                let part = ["src", "src/core", "tests", "src/my parts"][random.below(4)];
                files.push(match at % 5 {
                    0 => SHARED[random.below(SHARED.len())].to_owned(),
                    _ => format!("{part}/file_{number}_{at}.py"),
                });
            }
            files.sort();
            files.dedup();
            modules.push((format!("{}/m{number:02}", ["services", "libs", "apps"][number % 3]), files));
        }
        for number in 0..8 {
            // Every fifth class has the same package and name as one of the neighbour.
            let class = |at: usize| {
                let owner = if at.is_multiple_of(5) { number / 2 } else { number + 100 };
                format!("src/main/java/org/shop/p{}/Class{owner}x{at}.java", at % 4)
            };
            modules.push((format!("jvm/j{number}"), (0..30).map(class).collect()));
        }
        let root = ["src/util.py", "tests/conftest.py", "README.md", "src/index.ts"].map(str::to_owned);
        modules.push((String::new(), root.to_vec()));
        let full = |(folder, files): &(String, Vec<String>)| -> Vec<String> {
            files.iter().map(|file| format!("{folder}/{file}").trim_start_matches('/').to_owned()).collect()
        };
        let files = modules.iter().flat_map(full).collect();
        Self { modules, files }
    }
}

/// A path as a report writes it, and the file that it is; none for a file that the build made.
type Asked = (String, Option<String>);

fn write((prefix, form): (&str, Form), path: &str) -> String {
    match form {
        Form::Plain => format!("{prefix}{path}"),
        Form::Windows => format!("{prefix}{}", path.replace('/', "\\")),
        Form::Address => format!("{prefix}{}", path.replace('%', "%25").replace(' ', "%20")),
    }
}

#[derive(Default)]
struct Score {
    resolvable: usize,
    right: usize,
    wrong: Vec<String>,
    missed: Vec<String>,
}

impl Score {
    fn ask(&mut self, what: &str, index: &FileIndex, asked: &[Asked]) {
        self.ask_with(&PathRules::default(), what, index, asked);
    }

    fn ask_with(&mut self, rules: &PathRules<'_>, what: &str, index: &FileIndex, asked: &[Asked]) {
        let raws: Vec<&str> = asked.iter().map(|(raw, _)| raw.as_str()).collect();
        let answers = resolve_paths(Some(index), rules, &raws);
        for ((raw, truth), answer) in asked.iter().zip(&answers) {
            let found = if let Resolved::File(at) = answer { index.file(*at) } else { None };
            self.resolvable += usize::from(truth.is_some());
            match (found, truth.as_deref()) {
                (Some(found), Some(truth)) if found == truth => self.right += 1,
                (Some(found), _) => self.wrong.push(format!("{what}: {raw} is {truth:?}, not {found}")),
                (None, Some(_)) => self.missed.push(format!("{what}: {raw}: {answer:?}")),
                (None, None) => {}
            }
        }
    }
}

/// A sample of the whole repository, with files that the build made in some modules.
fn of_all(repository: &Repository, workspace: (&str, Form), random: &mut Random) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for _ in 0..120 {
        let file = &repository.files[random.below(repository.files.len())];
        asked.push((write(workspace, file), Some(file.clone())));
    }
    for _ in 0..8 {
        let (folder, _) = &repository.modules[random.below(MODULES)];
        let path = format!("{folder}/{}", SHARED[random.below(SHARED.len())]);
        if !repository.files.contains(&path) {
            asked.push((write(workspace, &path), None));
        }
    }
    asked
}

/// One module by its own paths, as a job in its folder or a container of it alone writes them.
fn of_one(repository: &Repository, workspace: (&str, Form), random: &mut Random) -> (String, Vec<Asked>) {
    let (folder, files) = &repository.modules[random.below(MODULES)];
    let (_, others) = &repository.modules[random.below(MODULES)];
    let own = files.iter().map(|file| (write(workspace, file), Some(format!("{folder}/{file}"))));
    let made = SHARED.iter().copied().chain(others.iter().take(1).map(String::as_str));
    let made =
        made.filter(|made| !files.iter().any(|file| file == made)).map(|made| (write(workspace, made), None));
    (folder.clone(), own.chain(made).collect())
}

/// Reports of a few files only, where little can be said: most of them are of one container with one module.
fn of_few(repository: &Repository, random: &mut Random) -> Vec<(String, Vec<Asked>)> {
    let mut uploads = Vec::new();
    for workspace in WORKSPACES {
        let files = (0..=random.below(3)).map(|_| &repository.files[random.below(repository.files.len())]);
        let asked = files.map(|file| (write(workspace, file), Some(file.clone()))).collect();
        uploads.push((format!("few below {}", workspace.0), asked));
    }
    for prefix in ["/app/", "/usr/src/app/", "/srv/shop/", "../", "../../"] {
        let (folder, files) = &repository.modules[random.below(MODULES)];
        let files = (0..=random.below(3)).map(|_| &files[random.below(files.len())]);
        let asked = files.map(|file| (format!("{prefix}{file}"), Some(format!("{folder}/{file}")))).collect();
        uploads.push((format!("few of {folder} below {prefix}"), asked));
    }
    uploads
}

/// Classes of all JVM modules by their packages: only those with a name of their own can be told.
fn of_packages(repository: &Repository) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (folder, files) in repository.modules.iter().filter(|(folder, _)| folder.starts_with("jvm/")) {
        for file in files {
            let class = file.trim_start_matches("src/main/java/");
            let same = repository.files.iter().filter(|other| other.ends_with(&format!("/{class}"))).count();
            asked.push((class.to_owned(), (same == 1).then(|| format!("{folder}/{file}"))));
        }
    }
    asked
}

#[test]
fn no_path_of_a_monorepo_is_matched_wrongly_and_nearly_none_is_missed() {
    let (mut score, mut few) = (Score::default(), Score::default());
    for seed in 0..20 {
        let mut random = Random(seed);
        let repository = Repository::new(&mut random);
        let index = FileIndex::new(repository.files.iter().map(String::as_str));
        for workspace in WORKSPACES {
            let asked = of_all(&repository, workspace, &mut random);
            score.ask(&format!("all below {}", workspace.0), &index, &asked);
        }
        for (what, asked) in of_few(&repository, &mut random) {
            few.ask(&what, &index, &asked);
        }
        // Cobertura's `<source>` beside paths that are relative to it.
        for (root, workspace) in [("/app", ""), ("/home/runner/work/shop/shop", ""), ("C:\\a\\1\\s", "./")] {
            let rules = PathRules { source_roots: &[root.to_owned()], ..PathRules::default() };
            let asked = of_all(&repository, (workspace, Form::Plain), &mut random);
            score.ask_with(&rules, &format!("all below source {root}"), &index, &asked);
        }
        let (folder, asked) = of_one(&repository, ("", Form::Plain), &mut random);
        let rules = PathRules { source_roots: &["/app".to_owned()], ..PathRules::default() };
        score.ask_with(&rules, &format!("{folder} below source /app"), &index, &asked);
        // With both prefixes every path is told, and what the list does not have is not matched.
        let (folder, asked) = of_one(&repository, ("/build/out/", Form::Plain), &mut random);
        let rules =
            PathRules { strip_prefix: Some("/build/out"), add_prefix: Some(&folder), ..PathRules::default() };
        score.ask_with(&rules, &format!("{folder} by its prefixes"), &index, &asked);
        for prefix in ["", "./", "/app/", "/usr/src/app/"] {
            let (folder, asked) = of_one(&repository, (prefix, Form::Plain), &mut random);
            score.ask(&format!("{folder} below {prefix}"), &index, &asked);
        }
        score.ask("packages", &index, &of_packages(&repository));
    }
    #[expect(clippy::cast_precision_loss, reason = "some ten thousand")]
    let share = score.right as f64 / score.resolvable as f64;
    println!(
        "{} of {} resolvable paths: {share:.4}; {} wrong",
        score.right,
        score.resolvable,
        score.wrong.len()
    );
    println!("of few: {} of {}; {} wrong", few.right, few.resolvable, few.wrong.len());
    let some = |list: &[String]| list.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(score.wrong.is_empty(), "{} wrong:\n{}", score.wrong.len(), some(&score.wrong));
    assert!(few.wrong.is_empty(), "{} wrong:\n{}", few.wrong.len(), some(&few.wrong));
    assert!(share >= 0.99, "{share}: {} missed:\n{}", score.missed.len(), some(&score.missed));
}
