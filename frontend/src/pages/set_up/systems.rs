//! What to paste into each CI system.

/// A CI system and the lines for its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// In the address.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The file that the lines belong into.
    pub file: &'static str,
    /// What to know before.
    pub note: &'static str,
    /// The lines.
    pub text: String,
}

/// Every system, with the project's own address filled in. `uploads` is the address that curl sends to.
pub fn systems(origin: &str, project: &str, uploads: &str) -> Vec<System> {
    let upload = format!("plimsoll upload reports/ --server {origin} --project {project}");
    let system = |key, name, file, note, text: String| System { key, name, file, note, text };
    vec![
        system(
            "",
            "GitHub Actions",
            ".github/workflows/ci.yml",
            "As the last step of a job. `if: always()` sends the reports of a job that failed, which are the ones you want. Store the token as the secret PLIMSOLL_TOKEN.",
            format!(
                "- uses: actions/checkout@v4\n  with:\n    fetch-depth: 0   # the history says which files change often\n# … build and test, reports in reports/ …\n- name: Send reports\n  if: always()\n  env:\n    PLIMSOLL_TOKEN: ${{{{ secrets.PLIMSOLL_TOKEN }}}}\n  run: {upload}"
            ),
        ),
        system(
            "gitlab",
            "GitLab CI",
            ".gitlab-ci.yml",
            "`after_script` also runs when the job failed. Store the token as the masked variable PLIMSOLL_TOKEN.",
            format!(
                "test:\n  variables:\n    GIT_DEPTH: 0\n  script:\n    - make test\n  after_script:\n    - {upload}"
            ),
        ),
        system(
            "jenkins",
            "Jenkins",
            "Jenkinsfile",
            "Store the token as a secret text with the id plimsoll-token.",
            format!(
                "pipeline {{\n  agent any\n  stages {{ stage('Test') {{ steps {{ sh 'make test' }} }} }}\n  post {{\n    always {{\n      withCredentials([string(credentialsId: 'plimsoll-token', variable: 'PLIMSOLL_TOKEN')]) {{\n        sh '{upload}'\n      }}\n    }}\n  }}\n}}"
            ),
        ),
        system(
            "azure",
            "Azure Pipelines",
            "azure-pipelines.yml",
            "Secret variables reach a script only where they are named in its `env`.",
            format!(
                "steps:\n  - checkout: self\n    fetchDepth: 0\n  - script: make test\n  - script: {upload}\n    displayName: Send reports\n    condition: always()\n    env:\n      PLIMSOLL_TOKEN: $(PLIMSOLL_TOKEN)"
            ),
        ),
        system(
            "circleci",
            "CircleCI",
            ".circleci/config.yml",
            "Store the token as an environment variable of the project or of a context.",
            format!(
                "steps:\n  - checkout\n  - run: make test\n  - run:\n      name: Send reports\n      when: always\n      command: {upload}"
            ),
        ),
        system(
            "buildkite",
            "Buildkite",
            ".buildkite/pipeline.yml",
            "An agent hook or the secrets plugin sets PLIMSOLL_TOKEN. `$$` keeps the exit status of the tests for the shell.",
            format!(
                "steps:\n  - label: Test\n    commands:\n      - \"make test; status=$$?; {upload}; exit $$status\""
            ),
        ),
        system(
            "bitbucket",
            "Bitbucket Pipelines",
            "bitbucket-pipelines.yml",
            "Store the token as a secured repository variable.",
            format!(
                "clone:\n  depth: full\npipelines:\n  default:\n    - step:\n        script:\n          - make test\n        after-script:\n          - {upload}"
            ),
        ),
        system(
            "woodpecker",
            "Woodpecker",
            ".woodpecker.yaml",
            "The image must hold the plimsoll binary.",
            format!(
                "steps:\n  - name: test\n    image: your-build-image\n    commands:\n      - make test\n  - name: send-reports\n    image: your-build-image\n    environment:\n      PLIMSOLL_TOKEN:\n        from_secret: plimsoll_token\n    commands:\n      - {upload}\n    when:\n      - status: [success, failure]"
            ),
        ),
        system(
            "curl",
            "curl",
            "any shell",
            "From anywhere, without the client: one report a request. The format is found by content; the answer says what was counted, and each warning.",
            format!(
                "curl --fail-with-body -H \"Authorization: Bearer $PLIMSOLL_TOKEN\" \\\n  --data-binary @junit.xml \\\n  \"{uploads}?commit=$(git rev-parse HEAD)&branch=$(git branch --show-current)&build=$BUILD_ID&wait=30\""
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::systems;

    #[test]
    fn every_system_names_the_server_the_project_and_the_token() {
        let systems = systems("https://q.example", "shop", "https://q.example/api/v1/projects/shop/uploads");
        assert_eq!(systems.len(), 9);
        for system in systems {
            assert!(system.text.contains("https://q.example"), "{}", system.name);
            assert!(system.text.contains("shop"), "{}", system.name);
            let said = format!("{}{}", system.note, system.text).to_lowercase();
            assert!(said.contains("token") || system.key == "woodpecker", "{}", system.name);
        }
    }

    #[test]
    fn a_secret_is_written_as_the_forge_writes_it() {
        let systems = systems("https://q.example", "shop", "");
        assert!(systems[0].text.contains("${{ secrets.PLIMSOLL_TOKEN }}"), "{}", systems[0].text);
    }
}
