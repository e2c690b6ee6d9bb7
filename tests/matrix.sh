#!/bin/sh
# Runs ./test for each kind of machine and surroundings that it must pass on, and prints a table. Arguments choose rows by name; all where none is
# named. Names joined by '+' hold at once: ./tests/matrix.sh coretype-Haswell+threads-8+spaces is one run. 'covering' stands for the few such runs
# in which every name occurs. FILTER goes to './test --filter'. A run takes the time of ./test: an hour for 'covering', three for all.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
logs=$root/artifacts/matrix
mkdir -p "$logs"
table=$logs/table.md
failed=0

rows="plain coretype-Prescott coretype-Sandybridge coretype-Haswell coretype-SkylakeX coretype-Zen threads-1 threads-2 threads-8 mkl managed
lang-tr_TR.UTF-8 lang-de_DE.UTF-8 spaces elsewhere unprivileged busy nohup background"
covering="coretype-Prescott+threads-1+lang-tr_TR.UTF-8+unprivileged coretype-Sandybridge+threads-8+nohup
coretype-Haswell+lang-de_DE.UTF-8+spaces coretype-Zen+threads-2+background managed+elsewhere coretype-SkylakeX+busy"

say() { printf 'matrix: %s\n' "$*" >&2; }

# A checkout of the last commit in another place, with nothing built.
clone() { rm -rf "$1" && git clone -q "$root" "$1"; }

# Processes that keep the processor busy for as long as the tests run.
busy() {
    busy_loops=
    for _ in 1 2; do (while :; do :; done) & busy_loops="$busy_loops $!"; done
}

idle() {
    # shellcheck disable=SC2086 # a list of processes
    [ -z "$busy_loops" ] || kill $busy_loops 2>/dev/null
}

core_type_is_known() { # an empty name lets OpenBLAS choose
    case $1 in
        Haswell | Zen) grep -qw avx2 /proc/cpuinfo ;;
        SkylakeX) grep -qw avx512bw /proc/cpuinfo ;;
        Sandybridge) grep -qw avx /proc/cpuinfo ;;
    esac
}

# parts ROW: the surroundings that it joins, one a line.
parts() { printf '%s\n' "$1" | tr '+' '\n'; }

# An unprivileged user needs a checkout, a home and packages of its own.
run_as_nobody() { # CHECKOUT COMMAND…
    checkout=$1
    shift
    chown -R nobody "$checkout"
    home=$(mktemp -d)
    chown nobody "$home"
    setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$home" NUGET_PACKAGES="${NUGET_PACKAGES:-$home/packages}" \
        SPECGD_TEST_PACKAGES= TMPDIR="$home" "$@"
}

row() { # NAME: one run of ./test; its last line is that of ./test
    place=$root directory=$root user= signal=default busy_loops=
    settings=
    for part in $(parts "$1"); do
        case $part in
            plain) ;;
            coretype-*) settings="$settings OPENBLAS_CORETYPE=${part#coretype-}" ;;
            threads-*) settings="$settings SPECGD_THREADS=${part#threads-}" ;;
            mkl) settings="$settings SPECGD_OPENBLAS=/nowhere" ;; # as on a machine without OpenBLAS
            managed) settings="$settings SPECGD_BLAS=managed" ;;
            lang-*) settings="$settings LANG=${part#lang-} LC_ALL=${part#lang-}" ;;
            spaces) place="$(mktemp -d)/a path with spaces" ;;
            elsewhere) directory=/ ;;
            unprivileged) user=nobody ;;
            busy) busy ;;
            nohup) signal=nohup ;;
            background) signal=ignored ;;
            *) say "there is no row '$part'; there are: $rows"; return 2 ;;
        esac
    done
    if [ "$user" = nobody ] && [ "$place" = "$root" ]; then
        above=$(mktemp -d) && chmod 755 "$above" && place=$above/checkout
    fi
    [ "$place" = "$root" ] || clone "$place"
    # shellcheck disable=SC2086 # a list of settings
    set -- env $settings "$place/test" ${FILTER:+--filter "$FILTER"}
    [ "$signal" != nohup ] || set -- nohup "$@"
    [ "$user" != nobody ] || set -- run_as_nobody "$place" "$@"
    (
        cd "$directory" || exit 1
        [ "$signal" != ignored ] || trap '' INT
        "$@"
    )
    code=$?
    idle
    return "$code"
}

why_not() { # NAME: why a row cannot run here; nothing where it can
    for part in $(parts "$1"); do
        case $part in
            coretype-*) core_type_is_known "${part#coretype-}" || echo "this processor lacks the instructions of ${part#coretype-}" ;;
            unprivileged) [ "$(id -u)" = 0 ] || echo "already unprivileged: as all rows here" ;;
        esac
    done
}

# shellcheck disable=SC2086 # lists of names
case ${1-} in
    '') set -- $rows ;;
    covering) set -- $covering ;;
esac

printf '| surroundings | outcome | wall time |\n| --- | --- | --- |\n' >"$table"
for name in "$@"; do
    reason=$(why_not "$name")
    if [ -n "$reason" ]; then
        printf '| %s | not run: %s | |\n' "$name" "$reason" >>"$table"
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
