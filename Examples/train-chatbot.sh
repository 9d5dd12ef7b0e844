#!/usr/bin/env bash
# Makes the demo model `chatbot` anew from random weights, and puts it into Examples/models. It
# learns what mom, dad and sam say, and only reads what is said to them.
# Ten minutes to half an hour on two cores. Stopped, it goes on where it was when started again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ -x bin/train ]] || { echo "train-chatbot.sh: there is no bin/train; ./server.sh builds it" >&2; exit 1; }
command -v python3 >/dev/null || { echo "train-chatbot.sh: this needs python3; type: sudo apt-get install python3" >&2; exit 1; }

mkdir -p data
python3 Examples/demo/generate_dialogue.py chatbot >data/chatbot.txt
bin/dixie tokenizer train data/chatbot.txt --vocabulary_size 2048 \
    --destination_path data/chatbot-vocabulary

bin/train --dataset data/chatbot.txt --mask_prompt --run_name chatbot --fresh_model --scaled_init \
    --vocabulary data/chatbot-vocabulary --n_ctx 256 --n_embd 128 --n_head 4 --n_layer 4 \
    --steps 4000 --batch_size 8 --optimizer adamw --beta2 0.98 --weight_decay 0.1 --clip 1 \
    --learning_rate 3e-3 --lr_schedule cosine --warmup 100 --lr_fraction 0.02 \
    --sample_every 1000 --sample_length 60 --seed 7 --max_to_keep 1

[[ -e checkpoint/chatbot/model-4000.safetensors ]] ||
    { echo "train-chatbot.sh: stopped on the way; start it again to go on" >&2; exit 1; }

# As a run of ours.
new=checkpoint/chatbot-new
rm -rf $new
mkdir -p $new
cp checkpoint/chatbot/{config.json,vocab.json,merges.txt,model-4000.safetensors} $new/
rm -rf Examples/models/chatbot
mv $new Examples/models/chatbot
