#!/usr/bin/env bash
# Breaks whatever writes files besides the saves of check_saves.sh, in every way a machine can.
#
#   scripts/check_writes.sh [FOLDER]
#
# FOLDER holds the built programs (default .build-release/release). For each command that writes files,
# and for each system call by which it does: a full disk, a broken one, and SIGKILL at that call; then
# short writes, and files that may not grow. Each time what was there before is whole, or what was to
# be there is; a command that could not do its work says so in a sentence and ends with 1; and the same
# command, given again, does it and leaves nothing half-written. A server goes on serving where it
# cannot keep prepared weights. Of a call that comes more often than MOST times (60), as many are tried,
# evenly; MOST=1 is a short form.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
programs=$(realpath "${1:-$here/.build-release/release}")
most=${MOST:-60}

extra_packages=(strace python3)
source "$here/scripts/setup.sh"
source "$here/scripts/faults.sh"

for program in dixie server train; do
    [[ -x $programs/$program ]] ||
        fail "there is no $programs/$program: swift build -c release --scratch-path .build-release"
done
export SWIFT_BACKTRACE=enable=no
fixtures=$here/Tests/Fixtures
dixie=$programs/dixie
work=$(mktemp -d)
background=()
trap 'for process in "${background[@]}"; do kill "$process" 2>/dev/null || true; done; rm -rf "$work"' EXIT
cd "$work"
make_short_writes
mkdir now
faults=0

# hashes OUTPUT...: a line for each that is there.
hashes() {
    local file
    for file in "$@"; do
        if [[ -f now/$file ]]; then printf '%s %s\n' "$(sha256sum <"now/$file")" "$file"; fi
    done
}

# places CALL: when the calls in calls.log by which files in the working folder are written came, counted
# in each thread; at most $most of them.
places() {
    awk -v call="$1" -v folder="$work/now" -v most="$most" '
        $2 !~ "^" call "\\(" { next }
        { number = ++count[$1] }
        index($0, folder) == 0 && call !~ /rename|unlink|mkdir/ { next }
        call ~ /^open/ && !/O_WRONLY|O_RDWR|O_CREAT/ { next }
        !seen[number]++ { found[++total] = number }
        END {
            taken = total < most ? total : most
            for (i = 1; i <= taken; i++) print found[int((i - 1) * total / taken) + 1]
            if (total > most) print call ": " most " of " total " places" > "/dev/stderr"
        }' calls.log
}

calls=write,pwrite64,fallocate,ftruncate,fsync,rename,unlink,openat,close,mkdir
ways=(write:error=ENOSPC write:error=EIO write:signal=SIGKILL
    pwrite64:error=ENOSPC pwrite64:signal=SIGKILL
    fallocate:error=ENOSPC fallocate:error=EIO fallocate:signal=SIGKILL
    ftruncate:error=EIO ftruncate:signal=SIGKILL
    fsync:error=EIO fsync:error=ENOSPC fsync:signal=SIGKILL
    rename:error=EIO rename:error=ENOSPC rename:signal=SIGKILL
    unlink:error=EIO unlink:signal=SIGKILL
    openat:error=ENOSPC openat:error=EIO openat:signal=SIGKILL
    close:error=EIO close:signal=SIGKILL mkdir:error=ENOSPC mkdir:signal=SIGKILL)

# begin: puts what stood there before into `now`.
begin() {
    rm -rf now
    cp -a before now
}

