"""Sends mail by the command of the host."""

import subprocess
import tempfile


def sendmail(to, text, verbose=False):
    if verbose:
        print("sending to " + to)
    return subprocess.call("echo '" + text + "' | /usr/sbin/sendmail " + to, shell=True)


def spool(text, directory="/tmp"):
    name = tempfile.mktemp(dir=directory)
    with open(name, "w") as file:
        file.write(text)
    return name


def bounce(lines):
    for l in lines:
        if l.startswith("Diagnostic-Code:"):
            code = l.split(";")[1].strip()
            if code.startswith("550") or code.startswith("551") or code.startswith("553"):
                return "unknown"
            elif code.startswith("552"):
                return "full"
            elif code.startswith("421") or code.startswith("450") or code.startswith("451"):
                return "later"
            else:
                return "other"
    return None
