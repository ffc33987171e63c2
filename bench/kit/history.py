"""A git history made of the tree's files, and what it costs the scanners that read histories, beside git itself."""

import os
import pathlib
import subprocess

from . import measure, peers, plant

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


def compare(programs, tree, repository, rounds, jobs, env, work, say):
    say("making a history")
    make(tree, repository)
    named = blobs(repository)
    r, out, j = str(repository), str(work / "history.json"), str(jobs)
    table = [("skout", [programs["skout"], "scan", r, "--history", "-j", j, "-f", "json", "-o", out, "-q", "--no-config"], {0, 1}, skout_paths)]
    if "kingfisher" in programs:
        table.append(("kingfisher --turbo", [programs["kingfisher"], "scan", r, "-j", j, "--turbo", "--no-validate", "--no-update-check", "-q", "-f", "json", "-o", out], {0, 200}, lambda out: kingfisher_paths(out, named)))
    if "gitleaks" in programs:
        table.append(("gitleaks", [programs["gitleaks"], "git", r, "--log-opts=--all", "-f", "json", "-r", out, "--no-banner", "--exit-code", "0"], {0}, peers.gitleaks_paths))
    table.append(("git cat-file", ["/bin/sh", "-c", 'git -C "$1" cat-file --batch-all-objects --batch --unordered --buffer > /dev/null', "sh", r], {0}, None))
    kept = {name: {"name": name, "runs": [], "findings": None, "planted": None, "problem": None} for name, *_ in table}
    for turn in range(rounds):
        for name, command, codes, paths in table:
            pathlib.Path(out).unlink(missing_ok=True)
            (run,) = measure.run(list(map(str, command)), env=env)
            result = kept[name]
            result["runs"].append(run)
            if run["code"] not in codes:
                result["problem"] = f"ended with {run['code']}"
            elif paths:
                # The same blob stands in three folders for nobody: each folder's keys differ, so all three are to be found.
                found = paths(out)
                result.update(findings=len(found), planted=plant.found(found))
                if min(result["planted"]) < plant.NEEDED:
                    result["problem"] = f"found {result['planted']} of the planted files"
            say(f"history, round {turn + 1}: {name}: {run['wall']:.2f} s wall, {run['cpu']:.2f} s CPU, {run['peak'] / 1024:.0f} MiB" + (f", INVALID: {result['problem']}" if result["problem"] else ""))
    return [{**result, **measure.medians(result["runs"])} for result in kept.values()]
