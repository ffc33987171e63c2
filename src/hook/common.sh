
# Where this file is, and where the hook is that was here before it.
case $0 in
*/*) here=${0%/*} ;;
*) here=. ;;
esac
kept=$here/$stage.skout-kept

say() { printf 'skout: %s\n' "$1" >&2; }

# The earlier hook runs first, as git would run it: its failure is the end. A hook manager may have kept this hook just as
# skout kept the manager's, so that each would call the other: the one that has called this hook does not run again, and
# none runs twice. The scan runs in any case.
run_kept() {
  [ -f "$kept" ] && [ -x "$kept" ] && [ "${SKOUT_KEPT_HOOK-}" != "$PWD $kept" ] || return 0
  [ "$0" = "$here/$stage" ] || ! cmp -s "$here/$stage" "$kept" || return 0
  SKOUT_KEPT_HOOK="$PWD $kept" "$kept" "$@"
}

# Sets `skout`, or ends: what was not scanned must not look as if it had been.
find_skout() {
  case ,${SKIP-}, in
  *,skout,*)
    say "nothing was scanned, because SKIP names skout"
    exit 0
    ;;
  esac
  if command -v skout >/dev/null 2>&1; then
    skout=skout
  elif [ -n "$recorded" ] && [ -f "$recorded" ] && [ -x "$recorded" ]; then
    skout=$recorded
  else
    say "not found on PATH${recorded:+, nor at $recorded}: nothing was scanned, so the $act is stopped"
    say "install skout, or remove $here/$stage, or $act without it:"
    say "  SKIP=skout git $act ...    or    git $act --no-verify ..."
    exit 2
  fi
}

# finish CODE -- ends with the exit code of skout, and says what a person can do.
finish() {
  case $1 in
  0) exit 0 ;;
  1) say "the $act is stopped: take the keys above out, or mark them with an allow comment (skout:allow)" ;;
  3) say "the $act is stopped: some of it could not be read, as told above" ;;
  *) say "the $act is stopped: skout ended with exit code $1, and nothing is known of what it did not scan" ;;
  esac
  say "to $act all the same: SKIP=skout git $act ...    or    git $act --no-verify ..."
  exit "$1"
}
