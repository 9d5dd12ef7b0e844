#!/usr/bin/env bash
# Makes the demo model `general` anew from random weights, and puts it into Examples/models.
# Ten minutes to half an hour on two cores. Stopped, it goes on where it was when started again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ -x bin/train ]] || { echo "train-general.sh: there is no bin/train; ./server.sh builds it" >&2; exit 1; }
command -v python3 >/dev/null || { echo "train-general.sh: this needs python3; type: sudo apt-get install python3" >&2; exit 1; }

mkdir -p data
python3 Examples/demo/generate_dialogue.py general >data/general.txt
bin/dixie tokenizer train data/general.txt --vocabulary_size 2048 \
    --destination_path data/general-vocabulary --hugging_face

bin/train --dataset data/general.txt --run_name general --fresh_model --scaled_init \
    --vocabulary data/general-vocabulary --n_ctx 256 --n_embd 128 --n_head 4 --n_layer 4 \
    --steps 4000 --batch_size 8 --optimizer adamw --beta2 0.98 --weight_decay 0.1 --clip 1 \
    --learning_rate 3e-3 --lr_schedule cosine --warmup 100 --lr_fraction 0.02 \
    --sample_every 1000 --sample_length 60 --seed 7 --max_to_keep 1

[[ -e checkpoint/general/model-4000.safetensors ]] ||
    { echo "train-general.sh: stopped on the way; start it again to go on" >&2; exit 1; }

# In Hugging Face's layout.
new=checkpoint/general-new
rm -rf $new
mkdir -p $new
cp checkpoint/general/{config.json,vocab.json,merges.txt} $new/
cp checkpoint/general/model-4000.safetensors $new/model.safetensors
rm -rf Examples/models/general
mv $new Examples/models/general
