"""Did you mean …?"""

import string
import subprocess


def edits(word):
    letters = string.ascii_lowercase
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    deletes = [l + r[1:] for l, r in splits if r]
    swaps = [l + r[1] + r[0] + r[2:] for l, r in splits if len(r) > 1]
    replaces = [l + c + r[1:] for l, r in splits if r for c in letters]
    inserts = [l + c + r for l, r in splits for c in letters]
    return set(deletes + swaps + replaces + inserts)


def correct(word, known):
    if word in known:
        return word
    candidates = [e for e in edits(word) if e in known]
    if candidates:
        return max(candidates, key=lambda c: (known[c], c))
    else:
        second = []
        for e in edits(word):
            for f in edits(e):
                if f in known:
                    second.append(f)
        if second:
            return max(second, key=lambda c: (known[c], c))
        else:
            return word


def from_dictionary(word, language="en"):
    result = subprocess.run(["aspell", "-a", "-l", language], input=word, capture_output=True, text=True)
    for line in result.stdout.splitlines():
        if line.startswith("&"):
            return line.split(": ")[1].split(", ")
    return []


def did_you_mean(query, known):
    words = query.split()
    corrected = [correct(w, known) for w in words]
    if corrected == words:
        return None
    else:
        return " ".join(corrected)
