# The job summary, in Markdown. Sourced by run.sh.
#
# In comes a folder of reports: `summary`, the JSON line that ends skout's report, and `report.txt`. Both hold foreign text
# (names of files, excerpts): it stands in blocks of which nothing but their end tag, escaped, ends.
# shellcheck shell=bash

# GitHub takes 1 MiB of summary for a step, and shows nothing of a longer one. In bytes.
report_limit=600000
# What was not scanned, and what there is to note. In lines, each of which is at most 4096 bytes.
lines_limit=40

# In JSON's strings every quote is escaped, so that none of them can pass for a key: the searches below need no parser.
string='"([^"\\]|\\.)*"'

# severity:count, one a line.
severities() { grep -o '"by_severity":{[^}]*}' "$1" | grep -oE '"[a-z]+":[0-9]+' | tr -d '"' || true; }

# number FILE NAME
number_of() { grep -oE "\"$2\":[0-9]+" "$1" | head -n 1 | grep -oE '[0-9]+$' || echo 0; }

# The inputs that were lost, `path: reason` a line; the notes.
lost_inputs() {
  grep -oE "\{\"path\":$string,(\"path_bytes\":\"[^\"]*\",)?\"reason\":$string,\"class\":\"lost\"\}" "$1" |
    sed -E 's/^\{"path":"//; s/",("path_bytes":"[^"]*",)?"reason":"/: /; s/","class":"lost"\}$//' | plain || true
}
notes() { grep -oE "\{\"code\":\"[a-z-]+\",\"text\":$string\}" "$1" | sed -E 's/^\{"code":"[a-z-]+","text":"//; s/"\}$//' | plain || true; }
plain() { sed -E 's/\\(["\\/])/\1/g' | cut -c 1-4000; }

escaped() { sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g'; }

# listed TITLE FILE -- the file's lines under a title, no more of them than a person reads.
listed() {
  local all
  all=$(wc -l <"$2")
  [ "$all" -gt 0 ] || return 0
  echo
  echo "**$1**"
  echo "<pre>"
  head -n "$lines_limit" "$2" | cut -b 1-4096 | escaped
  [ "$all" -le "$lines_limit" ] || echo "... and $((all - lines_limit)) more"
  echo "</pre>"
}

# summary CODE FINDINGS COUNTS RANGE FOLDER
summary() {
  local code=$1 findings=$2 counts=$3 range=$4 folder=$5 severity number
  local found=$folder/summary report=$folder/report.txt
  echo "## skout"
  echo
  case $code in
    0 | 1) echo "$findings findings." ;;
    2) echo "**skout could not start** (exit code 2): wrong arguments, configuration, revisions or paths." ;;
    3) echo "**The scan was incomplete** (exit code 3): $findings findings in what could be read." ;;
    *) echo "**skout failed** (exit code $code)." ;;
  esac
  echo
  # shellcheck disable=SC2154 # `mode` and `why` are those of range.sh.
  echo "Mode \`$mode\`, $why${range:+ (\`$range\`)}."
  if [ -s "$found" ]; then
    [ "$mode" = tree ] || echo "Scanned: $(number_of "$found" commits) commits, $(number_of "$found" blobs) blobs, $(number_of "$found" bytes) bytes."
    [ "$mode" != tree ] || echo "Scanned: $(number_of "$found" files) files, $(number_of "$found" bytes) bytes."
  fi
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
  lost_inputs "$found" >"$folder/lost"
  listed "Not scanned" "$folder/lost"
  notes "$found" >"$folder/notes"
  listed "Notes" "$folder/notes"
  if [ -s "$report" ]; then
    echo
    echo "<details><summary>Report</summary>"
    echo "<pre>"
    # Escaped first: it makes text longer. A pipe that `head` closes early would count as a failure.
    escaped <"$report" >"$folder/escaped"
    head -c "$report_limit" "$folder/escaped"
    [ "$(wc -c <"$folder/escaped")" -le "$report_limit" ] || printf '\n... the report is longer; the SARIF file has all of it\n'
    echo "</pre></details>"
  fi
}
