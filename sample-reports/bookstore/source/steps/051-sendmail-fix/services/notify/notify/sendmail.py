"""Sends mail by the command of the host."""

import subprocess
import tempfile


def sendmail(to, text, verbose=False):
    if verbose:
        print("sending to " + to)
    return subprocess.run(["/usr/sbin/sendmail", "--", to], input=text, text=True, check=False).returncode


def spool(text, directory=None):
    with tempfile.NamedTemporaryFile("w", dir=directory, delete=False) as file:
        file.write(text)
    return file.name


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