# check NAME OUTPUT... -- COMMAND...: COMMAND writes each OUTPUT, paths in the folder `before`, where it
# finds what is there before. An OUTPUT that ends in `?` may also be gone afterwards. The function
# check_NAME, where there is one, is called after each fault with what it was.
check() {
    local name=$1 output outputs=() optional=() before after command status way call how when tried=0
    shift
    while [[ $1 != -- ]]; do
        output=${1%\?}
        outputs+=("$output")
        if [[ $1 == *\? ]]; then optional+=("$output"); fi
        shift
    done
    shift
    command=("$@")
    begin
    before=$(hashes "${outputs[@]}")
    (cd now && strace -f -qq -y -o ../calls.log -e trace=$calls "${command[@]}" >/dev/null 2>../run.log) ||
        fail "$name: $(tail -n 3 run.log)"
    after=$(hashes "${outputs[@]}")
    (($(wc -l <<<"$after") == ${#outputs[@]})) || fail "$name: not everything was written: $after"
    cp calls.log "calls-$name.log"
    for way in "${ways[@]}" short-writes no-growth; do
        call=${way%%:*} how=${way#*:}
        case $way in
            short-writes | no-growth) set -- 1 ;;
            *) cp "calls-$name.log" calls.log && set -- $(places "$call" 2>>bounds) ;;
        esac
        for when; do
            begin
            status=0
            case $way in
                short-writes)
                    (cd now && LD_PRELOAD=$work/short.so timeout -k 5 300 "${command[@]}" >/dev/null 2>../run.log) || status=$?
                    ((status == 0)) || fail "$name, short writes: $(tail -n 1 run.log)" ;;
                no-growth)
                    # What it says goes through a pipe, which may grow.
                    (cd now && (ulimit -f 0 && exec timeout -k 5 300 "${command[@]}") 2>&1 >/dev/null | cat >../run.log
                        exit "${PIPESTATUS[0]}") 2>/dev/null || status=$?
                    # Who can save nothing may do the rest of its work, and says so.
                    how=error=EFBIG ;;
                *)
                    cd now
                    inject "$call" "$how" "$when" "${command[@]}" || status=$?
                    mv run.log calls.log ..
                    cd ..
                    # Threads do not always share the work out alike, and before it begins, a program is
                    # not itself.
                    has_struck "$how" "$status" || continue
                    ! grep -q 'error while loading shared libraries' run.log || continue ;;
            esac
            tried=$((tried + 1))
            settle "$name" "$way $when" "$status" "$how"
        done
    done
    # Each writes files in one way at least, and of each way some calls are met.
    ((tried >= 8)) || fail "$name: only $tried faults have struck"
    faults=$((faults + tried))
    echo "$name: $tried faults, and what was there or what was to be there was whole each time"
}

# settle NAME WHAT STATUS HOW: what a fault left, by the names that check has set.
settle() {
    local left file again=0
    left=$(hashes "${outputs[@]}")
    for file in "${outputs[@]}"; do
        file_is_whole "$file" || fail "$1, $2: $file is neither what it was nor what it was to be"
    done
    if (($3 != 0)) && [[ $4 == error=* ]]; then
        says_why "$3" || fail "$1, $2: ended with $3 and no sentence: $(tail -n 3 run.log)"
    fi
    if (($3 == 0)); then
        [[ $left == "$after" ]] || fail "$1, $2: ended well, and not everything was written"
    fi
    if declare -F "check_$1" >/dev/null; then "check_$1" "$2"; fi
    (cd now && timeout -k 5 300 "${command[@]}" >/dev/null 2>../again.log) || again=$?
    ((again == 0)) || fail "$1, $2: given again, it ends with $again: $(tail -n 1 again.log)"
    [[ $(hashes "${outputs[@]}") == "$after" ]] || fail "$1, $2: given again, it writes something else"
    if declare -F "again_$1" >/dev/null; then "again_$1" "$2"; fi
    left=$(find now -name '*.tmp-*' -o -name '.*.new' -o -name '*.part' -o -name '*.part.source')
    [[ -z $left ]] || fail "$1, $2: something half-written was left: $left"
}

file_is_whole() {
    local is
    is=$(grep -F " $1" <<<"$left" || true)
    [[ $is == $(grep -F " $1" <<<"$before" || true) || $is == $(grep -F " $1" <<<"$after") ]] && return
    [[ -z $is && " ${optional[*]} " == *" $1 "* ]]
}

# fresh: begins a folder `before`.
fresh() {
    rm -rf before
    mkdir before
}

for i in {1..60}; do echo "$((i % 2))|mom|I have $i apples and $((i * 3)) pears, and a hat <EOM>"; done >chat.txt
for i in {1..400}; do echo "the $i th line says that the cat sat on the mat $((i * 7919 % 1000)) times"; done >text.txt
red=$fixtures/models/red blue=$fixtures/models/blue
whole=(config.json merges.txt model.safetensors vocab.json)

# --- dixie convert

fresh
check convert "${whole[@]/#/out/}" -- "$dixie" convert "$red" out --force

# The same model with other weights: only these are written.
fresh
cp -a "$blue" before/out
"$dixie" convert "$blue" before/out --force >/dev/null
check convert-weights "${whole[@]/#/out/}" -- "$dixie" convert "$red" out --force

# Another model: weights that are there are those of the files beside them.
check_convert-other() {
    local now
    now=$(hashes "${outputs[@]}")
    if [[ -f now/out/model.safetensors && $now != "$before" && $now != "$after" ]]; then
        fail "convert-other, $1: weights stand beside another model's files"
    fi
}
fresh
mkdir before/out
cp "$fixtures/checkpoints/hdf5-gpt2.hdf5" before/out/model.safetensors
echo '{"n_vocab": 1}' >before/out/config.json
echo '{}' >before/out/vocab.json
echo '#version: 0' >before/out/merges.txt
check convert-other out/config.json out/merges.txt out/model.safetensors? out/vocab.json \
    -- "$dixie" convert "$red" out --force

