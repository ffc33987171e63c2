# Which commits a run is about, and whether the clone holds them. Sourced by run.sh.
#
# In come the event's name and ids (SKOUT_EVENT_*, GITHUB_EVENT_NAME) and the inputs mode, base and head; out go `mode`
# (diff, history, tree, or nothing), `base` and `head` (commit ids, for diff), `range` (for a part of the history) and
# `why` (one sentence for people). git runs here, in the Action alone: skout starts none.
# shellcheck shell=bash disable=SC2034 # run.sh reads the variables.

repo=.
mode="" base="" head="" range="" why=""

# Nothing is asked of a person, and no fetch leaves a repack in the background.
in_repo() { GIT_TERMINAL_PROMPT=0 git -C "$repo" -c gc.auto=0 -c maintenance.auto=false "$@" </dev/null; }

is_id() { [[ $1 =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]]; }
is_nothing() { [[ $1 =~ ^0+$ ]]; }

# Sets all of the above. `$1` is the mode that was asked for; the others are the paths to scan.
choose_range() {
  local asked=$1 event=${GITHUB_EVENT_NAME:-} at_root=yes
  shift
  case $asked in auto | diff | history | tree) ;; *) refuse "mode is one of auto, diff, history and tree" ;; esac
  if [ "$asked" = tree ]; then
    mode=tree why="as mode: tree asks"
    return 0
  fi
  repo=$1
  [ "$#" = 1 ] && is_root || at_root=no
  if [ "$asked" = auto ]; then
    if [ "$at_root" = no ]; then
      mode=tree why="because path is not one repository as a whole"
      return 0
    fi
    if [ "$event" = pull_request_target ] && [ -z "${SKOUT_BASE:-}${SKOUT_HEAD:-}" ]; then
      refuse "pull_request_target checks out the target branch and lends its secrets to what a fork proposes: run skout on pull_request instead, which needs no secret, or give mode: diff, which reads the proposed commits and checks nothing of them out"
    fi
  elif [ "$at_root" = no ]; then
    refuse "mode: $asked needs the root of one repository as the path: is there an actions/checkout step before, and does path name its folder?"
  fi
  if [ "$asked" = history ]; then
    whole_history "as mode: history asks"
  elif [ -n "${SKOUT_BASE:-}${SKOUT_HEAD:-}" ]; then
    [ -n "${SKOUT_BASE:-}" ] || refuse "the input head needs the input base"
    diff_of "$SKOUT_BASE" "${SKOUT_HEAD:-HEAD}" "from the inputs base and head"
  else
    from_event "$event" "$asked"
  fi
}

# Whether `repo` is the root of a working tree. A repository that git distrusts is no folder like others: it is an end.
is_root() {
  local prefix
  if prefix=$(in_repo rev-parse --show-prefix 2>/dev/null); then
    [ -z "$prefix" ] && [ "$(in_repo rev-parse --is-inside-work-tree)" = true ]
    return
  fi
  [ ! -e "$repo/.git" ] || refuse "git does not work in this checkout: where its owner is another user, a step before must run: git config --global --add safe.directory \"\$GITHUB_WORKSPACE\""
  return 1
}

from_event() {
  local event=$1 asked=$2 proposed=${SKOUT_EVENT_PR_HEAD:-}
  case $event in
    pull_request*)
      # What is checked out is a merge that GitHub made; its second parent is the head, which a shallow clone lacks.
      has "$proposed" || fetch "$proposed" || [ "$event" = pull_request_target ] || proposed=HEAD^2
      diff_of "${SKOUT_EVENT_PR_BASE:-}" "$proposed" "what the pull request adds"
      ;;
    merge_group)
      diff_of "${SKOUT_EVENT_GROUP_BASE:-}" "${SKOUT_EVENT_GROUP_HEAD:-}" "what the merge group adds"
      ;;
    push) from_push ;;
    *)
      [ "$asked" = auto ] || refuse "mode: diff needs the inputs base and head on the event $(clean "$event")"
      case $event in
        schedule | workflow_dispatch | repository_dispatch) whole_history "because the event is $event" ;;
        *) mode=tree why="because the event is $(clean "${event:-unknown}")" ;;
      esac
      ;;
  esac
}

