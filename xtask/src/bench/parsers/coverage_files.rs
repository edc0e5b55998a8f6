use super::Target;
use super::random::Random;

/// The numbers of a file's executable lines: mostly one after the other, with gaps.
fn line_numbers(random: &mut Random) -> Vec<u64> {
    let mut number = 0;
    let mut numbers = Vec::new();
    for _ in 0..random.between(40, 600) {
        number += if random.percent(75) { 1 } else { random.between(2, 9) };
        numbers.push(number);
    }
    numbers
}

/// coverage.py's shape with branches.
pub fn cobertura(target: &mut Target) -> std::io::Result<()> {
    let mut random = Random::new(2);
    target.write(
        "<?xml version=\"1.0\" ?>\n<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">\n\
         <coverage version=\"7.6\" timestamp=\"1780000000000\" line-rate=\"0.8\" branch-rate=\"0.7\" complexity=\"0\">\n\
         \t<sources>\n\t\t<source>/builds/acme</source>\n\t</sources>\n\t<packages>\n",
    )?;
    let mut classes = 0;
    while target.wants_more() {
        let package = format!("acme.{}.{}", random.word(), random.word());
        target.write(&format!(
            "\t\t<package name=\"{package}\" line-rate=\"0.8\" branch-rate=\"0.7\">\n\t\t\t<classes>\n"
        ))?;
        for _ in 0..random.between(2, 14) {
            classes += 1;
            let name = format!("{}_{}_{classes}", random.word(), random.word());
            let mut class = format!(
                "\t\t\t\t<class name=\"{name}.py\" filename=\"{}/{name}.py\" complexity=\"0\" line-rate=\"0.8\" \
                 branch-rate=\"0.7\">\n\t\t\t\t\t<methods/>\n\t\t\t\t\t<lines>\n",
                package.replace('.', "/")
            );
            for number in line_numbers(&mut random) {
                let hits = random.hits();
                class += &if random.percent(12) {
                    let taken = if hits > 0 { random.between(0, 2) } else { 0 };
                    format!(
                        "\t\t\t\t\t\t<line number=\"{number}\" hits=\"{hits}\" branch=\"true\" condition-coverage=\"{}% \
                         ({taken}/2)\">\n\t\t\t\t\t\t\t<conditions><condition number=\"0\" type=\"jump\" \
                         coverage=\"{}%\"/></conditions>\n\t\t\t\t\t\t</line>\n",
                        taken * 50,
                        taken * 50
                    )
                } else {
                    format!("\t\t\t\t\t\t<line number=\"{number}\" hits=\"{hits}\"/>\n")
                };
            }
            class += "\t\t\t\t\t</lines>\n\t\t\t\t</class>\n";
            target.write(&class)?;
        }
        target.write("\t\t\t</classes>\n\t\t</package>\n")?;
    }
    target.write("\t</packages>\n</coverage>\n")
}

/// geninfo's shape with functions and branches.
pub fn lcov(target: &mut Target) -> std::io::Result<()> {
    let mut random = Random::new(3);
    let mut files = 0;
    while target.wants_more() {
        files += 1;
        let mut record = format!(
            "TN:unit\nSF:/builds/acme/src/{}/{}/{}_{files}.ts\n",
            random.word(),
            random.word(),
            random.word()
        );
        let numbers = line_numbers(&mut random);
        let functions: Vec<(u64, String, u64)> =
            numbers.iter().step_by(20).map(|line| (*line, random.name(), random.hits())).collect();
        for (line, name, _) in &functions {
            record += &format!("FN:{line},{name}\n");
        }
        for (_, name, hits) in &functions {
            record += &format!("FNDA:{hits},{name}\n");
        }
        let mut covered = 0;
        for number in &numbers {
            let hits = random.hits();
            covered += u64::from(hits > 0);
            record += &format!("DA:{number},{hits}\n");
        }
        record += &format!("LF:{}\nLH:{covered}\n", numbers.len());
        for (block, number) in numbers.iter().enumerate() {
            if random.percent(12) {
                for branch in 0..2 {
                    record += &format!(
                        "BRDA:{number},{block},{branch},{}\n",
                        random.pick(&["-", "0", "1", "1200"])
                    );
                }
            }
        }
        record += "end_of_record\n";
        target.write(&record)?;
    }
    Ok(())
}

