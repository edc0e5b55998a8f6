//! The base score of a CVSS 3 vector, for reports that give the vector only.

/// By the formulas of <https://www.first.org/cvss/v3.1/specification-document>, section 7.1. `None` for other versions
/// and for vectors that are not whole.
pub fn base_score(vector: &str) -> Option<f32> {
    let metrics = vector.trim().strip_prefix("CVSS:3.")?.split_once('/')?.1;
    let metric = |name: &str| metrics.split('/').find_map(|part| part.strip_prefix(name)?.strip_prefix(':'));
    let is_changed = match metric("S")? {
        "C" => true,
        "U" => false,
        _ => return None,
    };
    let attack = pick(metric("AV")?, &[("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)])?;
    let complexity = pick(metric("AC")?, &[("L", 0.77), ("H", 0.44)])?;
    let privileges = match is_changed {
        true => pick(metric("PR")?, &[("N", 0.85), ("L", 0.68), ("H", 0.5)])?,
        false => pick(metric("PR")?, &[("N", 0.85), ("L", 0.62), ("H", 0.27)])?,
    };
    let interaction = pick(metric("UI")?, &[("N", 0.85), ("R", 0.62)])?;
    let loss = |name| pick(metric(name)?, &[("H", 0.56), ("L", 0.22), ("N", 0.0)]);
    let iss: f64 = 1.0 - (1.0 - loss("C")?) * (1.0 - loss("I")?) * (1.0 - loss("A")?);
    let impact = match is_changed {
        true => 7.52 * (iss - 0.029) - 3.25 * (iss - 0.02).powi(15),
        false => 6.42 * iss,
    };
    if impact <= 0.0 {
        return Some(0.0);
    }
    let exploitability = 8.22 * attack * complexity * privileges * interaction;
    let sum = if is_changed { 1.08 * (impact + exploitability) } else { impact + exploitability };
    Some(round_up(sum.min(10.0)))
}

fn pick(value: &str, weights: &[(&str, f64)]) -> Option<f64> {
    weights.iter().find(|(name, _)| *name == value).map(|(_, weight)| *weight)
}

/// To one decimal, upwards, as appendix A of the specification says.
fn round_up(score: f64) -> f32 {
    let whole = (score * 100_000.0).round() as u64;
    let tenths = whole.div_ceil(10_000);
    tenths as f32 / 10.0
}

#[cfg(test)]
mod tests {
    use super::base_score;

    #[test]
    fn scores_are_those_of_the_specification() {
        for (vector, expect) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(9.8)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", Some(7.5)),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(6.1)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:F", Some(10.0)),
            ("CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N", Some(2.5)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some(0.0)),
            ("CVSS:3.1/AV:N/AC:L", None),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", None),
        ] {
            assert_eq!(base_score(vector), expect, "{vector}");
        }
    }
}
