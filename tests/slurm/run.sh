#!/bin/sh
# A sweep of twelve tasks on a Slurm of its own on this machine: one task is requeued by the administrator, one is told by SIGUSR1 that its time is up
# (by its process number: with exec it is what Slurm itself would signal; scancel repeats the signal while a job changes its state), one is killed. What is collected must equal the local engine's results. Usage: run.sh SWEEP.json PROGRAM…   Exit code 77: skipped, with the reason.
set -u
sweep=$1
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/specgd-slurm.XXXXXX")
munged= slurmctld= slurmd= follower=

finish() { # stops what this script started, by its numbers
    for process in "$follower" "$slurmd" "$slurmctld" "$munged"; do [ -n "$process" ] && kill "$process" 2>/dev/null; done
    wait
    if [ "$1" = 0 ]; then rm -rf "$work"; else echo "what was left is in $work"; fi
}
skip() { echo "SKIPPED: $*"; finish 0; trap - EXIT; exit 77; }
fail() { echo "FAILED: $*"; tail -n 30 "$work"/*.log 2>/dev/null; exit 1; }
trap 'finish $?' EXIT

# await SECONDS WHAT COMMAND…: until the command succeeds.
await() {
    seconds=$1 what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        seconds=$((seconds - 1))
        [ "$seconds" -gt 0 ] || return 1
        sleep 1
    done
}

PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] || skip "Slurm's daemons are started as root, and this is not"
for program in munged slurmctld slurmd sbatch squeue scontrol; do
    command -v "$program" >/dev/null || skip "$program is not installed (apt-get install slurm-wlm munge)"
done

host=$(hostname -s 2>/dev/null || hostname)
mkdir -p "$work/state" "$work/spool"
head -c 1024 /dev/urandom >"$work/munge.key"
chmod 600 "$work/munge.key"
munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munged.pid" --seed-file="$work/munge.seed" \
    --log-file="$work/munged.log" >"$work/munged.out" 2>&1 &
munged=$!
await 20 munged test -S "$work/munge.socket" || skip "munged does not start: $(tail -n 1 "$work/munged.log" "$work/munged.out" 2>/dev/null | tail -n 1)"

# cred_expire is also how long a requeued job must wait, two minutes otherwise. More processors than the machine has let all long tasks start at once.
port=$((20000 + $$ % 20000))
cat >"$work/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
JobRequeue=1
KillWait=30
SlurmdParameters=config_overrides
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=2000
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
SLURM_CONF=$work/slurm.conf
export SLURM_CONF
slurmctld -D >"$work/slurmctld.out" 2>&1 &
slurmctld=$!
slurmd -D >"$work/slurmd.out" 2>&1 &
slurmd=$!
idle() { sinfo --noheader --format %T | grep -q idle; }
await 60 Slurm idle || skip "Slurm does not start: $(grep -h error "$work"/slurm*.log "$work"/slurm*.out 2>/dev/null | tail -n 1)"

attempts() { cat "$work/slurm-sweep/tasks/$1/attempts.jsonl"; }
begun() { attempts "$1" | grep -q '"started"'; }
column() { cut -d, -f"$1"; }

"$@" sweep "$sweep" --dry-run >"$work/tasks.txt" 2>"$work/dry.log" || fail "the sweep cannot be expanded: $(cat "$work/dry.log")"
key() { grep -o 'random-feature-[0-9a-f]*' "$work/tasks.txt" | sed -n "$(($1 + 1))p"; }
requeued=$(key 0) killed=$(key 1) warned=$(key 2)

"$@" sweep "$sweep" --engine slurm --partition debug --output "$work/slurm-sweep" >"$work/first.out" 2>"$work/first.log" &
follower=$!
for task in "$requeued" "$killed" "$warned"; do await 120 "$task" begun "$task" || fail "the task $task does not begin"; done
sleep 1 # into their steps
process() { attempts "$1" | sed -n 's/.*"process":\([0-9]*\).*/\1/p' | tail -n 1; }
job=$(sed -n 's/.*submitted as Slurm job \([0-9]*\).*/\1/p' "$work/first.log")
kill -9 "$(process "$killed")" || fail "the task to be killed was over before"
scontrol requeue "${job}_0" || fail "the task to be requeued was over before"
kill -USR1 "$(process "$warned")" || fail "the task to be warned was over before"
wait "$follower"
code=$?
follower=
[ "$code" = 1 ] || fail "the sweep ended with $code, where 1 was expected after a task was killed"
"$@" sweep status "$work/slurm-sweep" >"$work/status.txt" 2>&1
grep -q 'ended without a message' "$work/status.txt" || fail "the killed task is not named: $(cat "$work/status.txt")"

"$@" sweep retry "$work/slurm-sweep" --engine slurm >"$work/retry.out" 2>"$work/retry.log" || fail "retry ended with $?"
"$@" sweep "$sweep" --workers 2 --threads 2 --output "$work/local-sweep" >"$work/local.out" 2>"$work/local.log" || fail "the local engine ended with $?"

for task in "$requeued" "$killed" "$warned"; do
    [ "$(attempts "$task" | grep -c '"started"')" -ge 2 ] || fail "$task has only one attempt"
done
for task in 0 2; do
    grep -q 'going on with what an interrupted run left' "$work/slurm-sweep/slurm/${job}_$task.log" || fail "task $task began again from nothing"
done
grep -q 'is asked to queue' "$work/slurm-sweep/slurm/${job}_2.log" || fail "the warned task did not queue itself again"
for engine in slurm local; do
    "$@" sweep export "$work/$engine-sweep" 2>>"$work/export.log" >"$work/$engine.csv" || fail "export ended with $?"
    column 1-4,7- <"$work/$engine.csv" >"$work/$engine-numbers.csv" # without attempts and times
done
rows=$(($(wc -l <"$work/local-numbers.csv") - 1))
[ "$rows" = 216 ] || fail "$rows rows, where 12 tasks of two methods and nine series were expected"
cmp "$work/slurm-numbers.csv" "$work/local-numbers.csv" || fail "the two engines differ"
echo "12 tasks, one requeued, one warned, one killed: $rows rows equal to the local engine's, digit for digit"
