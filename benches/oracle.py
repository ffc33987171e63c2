#!/usr/bin/env python3
"""Compares what skout says of a repository with what git says, object by object and finding by finding.

    benches/oracle.py REPOSITORY [--skout BINARY] [--objects BINARY] [--planted FILE]

1. Ids, kinds and bytes of all objects as `examples/objects.rs` reads them equal those of `git cat-file`.
2. Findings are the same with and without `--no-delta`, and whatever the number of threads.
3. Each finding's value stands at its path, line and column in its commit; no earlier commit holds it; the tip is told
   right; `occurrences` counts the reachable blobs that hold it. Every blob that holds the text counts, unless a scan of
   that blob alone does not take it for a credential: some key types are told by the words around the value.
4. With `--planted`, what `benches/plant_git.py` planted is found, all of it, once each, with its commit and path.

Needs git and Python alone. One object is in memory at a time, and 100 bytes for each. Ends with 1 when anything is wrong.
"""

import argparse
import base64
import collections
import hashlib
import json
import os
import subprocess
import sys
import time

WRONG = []
# The least is asked for, so that there is as much as possible to compare.
LEAST = ["--min-severity", "info", "--min-confidence", "low", "--no-config"]


def wrong(text):
    WRONG.append(text)
    print("WRONG", text, flush=True)


