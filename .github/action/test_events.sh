# The events: which commits a run is about, with clones as shallow as actions/checkout makes them. Sourced by test.sh.
#
# A `skout` that notes its arguments and counts the commits of its range stands in for the real one, so that what is tested
# is the choice of the range and the depth of the clone; where the real one knows --diff, it runs as well.
# shellcheck shell=bash disable=SC2154 # The variables are those of test.sh.

step=scan
fake=$work/fake
mkdir -p "$fake"
cat >"$fake/skout" <<'FAKE'
#!/usr/bin/env bash
# Writes the reports that it is asked for, with counts that are told from zero, and ends with $FAKE_CODE.
set -eu
[ "$1" != --version ] || { echo "skout 0.0.0"; exit 0; }
printf '%s\n' "$*" >>"$FAKE_NOTES"
[ "$1" != -C ] || cd "$2"
for word in "$@"; do
  case $word in
    sarif=*) echo '{"version": "2.1.0"}' >"${word#*=}" ;;
    text=*) echo 'a report' >"${word#*=}" ;;
    jsonl=*) cp "$FAKE_SUMMARY" "${word#*=}" ;;
    *..*) echo "commits $(git rev-list --count "$word"), base $(git merge-base "${word%..*}" "${word#*..}")" >>"$FAKE_NOTES" ;;
  esac
done
case $* in *--history*) echo "all $(git rev-list --count --all), shallow $(git rev-parse --is-shallow-repository)" >>"$FAKE_NOTES" ;; esac
exit "${FAKE_CODE:-0}"
FAKE
chmod +x "$fake/skout"
counted='{"summary":{"files":3,"bytes":4000,"commits":5,"blobs":6,"skipped":[],"notes":[],"complete":true,"by_severity":{}}}'

quiet_git() {
  env -i PATH="$PATH" HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@localhost GIT_COMMITTER_NAME=a \
    GIT_COMMITTER_EMAIL=a@localhost GIT_AUTHOR_DATE="1000000000 +0000" GIT_COMMITTER_DATE="1000000000 +0000" git "$@"
}

