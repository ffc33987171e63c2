#!/usr/bin/env python3
"""Plants keys in a copy of a repository, for `benches/oracle.py --planted`.

    benches/plant_git.py REPOSITORY COPY PLANTED.json [--skout BINARY] [--commits 200] [--seed 1]

Makes a bare copy and puts commits on top of it that add, move, copy, edit around, replace and remove keys in files that the
tip holds and in new ones, on a branch and through merges as well. Key types come from `rules/`, their keys are made here.
Which value a line holds is asked of `skout scan -` over the line alone; everything else is what this file did.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tomllib
from pathlib import Path

# The benchmarks' filler of templates lies beside this folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))
sys.dont_write_bytecode = True

from kit import holes


def fill(template, chance):
    """Fills a template's holes; nothing where it has one that is not known there, or where the text has several lines."""
    text = holes.fill(template, chance)
    return None if text is None or "\n" in text else text


def key_types():
    """Templates of one line, by the ids of key types that bear authority."""
    roles = {"secret", "restricted", "webhook-signing", "session"}
    for path in sorted(Path("rules").glob("*.toml")):
        if path.stem == "verdicts":
            continue
        for spec in tomllib.loads(path.read_text()).get("key-type", []):
            templates = [template for template in spec.get("match", []) if fill(template, random.Random(0))]
            if spec.get("role") in roles and templates:
                yield spec["id"], templates


