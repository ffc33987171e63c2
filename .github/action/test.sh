#!/usr/bin/env bash
# Runs the Action's script as a runner would, in a scrubbed environment, and looks at what it leaves.
# Usage: test.sh TARGET_DIR, a folder that cargo builds in.
set -euo pipefail

target=${1:?give the folder that cargo builds in}
mkdir -p "$target"
target=$(cd "$target" && pwd)
action=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# Keys are made here: none stands in the repository.
key() { printf 'sk_%s' "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"; }

# What was built before with these settings is not built again.
profile=(CARGO_PROFILE_RELEASE_LTO="${CARGO_PROFILE_RELEASE_LTO:-fat}" CARGO_PROFILE_RELEASE_CODEGEN_UNITS="${CARGO_PROFILE_RELEASE_CODEGEN_UNITS:-1}")

# run NAME=VALUE... -- the script with these inputs, in $work/project; sets code, log, outputs and summary.
run() {
  : >"$work/outputs"
  : >"$work/summary"
  code=0
  log=$(cd "$work/project" && env -i PATH="$path" HOME="${HOME:-/}" CARGO_HOME="${CARGO_HOME:-${HOME:-}/.cargo}" \
    RUSTUP_HOME="${RUSTUP_HOME:-${HOME:-}/.rustup}" CI=true GITHUB_ACTIONS=true GITHUB_ACTION_PATH="$action" GITHUB_OUTPUT="$work/outputs" \
    GITHUB_STEP_SUMMARY="$work/summary" GITHUB_WORKSPACE="$work/project" RUNNER_TEMP="$work/temp" RUNNER_OS="$os" RUNNER_ARCH=X64 \
    SKOUT_TARGET_DIR="$target" "${profile[@]}" "$@" bash "$action/.github/action/run.sh" "$step" 2>&1) || code=$?
  outputs=$(cat "$work/outputs")
  summary=$(cat "$work/summary")
}

# check WHAT CONDITION...
check() {
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'failed: %s\n--- exit code %s\n--- outputs\n%s\n--- log\n%s\n' "$what" "$code" "$outputs" "$log"
  fi
}

holds() { [[ $1 == *"$2"* ]]; }
lacks() { [[ $1 != *"$2"* ]]; }
project() {
  rm -rf "$work/project"
  mkdir -p "$work/project/app"
}

os=Linux
case $(uname -s) in Darwin) os=macOS ;; MINGW* | MSYS*) os=Windows ;; esac
path=$PATH
step=scan
secret=$(key)

project
printf '"use client";\nconst key = "%s";\n' "$secret" >"$work/project/app/page.tsx"
run SKOUT_VERSION=source
check "a finding fails the step" [ "$code" = 1 ]
check "its outputs" [ "$outputs" = $'exit-code=1\nfindings=1\nsarif-file=skout.sarif\nmode=tree\nrange=' ]
check "it annotates the line" holds "$log" "::error file=app/page.tsx,line=2,"
check "the summary counts" holds "$summary" "| critical | 1 |"
check "the report is SARIF" grep -q '"version": *"2.1.0"' "$work/project/skout.sarif"
check "the log holds no secret" lacks "$log$summary$(cat "$work/project/skout.sarif")" "$secret"

path=$work/temp/skout-action/bin:$PATH
project
echo 'const key = process.env.KEY;' >"$work/project/app/page.tsx"
run SKOUT_VERSION=installed SKOUT_SARIF_FILE=out.sarif
check "nothing found is green" [ "$code" = 0 ]
check "its outputs" [ "$outputs" = $'exit-code=0\nfindings=0\nsarif-file=out.sarif\nmode=tree\nrange=' ]
check "the summary says so" holds "$summary" "0 findings."

project
printf 'const key = "%s"; // plunk\n' "$secret" >"$work/project/app/mail.js"
run SKOUT_VERSION=installed SKOUT_FAIL_ON=critical
check "findings below fail-on are green" [ "$code" = 0 ]
check "and counted" holds "$outputs" "findings=1"
run SKOUT_VERSION=installed SKOUT_ARGS=$'--min-severity\ncritical'
check "arguments arrive one a line" holds "$outputs" "findings=0"
run SKOUT_VERSION=installed SKOUT_PATH=$'app/mail.js\n\n'
check "paths arrive one a line" holds "$outputs" "findings=1"

project
if mkfifo "$work/project/pipe" 2>/dev/null; then
  run SKOUT_VERSION=installed SKOUT_PATH=pipe
  check "lost input is told from findings" [ "$code" = 3 ]
  check "in words" holds "$log" "::error title=skout::the scan was incomplete (exit code 3)"
  check "in the summary" holds "$summary" "incomplete"
  check "in the outputs" holds "$outputs" "exit-code=3"
  rm "$work/project/pipe"
else
  echo "action: no pipe can be made here, so lost input was not tested"
fi

echo stale >"$work/project/skout.sarif"
run SKOUT_VERSION=installed SKOUT_PATH=missing
check "a missing path is wrong usage" [ "$code" = 2 ]
check "and leaves no report of an earlier run" holds "$outputs" $'findings=0\nsarif-file='
check "nor a name of one" lacks "$outputs" "sarif-file=skout"
run SKOUT_VERSION=installed SKOUT_PATH='$(touch pwned)' SKOUT_ARGS=$'--rule\n`touch pwned`; touch pwned' SKOUT_FAIL_ON='high; touch pwned'
check "inputs are no shell text" [ "$code" = 2 ]
check "nothing of them ran" [ ! -e "$work/project/pwned" ]
run SKOUT_VERSION=installed SKOUT_SARIF_FILE=$'a\nexit-code=0'
check "a file name of two lines is refused" [ "$code" = 2 ]
check "and writes no output of its own" [ "$outputs" = $'exit-code=2\nfindings=0\nsarif-file=' ]
run SKOUT_VERSION=99.0.0
check "another version is refused" holds "$log" "was asked for"
path=/usr/bin:/bin
run SKOUT_VERSION=installed
check "a missing binary is told" holds "$log" "skout is not on PATH"

path=$work/temp/skout-action/bin:$PATH
project
printf '</pre><img> = "%s"; // plunk </pre> ::error::x\n' "$secret" >"$work/project/app/a.js"
run SKOUT_VERSION=installed
check "file text can't end the summary's block" [ "$(printf '%s\n' "$summary" | grep -c '</pre>')" = 1 ]
check "nor place a tag" lacks "$summary" "<img>"

step=key
run SKOUT_VERSION=source
check "the cache has a key" holds "$outputs" "key=skout-$os-X64-"
run SKOUT_VERSION=installed
check "an installed binary needs none" [ -z "$outputs" ]

# shellcheck source=test_events.sh
. "$action/.github/action/test_events.sh"

echo "action: $passed passed, $failed failed"
[ "$failed" = 0 ]
