use serde_json::{Value, json};

use super::Target;
use super::random::Random;

const LEVELS: [&str; 3] = ["error", "warning", "note"];

/// CodeQL's shape: 250 rules with help, results with snippets, some with code flows and suppressions.
pub fn sarif(target: &mut Target) -> std::io::Result<()> {
    let mut random = Random::new(5);
    let rules: Vec<Value> = (0..250).map(|index| rule(&mut random, index)).collect();
    target.write(
        "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":\
         {\"driver\":{\"name\":\"CodeQL\",\"semanticVersion\":\"2.20.1\",\"rules\":",
    )?;
    target.write(&Value::from(rules).to_string())?;
    target.write("}},\"results\":[")?;
    let mut is_first = true;
    while target.wants_more() {
        let result = result(&mut random).to_string();
        target.write(if is_first { "" } else { "," })?;
        target.write(&result)?;
        is_first = false;
    }
    target.write("],\"columnKind\":\"utf16CodeUnits\"}]}\n")
}

fn rule(random: &mut Random, index: u64) -> Value {
    json!({
        "id": format!("js/rule-{index}"),
        "name": format!("js/{}-{index}", random.word()),
        "shortDescription": {"text": random.words(6)},
        "fullDescription": {"text": random.words(25)},
        "defaultConfiguration": {"enabled": true, "level": random.pick(&LEVELS)},
        "help": {"text": random.words(96), "markdown": random.words(96)},
        "properties": {"tags": ["security", "external/cwe/cwe-079"], "precision": "high", "security-severity": "7.8"},
    })
}

fn location(random: &mut Random, has_snippet: bool) -> Value {
    let (line, column) = (random.between(1, 2000), random.between(1, 60));
    let uri = format!("src/{}/{}_{}.ts", random.word(), random.word(), random.between(0, 400));
    let mut region = json!({"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + random.between(2, 40)});
    if has_snippet && let Some(region) = region.as_object_mut() {
        let text = format!("  const {} = {}(\"{}\", 7);\n", random.word(), random.word(), random.word());
        region.insert("snippet".to_owned(), json!({"text": text}));
    }
    json!({"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%", "index": random.between(0, 4000)}, "region": region}})
}

fn result(random: &mut Random) -> Value {
    let index = random.between(0, 249);
    let message = format!(
        "This {} depends on a [user-provided \"{}\"](1): {}.",
        random.word(),
        random.word(),
        random.words(8)
    );
    let mut result = json!({
        "ruleId": format!("js/rule-{index}"), "ruleIndex": index, "level": random.pick(&LEVELS),
        "message": {"text": message}, "locations": [location(random, true)],
        "partialFingerprints": {"primaryLocationLineHash": format!("{:016x}:1", random.next())},
    });
    let Some(fields) = result.as_object_mut() else { return result };
    if random.percent(10) {
        let steps: Vec<Value> =
            (0..random.between(3, 14)).map(|_| json!({"location": location(random, false)})).collect();
        fields.insert("codeFlows".to_owned(), json!([{"threadFlows": [{"locations": steps}]}]));
    }
    if random.percent(30) {
        fields.insert("relatedLocations".to_owned(), json!([location(random, false)]));
    }
    if random.percent(2) {
        fields
            .insert("suppressions".to_owned(), json!([{"kind": "inSource", "justification": random.word()}]));
    }
    result
}

/// An image's shape: targets of up to 150 vulnerabilities with long descriptions and many references.
pub fn trivy(target: &mut Target) -> std::io::Result<()> {
    let mut random = Random::new(6);
    target.write(
        "{\n  \"SchemaVersion\": 2,\n  \"CreatedAt\": \"2026-05-01T12:00:00.000000Z\",\n  \"ArtifactName\": \
         \"acme/app:1.2.3\",\n  \"ArtifactType\": \"container_image\",\n  \"Results\": [",
    )?;
    let mut targets = 0;
    while target.wants_more() {
        let kind = random.pick(&["debian", "npm", "pip", "gomod", "jar"]);
        let vulnerabilities: Vec<Value> =
            (0..random.between(20, 150)).map(|_| vulnerability(&mut random, kind)).collect();
        let result = json!({
            "Target": format!("app/{}-{targets}.lock", random.word()), "Class": "lang-pkgs", "Type": kind,
            "Vulnerabilities": vulnerabilities,
        });
        target.write(if targets == 0 { "\n" } else { ",\n" })?;
        target.write(&format!("{result:#}"))?;
        targets += 1;
    }
    target.write("\n  ]\n}\n")
}

fn vulnerability(random: &mut Random, kind: &str) -> Value {
    let package = format!("{}-{}", random.word(), random.word());
    let version = format!("{}.{}.{}", random.between(0, 9), random.between(0, 30), random.between(0, 20));
    let id = format!("CVE-{}-{}", random.between(2015, 2026), random.between(1000, 49_999));
    let references: Vec<String> = (0..random.between(3, 14))
        .map(|_| format!("https://{}.example.org/{:016x}", random.word(), random.next()))
        .collect();
    let description_words = random.between(50, 110);
    json!({
        "VulnerabilityID": id, "PkgID": format!("{package}@{version}"), "PkgName": package,
        "PkgIdentifier": {"PURL": format!("pkg:{kind}/{package}@{version}"), "UID": format!("{:016x}", random.next())},
        "InstalledVersion": version, "FixedVersion": format!("{version}1"), "Status": "fixed",
        "Layer": {"Digest": format!("sha256:{:064x}", random.next()), "DiffID": format!("sha256:{:064x}", random.next())},
        "SeveritySource": "ghsa", "PrimaryURL": format!("https://avd.example.org/nvd/{}", id.to_lowercase()),
        "DataSource": {"ID": "ghsa", "Name": "GitHub Security Advisory", "URL": "https://example.org/advisories"},
        "Title": random.words(6), "Description": format!("A flaw allows \"{}\".\n\n{}", random.word(), random.words(description_words)),
        "Severity": random.pick(&["CRITICAL", "HIGH", "MEDIUM", "MEDIUM", "LOW", "UNKNOWN"]), "CweIDs": ["CWE-79"],
        "VendorSeverity": {"ghsa": 3, "nvd": 3, "redhat": 2},
        "CVSS": {"ghsa": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", "V3Score": 7.5}, "nvd": {"V2Vector": "AV:N/AC:L/Au:N/C:N/I:N/A:P", "V3Score": 7.5}},
        "References": references, "PublishedDate": "2024-02-14T17:15:12.627Z", "LastModifiedDate": "2024-11-21T08:45:34.207Z",
    })
}
