//! What the CI system says of the build, read from its environment variables. Names of people are among those
//! variables, too; they are not read.

/// What is known of the build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// The CI system; absent on a desk.
    pub system: Option<&'static str>,
    /// The commit.
    pub commit: Option<String>,
    /// The branch; for a pull request its own branch, not the one it goes to.
    pub branch: Option<String>,
    /// The pull request's number.
    pub pull_request: Option<u64>,
    /// The branch that the pull request goes to.
    pub base_branch: Option<String>,
    /// The build's identifier: another one when the same commit is built again.
    pub build: Option<String>,
    /// The build's page.
    pub build_url: Option<String>,
}

/// One CI system: the variable that gives it away, and where the rest stands. Of several variables the first that is
/// set and not empty counts. Every name is from the system's own documentation of its predefined variables.
struct System {
    name: &'static str,
    mark: &'static str,
    commit: &'static [&'static str],
    branch: &'static [&'static str],
    pull_request: &'static [&'static str],
    base_branch: &'static [&'static str],
    build: &'static [&'static str],
    build_url: &'static [&'static str],
}

const SYSTEMS: &[System] = &[
    System {
        name: "GitHub Actions",
        mark: "GITHUB_ACTIONS",
        commit: &["GITHUB_SHA"],
        branch: &["GITHUB_HEAD_REF", "GITHUB_REF_NAME"],
        pull_request: &["GITHUB_REF"],
        base_branch: &["GITHUB_BASE_REF"],
        build: &["GITHUB_RUN_ID"],
        build_url: &[],
    },
    System {
        name: "GitLab CI",
        mark: "GITLAB_CI",
        commit: &["CI_COMMIT_SHA"],
        branch: &["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"],
        pull_request: &["CI_MERGE_REQUEST_IID"],
        base_branch: &["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"],
        build: &["CI_PIPELINE_ID"],
        build_url: &["CI_PIPELINE_URL"],
    },
    System {
        name: "Azure Pipelines",
        mark: "TF_BUILD",
        commit: &["BUILD_SOURCEVERSION"],
        branch: &["SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH"],
        pull_request: &["SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"],
        base_branch: &["SYSTEM_PULLREQUEST_TARGETBRANCH"],
        build: &["BUILD_BUILDID"],
        build_url: &[],
    },
    System {
        name: "CircleCI",
        mark: "CIRCLECI",
        commit: &["CIRCLE_SHA1"],
        branch: &["CIRCLE_BRANCH"],
        pull_request: &["CIRCLE_PULL_REQUEST"],
        base_branch: &[],
        build: &["CIRCLE_WORKFLOW_ID", "CIRCLE_BUILD_NUM"],
        build_url: &["CIRCLE_BUILD_URL"],
    },
    System {
        name: "Buildkite",
        mark: "BUILDKITE",
        commit: &["BUILDKITE_COMMIT"],
        branch: &["BUILDKITE_BRANCH"],
        pull_request: &["BUILDKITE_PULL_REQUEST"],
        base_branch: &["BUILDKITE_PULL_REQUEST_BASE_BRANCH"],
        build: &["BUILDKITE_BUILD_ID"],
        build_url: &["BUILDKITE_BUILD_URL"],
    },
    System {
        name: "Bitbucket Pipelines",
        mark: "BITBUCKET_BUILD_NUMBER",
        commit: &["BITBUCKET_COMMIT"],
        branch: &["BITBUCKET_BRANCH"],
        pull_request: &["BITBUCKET_PR_ID"],
        base_branch: &["BITBUCKET_PR_DESTINATION_BRANCH"],
        build: &["BITBUCKET_BUILD_NUMBER"],
        build_url: &[],
    },
    System {
        name: "Woodpecker",
        mark: "CI_PIPELINE_NUMBER",
        commit: &["CI_COMMIT_SHA"],
        branch: &["CI_COMMIT_SOURCE_BRANCH", "CI_COMMIT_BRANCH"],
        pull_request: &["CI_COMMIT_PULL_REQUEST"],
        base_branch: &["CI_COMMIT_TARGET_BRANCH"],
        build: &["CI_PIPELINE_NUMBER"],
        build_url: &["CI_PIPELINE_URL"],
    },
    System {
        name: "TeamCity",
        mark: "TEAMCITY_VERSION",
        commit: &["BUILD_VCS_NUMBER"],
        branch: &[],
        pull_request: &[],
        base_branch: &[],
        build: &["BUILD_NUMBER"],
        build_url: &["BUILD_URL"],
    },
    System {
        name: "Jenkins",
        mark: "JENKINS_URL",
        commit: &["GIT_COMMIT"],
        branch: &["CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"],
        pull_request: &["CHANGE_ID"],
        base_branch: &["CHANGE_TARGET"],
        build: &["BUILD_TAG", "BUILD_NUMBER"],
        build_url: &["BUILD_URL"],
    },
];

