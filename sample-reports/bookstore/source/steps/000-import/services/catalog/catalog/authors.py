"""Names of authors: how they are written and sorted."""

PARTICLES = {"de", "van", "von", "der", "la", "le", "du"}
SUFFIXES = {"Jr.", "Sr.", "II", "III"}


def split_name(name: str) -> tuple[str, str]:
    """(family name, given names)."""
    if "," in name:
        family, _, given = name.partition(",")
        return family.strip(), given.strip()
    words = name.split()
    if not words:
        return "", ""
    suffix = ""
    if words[-1] in SUFFIXES and len(words) > 1:
        suffix = " " + words.pop()
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    return " ".join(words[start:]) + suffix, " ".join(words[:start])


def sort_key(name: str) -> str:
    family, given = split_name(name)
    return f"{family}, {given}".casefold() if given else family.casefold()


def byline(names: list[str], limit: int = 3) -> str:
    if not names:
        return "Anonymous"
    if len(names) > limit:
        return f"{names[0]} and {len(names) - 1} others"
    if len(names) == 1:
        return names[0]
    return ", ".join(names[:-1]) + " and " + names[-1]
