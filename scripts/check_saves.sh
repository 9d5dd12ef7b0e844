#!/usr/bin/env bash
# Breaks the saves of a training run in every way a machine can, and takes the run up again.
#
#   scripts/check_saves.sh [TRAIN]
#
# TRAIN is a built program (default .build-release/release/train). For each system call that a save
# makes: an error there (a full disk, a broken one), a short write, and SIGKILL; then 50 kills at
# random moments. Each time the checkpoint before has to stand, the run taken up again has to end
# with the very bytes of one that was never disturbed, and nothing half-written may be left. Last,
# every rename has to come after its file was synced and before its folder is. Takes a minute
# or two.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
train=$(realpath "${1:-$here/.build-release/release/train}")
kills=${KILLS:-50}

extra_packages=(strace)
source "$here/scripts/setup.sh"
source "$here/scripts/faults.sh"

[[ -x $train ]] || fail "there is no $train: swift build -c release --scratch-path .build-release"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for i in {1..200}; do echo "$((i % 2))|mom|I have $i apples and $((i * 3)) pears <EOM>"; done >chat.txt
run=("$train" --dataset chat.txt --fresh_model --vocabulary "$here/Tests/Fixtures/models/red"
    --n_ctx 16 --n_embd 16 --n_head 2 --n_layer 2 --learning_rate 0.01 --deterministic --threads 1
    --sample_every 0 --save_every 2 --max_to_keep 2 --dropout 0.1)

# What an undisturbed run ends with, and the run to be disturbed, with a checkpoint at step 2.
"${run[@]}" --steps 6 --run_name whole 2>/dev/null
whole=$(cd checkpoint/whole && sha256sum model-6.safetensors training-6.state)
"${run[@]}" --steps 2 --run_name base 2>/dev/null

# recovers WHAT: checks what a disturbance left, takes the run up again, and checks its end.
recovers() {
    local newest
    newest=$(cd checkpoint/run && printf '%s\n' model-*.safetensors | sort -V | tail -n 1)
    [[ $newest == model-[246].safetensors ]] || fail "$1: there is no checkpoint"
    [[ -s checkpoint/run/${newest/model/training} || -s checkpoint/run/training-${newest//[^0-9]/}.state ]] ||
        fail "$1: $newest has no state"
    "${run[@]}" --steps 6 --run_name run >/dev/null 2>again.log || fail "$1: $(tail -n 1 again.log)"
    [[ $(cd checkpoint/run && sha256sum model-6.safetensors training-6.state) == "$whole" ]] ||
        fail "$1: the run ended with other weights"
    ! ls -A checkpoint/run | grep -F .tmp- || fail "$1: something half-written was left"
}

# disturb CALL HOW: does it at the first, second, ... of these calls, until there are no more.
disturb() {
    local call=$1 how=$2 number=0 status
    while true; do
        number=$((number + 1))
        rm -rf checkpoint/run
        cp -a checkpoint/base checkpoint/run
        status=0
        inject "$call" "$how" "$number" "${run[@]}" --steps 6 --run_name run || status=$?
        has_struck "$how" "$status" || break
        # An error is told in one sentence, unless it struck where it does not matter.
        if ((status != 0)) && [[ $how == error=* ]]; then
            says_why "$status" ||
                fail "$call $number, $how: ended with $status and no sentence: $(tail -n 3 run.log)"
        fi
        recovers "$call $number, $how"
    done
    echo "$call, $how: $((number - 1)) times, and the run went on each time"
}

for call in write fallocate fsync rename; do
    disturb "$call" error=EIO
done
disturb write error=ENOSPC
disturb fallocate error=ENOSPC
for call in write fallocate fsync ftruncate rename symlink unlink close openat; do
    disturb "$call" signal=SIGKILL
done

make_short_writes
rm -rf checkpoint/run
LD_PRELOAD=$work/short.so "${run[@]}" --steps 6 --run_name run >/dev/null 2>run.log ||
    fail "short writes: $(tail -n 1 run.log)"
recovers "short writes"
# And a limit to files' sizes, under which a save cannot be.
rm -rf checkpoint/run
cp -a checkpoint/base checkpoint/run
(ulimit -f 16; "${run[@]}" --steps 6 --run_name run >/dev/null 2>&1; exit $?) 2>/dev/null &&
    fail "a limit to the size of files was not met"
recovers "a limit to the size of files"
echo "short writes, and files that may not grow: the run went on"

rm -rf checkpoint/whole checkpoint/run
"${run[@]}" --steps 400 --run_name whole 2>/dev/null
whole=$(cd checkpoint/whole && sha256sum model-400.safetensors training-400.state)
killed=0
while ((killed < kills)); do
    "${run[@]}" --steps 400 --run_name run >/dev/null 2>&1 &
    sleep "0.$(printf '%03d' $((RANDOM % 400 + 20)))"
    if kill -9 $! 2>/dev/null; then killed=$((killed + 1)); fi
    wait $! 2>/dev/null || true
    if [[ -e checkpoint/run/model-400.safetensors ]]; then
        [[ $(cd checkpoint/run && sha256sum model-400.safetensors training-400.state) == "$whole" ]] ||
            fail "a run killed $killed times ended with other weights"
        rm -rf checkpoint/run
    fi
done
"${run[@]}" --steps 400 --run_name run >/dev/null 2>&1
[[ $(cd checkpoint/run && sha256sum model-400.safetensors training-400.state) == "$whole" ]] ||
    fail "a run killed $killed times ended with other weights"
echo "kill -9 at random: $killed times, and the runs ended with the same weights"

strace -f -qq -y -o calls.log -e trace=fsync,rename,openat \
    "${run[@]}" --steps 6 --run_name synced >/dev/null 2>&1
awk '
    /fsync\(/ { match($0, /<[^>]*>/); path = substr($0, RSTART + 1, RLENGTH - 2)
                sub(/.*\//, "", path); synced[path] = 1
                if (path == "synced") waiting = 0 }
    / rename\(/ { split($0, part, "\""); name = part[2]; sub(/.*\//, "", name)
                  if (name !~ /\.link$/ && !synced[name]) { print "renamed unsynced: " name; bad = 1 }
                  renames++; waiting++ }
    END { if (waiting) { print "a folder was not synced after a rename"; bad = 1 }
          if (!renames) { print "no rename was seen"; bad = 1 }
          else print "renames: " renames ", each of a synced file, and its folder synced after"
          exit bad }' calls.log
