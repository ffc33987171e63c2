
run_kept "$@" || exit
find_skout
"$skout" scan --staged
finish $?
