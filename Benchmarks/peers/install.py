"""Puts the other programs, and one checkpoint in the form of each, below one folder.

What is there already is left as it is: to make something again, delete it.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

LLAMA_ARCHIVE = "llama-cpp-python==0.3.36"
HERE = pathlib.Path(__file__).resolve().parent.parent

LLAMA_TARGETS = ["llama-bench", "llama-batched-bench", "llama-quantize", "llama-server"]
LLAMA_SETTINGS = {
    "CMAKE_BUILD_TYPE": "Release",
    "GGML_NATIVE": "ON",
    "BUILD_SHARED_LIBS": "OFF",
    "LLAMA_BUILD_TESTS": "OFF",
    "LLAMA_BUILD_EXAMPLES": "OFF",
    "LLAMA_BUILD_APP": "OFF",
    "LLAMA_BUILD_UI": "OFF",
    "LLAMA_USE_PREBUILT_UI": "OFF",
    "LLAMA_OPENSSL": "OFF",
}
# This project's names of formats, and theirs.
GGUF = {"f32": "F32", "bf16": "BF16", "int8": "Q8_0", "int4": "Q4_0"}
CTRANSLATE2 = {"f32": "float32", "int8": "int8"}
OPENVINO = {"f32": "fp32", "int8": "int8", "int4": "int4"}


class Workshop:
    """The folder, and where in it everything is."""

    def __init__(self, folder, model=None):
        self.folder = pathlib.Path(folder).resolve()
        self.given_model = model

    @property
    def python(self):
        return self.folder / "venv/bin/python"

    @property
    def model(self):
        """In Hugging Face's layout: what this project and PyTorch read."""
        return self.folder / "models/huggingface"

    @property
    def llama_source(self):
        return self.folder / "llama.cpp"

    def llama(self, program):
        return self.folder / "llama-build/bin" / program

    def gguf(self, weights):
        return self.folder / f"models/{GGUF[weights]}.gguf"

    def ctranslate2(self, weights):
        return self.folder / f"models/ctranslate2-{CTRANSLATE2[weights]}"

    def openvino(self, weights):
        return self.folder / f"models/openvino-{OPENVINO[weights]}"

    @property
    def wall(self):
        return self.folder / "wall"


def run(*command, **options):
    print("$", *command, file=sys.stderr, flush=True)
    subprocess.run([str(word) for word in command], check=True, **options)


def install(shop, site_packages=None, skipped=()):
    """Everything that is missing of the programs that are not skipped."""
    (shop.folder / "models").mkdir(parents=True, exist_ok=True)
    make_environment(shop, site_packages)
    make_wall(shop)
    fetch_llama(shop)
    make_model(shop)
    if "llama" not in skipped:
        build_llama(shop)
        convert_for_llama(shop)
    if "ctranslate2" not in skipped:
        convert_for_ctranslate2(shop)
    if "openvino" not in skipped:
        convert_for_openvino(shop)


def make_environment(shop, site_packages):
    mark = shop.folder / "venv/installed.txt"
    wanted = (HERE / "requirements-peers.txt").read_text()
    if mark.exists() and mark.read_text() == wanted:
        return
    if not shop.python.exists():
        run(sys.executable, "-m", "venv", shop.folder / "venv")
    if site_packages:
        # Packages of another environment, where ours has none of its own.
        for folder in (shop.folder / "venv/lib").glob("python*/site-packages"):
            (folder / "zz-others.pth").write_text(f"{pathlib.Path(site_packages).resolve()}\n")
    run(shop.python, "-m", "pip", "install", "-q", "-r", HERE / "requirements-peers.txt")
    mark.write_text(wanted)


def make_wall(shop):
    source = HERE / "wall.c"
    if not shop.wall.exists() or shop.wall.stat().st_mtime < source.stat().st_mtime:
        compiler = shutil.which("clang") or shutil.which("cc")
        run(compiler, "-O2", "-march=native", "-pthread", "-o", shop.wall, source)


def fetch_llama(shop):
    if shop.llama_source.exists():
        return
    archives = list(shop.folder.glob("llama_cpp_python-*.tar.gz"))
    if not archives:
        pip = [shop.python, "-m", "pip", "download", "-q", "--no-deps", "-d", shop.folder]
        run(*pip, "--no-binary", "llama-cpp-python", LLAMA_ARCHIVE)
        archives = list(shop.folder.glob("llama_cpp_python-*.tar.gz"))
    with tarfile.open(archives[0]) as archive:
        archive.extractall(shop.folder, filter="data")
    unpacked = archives[0].name.removesuffix(".tar.gz")
    (shop.folder / unpacked / "vendor/llama.cpp").rename(shop.llama_source)
    shutil.rmtree(shop.folder / unpacked)


def make_model(shop):
    """Random weights, which are as fast as trained ones, and GPT-2's vocabulary."""
    if (shop.model / "tokenizer.json").exists():
        return
    if shop.given_model:
        shutil.copytree(shop.given_model, shop.model, dirs_exist_ok=True)
    else:
        vocabulary = shop.folder / "vocabulary"
        run(shop.python, HERE / "peers/read_vocabulary.py", shop.llama_source, vocabulary)
        maker = HERE / "make_checkpoint.py"
        run(shop.python, maker, vocabulary, "--huggingface", shop.model)
    # llama.cpp's converter reads a name that newer configurations leave out.
    path = shop.model / "config.json"
    config = json.loads(path.read_text())
    config["n_ctx"] = config["n_positions"]
    path.write_text(json.dumps(config, indent=2) + "\n")
    code = (
        "import sys; from transformers import GPT2TokenizerFast as T; f = sys.argv[1];"
        "T(f'{f}/vocab.json', f'{f}/merges.txt').save_pretrained(f)"
    )
    run(shop.python, "-c", code, shop.model)


def build_llama(shop):
    if all(shop.llama(program).exists() for program in LLAMA_TARGETS):
        return
    tools = shop.folder / "venv/bin"
    build = shop.folder / "llama-build"
    environment = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}")
    settings = [f"-D{name}={value}" for name, value in LLAMA_SETTINGS.items()]
    source = ["-S", shop.llama_source, "-B", build, "-G", "Ninja"]
    run("nice", "cmake", *source, *settings, env=environment)
    run("nice", "ninja", "-C", build, *LLAMA_TARGETS, env=environment)


def convert_for_llama(shop):
    if not shop.gguf("f32").exists():
        converter = shop.llama_source / "convert_hf_to_gguf.py"
        kind = ["--outtype", "f32", "--outfile", shop.gguf("f32")]
        run(shop.python, converter, shop.model, *kind)
    for weights, name in GGUF.items():
        if not shop.gguf(weights).exists():
            run(shop.llama("llama-quantize"), shop.gguf("f32"), shop.gguf(weights), name)


def convert_for_ctranslate2(shop):
    for weights, name in CTRANSLATE2.items():
        if not shop.ctranslate2(weights).exists():
            converter = shop.folder / "venv/bin/ct2-transformers-converter"
            target = ["--output_dir", shop.ctranslate2(weights), "--quantization", name]
            run(converter, "--model", shop.model, *target)


def convert_for_openvino(shop):
    for weights, name in OPENVINO.items():
        if not (shop.openvino(weights) / "openvino_model.xml").exists():
            exporter = shop.folder / "venv/bin/optimum-cli"
            task = ["--task", "text-generation-with-past", "--weight-format", name]
            run(exporter, "export", "openvino", "-m", shop.model, *task, shop.openvino(weights))