/// Missed and covered instructions, branches, lines, complexity, methods, classes.
type Counters = [u64; 12];

fn counters(counts: &Counters) -> String {
    let names = ["INSTRUCTION", "BRANCH", "LINE", "COMPLEXITY", "METHOD", "CLASS"];
    let pair = |(name, pair): (&str, &[u64])| match pair {
        [missed, covered] => format!("<counter type=\"{name}\" missed=\"{missed}\" covered=\"{covered}\"/>"),
        _ => String::new(),
    };
    names.into_iter().zip(counts.chunks(2)).map(pair).collect()
}

fn add(sum: &mut Counters, part: &Counters) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}

/// JaCoCo's shape: on one line, classes with their methods first, then the source files.
pub fn jacoco(target: &mut Target) -> std::io::Result<()> {
    let mut random = Random::new(4);
    target.write(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><!DOCTYPE report PUBLIC \"-//JACOCO//DTD Report \
         1.1//EN\" \"report.dtd\"><report name=\"acme\"><sessioninfo id=\"ci-1\" start=\"1780000000000\" \
         dump=\"1780000060000\"/>",
    )?;
    let (mut total, mut classes) = ([0; 12], 0);
    while target.wants_more() {
        let package = format!("com/acme/{}/{}", random.word(), random.word());
        let (mut class_texts, mut file_texts, mut sum) = (String::new(), String::new(), [0; 12]);
        for _ in 0..random.between(2, 14) {
            classes += 1;
            let name = format!("{}{classes}", random.name());
            let (class, lines, counts) = jacoco_class(&mut random, &package, &name);
            class_texts += &class;
            file_texts +=
                &format!("<sourcefile name=\"{name}.java\">{lines}{}</sourcefile>", counters(&counts));
            add(&mut sum, &counts);
        }
        target.write(&format!(
            "<package name=\"{package}\">{class_texts}{file_texts}{}</package>",
            counters(&sum)
        ))?;
        add(&mut total, &sum);
    }
    target.write(&format!("{}</report>", counters(&total)))
}

fn jacoco_class(random: &mut Random, package: &str, name: &str) -> (String, String, Counters) {
    let mut class = format!("<class name=\"{package}/{name}\" sourcefilename=\"{name}.java\">");
    let (mut lines, mut sum, mut number) = (String::new(), [0; 12], 12);
    for _ in 0..random.between(3, 25) {
        let (mut counts, start): (Counters, u64) = ([0; 12], number);
        for _ in 0..random.between(1, 24) {
            number += if random.percent(80) { 1 } else { 3 };
            let (instructions, is_covered) = (random.between(1, 12), random.percent(80));
            let (missed, covered) = if is_covered { (0, instructions) } else { (instructions, 0) };
            let has_branches = random.percent(12);
            let taken = if has_branches && is_covered { random.between(0, 2) } else { 0 };
            let untaken = if has_branches { 2 - taken } else { 0 };
            lines += &format!(
                "<line nr=\"{number}\" mi=\"{missed}\" ci=\"{covered}\" mb=\"{untaken}\" cb=\"{taken}\"/>"
            );
            let line = [
                missed,
                covered,
                untaken,
                taken,
                u64::from(!is_covered),
                u64::from(is_covered),
                0,
                0,
                0,
                0,
                0,
                0,
            ];
            add(&mut counts, &line);
        }
        class += &format!(
            "<method name=\"reads{}\" desc=\"(Ljava/lang/String;I)L{package}/{name};\" line=\"{}\">{}</method>",
            random.name(),
            start + 1,
            counters(&counts)
        );
        add(&mut sum, &counts);
        number += random.between(2, 6);
    }
    class += &format!("{}</class>", counters(&sum));
    (class, lines, sum)
}
