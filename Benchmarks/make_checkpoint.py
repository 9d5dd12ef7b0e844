#!/usr/bin/env python3
"""Makes a GPT-2 checkpoint with random weights, of a published size, to measure speed with.

    make_checkpoint.py VOCABULARY --huggingface DIR [--tensorflow DIR] [--hdf5 DIR]

VOCABULARY is a folder with encoder.json and vocab.bpe. The same weights go into every folder asked
for: Hugging Face's layout (config.json, model.safetensors), OpenAI's (hparams.json, model.ckpt.*)
and a fine-tuned run's (model-1000.hdf5, counter). Versions are pinned in requirements.txt.

The weights are larger than those a model starts training with, so that every layer has a say and
the highest logit stands well clear of the second: greedy text from them can be compared between
programs that round differently. `--check` prints by how much it does.
"""

import argparse
import json
import pathlib
import shutil

import numpy as np

SIZES = {
    "124M": dict(n_embd=768, n_head=12, n_layer=12),
    "355M": dict(n_embd=1024, n_head=16, n_layer=24),
    "774M": dict(n_embd=1280, n_head=20, n_layer=36),
    "1558M": dict(n_embd=1600, n_head=25, n_layer=48),
}
VOCABULARY_SIZE = 50257
CONTEXT = 1024


def random_weights(size, seed):
    """Tensors by the names TensorFlow has for them, without the `model/` in front."""
    random = np.random.default_rng(seed)
    width = size["n_embd"]

    def normal(*shape, deviation, mean=0.0):
        return (mean + deviation * random.standard_normal(shape, np.float32)).astype(np.float32)

    weights = {
        "wte": normal(VOCABULARY_SIZE, width, deviation=0.02),
        "wpe": normal(CONTEXT, width, deviation=0.02),
    }
    for layer in range(size["n_layer"]):
        for name, rows, columns in [
            ("attn/c_attn", width, 3 * width),
            ("attn/c_proj", width, width),
            ("mlp/c_fc", width, 4 * width),
            ("mlp/c_proj", 4 * width, width),
        ]:
            weights[f"h{layer}/{name}/w"] = normal(rows, columns, deviation=0.05)
            weights[f"h{layer}/{name}/b"] = normal(columns, deviation=0.02)
        for norm in ("ln_1", "ln_2"):
            weights[f"h{layer}/{norm}/g"] = normal(width, deviation=0.1, mean=1.0)
            weights[f"h{layer}/{norm}/b"] = normal(width, deviation=0.02)
    # Logits of a trained model's spread: a factor of ten more than these embeddings alone give.
    weights["ln_f/g"] = normal(width, deviation=0.5, mean=10.0)
    weights["ln_f/b"] = normal(width, deviation=0.02)
    return weights


def huggingface_name(name):
    parts = name.split("/")
    if parts[0] in ("wte", "wpe"):
        return f"transformer.{parts[0]}.weight"
    ends = {"w": "weight", "g": "weight", "b": "bias"}
    layer = ["h", parts[0][1:]] if parts[0] != "ln_f" else ["ln_f"]
    return ".".join(["transformer", *layer, *parts[1:-1], ends[parts[-1]]])


def tensorflow_shape(name, tensor):
    # Linear layers were convolutions of width 1.
    is_linear = name.endswith("/w")
    return tensor[np.newaxis] if is_linear else tensor


def new_folder(path):
    folder = pathlib.Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_openai_configuration(folder, size, vocabulary):
    hparams = dict(n_vocab=VOCABULARY_SIZE, n_ctx=CONTEXT, **size)
    (folder / "hparams.json").write_text(json.dumps(hparams, indent=2) + "\n")
    for name in ("encoder.json", "vocab.bpe"):
        shutil.copyfile(vocabulary / name, folder / name)


def write_huggingface(path, size, weights, vocabulary):
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    folder = new_folder(path)
    config = GPT2Config(vocab_size=VOCABULARY_SIZE, n_positions=CONTEXT, **size)
    model = GPT2LMHeadModel(config)
    state = {huggingface_name(name): torch.from_numpy(t) for name, t in weights.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    model.save_pretrained(folder, max_shard_size="20GB")
    shutil.copyfile(vocabulary / "encoder.json", folder / "vocab.json")
    shutil.copyfile(vocabulary / "vocab.bpe", folder / "merges.txt")


def write_tensorflow(path, size, weights, vocabulary):
    import tensorflow as tf

    folder = new_folder(path)
    write_openai_configuration(folder, size, vocabulary)
    names = sorted(weights)
    tf.raw_ops.SaveV2(
        prefix=str(folder / "model.ckpt"),
        tensor_names=[f"model/{name}" for name in names],
        shape_and_slices=[""] * len(names),
        tensors=[tf.constant(tensorflow_shape(name, weights[name])) for name in names],
    )
    (folder / "checkpoint").write_text(
        'model_checkpoint_path: "model.ckpt"\nall_model_checkpoint_paths: "model.ckpt"\n'
    )


def write_hdf5(path, size, weights, vocabulary):
    import h5py

    folder = new_folder(path)
    write_openai_configuration(folder, size, vocabulary)
    with h5py.File(folder / "model-1000.hdf5", "w") as file:
        for name, tensor in weights.items():
            file.create_dataset(f"model/{name}:0", data=tensorflow_shape(name, tensor))
    (folder / "counter").write_text("1000\n")


def check(path, tokens=256):
    """How far the highest logit stands from the second, against what rounding does to them."""
    import torch
    from transformers import GPT2LMHeadModel

    model = GPT2LMHeadModel.from_pretrained(path).eval()
    exact = GPT2LMHeadModel.from_pretrained(path).double().eval()
    with torch.inference_mode():
        ids = torch.tensor([[464, 3290, 318]])
        ids = model.generate(
            ids, max_new_tokens=tokens, do_sample=False, eos_token_id=None, pad_token_id=0
        )
        logits, reference = model(ids).logits[0], exact(ids).logits[0]
    top = reference.topk(2).values
    print(f"{len(set(ids[0].tolist()))} different tokens of {ids.shape[1]}")
    print(f"highest logit {top[:, 0].max():.2f}, smallest gap {(top[:, 0] - top[:, 1]).min():.5f}")
    print(f"f32 against f64: {(logits - reference).abs().max():.2e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("vocabulary", type=pathlib.Path, help="with encoder.json and vocab.bpe")
    parser.add_argument("--size", choices=SIZES, default="124M")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--huggingface", metavar="DIR")
    parser.add_argument("--tensorflow", metavar="DIR")
    parser.add_argument("--hdf5", metavar="DIR")
    parser.add_argument("--check", action="store_true", help="needs --huggingface")
    arguments = parser.parse_args()
    if arguments.check and not arguments.huggingface:
        parser.error("--check needs --huggingface")

    size = SIZES[arguments.size]
    weights = random_weights(size, arguments.seed)
    for path, write in [
        (arguments.huggingface, write_huggingface),
        (arguments.tensorflow, write_tensorflow),
        (arguments.hdf5, write_hdf5),
    ]:
        if path:
            write(path, size, weights, arguments.vocabulary)
            print(f"{path} is ready")
    if arguments.check:
        check(arguments.huggingface)


if __name__ == "__main__":
    main()
