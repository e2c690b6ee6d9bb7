#!/bin/sh
# Runs ./test once for each kind of machine and surroundings that it must pass on, and prints a table. Arguments choose rows by name; all where
# none is named. FILTER goes to './test --filter'. Hours for all rows: ./tests/matrix.sh coretype-Haswell threads-1 takes twice the time of ./test.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
logs=$root/artifacts/matrix
mkdir -p "$logs"
table=$logs/table.md
failed=0

say() { printf 'matrix: %s\n' "$*" >&2; }

# run_test PLACE [NAME=VALUE…]: ./test of a checkout, as it is called from another program.
run_test() {
    place=$1
    shift
    env "$@" "$place/test" ${FILTER:+--filter "$FILTER"}
}

# A checkout of the last commit in another place, with nothing built.
clone() { rm -rf "$1" && git clone -q "$root" "$1"; }

# Processes that keep the processor busy for as long as the tests run.
busy() {
    busy_loops=
    for _ in 1 2; do (while :; do :; done) & busy_loops="$busy_loops $!"; done
}

idle() {
    # shellcheck disable=SC2086 # a list of processes
    kill $busy_loops 2>/dev/null
}

core_type_is_known() { # an empty name lets OpenBLAS choose
    case $1 in
        Haswell | Zen) grep -qw avx2 /proc/cpuinfo ;;
        SkylakeX) grep -qw avx512bw /proc/cpuinfo ;;
        Sandybridge) grep -qw avx /proc/cpuinfo ;;
    esac
}

as_unprivileged() { # in a checkout of its own, which the user 'nobody' may write
    place=$(mktemp -d)/checkout
    clone "$place"
    chown -R nobody "$(dirname "$place")"
    home=$(mktemp -d)
    chown nobody "$home"
    packages=${NUGET_PACKAGES:-$home/packages}
    setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$home" NUGET_PACKAGES="$packages" SPECGD_TEST_PACKAGES= TMPDIR="$home" \
        "$place/test" ${FILTER:+--filter "$FILTER"}
}

row() { # NAME: one row; its last line is that of ./test
    case $1 in
        plain) run_test "$root" ;;
        coretype-*) run_test "$root" "OPENBLAS_CORETYPE=${1#coretype-}" ;;
        threads-*) run_test "$root" "SPECGD_THREADS=${1#threads-}" ;;
        managed) run_test "$root" SPECGD_BLAS=managed ;;
        lang-*) run_test "$root" "LANG=${1#lang-}" "LC_ALL=${1#lang-}" ;;
        spaces)
            place="$(mktemp -d)/a path with spaces"
            clone "$place" && run_test "$place"
            ;;
        elsewhere) (cd / && run_test "$root") ;;
        unprivileged) as_unprivileged ;;
        busy) busy; run_test "$root"; code=$?; idle; return "$code" ;;
        nohup) nohup "$root/test" ${FILTER:+--filter "$FILTER"} ;;
        background) (trap '' INT; "$root/test" ${FILTER:+--filter "$FILTER"}) ;;
        *) say "there is no row '$1'; there are: $rows"; return 2 ;;
    esac
}

rows="plain coretype-Prescott coretype-Sandybridge coretype-Haswell coretype-SkylakeX coretype-Zen threads-1 threads-2 threads-8 managed
lang-tr_TR.UTF-8 lang-de_DE.UTF-8 spaces elsewhere unprivileged busy nohup background"
[ $# -gt 0 ] || set -- $rows

printf '| surroundings | outcome | wall time |\n| --- | --- | --- |\n' >"$table"
for name in "$@"; do
    case $name in
        coretype-*)
            if ! core_type_is_known "${name#coretype-}"; then
                printf '| %s | not run: this processor lacks the instructions | |\n' "$name" >>"$table"
                continue
            fi
            ;;
    esac
    if [ "$name" = unprivileged ] && [ "$(id -u)" != 0 ]; then
        printf '| %s | as all rows here | |\n' "$name" >>"$table"
        continue
    fi
    say "$name (log: artifacts/matrix/$name.log)"
    begin=$(date +%s)
    row "$name" >"$logs/$name.log" 2>&1 </dev/null
    code=$?
    seconds=$(($(date +%s) - begin))
    [ "$code" -eq 0 ] || failed=1
    outcome=$(tail -n 1 "$logs/$name.log")
    [ "$code" -eq 0 ] || outcome="**failed ($code)**: $outcome"
    printf '| %s | %s | %s min %s s |\n' "$name" "$outcome" $((seconds / 60)) $((seconds % 60)) >>"$table"
done
cat "$table"
exit "$failed"