from_push() {
  local before=${SKOUT_EVENT_BEFORE:-} after=${SKOUT_EVENT_AFTER:-} default=${SKOUT_EVENT_DEFAULT_BRANCH:-}
  if is_nothing "$after"; then
    mode="" why="a ref was deleted"
    return 0
  fi
  if is_id "$before" && ! is_nothing "$before"; then
    # After a forced push nothing may hold the commit that was there before.
    if has "$before" || fetch "$before"; then
      diff_of "$before" "$after" "what the push adds"
      return 0
    fi
  fi
  is_id "$after" || lost "the event names no commit"
  if [ -n "$default" ] && [ "${GITHUB_REF:-}" != "refs/heads/$default" ] && fetch "refs/heads/$default"; then
    diff_of "$(in_repo rev-parse FETCH_HEAD)" "$after" "what the new branch or tag adds to $(clean "$default")"
    return 0
  fi
  has "$after" || fetch "$after" || lost "the pushed commit is not in this clone"
  deepen_to_roots "$after"
  mode=history range=$after head=$after why="all that the pushed commit brings, for nothing was there before"
}

whole_history() {
  local from
  mode=history why=$1
  from=$(remote)
  [ -n "$from" ] || { is_shallow && lost "the clone is shallow and has no remote"; } || return 0
  # The checkout has fetched one branch; the history is that of all. A full clone is asked for what it lacks.
  local options=(--quiet --no-recurse-submodules --tags)
  ! is_shallow || options+=(--unshallow)
  in_repo fetch "${options[@]}" "$from" "+refs/heads/*:refs/remotes/$from/*" && return
  ! is_shallow || lost "the clone is shallow and the rest of its history can't be fetched"
  notice "the other branches can't be fetched: the history that this clone holds is scanned"
}

# diff_of BASE HEAD WHY -- takes ids or names; ends where the clone can't be made to hold all that lies between.
diff_of() {
  mode=diff why=$3
  base=$(commit_of "$1") || lost "the base commit is not in this clone"
  head=$(commit_of "$2") || lost "the head commit is not in this clone"
  deepen "$base" "$head"
}

# The id of a commit that a name or an id stands for, fetched if need be.
commit_of() {
  local name=$1 from
  case $name in "" | -* | *[[:space:]:]*) return 1 ;; esac
  in_repo rev-parse --verify --quiet "$name^{commit}" && return
  from=$(remote)
  ! is_id "$name" && in_repo rev-parse --verify --quiet "$from/$name^{commit}" && return
  fetch "$name" && in_repo rev-parse --verify --quiet "FETCH_HEAD^{commit}"
}

has() { GIT_NO_LAZY_FETCH=1 in_repo cat-file -e "$1^{commit}" 2>/dev/null; }
remote() { in_repo remote | { grep -x origin || in_repo remote | head -n 1; }; }
is_shallow() { [ "$(in_repo rev-parse --is-shallow-repository)" = true ]; }

# fetch WHAT [OPTION...] -- with the credentials that the checkout left. A shallow clone stays as shallow as it was.
fetch() {
  local from what=$1
  shift
  from=$(remote)
  [ -n "$from" ] || return 1
  if [ "$#" = 0 ] && is_shallow; then set -- --depth=1; fi
  # No filter: it would make this a partial clone, whose missing blobs are then missing for the scan as well.
  in_repo fetch --quiet --no-tags --no-recurse-submodules "$@" "$from" "$what" 2>/dev/null
}

# Whether all commits between the two are here, and the one that they have in common. Where the clone was cut on
# either side, a commit between them is one of those whose parents it lacks.
is_whole() {
  is_shallow || return 0
  local cut between
  cut=$(in_repo rev-parse --git-path shallow)
  case $cut in /* | [A-Za-z]:*) ;; *) cut=$repo/$cut ;; esac
  in_repo merge-base "$1" "$2" >/dev/null || return 1
  # Not a pipe into grep: it ends at the first match, which would make the pipe a failure, and that read as "no match".
  between=$(in_repo rev-list "$1...$2") || return 1
  ! grep -qxFf "$cut" <<<"$between"
}

deepen() {
  local step from
  from=$(remote)
  [ -n "$from" ] || is_whole "$1" "$2" || lost "the clone is too shallow for this range and has no remote"
  for step in 50 500 5000 all; do
    ! is_whole "$1" "$2" || return 0
    [ "$step" = all ] && step=--unshallow || step=--deepen=$step
    echo "the clone is too shallow for this range: git fetch $step"
    in_repo fetch --quiet --no-tags --no-recurse-submodules "$step" "${from:?}" "$1" "$2" || lost "the clone is too shallow for this range"
  done
  is_whole "$1" "$2" || lost "the clone is too shallow for this range"
}

deepen_to_roots() {
  ! is_shallow || fetch "$1" --unshallow || lost "the clone is shallow and the rest of its history can't be fetched"
}

# Ends as an incomplete scan does, with the line that mends it.
lost() { stop 3 "$1, so nothing was scanned: give the actions/checkout step \`fetch-depth: 0\` (and leave its persist-credentials on)"; }
