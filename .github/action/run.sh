#!/usr/bin/env bash
# The script of action.yml: `run.sh key` names the cache of the built binary, `run.sh scan` builds, scans and reports.
#
# It reads the inputs from SKOUT_VERSION, SKOUT_PATH, SKOUT_ARGS, SKOUT_FAIL_ON and SKOUT_SARIF_FILE, and GitHub's own
# GITHUB_ACTION_PATH, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP, RUNNER_OS and RUNNER_ARCH.
# SKOUT_TARGET_DIR keeps cargo's intermediate files elsewhere than below RUNNER_TEMP: the tests use it.
set -euo pipefail

: "${GITHUB_ACTION_PATH:?is set by the runner}" "${GITHUB_OUTPUT:?is set by the runner}"
version=${SKOUT_VERSION:-source}
work=${RUNNER_TEMP:-${TMPDIR:-/tmp}}/skout-action

# A line that GitHub shows as an error of this step. The texts are this script's own, but for what `clean` has passed.
error() { printf '::error title=skout::%s\n' "$1"; }
clean() { printf '%s' "$1" | tr -cd 'A-Za-z0-9._-' | cut -c 1-40; }
output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# Ends with what a caller can tell from every other end, before any scan.
refuse() {
  error "$1"
  output exit-code 2
  output findings 0
  output sarif-file ""
  exit 2
}

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
  find_skout

  local reports code=0
  reports=$(mktemp -d)
  # shellcheck disable=SC2064 # The folder of now is meant.
  trap "rm -rf '$reports'" EXIT
  # A report of an earlier run must not pass for this one's.
  [ ! -f "$sarif" ] || rm -f -- "$sarif"
  "$skout" scan --format github --format "sarif=$sarif" --format "jsonl=$reports/report.jsonl" --format "text=$reports/report.txt" \
    --fail-on "${SKOUT_FAIL_ON:-medium}" --color never --progress never ${arguments[@]+"${arguments[@]}"} -- "${paths[@]}" || code=$?

  # The last line is the summary. In its strings every quote is escaped, so that none of them can pass for a key.
  local counts="" number findings=0
  if [ -f "$reports/report.jsonl" ]; then
    counts=$(tail -n 1 "$reports/report.jsonl" | grep -o '"by_severity":{[^}]*}' | grep -oE '"[a-z]+":[0-9]+' | tr -d '"' || true)
    for number in $counts; do findings=$((findings + ${number#*:})); done
  fi
  case $code in
    0 | 1) ;;
    2) error "skout could not start (exit code 2): wrong arguments, configuration or paths; the log above says which" ;;
    3) error "the scan was incomplete (exit code 3): some input could not be read, so no finding does not mean no secret; the log names what was lost, and the argument --allow-incomplete accepts it" ;;
    *) error "skout ended with exit code $code: nothing of this run can be trusted" ;;
  esac

  output exit-code "$code"
  output findings "$findings"
  if [ -f "$sarif" ]; then output sarif-file "$sarif"; else output sarif-file ""; fi
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || summary "$code" "$findings" "$counts" "$reports/report.txt" >>"$GITHUB_STEP_SUMMARY"
  exit "$code"
}

# The job summary. The report is foreign text: it stands in a block of which nothing but its end tag, escaped, ends.
summary() {
  local code=$1 findings=$2 counts=$3 report=$4 severity number
  echo "## skout"
  echo
  case $code in
    0 | 1) echo "$findings findings." ;;
    2) echo "**skout could not start** (exit code 2): wrong arguments, configuration or paths." ;;
    3) echo "**The scan was incomplete** (exit code 3): $findings findings in what could be read." ;;
    *) echo "**skout failed** (exit code $code)." ;;
  esac
  if [ -n "$counts" ]; then
    echo
    echo "| severity | findings |"
    echo "|---|---|"
    for severity in critical high medium low info; do
      for number in $counts; do
        [ "${number%%:*}" != "$severity" ] || echo "| $severity | ${number#*:} |"
      done
    done
  fi
  if [ -s "$report" ]; then
    echo
    echo "<details><summary>Report</summary>"
    echo "<pre>"
    # GitHub takes 1 MiB of summary.
    head -c 500000 "$report" | sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g'
    echo "</pre></details>"
  fi
}

case ${1:-} in
  key) key ;;
  scan) scan ;;
  *)
    echo "usage: run.sh key|scan" >&2
    exit 2
    ;;
esac
