#!/usr/bin/env python3
"""Makes the folders beside it: two small GPT-2s with random weights, and what PyTorch says with them.

    pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0 tokenizers
    python3 make_fixtures.py

`red` and `blue` are of one shape and differ in every weight. Each is a folder as Hugging Face lays
it out: `config.json`, `model.safetensors` (f16), `vocab.json` and `merges.txt` (those of
`../tokenizer/small`). `replies.json` holds, for each model, prompts with the text of the 40 tokens
that follow greedily. Prompts are kept only where the two highest logits differ by more than 1e-3
at every step for both models, so that no order of additions can change a reply.
"""

import json
import pathlib
import shutil

import tokenizers
import torch
import transformers
from safetensors.torch import save_file
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

HERE = pathlib.Path(__file__).parent
VOCABULARY = HERE.parent / "tokenizer" / "small"
SEEDS = {"red": 20261122, "blue": 20261123}
SHAPE = dict(vocab_size=1000, n_positions=128, n_embd=48, n_head=3, n_layer=2)
LENGTH = 40
PROMPTS = [
    "What is the moon?", "How far is it to the earth?", "Hello", " ", "The house stood on a hill",
    "1|mom|How are you? <EOM>\n0|mom|", "Once upon a time there was", "a", "1, 2, 3, 4, 5",
    "She said that", "Wie geht es dir, schöne Welt?", "И была ночь", "今日は", "☕️ please",
    "It is \"raining\" outside, isn't it?", "{\"key\": [1, 2]}", "two\nlines", "tabs\tand  spaces",
    "The end.", "We were all of us going to", "In the morning", "Nothing", "He went up the stairs",
    "my friend", "!?", "12:30", "Why did they not come with us", "I have seen", "and then",
    "The sea was as blue as", "Red or", "<|endoftext|>", "éàü", "A letter from", "Yes", "No",
]


def model_for(seed):
    generator = torch.Generator().manual_seed(seed)
    config = transformers.GPT2Config(
        **SHAPE, attn_pdrop=0, embd_pdrop=0, resid_pdrop=0, bos_token_id=0, eos_token_id=0)
    config._attn_implementation = "eager"
    model = transformers.GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            drawn = torch.randn(parameter.shape, generator=generator)
            if name.endswith("weight") and ".ln_" in name:
                value = 1 + 0.2 * drawn
            elif "wte" in name or "wpe" in name:
                value = 0.3 * drawn
            elif name.endswith("bias"):
                value = 0.1 * drawn
            else:
                value = drawn / parameter.shape[0] ** 0.5
            parameter.copy_(value.half().float())
    return model


def greedy(model, prompt):
    """The tokens that follow, and the least distance between the two highest logits on the way."""
    tokens = list(prompt)
    least = float("inf")
    with torch.no_grad():
        for _ in range(LENGTH):
            best = model(torch.tensor([tokens])).logits[0, -1].topk(2)
            least = min(least, float(best.values[0] - best.values[1]))
            tokens.append(int(best.indices[0]))
    return tokens[len(prompt):], least


def bytes_of_letters():
    """The inverse of GPT-2's way to write bytes as printable characters."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return ({chr(byte): byte for byte in printable}
            | {chr(256 + index): byte for index, byte in enumerate(others)})


def main():
    torch.set_num_threads(1)
    tokenizer = tokenizers.Tokenizer(BPE.from_file(
        str(VOCABULARY / "encoder.json"), str(VOCABULARY / "vocab.bpe")))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    letters = bytes_of_letters()

    def text(ids):
        # The last token's name is not written in letters for bytes; it has no reply to be in.
        joined = "".join(tokenizer.id_to_token(token) for token in ids)
        return bytes(letters[letter] for letter in joined).decode("utf-8", errors="replace")

    models = {name: model_for(seed) for name, seed in SEEDS.items()}
    for name, model in models.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        config = {"model_type": "gpt2", "activation_function": "gelu_new", **SHAPE}
        (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
        save_file(
            {key: value.half().contiguous() for key, value in model.state_dict().items()
             if key != "lm_head.weight" and not key.endswith((".attn.bias", "masked_bias"))},
            folder / "model.safetensors", metadata={"format": "pt"})
        shutil.copyfile(VOCABULARY / "encoder.json", folder / "vocab.json")
        shutil.copyfile(VOCABULARY / "vocab.bpe", folder / "merges.txt")

    replies = {name: [] for name in models}
    for prompt in PROMPTS:
        ids = tokenizer.encode(prompt).ids
        runs = {name: greedy(model, ids) for name, model in models.items()}
        if len(replies["red"]) == 20 or min(least for _, least in runs.values()) <= 1e-3:
            continue
        for name, (reply, _) in runs.items():
            replies[name].append({"prompt": prompt, "reply": text(reply), "ids": reply})
    assert len(replies["red"]) == 20, f"only {len(replies['red'])} prompts are well separated"
    for red, blue in zip(replies["red"], replies["blue"]):
        assert red["reply"] != blue["reply"]
    (HERE / "replies.json").write_text(
        json.dumps({"length": LENGTH, **replies}, ensure_ascii=False, indent=1) + "\n")


main()