class Git:
    def __init__(self, path):
        self.path = path
        self.batch = subprocess.Popen(self.command("cat-file", "--batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def command(self, *args):
        return ["git", "-c", "core.quotePath=false", "-C", self.path, *args]

    def lines(self, *args, data=None):
        """The lines of a command's output, one by one."""
        process = subprocess.Popen(self.command(*args), stdin=subprocess.PIPE if data else subprocess.DEVNULL, stdout=subprocess.PIPE)
        if data:
            process.stdin.write(data)
            process.stdin.close()
        for line in process.stdout:
            yield line.rstrip(b"\n")
        if process.wait() != 0:
            wrong(f"git {args[0]} fails")

    def one(self, *args):
        return subprocess.run(self.command(*args), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def read(self, name):
        """Id, kind and bytes of an object by any name of it; nothing where there is none."""
        self.batch.stdin.write(name + b"\n")
        self.batch.stdin.flush()
        words = self.batch.stdout.readline().split(b" ")
        if len(words) != 3 or not words[2].strip().isdigit():
            return None
        data = self.batch.stdout.read(int(words[2]))
        self.batch.stdout.read(1)
        return words[0], words[1], data

    def all(self):
        """Every object: id, kind, bytes."""
        process = subprocess.Popen(
            self.command("cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"), stdout=subprocess.PIPE, bufsize=1 << 20
        )
        while head := process.stdout.readline():
            name, kind, size = head.split()
            yield name, kind, process.stdout.read(int(size))
            process.stdout.read(1)
        if process.wait() != 0:
            wrong("git cat-file fails")


def scan(skout, repository, *more):
    run = subprocess.run([skout, "scan", "--history", repository, "-f", "json", "--show-secrets", "-q", *LEAST, *more], stdout=subprocess.PIPE)
    if run.returncode not in (0, 1):
        wrong(f"skout ends with {run.returncode}")
    report = json.loads(run.stdout)
    report["summary"].pop("elapsed_ms", None)
    return report


def compare_objects(git, objects, values):
    """Compares all objects, and on the way looks for values: for each the ids of the blobs that hold it."""
    ours = {}
    process = subprocess.Popen([objects, git.path, "2", "all", "list"], stdout=subprocess.PIPE)
    for line in process.stdout:
        words = line.split()
        # The first line of the example says how many there are.
        if len(words) == 4 and len(words[0]) in (40, 64):
            name = bytes.fromhex(words[0].decode())
            if name in ours:
                wrong(f"{words[0].decode()} comes twice")
            ours[name] = (words[1], int(words[2]), bytes.fromhex(words[3].decode())[:12] if words[1] != b"lost" else words[3])
    if process.wait() != 0:
        wrong("the example fails")
    needles = []
    for value in values:
        text = value.encode()
        needles.append((value, text, text.decode().encode("utf-16-le"), text.decode().encode("utf-16-be")))
    holders = collections.defaultdict(set)
    counts, size = collections.Counter(), 0
    for name, kind, data in git.all():
        counts[kind] += 1
        size += len(data)
        own = ours.pop(bytes.fromhex(name.decode()), None)
        if own != (kind, len(data), hashlib.sha256(data).digest()[:12]):
            wrong(f"{kind.decode()} {name.decode()} is {own and own[0]} to us")
        if kind == b"blob":
            is_wide = b"\0" in data
            for value, plain, little, big in needles:
                if plain in data or is_wide and (little in data or big in data):
                    holders[value].add(name)
    for name, own in list(ours.items())[:20]:
        wrong(f"{name.hex()} is unknown to git: {own[0]}")
    print(f"objects: {dict((kind.decode(), count) for kind, count in counts.items())}, {size} bytes, all compared", flush=True)
    return holders


class History:
    """Which commits bring which of some blobs, and where the tip holds them."""

    def __init__(self, git, wanted):
        self.brings = collections.defaultdict(list)
        commit = None
        # `-m` lists a merge against each parent: what differs from one of them only is no news, but an earlier commit tells so.
        for line in git.lines("log", "--all", "--reflog", "--raw", "--no-abbrev", "-m", "-r", "--root", "--no-renames", "--topo-order", "--format=%x01%H"):
            if line.startswith(b"\x01"):
                commit = line[1:]
            elif line.startswith(b":"):
                name = line.split(b" ", 4)[3]
                if name in wanted:
                    self.brings[name].append(commit)
        self.reachable = set()
        for line in git.lines("rev-list", "--objects", "--no-object-names", "--all", "--reflog"):
            if line in wanted:
                self.reachable.add(line)
        self.tip = collections.defaultdict(list)
        if git.one("rev-parse", "-q", "--verify", "HEAD").returncode == 0:
            entries = subprocess.run(git.command("ls-tree", "-r", "-z", "HEAD"), stdout=subprocess.PIPE).stdout
            for entry in entries.split(b"\0"):
                if entry:
                    about, path = entry.split(b"\t", 1)
                    name = about.split()[2]
                    if name in wanted:
                        self.tip[name].append(path)


def path_of(place):
    return base64.b64decode(place["path_bytes"]) if place.get("path_bytes") else place["path"].encode()


def stands(data, location, value):
    """Whether a text holds a value at a location: offsets, line and column."""
    start, end = location["start"], location["end"]
    part = data[start["offset"] : end["offset"]]
    before = data[: start["offset"]]
    for code in ("utf-8", "utf-16-le", "utf-16-be"):
        text = part.decode(code, "replace")
        if text == value:
            before = before.decode(code, "replace").lstrip("\ufeff")
            line = before.count("\n") + 1
            column = len(before) - (before.rfind("\n") + 1) + 1
            return (line, column) == (start["line"], start["column"])
    return False


def as_credential(git, skout, finding, names):
    """Of blobs that hold a value as text those in which it is one by itself: some key types are told by the words around."""
    kept = set()
    for name in names:
        run = subprocess.run(
            [skout, "scan", "-", "-f", "json", "--show-secrets", "-q", *LEAST, "--show-publishable"], input=git.read(name)[2], stdout=subprocess.PIPE
        )
        if any(other["fingerprint"] == finding["fingerprint"] for other in json.loads(run.stdout)["findings"]):
            kept.add(name)
    return kept


def check_finding(git, skout, finding, history, holders):
    """Checks against the blobs that hold the text and, if that fails, against those where a scan of the blob alone finds it."""
    before = len(WRONG)
    if finding["location"]["path"].startswith(("commit:", "tag:", "note:", "blob:")):
        return check_against(git, finding, history, holders, say=wrong)
    problems = []
    result = check_against(git, finding, history, holders, say=problems.append)
    if not problems and result != "count":
        return None
    value = finding["key"]["value"]
    names = as_credential(git, skout, finding, holders[value])
    if names == holders[value]:
        for problem in problems:
            wrong(problem)
        return result
    print(f"  context: {finding['key']['type']} {finding['key']['redacted']} stands in {len(holders[value])} blobs, in {len(names)} of them as a credential", flush=True)
    if check_against(git, finding, history, {value: names}, say=wrong) == "count":
        wrong(f"{finding['key']['type']} {finding['key']['redacted']}: occurrences")
    return "context" if len(WRONG) == before else "wrong"


def check_against(git, finding, history, holders, say):
    wrong = say
    value, origin, location = finding["key"]["value"], finding["git"], finding["location"]
    label = f"{finding['rule']} {finding['key']['type']} {finding['key']['redacted']} {location['path']}:{location['start']['line']} {origin['commit'][:10]}"
    path = path_of(location)
    if location["path"].startswith(("commit:", "tag:", "note:", "blob:")):
        return check_text(git, finding, label)
    commit = origin["commit"].encode()
    found = git.read(commit + b":" + path)
    if not found:
        return wrong(f"{label}: git has no such file")
    name, _, data = found
    if not stands(data, location, value):
        wrong(f"{label}: the value is not there")
    if name not in holders[value]:
        wrong(f"{label}: git's blob does not hold the value")
    # The first: no commit that brings a holder is a true ancestor.
    bringers = {other for holder in holders[value] for other in history.brings[holder]}
    if commit not in bringers:
        wrong(f"{label}: the commit brings no holder")
    for other in bringers - {commit}:
        if git.one("merge-base", "--is-ancestor", other.decode(), origin["commit"]).returncode == 0:
            wrong(f"{label}: {other.decode()[:10]} is earlier and holds the value{why(git, other, holders[value], value)}")
    subject, author, time_ = git.one("show", "-s", "--format=%s%x00%an <%ae>%x00%aI", origin["commit"]).stdout.decode("utf-8", "replace").rstrip("\n").split("\0")
    if (author, time_.replace("Z", "+00:00")) != (f"{origin['author']} <{origin['email']}>", origin["time"].replace("Z", "+00:00")):
        wrong(f"{label}: author or time: {author} {time_}, told {origin['author']} <{origin['email']}> {origin['time']}")
    # git joins the lines of the first paragraph.
    if not subject.startswith(origin["message"]):
        wrong(f"{label}: message")
    in_tip = [(holder, path) for holder in holders[value] for path in history.tip[holder]]
    if origin["in_tip"] != bool(in_tip):
        wrong(f"{label}: in_tip is {origin['in_tip']}, {len(in_tip)} files of the tip hold it")
    if bool(origin["tip"]) != origin["in_tip"]:
        wrong(f"{label}: tip without in_tip or the other way round")
    if origin["tip"]:
        there = git.read(b"HEAD:" + path_of(origin["tip"]))
        lines = there[2].split(b"\n")[origin["tip"]["line"] - 1 :] if there else []
        text = b"\n".join(lines[: value.count("\n") + 1])
        if not any(value.encode(code) in text for code in ("utf-8", "utf-16-le", "utf-16-be")):
            wrong(f"{label}: the tip does not hold it at {origin['tip']}")
    count = len(holders[value] & history.reachable)
    if count != origin["occurrences"]:
        print(f"  count {label}: {origin['occurrences']} told, {count} blobs hold the text", flush=True)
        return "count"
    return None


def why(git, commit, holders, value):
    for line in git.lines("ls-tree", "-r", commit.decode()):
        about, path = line.split(b"\t", 1)
        if about.split()[2] in holders:
            data = git.read(about.split()[2])[2]
            at = data.find(value.encode())
            # Around the value, never the value.
            return f" in {path.decode('utf-8', 'replace')} between {data[max(0, at - 12):at]!r} and {data[at + len(value.encode()):][:12]!r}"
    return ""


def check_text(git, finding, label):
    kind, name = finding["location"]["path"].split(":", 1)
    if kind == "note":
        note = git.one("notes", "show", name)
        text = note.stdout
    elif kind == "blob":
        text = git.read(name.encode())[2]
    else:
        text = git.read((f"refs/tags/{name}" if kind == "tag" else name).encode())[2].split(b"\n\n", 1)[1]
    location = finding["location"]
    if not stands(text, location, finding["key"]["value"]):
        wrong(f"{label}: the text does not hold it there")


def check_planted(findings, planted):
    by_value = collections.defaultdict(list)
    for finding in findings:
        by_value[finding["key"]["value"]].append(finding)
    right, kinds = 0, set()
    for plant in planted:
        own = by_value.get(plant["value"], [])
        label = f"planted {plant['type']} in {plant['path']} by {plant['commit'][:10]}"
        if len(own) != 1:
            wrong(f"{label}: {len(own)} findings")
            continue
        finding = own[0]
        told = {
            "type": finding["key"]["type"],
            "path": finding["location"]["path"],
            "line": finding["location"]["start"]["line"],
            "commit": finding["git"]["commit"],
            "in_tip": finding["git"]["in_tip"],
        }
        differs = {name: (told[name], plant[name]) for name in told if told[name] != plant[name]}
        tip = finding["git"]["tip"]
        if tip and [tip["path"], tip["line"]] not in plant["tips"]:
            differs["tip"] = (tip, plant["tips"])
        if differs:
            wrong(f"{label}: told and planted differ: {differs}")
        else:
            right += 1
            kinds.add(plant["type"])
    print(f"planted: {len(planted)} keys, {right} found with type, commit, path, line and tip, {len(kinds)} key types")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repository")
    parser.add_argument("--skout", default="target/release/skout")
    parser.add_argument("--objects", default="target/release/examples/objects")
    parser.add_argument("--planted")
    parser.add_argument("--show-publishable", action="store_true", help="more to compare")
    args = parser.parse_args()
    git = Git(os.path.abspath(args.repository))
    started = time.monotonic()
    more = ["--show-publishable"] if args.show_publishable else []
    report = scan(args.skout, args.repository, *more)
    for other in (["--no-delta"], ["-j", "1"], ["-j", "5"]):
        if scan(args.skout, args.repository, *more, *other) != report:
            wrong(f"the report differs with {' '.join(other)}")
    findings, summary = report["findings"], report["summary"]
    print(f"findings: {len(findings)}, {summary['commits']} commits, {summary['blobs']} blobs, {len(summary['skipped'])} skipped, complete: {summary['complete']}", flush=True)
    values = {finding["key"]["value"] for finding in findings}
    holders = compare_objects(git, args.objects, sorted(values))
    history = History(git, {name for names in holders.values() for name in names})
    prints = collections.Counter(finding["fingerprint"] for finding in findings if not finding["location"]["path"].startswith(("commit:", "tag:")))
    for fingerprint, count in prints.items():
        if count > 1:
            wrong(f"{fingerprint} is told {count} times")
    results = collections.Counter(check_finding(git, args.skout, finding, history, holders) for finding in findings)
    print(f"checked {len(findings)} findings, {len(values)} values; in other blobs as mere text: {results['context']}; counts that differ: {results['count']}")
    if args.planted:
        with open(args.planted, encoding="utf-8") as file:
            check_planted(findings, json.load(file))
    print(f"{args.repository}: {len(WRONG)} wrong, {time.monotonic() - started:.0f} s")
    sys.exit(1 if WRONG else 0)


if __name__ == "__main__":
    main()