# The repository on the other side: main of 700 commits; topic leaves it 600 before its tip, has 2 commits, merges a
# branch of 1, and has 1 more, so that a pull request adds 5.
origin=$work/origin.git
quiet_git init -q --bare -b main "$origin"
file() { printf 'M 100644 inline %s\ndata %d\n%s\n' "$1" ${#2} "$2"; }
commit() { printf 'commit refs/heads/%s\nmark :%d\ncommitter a <a@localhost> 1000002000 +0000\ndata 1\na\nfrom :%d\n' "$1" "$2" "$3"; }
{
  for ((number = 1; number <= 700; number++)); do
    printf 'commit refs/heads/main\nmark :%d\ncommitter a <a@localhost> %d +0000\ndata 1\na\n' "$number" $((1000000000 + number))
    file main "$number"
  done
  for number in 1001 1002; do
    commit topic "$number" $((number == 1001 ? 100 : 1001))
    file topic "$number"
  done
  commit side 1003 1001
  file side s
  commit topic 1004 1002
  echo merge :1003
  file evil "const key = \"$secret\"; // plunk"
  commit topic 1005 1004
  file evil ok
  commit other 1006 650
  # What GitHub makes of the pull request.
  commit pull 1007 700
  echo merge :1005
} | quiet_git --git-dir "$origin" fast-import --quiet
id() { quiet_git --git-dir "$origin" rev-parse "$1"; }
main=$(id main) topic=$(id topic) fork=$(id main~600) zeros=$(printf '%040d' 0)
quiet_git --git-dir "$origin" update-ref refs/pull/1/merge refs/heads/pull
quiet_git --git-dir "$origin" update-ref -d refs/heads/pull

# checkout REF [DEPTH] -- as actions/checkout does: one ref, a detached head.
checkout() {
  project
  rmdir "$work/project/app"
  quiet_git init -q -b main "$work/project"
  quiet_git -C "$work/project" remote add origin "file://$origin"
  quiet_git -C "$work/project" fetch -q --no-tags ${2:+--depth="$2"} origin "+$1:refs/remotes/pull"
  quiet_git -C "$work/project" checkout -q refs/remotes/pull
}

# event NAME [VARIABLE=VALUE...] -- runs the Action on it with the fake.
event() {
  local name=$1
  shift
  : >"$work/notes"
  path=$fake:$PATH
  printf '%s\n' "$counted" >"$work/counted"
  run SKOUT_VERSION=installed GITHUB_EVENT_NAME="$name" SKOUT_EVENT_DEFAULT_BRANCH=main FAKE_NOTES="$work/notes" FAKE_SUMMARY="$work/counted" "$@"
  noted=$(cat "$work/notes")
}
pull_request() { event pull_request GITHUB_REF=refs/pull/1/merge SKOUT_EVENT_PR_BASE="$main" SKOUT_EVENT_PR_HEAD="$topic" "$@"; }

for depth in 1 2 60 ""; do
  checkout refs/pull/1/merge $depth
  pull_request
  check "a pull request is a diff, in a clone of depth ${depth:-all}" holds "$noted" "--diff $main..$topic"
  check "with every commit through every parent, from the merge base" holds "$noted" "commits 5, base $fork"
  check "it is green" [ "$code" = 0 ]
done
check "its outputs" [ "$outputs" = $'exit-code=0\nfindings=0\nsarif-file=skout.sarif\nmode=diff\nrange='"$main..$topic" ]
check "the summary names mode and range" holds "$summary" "Mode \`diff\`, what the pull request adds (\`$main..$topic\`)"
check "and what was scanned" holds "$summary" "Scanned: 5 commits, 6 blobs, 4000 bytes."
check "paths are none in a diff" lacks "$noted" " -- "

checkout refs/pull/1/merge
event pull_request SKOUT_EVENT_PR_BASE="$main" SKOUT_EVENT_PR_HEAD="$(printf '%040d' 7)"
check "a head that the clone lacks is the merge's second parent" holds "$noted" "--diff $main..$topic"

checkout refs/pull/1/merge 1
quiet_git -C "$work/project" remote set-url origin "file://$work/gone.git"
pull_request
check "a range that can't be fetched is no green check" [ "$code" = 3 ]
check "in the outputs" [ "$outputs" = $'exit-code=3\nfindings=0\nsarif-file=' ]
check "the line that mends it is told" holds "$log" 'fetch-depth: 0'
check "in the summary too" holds "$summary" 'fetch-depth: 0'
check "and nothing was scanned" [ -z "$noted" ]
quiet_git -C "$work/project" remote remove origin
pull_request
check "the same without a remote" [ "$code" = 3 ]
pull_request SKOUT_EVENT_PR_BASE= SKOUT_EVENT_PR_HEAD=
check "and without ids" [ "$code" = 3 ]

checkout refs/heads/main 1
event pull_request_target SKOUT_EVENT_PR_BASE="$main" SKOUT_EVENT_PR_HEAD="$topic"
check "pull_request_target is refused" [ "$code" = 2 ]
check "with the reason" holds "$log" "run skout on pull_request instead"
event pull_request_target SKOUT_MODE=diff SKOUT_EVENT_PR_BASE="$main" SKOUT_EVENT_PR_HEAD="$topic"
check "unless it is asked for" holds "$noted" "commits 5, base $fork"
check "which checks nothing out" [ "$(quiet_git -C "$work/project" rev-parse HEAD)" = "$main" ]

push() { event push GITHUB_REF="$1" SKOUT_EVENT_BEFORE="$2" SKOUT_EVENT_AFTER="$3" "${@:4}"; }
checkout refs/heads/main 1
push refs/heads/main "$(id main~10)" "$main"
check "a push is a diff from what was there before" holds "$noted" "commits 10, base $(id main~10)"
checkout refs/heads/topic 1
push refs/heads/topic "$zeros" "$topic"
check "a new branch is a diff from the default branch" holds "$noted" "commits 5, base $fork"
push refs/heads/topic "$(printf '%040d' 7)" "$topic"
check "so is a forced push whose past is gone" holds "$noted" "commits 5, base $fork"
push refs/heads/topic "$(id other)" "$topic"
check "a forced push whose past is known begins at the merge base" holds "$noted" "commits 5, base $fork"
checkout refs/heads/main 1
push refs/heads/main "$zeros" "$main"
check "a first push of the default branch is all its history" holds "$noted" "--history --range $main"
check "down to the roots" holds "$noted" "shallow false"
push refs/heads/gone "$main" "$zeros"
check "a deleted branch has nothing to scan" [ "$code$noted" = 0 ]
check "and that is said" holds "$log" "::notice title=skout::nothing to scan: a ref was deleted"
check "in the summary as well" holds "$summary" "Nothing to scan: a ref was deleted."

checkout refs/heads/main 1
event merge_group SKOUT_EVENT_GROUP_BASE="$(id main~3)" SKOUT_EVENT_GROUP_HEAD="$main"
check "a merge group is a diff" holds "$noted" "commits 3, base $(id main~3)"

for name in schedule workflow_dispatch; do
  checkout refs/heads/main 1
  event "$name"
  check "$name is the history" holds "$noted" "scan --format github"
  check "of all branches" holds "$noted" "all $(quiet_git --git-dir "$origin" rev-list --count --branches), shallow false"
  check "without a range" lacks "$noted" "--range"
done
event release
check "other events scan the tree" holds "$noted" "-- ."
check "and count files" holds "$summary" "Scanned: 3 files, 4000 bytes."
check "and say why" holds "$summary" "Mode \`tree\`, because the event is release."

checkout refs/heads/topic 1
event push SKOUT_MODE=diff SKOUT_BASE=main
check "base may be a branch of the remote" holds "$noted" "commits 5, base $fork"
event push SKOUT_MODE=diff SKOUT_BASE=nowhere~1 SKOUT_HEAD="$topic"
check "but nothing that nobody has" [ "$code" = 3 ]
event push SKOUT_BASE=--upload-pack=touch SKOUT_HEAD="$topic"
check "a revision is no option" [ "$code" = 3 ]
event push SKOUT_HEAD="$topic"
check "a head alone is wrong usage" [ "$code" = 2 ]
event push SKOUT_MODE=all
check "so is another mode" [ "$code" = 2 ]
event push SKOUT_MODE=tree
check "mode tree scans the tree" holds "$noted" "-- ."

if [ "$EUID" = 0 ]; then
  checkout refs/heads/topic 1
  chown -R 12345 "$work/project"
  push refs/heads/topic "$fork" "$topic"
  check "a checkout that git distrusts is not taken for a folder without a repository" [ "$code" = 2 ]
  check "and the line that mends it is told" holds "$log" "git config --global --add safe.directory"
else
  echo "action: only root can give a checkout away, so one that git distrusts was not tested"
fi

# Paths: a folder of the repository is a tree, as it was before there were modes; another checkout is a repository.
checkout refs/heads/topic 1
mkdir -p "$work/project/sub"
event push SKOUT_PATH=sub SKOUT_EVENT_BEFORE="$fork" SKOUT_EVENT_AFTER="$topic"
check "a path within the repository is scanned as a tree" holds "$noted" "-- sub"
event push SKOUT_MODE=diff SKOUT_PATH=sub
check "unless a diff is asked for" [ "$code" = 2 ]
checkout refs/heads/topic
mv "$work/project" "$work/inner" && mkdir "$work/project" && mv "$work/inner" "$work/project/the code"
push refs/heads/topic "$fork" "$topic" SKOUT_PATH="the code"
check "a checkout in a folder is a repository" holds "$noted" "-C the code scan"
check "its diff is the same" holds "$noted" "commits 5, base $fork"
check "and reports stay where the step runs" holds "$outputs" "sarif-file=$work/project/skout.sarif"

# The summary's foreign text.
checkout refs/heads/topic
counted='{"summary":{"files":1,"bytes":1,"commits":2,"blobs":3,"skipped":[{"path":"a \"b\".js","reason":"<img> \\ gone","class":"lost"},{"path":"{\"commits\":9","path_bytes":"AA==","reason":"x","class":"lost"},{"path":"c","reason":"binary","class":"chosen"}],"notes":[{"code":"shallow","text":"cut </pre> here"}],"complete":false,"by_severity":{"high":2}}}'
push refs/heads/topic "$fork" "$topic" FAKE_CODE=3
check "an incomplete diff fails with a code of its own" [ "$code" = 3 ]
check "what was lost is listed" holds "$summary" 'a "b".js: &lt;img&gt; \ gone'
check "with bytes too" holds "$summary" '{"commits":9: x'
check "what was left out by choice is not" lacks "$summary" "binary"
check "notes are" holds "$summary" 'cut &lt;/pre&gt; here'
check "counts are those of the summary" holds "$summary" "2 commits, 3 blobs"
counted="{\"summary\":{\"files\":1,\"bytes\":1,\"commits\":2,\"blobs\":3,\"skipped\":[$(for ((number = 0; number < 3000; number++)); do printf '{"path":"%d","reason":"gone","class":"lost"},' "$number"; done)],\"notes\":[],\"by_severity\":{}}}"
push refs/heads/topic "$fork" "$topic" FAKE_CODE=3
check "a long list is cut" holds "$summary" "... and 2960 more"

# Everything that the script reads of the event is in action.yml, and reaches it through the environment.
for name in $(grep -ohE 'SKOUT_[A-Z_]+' "$action/.github/action/run.sh" "$action/.github/action/range.sh" | sort -u); do
  case $name in SKOUT_TARGET_DIR | SKOUT_EVENT_) continue ;; esac
  check "action.yml sets $name" grep -q "^        $name: \${{ [a-z._-]* }}$" "$action/action.yml"
done
check "no expression stands in a command" lacks "$(grep -E '^ *run:' "$action/action.yml")" '${{'

# The real one.
path=$work/temp/skout-action/bin:$PATH
if "$work/temp/skout-action/bin/skout" scan --help 2>/dev/null | grep -q -e --diff; then
  checkout refs/pull/1/merge 1
  run SKOUT_VERSION=installed GITHUB_EVENT_NAME=pull_request SKOUT_EVENT_PR_BASE="$main" SKOUT_EVENT_PR_HEAD="$topic"
  check "what a merge alone holds, and a later commit removes, is found" [ "$code" = 1 ]
  check "once" holds "$outputs" "findings=1"
  check "without a word of it" lacks "$log$summary" "$secret"
  run SKOUT_VERSION=installed GITHUB_EVENT_NAME=push GITHUB_REF=refs/heads/main SKOUT_EVENT_BEFORE="$(id main~10)" SKOUT_EVENT_AFTER="$main"
  check "a clean push is green" [ "$code" = 0 ]
else
  echo "action: this skout does not know --diff, so no range was scanned"
fi