/// Reads what the CI system says. `variable` gives an environment variable's value.
pub fn detect(variable: &dyn Fn(&str) -> Option<String>) -> Build {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let first = |names: &[&str]| names.iter().find_map(|name| set(name));
    let Some(system) = SYSTEMS.iter().find(|system| set(system.mark).is_some()) else {
        return Build::default();
    };
    let build_url = match system.name {
        "GitHub Actions" => {
            match (set("GITHUB_SERVER_URL"), set("GITHUB_REPOSITORY"), set("GITHUB_RUN_ID")) {
                (Some(server), Some(repository), Some(run)) => {
                    Some(format!("{server}/{repository}/actions/runs/{run}"))
                }
                _ => None,
            }
        }
        _ => first(system.build_url),
    };
    // GitHub keeps a run's id when it is run again, and counts the attempts.
    let build = first(system.build).map(|build| match (system.name, set("GITHUB_RUN_ATTEMPT")) {
        ("GitHub Actions", Some(attempt)) if attempt != "1" => format!("{build}.{attempt}"),
        _ => build,
    });
    Build {
        system: Some(system.name),
        commit: first(system.commit),
        branch: first(system.branch).map(|name| plain_branch(&name)),
        pull_request: first(system.pull_request).and_then(|value| pull_request_number(&value)),
        base_branch: first(system.base_branch).map(|name| plain_branch(&name)),
        build,
        build_url,
    }
}

/// `refs/heads/main` and `origin/main` are `main`.
fn plain_branch(name: &str) -> String {
    let name = name.strip_prefix("refs/heads/").unwrap_or(name);
    name.strip_prefix("origin/").unwrap_or(name).to_owned()
}

/// A number, `refs/pull/12/merge`, or the pull request's address. Anything else (`false`, a branch) is none.
fn pull_request_number(value: &str) -> Option<u64> {
    if let Some(rest) = value.strip_prefix("refs/pull/") {
        return rest.split('/').next()?.parse().ok();
    }
    if value.contains("://") {
        return value.rsplit('/').next()?.parse().ok();
    }
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Build, detect};

    #[track_caller]
    fn check(variables: &[(&str, &str)], expect: Build) {
        let find =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(detect(&find), expect);
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn nothing_is_known_on_a_desk() {
        check(&[("HOME", "/home/a")], Build::default());
        check(&[("GITHUB_ACTIONS", "")], Build::default());
    }

    #[test]
    fn a_pull_request_on_github_has_its_own_branch_and_attempt() {
        check(
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_SHA", "abc"),
                ("GITHUB_HEAD_REF", "feature/x"),
                ("GITHUB_REF_NAME", "12/merge"),
                ("GITHUB_REF", "refs/pull/12/merge"),
                ("GITHUB_BASE_REF", "main"),
                ("GITHUB_RUN_ID", "77"),
                ("GITHUB_RUN_ATTEMPT", "2"),
                ("GITHUB_SERVER_URL", "https://forge.example"),
                ("GITHUB_REPOSITORY", "shop/books"),
            ],
            Build {
                system: Some("GitHub Actions"),
                commit: some("abc"),
                branch: some("feature/x"),
                pull_request: Some(12),
                base_branch: some("main"),
                build: some("77.2"),
                build_url: some("https://forge.example/shop/books/actions/runs/77"),
            },
        );
    }

    #[test]
    fn a_push_on_github_is_no_pull_request() {
        check(
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_REF", "refs/heads/main"),
                ("GITHUB_REF_NAME", "main"),
                ("GITHUB_RUN_ATTEMPT", "1"),
                ("GITHUB_RUN_ID", "5"),
            ],
            Build {
                system: Some("GitHub Actions"),
                branch: some("main"),
                build: some("5"),
                ..Build::default()
            },
        );
    }

    #[test]
    fn other_systems_spell_branches_and_numbers_in_their_own_way() {
        check(
            &[
                ("TF_BUILD", "True"),
                ("BUILD_SOURCEVERSION", "abc"),
                ("BUILD_SOURCEBRANCH", "refs/heads/main"),
                ("BUILD_BUILDID", "9"),
            ],
            Build {
                system: Some("Azure Pipelines"),
                commit: some("abc"),
                branch: some("main"),
                build: some("9"),
                ..Build::default()
            },
        );
        check(
            &[
                ("CIRCLECI", "true"),
                ("CIRCLE_PULL_REQUEST", "https://forge.example/shop/books/pull/31"),
                ("CIRCLE_BRANCH", "x"),
            ],
            Build { system: Some("CircleCI"), branch: some("x"), pull_request: Some(31), ..Build::default() },
        );
        check(
            &[("BUILDKITE", "true"), ("BUILDKITE_PULL_REQUEST", "false"), ("BUILDKITE_BRANCH", "main")],
            Build { system: Some("Buildkite"), branch: some("main"), ..Build::default() },
        );
        check(
            &[("JENKINS_URL", "x"), ("GIT_BRANCH", "origin/main"), ("BUILD_TAG", "jenkins-a-1")],
            Build {
                system: Some("Jenkins"),
                branch: some("main"),
                build: some("jenkins-a-1"),
                ..Build::default()
            },
        );
    }
}
