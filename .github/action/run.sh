#!/usr/bin/env bash
# The script of action.yml: `run.sh key` names the cache of the built binary, `run.sh scan` builds, scans and reports.
#
# It reads the inputs from SKOUT_VERSION, SKOUT_MODE, SKOUT_BASE, SKOUT_HEAD, SKOUT_PATH, SKOUT_ARGS, SKOUT_FAIL_ON and
# SKOUT_SARIF_FILE, the ids of the event from SKOUT_EVENT_*, and GitHub's own GITHUB_ACTION_PATH, GITHUB_EVENT_NAME,
# GITHUB_REF, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP, RUNNER_OS and RUNNER_ARCH.
# SKOUT_TARGET_DIR keeps cargo's intermediate files elsewhere than below RUNNER_TEMP: the tests use it.
set -euo pipefail

: "${GITHUB_ACTION_PATH:?is set by the runner}" "${GITHUB_OUTPUT:?is set by the runner}"
version=${SKOUT_VERSION:-source}
work=${RUNNER_TEMP:-${TMPDIR:-/tmp}}/skout-action

# A line that GitHub shows as an error of this step. The texts are this script's own, but for what `clean` has passed.
error() { printf '::error title=skout::%s\n' "$1"; }
notice() { printf '::notice title=skout::%s\n' "$1"; }
clean() { printf '%s' "$1" | tr -cd 'A-Za-z0-9._-' | cut -c 1-40; }
output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# stop CODE TEXT -- ends before any scan, with what a caller can tell from every other end.
stop() {
  error "$2"
  output exit-code "$1"
  output findings 0
  output sarif-file ""
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || printf '## skout\n\n**Nothing was scanned** (exit code %s): %s.\n' "$1" "$2" >>"$GITHUB_STEP_SUMMARY"
  exit "$1"
}
refuse() { stop 2 "$1"; }

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=range.sh
. "$scripts/range.sh"
# shellcheck source=summary.sh
. "$scripts/summary.sh"

digest() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c 1-40
}

# The key covers every file that the binary is made of, and the folder holds the binary alone.
key() {
  [ "$version" = source ] || return 0
  local sum
  sum=$(cd "$GITHUB_ACTION_PATH" && find Cargo.toml Cargo.lock build.rs src rules -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | digest)
  output key "skout-${RUNNER_OS:-any}-${RUNNER_ARCH:-any}-$sum"
  output folder "$work/bin"
}

# Sets `skout` to the binary of the version that was asked for.
find_skout() {
  local exe=""
  case ${RUNNER_OS:-} in Windows) exe=.exe ;; esac
  if [ "$version" = source ]; then
    skout=$work/bin/skout$exe
    [ ! -x "$skout" ] || return 0
    command -v cargo >/dev/null || refuse "cargo is not on PATH: install a Rust toolchain in a step before, or install skout and give version: installed"
    local target=${SKOUT_TARGET_DIR:-$work/target}
    echo "::group::build skout"
    cargo build --release --locked --bin skout --manifest-path "$GITHUB_ACTION_PATH/Cargo.toml" --target-dir "$target" ||
      refuse "skout could not be built: the log above says why"
    echo "::endgroup::"
    mkdir -p "$work/bin"
    cp "$target/release/skout$exe" "$skout"
    return 0
  fi
  skout=$(command -v skout) || refuse "skout is not on PATH: install it in a step before, or give version: source"
  local has
  has=$("$skout" --version) || refuse "the skout on PATH does not run"
  has=${has#skout }
  [ "$version" = installed ] || [ "$version" = "$has" ] || refuse "skout on PATH is version $(clean "$has"), and $(clean "$version") was asked for"
}

# The non-empty lines of a text, into the array `lines`.
split() {
  lines=()
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "$line" ] || lines+=("$line")
  done <<<"$1"
}

scan() {
  local sarif=${SKOUT_SARIF_FILE:-skout.sarif} lines
  case $sarif in *[$'\n\r']*) refuse "sarif-file must be one line" ;; esac
  split "${SKOUT_ARGS:-}"
  local arguments=(${lines[@]+"${lines[@]}"})
  split "${SKOUT_PATH:-.}"
  local paths=(${lines[@]+"${lines[@]}"})
  [ "${#paths[@]}" -gt 0 ] || paths=(.)
  choose_range "${SKOUT_MODE:-auto}" "${paths[@]}"
  if [ -z "$mode" ]; then
    notice "nothing to scan: $why"
    output exit-code 0
    output findings 0
    output sarif-file ""
    [ -z "${GITHUB_STEP_SUMMARY:-}" ] || printf '## skout\n\nNothing to scan: %s.\n' "$why" >>"$GITHUB_STEP_SUMMARY"
    exit 0
  fi
  find_skout

  local reports code=0 what=() range_text=""
  # In git modes the path is the repository; what is written stays relative to where this step runs.
  local start=()
  if [ "$mode" != tree ] && [ "$repo" != . ]; then
    start=(-C "$repo")
    case $sarif in /* | [A-Za-z]:*) ;; *) sarif=$PWD/$sarif ;; esac
  fi
  case $mode in
    tree) what=(-- "${paths[@]}") ;;
    diff) range_text=$base..$head what=(--diff "$range_text") ;;
    history) range_text=$range what=(--history ${range:+--range "$range"}) ;;
  esac
  echo "mode $mode${range_text:+, $range_text}: $why"

  reports=$(mktemp -d)
  # shellcheck disable=SC2064 # The folder of now is meant.
  trap "rm -rf '$reports'" EXIT
  # A report of an earlier run must not pass for this one's.
  [ ! -f "$sarif" ] || rm -f -- "$sarif"
  "$skout" ${start[@]+"${start[@]}"} scan --format github --format "sarif=$sarif" --format "jsonl=$reports/report.jsonl" --format "text=$reports/report.txt" \
    --fail-on "${SKOUT_FAIL_ON:-medium}" --color never --progress never ${arguments[@]+"${arguments[@]}"} "${what[@]}" || code=$?

  # The last line is the summary.
  : >"$reports/summary"
  [ ! -f "$reports/report.jsonl" ] || tail -n 1 "$reports/report.jsonl" >"$reports/summary"
  local counts number findings=0
  counts=$(severities "$reports/summary")
  for number in $counts; do findings=$((findings + ${number#*:})); done
  case $code in
    0 | 1) ;;
    2) error "skout could not start (exit code 2): wrong arguments, configuration, revisions or paths; the log above says which" ;;
    3) error "the scan was incomplete (exit code 3): some input could not be read, so no finding does not mean no secret; the log names what was lost, and the argument --allow-incomplete accepts it" ;;
    *) error "skout ended with exit code $code: nothing of this run can be trusted" ;;
  esac

  output exit-code "$code"
  output findings "$findings"
  if [ -f "$sarif" ]; then output sarif-file "$sarif"; else output sarif-file ""; fi
  output mode "$mode"
  output range "$range_text"
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || summary "$code" "$findings" "$counts" "$range_text" "$reports" >>"$GITHUB_STEP_SUMMARY"
  exit "$code"
}

case ${1:-} in
  key) key ;;
  scan) scan ;;
  *)
    echo "usage: run.sh key|scan" >&2
    exit 2
    ;;
esac
