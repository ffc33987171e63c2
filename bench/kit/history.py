"""A git history made of the tree's files, and what it costs the scanners that read histories, beside git itself."""

import os
import subprocess

from . import peers, plant, turns

COMMITS = 200


def make(tree, repository):
    """A repository of `COMMITS` commits, each with its share of the files, packed; nothing is checked out."""
    name = {"GIT_AUTHOR_NAME": "bench", "GIT_AUTHOR_EMAIL": "bench@skout.example", "GIT_COMMITTER_NAME": "bench", "GIT_COMMITTER_EMAIL": "bench@skout.example", "GIT_CONFIG_GLOBAL": "/dev/null"}
    git = lambda *words: subprocess.run(["git", "-C", str(repository), *words], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={**os.environ, **name})
    subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True)
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    share = -(-len(files) // COMMITS)
    with subprocess.Popen(["git", "-C", str(repository), "fast-import", "--quiet"], stdin=subprocess.PIPE) as to:
        for number in range(0, len(files), share):
            message = f"Files from {number}\n".encode()
            to.stdin.write(b"commit refs/heads/main\ncommitter bench <bench@skout.example> %d +0000\ndata %d\n%s" % (1_700_000_000 + number, len(message), message))
            for path in files[number : number + share]:
                quoted = os.fsencode(path.relative_to(tree)).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
                data = path.read_bytes()
                to.stdin.write(b'M 100644 inline "%s"\ndata %d\n%s\n' % (quoted, len(data), data))
    if to.returncode != 0:
        raise SystemExit(f"git fast-import ended with {to.returncode}")
    git("repack", "-q", "-a", "-d", "-f")


def skout_paths(out):
    return [(finding.get("git") or {}).get("path") or finding["location"]["path"] for finding in (peers.load(out) or {"findings": []})["findings"]]


def blobs(repository):
    """The path of each blob of the last commit."""
    listed = subprocess.run(["git", "-C", str(repository), "ls-tree", "-r", "-z", "main"], check=True, stdout=subprocess.PIPE).stdout.decode("utf-8", "replace")
    return {line.split("\t", 1)[0].split()[2]: line.split("\t", 1)[1] for line in listed.split("\0") if line}


def kingfisher_paths(out, paths):
    """With `--turbo` kingfisher names a blob by its place among the loose objects, wherever it is."""
    found = []
    for entry in (peers.load(out) or {"findings": []})["findings"]:
        at = ((entry["finding"].get("git_metadata") or {}).get("file") or {}).get("path") or entry["finding"]["path"]
        found.append(paths.get("".join(at.split("/")[-2:]), at))
    return found


def compare(programs, tree, repository, rounds, jobs, env, work, limit, say):
    say("making a history")
    make(tree, repository)
    named = blobs(repository)
    p, j = programs, str(jobs)
    table = [
        ("skout", "skout", lambda r, o: [p["skout"], "scan", r, "--history", "-j", j, "-f", "json", "-o", o, "-q", "--no-config"], skout_paths, {0, 1}),
        ("kingfisher --turbo", "kingfisher", lambda r, o: [p["kingfisher"], "scan", r, "-j", j, "--turbo", "--no-validate", "--no-update-check", "-q", "-f", "json", "-o", o], lambda out: kingfisher_paths(out, named), {0, 200}),
        ("gitleaks", "gitleaks", lambda r, o: [p["gitleaks"], "git", r, "--log-opts=--all", "-f", "json", "-r", o, "--no-banner", "--exit-code", "0"], peers.gitleaks_paths, {0}),
        ("git cat-file", "skout", lambda r, _: ["/bin/sh", "-c", 'git -C "$1" cat-file --batch-all-objects --batch --unordered --buffer > /dev/null', "sh", r], None, {0}),
    ]
    rows = [{"name": name, "command": command, "paths": paths, "codes": codes, "needed": plant.NEEDED} for name, program, command, paths, codes in table if program in programs]
    return turns.in_turn(rows, repository, rounds, env, work, limit, say)