class Planter:
    def __init__(self, args):
        self.args, self.chance = args, random.Random(args.seed)
        self.kinds = list(key_types())
        self.stream, self.mark = [], 0
        self.used = set()

    def git(self, *args, data=None, text=True):
        run = subprocess.run(["git", "-c", "core.quotePath=false", "-C", self.args.copy, *args], input=data, stdout=subprocess.PIPE, check=True)
        return run.stdout.decode("utf-8", "surrogateescape") if text else run.stdout

    def key(self):
        """A line, the value in it and its key type: one that a scan of the line alone finds, and finds alone."""
        while True:
            # All kinds come before any comes again.
            if not self.used:
                self.chance.shuffle(self.kinds)
                self.used = set(range(len(self.kinds)))
            _, templates = self.kinds[self.used.pop()]
            line = fill(self.chance.choice(templates), self.chance)
            run = subprocess.run(
                [self.args.skout, "scan", "-", "--stdin-path", "a.txt", "-f", "json", "--show-secrets", "-q", "--no-config"], input=line.encode(), stdout=subprocess.PIPE
            )
            findings = json.loads(run.stdout)["findings"]
            values = {finding["key"]["value"] for finding in findings}
            if len(findings) == 1 and len(values) == 1 and line.count(next(iter(values))) == 1 and len(next(iter(values))) > 15:
                return line, findings[0]["key"]["value"], findings[0]["key"]["type"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repository")
    parser.add_argument("copy")
    parser.add_argument("planted")
    parser.add_argument("--skout", default="target/release/skout")
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    subprocess.run(["git", "clone", "-q", "--bare", args.repository, args.copy], check=True)
    planter = Planter(args)
    chance = planter.chance

    # Hosts: text files of the tip, of a size that a person writes, and new ones.
    hosts = []
    for line in planter.git("ls-tree", "-r", "-l", "-z", "HEAD").split("\0"):
        about, _, path = line.partition("\t")
        words = about.split()
        if len(words) == 4 and words[1] == "blob" and words[0] == "100644" and words[3].isdigit() and 300 < int(words[3]) < 60_000 and path.isascii() and '"' not in path:
            hosts.append((path, words[2]))
    hosts = chance.sample(hosts, min(60, len(hosts)))
    old = {}
    for path, blob in hosts:
        try:
            old[path] = planter.git("cat-file", "blob", blob, text=False).decode().split("\n")
        except UnicodeDecodeError:
            continue
    new = [".env", ".env.production", "config/settings.yml", "src/server/keys.ts", "app/api/route.ts", "scripts/deploy.sh", "docs/setup.md", "lib/client.py", "ios/App/Config.swift"]
    branch = planter.git("symbolic-ref", "HEAD").strip()
    tip = planter.git("rev-parse", "HEAD").strip()

    # Each state: path -> lines; keys are remembered by value. `main` and a side branch.
    main_state = dict(old)
    side_state, side_mark = None, None
    keys = []  # dicts: value, line, type, commit mark, path, line number
    out, mark, last = [], 0, tip

    def live(state):
        """Keys that a state holds: key, path, index of the line."""
        held = []
        for key in keys:
            for path, lines in state.items():
                for at, line in enumerate(lines):
                    if key["text"] == line:
                        held.append((key, path, at))
        return held

    def add(state, path):
        text, value, kind = planter.key()
        lines = list(state.get(path, ["", "# settings", ""]))
        at = chance.randrange(len(lines) + 1)
        # An empty line on each side: what a neighbour says of it is another test's.
        lines[at:at] = ["", text, ""]
        state[path] = lines
        keys.append({"text": text, "value": value, "type": kind, "mark": mark, "path": path})

    def change(state):
        held, what = live(state), chance.randrange(9)
        if what <= 2 or not held:
            for _ in range(chance.choice([1, 1, 1, 2, 3])):
                add(state, chance.choice(list(old) + new * 3))
            return "add"
        key, path, at = chance.choice(held)
        if what == 3:
            state[path] = state[path][:at] + state[path][at + 1 :]
            return "remove"
        if what == 4:
            other = chance.choice(list(old) + new)
            if other != path:
                state[path] = state[path][:at] + state[path][at + 1 :]
                lines = list(state.get(other, []))
                at = chance.randrange(len(lines) + 1)
                state[other] = lines[:at] + ["", key["text"], ""] + lines[at:]
            return "move"
        if what == 5:
            other = f"moved/{mark}/{path.rsplit('/', 1)[-1]}"
            state[other] = state.pop(path)
            return "rename"
        if what == 6:
            lines = list(state[path])
            lines.insert(chance.randrange(max(at - 1, 0) + 1), f"// a note of change {mark}")
            state[path] = lines
            return "edit above"
        if what == 7:
            lines = list(state[path])
            del lines[at]
            state[path] = lines
            add(state, path)
            return "replace"
        state[f"copy/{mark}/{path.rsplit('/', 1)[-1]}"] = list(state[path])
        return "copy"

    def commit(ref, parents, before, after, message):
        nonlocal mark
        time = 1_800_000_000 + mark * 3600
        out.append(f"commit {ref}\nmark :{mark}\nauthor Ada <ada@example.com> {time} +0100\ncommitter Bob <bob@example.com> {time + 60} +0100\ndata {len(message)}\n{message}\n".encode())
        for nth, parent in enumerate(parents):
            out.append(f"{'from' if nth == 0 else 'merge'} {parent}\n".encode())
        for path in before.keys() - after.keys():
            out.append(f"D {path}\n".encode())
        for key in keys:
            if key["mark"] == mark:
                key["line"] = after[key["path"]].index(key["text"]) + 1
        for path, lines in after.items():
            if before.get(path) != lines:
                data = "\n".join(lines).encode()
                out.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")

    for number in range(args.commits):
        mark = number + 1
        if side_state is None and number % 40 == 10:
            side_state, side_mark, fork = dict(main_state), last, dict(main_state)
        if side_state is not None and number % 40 == 35:
            # A merge: what the side changed; and something that neither had.
            before, after = dict(main_state), dict(main_state)
            for path in fork.keys() | side_state.keys():
                if side_state.get(path) != fork.get(path):
                    if path in side_state:
                        after[path] = side_state[path]
                    else:
                        after.pop(path, None)
            add(after, chance.choice(new))
            commit(branch, [last, side_mark], before, after, "merge")
            main_state, side_state, last = after, None, f":{mark}"
        elif side_state is not None and number % 3 == 0:
            before, after = dict(side_state), dict(side_state)
            message = change(after)
            commit("refs/heads/side", [side_mark], before, after, message)
            side_state, side_mark = after, f":{mark}"
        else:
            before, after = dict(main_state), dict(main_state)
            message = change(after)
            commit(branch, [last], before, after, message)
            main_state, last = after, f":{mark}"
    marks = f"{args.copy}/planted.marks"
    planter.git("fast-import", "--quiet", "--force", f"--export-marks={marks}", data=b"".join(out))
    ids = dict(line.split() for line in Path(marks).read_text().splitlines())
    planted = []
    now = {}
    for key, path, at in live(main_state):
        now.setdefault(key["value"], []).append([path, at + 1])
    for key in keys:
        places = sorted(now.get(key["value"], []))
        planted.append({"value": key["value"], "type": key["type"], "commit": ids[f":{key['mark']}"], "path": key["path"], "line": key["line"], "in_tip": bool(places), "tips": places})
    Path(args.planted).write_text(json.dumps(planted))
    kinds = {plant["type"] for plant in planted}
    print(f"{args.commits} commits, {len(planted)} keys of {len(kinds)} key types, {sum(plant['in_tip'] for plant in planted)} in the tip")
    if len(kinds) < 30:
        sys.exit("too few key types")


if __name__ == "__main__":
    main()