# --- dixie encode, prepare, sample, tokenizer

fresh
echo old >before/ids.npz
check encode ids.npz -- "$dixie" encode --model_name "$red" "$work/text.txt" ids.npz

# A set of shards that was broken off is not learned from; where its names stand, they must be removed.
check_shards() {
    local seen
    seen=$(find now -path 'now/out/out_*')
    if [[ -n $seen && $(hashes "${outputs[@]}") != "$after" ]]; then
        "$programs/train" --dataset "$work/now/out" --fresh_model --vocabulary "$red" --n_ctx 8 --n_embd 8 \
            --n_head 1 --n_layer 1 --steps 1 --sample_every 0 --checkpoint_dir now/runs \
            >/dev/null 2>again.log && fail "shards, $1: a part of a set was learned from"
        grep -q 'broken off' again.log || fail "shards, $1: $(tail -n 1 again.log)"
    fi
    rm -rf now/out/out_*
}
fresh
check shards out/out_{val_000000,train_000001,train_000002}.npy \
    -- "$dixie" encode --model_name "$red" --shards --shard_tokens 4000 "$work/text.txt" out
check_shards-bin() { check_shards "$@"; }
check shards-bin out/out_{val_000000,train_000001,train_000002}.bin \
    -- "$dixie" encode --model_name "$red" --shards --shard_tokens 4000 --format bin "$work/text.txt" out

fresh
echo old >before/clean.txt
check prepare clean.txt -- "$dixie" prepare "$work/text.txt" --outfile clean.txt

sample=("$dixie" sample --restore_from model --model_name model --seed 7 --length 8 --threads 1)
fresh
cp -a "$red" before/model
echo old >before/texts.txt
check sample texts.txt -- "${sample[@]}" --no_cache --nsamples 2 --destination_path texts.txt
# Prepared weights that cannot be kept are no reason not to sample.
check sample-cache texts.txt -- "${sample[@]}" --destination_path texts.txt
check sample-files gen/gpt2_gentext_{1,2}.txt -- "${sample[@]}" --no_cache --nfiles 2

fresh
check tokenizer voc/encoder.json voc/vocab.bpe \
    -- "$dixie" tokenizer train "$work/text.txt" --vocabulary_size 300 --destination_path voc

# --- dixie download

fresh
mkdir -p site/some
mkdir -p site/some/red/resolve
cp -a "$red" site/some/red/resolve/main
: >site.log
python3 -u -m http.server --bind 127.0.0.1 --directory site 0 >site.log 2>/dev/null &
background+=($!)
for _ in {1..100}; do
    port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' site.log)
    [[ -z $port ]] || break
    sleep 0.1
done
check download models/red/{config.json,vocab.json,merges.txt,model.safetensors} \
    -- "$dixie" download some/red --source "http://127.0.0.1:$port"

# --- What train writes besides its saves

# Every row of losses and every event once and whole, however often the run was broken off.
again_train() {
    [[ $(rows) == "$rows" ]] || fail "train, $1: loss.csv has other rows"
    python3 - now/checkpoint/run/events.* <<'END' || fail "train, $1: an event file is broken"
import struct, sys
for name in sys.argv[1:]:
    content = open(name, "rb").read()
    at = 0
    while at < len(content):
        # One that was being written when the run was killed may be cut; readers stop there.
        if len(content) - at < 12:
            break
        length, = struct.unpack_from("<Q", content, at)
        assert length < 10_000, f"{name}: a record of {length} bytes"
        at += 12 + length + 4
END
}
rows() { cut -d , -f 1-5,7 now/checkpoint/run/loss.csv; }
train=("$programs/train" --dataset "$work/chat.txt" --fresh_model --vocabulary "$red" --n_ctx 16 --n_embd 16
    --n_head 2 --n_layer 2 --deterministic --threads 1 --save_every 2 --val_every 2 --val_batch_count 1
    --sample_every 2 --sample_num 1 --sample_length 4 --run_name run)
fresh
(cd before && "${train[@]}" --steps 2 >/dev/null 2>&1)
cp -a before/. now
(cd now && "${train[@]}" --steps 4 >/dev/null 2>&1)
rows=$(rows)
# A run writes often, and check_saves.sh breaks each of these calls; here a few are enough.
most=$((most < 6 ? most : 6))
check train samples/run/samples-4 checkpoint/run/model-4.safetensors -- "${train[@]}" --steps 4
most=${MOST:-60}

