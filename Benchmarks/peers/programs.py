"""The programs as the driver sees them: each question starts a process, and comes to one number.

Settings are those that each does best with on a CPU; README.md says which, and why.
"""

import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


class Failed(Exception):
    """A program did not answer; the sentence says how it ended."""


def answer(command, timeout=900):
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed(f"{command[0]} took more than {timeout} s") from None
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise Failed(f"{pathlib.Path(command[0]).name} ended with {done.returncode}: {last}")
    return done.stdout


def cache_of(weights):
    return "f32" if weights == "f32" else "bf16"


class Dixie:
    """This project: its cache is bf16, as it comes; beside weights in f32 it is f32, as others' is."""

    name = "dixie"

    def __init__(self, shop, programs, options):
        self.shop, self.options = shop, options
        self.program = programs / "dixie"

    def bench(self, what, **settings):
        settings = dict(threads=self.options.threads, repeats=self.options.repeats, **settings)
        flags = [word for name, value in settings.items() for word in (f"--{name}", value)]
        command = [self.program, "bench", what, "--restore_from", self.shop.model, "--json"]
        return json.loads(answer([*command, *flags]))

    def decode(self, weights, batch, prompt, tokens):
        settings = dict(weights=weights, batch=batch, prompt=prompt, tokens=tokens)
        return self.bench("decode", kv=cache_of(weights), **settings)["tokens_per_second"]

    def prefill(self, weights, prompt):
        settings = dict(weights=weights, prompt=prompt, kv=cache_of(weights))
        return self.bench("prefill", **settings)["tokens_per_second"]

    def tokenize(self, text):
        result = self.bench("tokenize", text=text)
        return result["bytes_per_second"] / 1e6, result["tokens"]

    def load(self, url, clients, tokens, requests):
        """Of any server: what dixie's own client measures."""
        flags = dict(url=url, clients=clients, tokens=tokens, requests=requests, warm_up=requests)
        words = [word for name, value in flags.items() for word in (f"--{name}", value)]
        return json.loads(answer([self.program, "bench", "http", "--json", *words]))


class Llama:
    """llama.cpp: its weights are repacked for this processor, its cache is f16."""

    name = "llama.cpp"
    formats = {"f32", "bf16", "int8", "int4"}

    def __init__(self, shop, options):
        self.shop, self.options = shop, options

    def bench(self, weights, *sizes):
        command = [self.shop.llama("llama-bench"), "-m", self.shop.gguf(weights), "-o", "json"]
        threads = ["-t", self.options.threads, "-r", self.options.repeats]
        return json.loads(answer([*command, *threads, *sizes]))[0]["avg_ts"]

    def decode(self, weights, batch, prompt, tokens):
        if batch == 1:
            return self.bench(weights, "-p", 0, "-n", tokens, "-d", prompt)
        command = [self.shop.llama("llama-batched-bench"), "-m", self.shop.gguf(weights)]
        sizes = ["-npp", prompt, "-ntg", tokens, "-npl", batch, "-c", batch * (prompt + tokens + 8)]
        threads = ["-t", self.options.threads, "--output-format", "jsonl"]
        lines = answer([*command, *sizes, *threads]).splitlines()
        return json.loads(next(line for line in lines if line.startswith("{")))["speed_tg"]

    def prefill(self, weights, prompt):
        return self.bench(weights, "-p", prompt, "-n", 0)


class Worker:
    """A program that lives in Python: peers/with_*.py."""

    def __init__(self, shop, options, name, script, formats, model):
        self.shop, self.options = shop, options
        self.name, self.script = name, HERE / script
        self.formats, self.model = formats, model

    def ask(self, what, weights, **settings):
        settings = dict(
            settings,
            model=self.model(weights),
            weights=weights,
            threads=self.options.threads,
            repeats=self.options.repeats,
        )
        flags = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return json.loads(answer([self.shop.python, self.script, what, *flags]))

    def decode(self, weights, batch, prompt, tokens):
        sizes = dict(batch=batch, prompt=prompt, tokens=tokens)
        return self.ask("decode", weights, **sizes)["tokens_per_second"]

    def prefill(self, weights, prompt):
        return self.ask("prefill", weights, prompt=prompt)["tokens_per_second"]

    def tokenize(self, text):
        [encoder] = self.formats
        result = self.ask("tokenize", encoder, text=text)
        return result["bytes_per_second"] / 1e6, result["tokens"]


def others(shop, options, skipped):
    """Every program that runs models, by its short name."""
    half = " avx512_bf16 " in f" {processor_flags()} "
    wide = {"bf16"} if half else set()
    all_of_them = {
        "llama": Llama(shop, options),
        "ctranslate2": Worker(
            shop, options, "CTranslate2", "with_ctranslate2.py", {"f32", "int8"}, shop.ctranslate2
        ),
        "openvino": Worker(
            shop,
            options,
            "OpenVINO",
            "with_openvino.py",
            {"f32", "int8", "int4"} | wide,
            lambda weights: shop.openvino("f32" if weights == "bf16" else weights),
        ),
        "pytorch": Worker(
            shop, options, "PyTorch", "with_pytorch.py", {"f32"} | wide, lambda _: shop.model
        ),
    }
    return {name: peer for name, peer in all_of_them.items() if name not in skipped}


def tokenizers(shop, options):
    def make(name, kind):
        script = "with_tokenizers.py"
        return Worker(shop, options, name, script, {kind}, lambda _: shop.model)

    return [make("tiktoken", "tiktoken"), make("HF tokenizers", "huggingface")]


def processor_flags():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            return line.split(":", 1)[1]
    return ""
