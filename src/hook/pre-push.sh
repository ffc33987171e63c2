
# git gives a line for each ref: local name, local id, remote name, remote id. The earlier hook reads them too.
input=$(cat)
feed() { [ -z "$input" ] || printf '%s\n' "$input" 2>/dev/null; }
feed | run_kept "$@" || exit
find_skout

remote=${1-}
worst=0
pushed=0
deleted=0

scan() {
  pushed=1
  "$skout" scan "$@" </dev/null
  code=$?
  [ "$code" -le "$worst" ] || worst=$code
}

# An id of zeros alone stands for "nothing".
is_nothing() {
  case $1 in
  *[!0]*) return 1 ;;
  esac
}

# What the other side has of a new branch: where it leaves all that is known of the remote. Without that, everything is new.
known_base() {
  tips=$(git for-each-ref --count=500 --sort=-committerdate --format='%(objectname)' "refs/remotes/$remote/" </dev/null 2>/dev/null)
  [ -n "$remote" ] && [ -n "$tips" ] || return 0
  # shellcheck disable=SC2086 # Each id is a word.
  git merge-base "$1" $tips </dev/null 2>/dev/null
}

while IFS= read -r line; do
  [ -n "$line" ] || continue
  # From the right: a local name may be an expression with spaces.
  remote_id=${line##* }
  line=${line% *}
  line=${line% *}
  local_id=${line##* }
  if is_nothing "$local_id"; then
    deleted=1
    continue
  fi
  base=
  if ! is_nothing "$remote_id" && GIT_NO_LAZY_FETCH=1 git cat-file -e "$remote_id^{commit}" </dev/null 2>/dev/null; then
    base=$remote_id
  else
    base=$(known_base "$local_id")
  fi
  if [ -n "$base" ]; then
    scan --diff "$base..$local_id"
  else
    scan --history --range "$local_id"
  fi
done <<END_OF_INPUT
$input
END_OF_INPUT

[ "$pushed" = 1 ] || [ "$deleted" = 0 ] || say "nothing to scan: this push only deletes"
finish "$worst"
