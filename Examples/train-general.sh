#!/usr/bin/env bash
# Makes the demo model `general` anew from random weights, and puts it into Examples/models.
# Ten minutes to half an hour on two cores. Stopped, it goes on where it was when started again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ -x bin/train ]] || { echo "train-general.sh: there is no bin/train; ./server.sh builds it" >&2; exit 1; }

mkdir -p data
python3 Examples/demo/generate_dialogue.py general >data/general.txt
bin/dixie tokenizer train data/general.txt --vocabulary_size 2048 \
    --destination_path data/general-vocabulary --hugging_face

bin/train --dataset data/general.txt --run_name general --fresh_model --scaled_init \
    --vocabulary data/general-vocabulary --n_ctx 256 --n_embd 128 --n_head 4 --n_layer 4 \
    --steps 4000 --batch_size 8 --optimizer adamw --beta2 0.98 --weight_decay 0.1 --clip 1 \
    --learning_rate 3e-3 --lr_schedule cosine --warmup 100 --lr_fraction 0.02 \
    --sample_every 1000 --sample_length 60 --seed 7 --max_to_keep 1

# In Hugging Face's layout.
rm -rf Examples/models/general
mkdir -p Examples/models/general
cp checkpoint/general/{config.json,vocab.json,merges.txt} Examples/models/general/
cp checkpoint/general/model-4000.safetensors Examples/models/general/model.safetensors