# --- The server's prepared weights

# serve COMMAND...: starts a server, asks it, and leaves what it says in `reply`; the status is 1 where it
# did not get so far.
serve() {
    local port='' process patience=600
    # A fault may have kept the line back that says where it is.
    if [[ $1 == strace ]]; then patience=200; fi
    : >ready.log
    "$@" "$programs/server" --config_path "$work/now/server_config.json" >ready.log 2>run.log &
    process=$!
    background+=("$process")
    # The shell then says nothing of its end.
    disown "$process"
    for ((; patience > 0; patience--)); do
        port=$(sed -n 's/.*Ready on http:\/\/[0-9.]*:\([0-9]*\).*/\1/p' ready.log)
        if [[ -n $port ]] || ! kill -0 "$process" 2>/dev/null; then break; fi
        sleep 0.1
    done
    reply=''
    if [[ -n $port ]]; then
        reply=$(curl -s --max-time 20 "http://127.0.0.1:$port/invocations" -H 'Content-Type: application/json' \
            -d '{"model_key": "a", "raw_text": "The house", "length": 8, "temperature": 0, "format": "json"}' ||
            true)
    fi
    kill -TERM "$process" 2>/dev/null || true
    for _ in {1..100}; do
        kill -0 "$process" 2>/dev/null || break
        sleep 0.05
    done
    # A fault may have hit what wakes a thread, which no disk does.
    kill -KILL "$process" 2>/dev/null || true
    unset 'background[-1]'
    [[ -n $reply ]]
}

fresh
cp -a "$red" before/model
cat >before/server_config.json <<END
{"port": 0, "threads": 1, "models": [{"key": "a", "model_name": "$work/now/model"}]}
END
begin
serve strace -D -f -qq -y -o calls.log -e trace=$calls || fail "the server: $(tail -n 3 run.log)"
expected=$reply
[[ -s now/model/weights.f32.packed ]] || fail "the server keeps no prepared weights"
cp calls.log calls-server.log
tried=0
for way in "${ways[@]}" no-growth short-writes; do
    call=${way%%:*} how=${way#*:}
    case $way in
        no-growth | short-writes) set -- 1 ;;
        *) cp calls-server.log calls.log && set -- $(places "$call" 2>>bounds) ;;
    esac
    for when; do
        begin
        case $way in
            # Two of 1,024 bytes, so that the log, a pipe else, still grows.
            no-growth) serve bash -c 'ulimit -f 16; exec "$@"' bash || fail "the server, $way: $(tail -n 3 run.log)" ;;
            short-writes) serve env LD_PRELOAD="$work/short.so" || fail "the server, $way: $(tail -n 3 run.log)" ;;
            *)
                if ! serve strace -D -f -qq -y -o calls.log -e trace="$call" \
                    -e inject="$call:$how:when=$when"; then
                    # Other threads' sockets may have met it too, with errors that no socket has.
                    # strace, which is on its own here, writes its log when it gets to it.
                    for _ in {1..100}; do
                        elsewhere=$(grep INJECTED calls.log | grep -vF "$work/now" || true)
                        [[ -z $elsewhere && $how != signal=* ]] || break
                        sleep 0.1
                    done
                    [[ $how == signal=* || -n $elsewhere ]] ||
                        fail "the server, $way $when: it does not serve: $(tail -n 3 run.log)"
                fi ;;
        esac
        [[ -z $reply || $reply == "$expected" ]] || fail "the server, $way $when: it says $reply"
        if [[ -n $reply && ! -e now/model/weights.f32.packed ]]; then
            grep -q 'prepared weights cannot be kept' run.log || fail "the server, $way $when: it does not say why"
        fi
        serve env || fail "the server, after $way $when: $(tail -n 3 run.log)"
        [[ $reply == "$expected" ]] || fail "the server, after $way $when: it says $reply"
        [[ -s now/model/weights.f32.packed ]] || fail "the server, after $way $when: nothing was kept"
        left=$(find now -name '*.tmp-*')
        [[ -z $left ]] || fail "the server, after $way $when: something half-written was left: $left"
        tried=$((tried + 1))
    done
done
faults=$((faults + tried))
echo "server: $tried faults, and it served the same each time"

if [[ -s bounds ]]; then
    echo "Not every place was tried:"
    sort bounds | uniq -c
fi
echo "$faults faults"
