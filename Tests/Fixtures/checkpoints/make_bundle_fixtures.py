"""Makes the TensorFlow bundles and HDF5 files that the readers are tested on.

    python -m venv /tmp/fixtures
    /tmp/fixtures/bin/pip install tensorflow-cpu==2.21.0 h5py==3.14.0 numpy==2.4.6
    /tmp/fixtures/bin/python Tests/Fixtures/checkpoints/make_bundle_fixtures.py

Nothing is random: element i of a tensor is a hash of the tensor's name and i, cut to as many bits
as its type holds exactly, so the tests know every element without a second file. What each file
should hold (names, shapes, types) is in expected.json. A name's hash leaves out a ":0" ending.
"""

import json
import os
import pathlib
import shutil

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import h5py
import numpy as np
import tensorflow as tf

PINS = {"tensorflow": "2.21.0", "h5py": "3.14.0", "numpy": "2.4.6"}
FOLDER = pathlib.Path(__file__).resolve().parent
BITS = {"float64": 24, "float32": 24, "float16": 11, "bfloat16": 8}

expected = {}


def value(name, shape, dtype="float32"):
    """The tensor called `name`: integers of as many signed bits as `dtype` holds, over 2^(bits-4)."""
    count = int(np.prod(shape, dtype=np.int64))
    seed = 14695981039346656037
    for byte in name.removesuffix(":0").encode():
        seed = ((seed ^ byte) * 1099511628211) % 2**64
    mixed = np.uint64(seed) + np.arange(count, dtype=np.uint64) * np.uint64(11400714819323198485)
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(13787848793156543929)
    bits = BITS[dtype]
    signed = (mixed >> np.uint64(64 - bits)).astype(np.int64) - 2 ** (bits - 1)
    scaled = (signed / 2.0 ** (bits - 4)).reshape(shape)
    if dtype == "bfloat16":
        return scaled.astype(tf.bfloat16.as_numpy_dtype)
    return scaled.astype(dtype)


def gpt2(n_layer=2, n_embd=8, n_vocab=60, n_ctx=16):
    """The names and shapes of a small GPT-2, as the original's graph makes them."""
    e = n_embd
    shapes = {"model/wpe": [n_ctx, e], "model/wte": [n_vocab, e]}
    for layer in range(n_layer):
        h = f"model/h{layer}"
        shapes |= {
            f"{h}/ln_1/g": [e], f"{h}/ln_1/b": [e],
            f"{h}/attn/c_attn/w": [1, e, 3 * e], f"{h}/attn/c_attn/b": [3 * e],
            f"{h}/attn/c_proj/w": [1, e, e], f"{h}/attn/c_proj/b": [e],
            f"{h}/ln_2/g": [e], f"{h}/ln_2/b": [e],
            f"{h}/mlp/c_fc/w": [1, e, 4 * e], f"{h}/mlp/c_fc/b": [4 * e],
            f"{h}/mlp/c_proj/w": [1, 4 * e, e], f"{h}/mlp/c_proj/b": [e],
        }
    return shapes | {"model/ln_f/g": [e], "model/ln_f/b": [e]}


def note(file, entries):
    """Writes down what `file` holds: (name, shape, type) of every tensor."""
    expected[file] = [
        {"name": name, "shape": list(shape), "type": kind} for name, shape, kind in sorted(entries)
    ]


# TensorFlow bundles.

def save_with_saver(file, variables, sharded_by=None, extra=()):
    """Saves `variables` (name -> (shape, type)) through tf.compat.v1.train.Saver."""
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        made = []
        for index, (name, (shape, kind)) in enumerate(variables.items()):
            device = f"/cpu:{index % sharded_by}" if sharded_by else "/cpu:0"
            with tf.device(device):
                made.append(v1.get_variable(
                    name, initializer=tf.constant(value(name, shape, kind)), use_resource=False))
        made += [make() for make in extra]
        saver = v1.train.Saver(made, sharded=bool(sharded_by), write_version=v1.train.SaverDef.V2)
        config = v1.ConfigProto(device_count={"CPU": sharded_by or 1})
        with v1.Session(config=config) as session:
            session.run(v1.global_variables_initializer())
            saver.save(session, str(FOLDER / file), write_meta_graph=False, write_state=False)
    kinds = [(name, shape, kind) for name, (shape, kind) in variables.items()]
    note(file, kinds + [(v.op.name, v.shape.as_list(), v.dtype.base_dtype.name)
                        for v in made[len(variables):]])


def f32(shapes):
    return {name: (shape, "float32") for name, shape in shapes.items()}


def make_bundles():
    v1 = tf.compat.v1
    save_with_saver("bundle-gpt2", f32(gpt2()))

    slots = gpt2(n_layer=1, n_embd=4, n_vocab=10, n_ctx=4)
    slots |= {f"{name}/{slot}": shape for name, shape in slots.items() for slot in ("Adam", "Adam_1")}
    slots |= {"beta1_power": [], "beta2_power": []}
    save_with_saver("bundle-adam", f32(slots), extra=[
        lambda: v1.get_variable("global_step", initializer=tf.constant(1000, tf.int64))])

    save_with_saver("bundle-shards", f32(gpt2(n_layer=1, n_embd=4, n_vocab=10, n_ctx=4)), sharded_by=3)

    # More than one block of index: 4 KiB of entries to a block.
    many = {f"model/h{n // 12}/part{n % 12:02}/tensor{n}/w": [n % 3 + 1] for n in range(600)}
    save_with_saver("bundle-blocks", f32(many))

    save_with_saver("bundle-types", {
        "a/f64": ([3, 2], "float64"), "b/f32": ([2, 2], "float32"),
        "c/f16": ([5], "float16"), "d/bf16": ([7], "bfloat16"), "e/scalar": ([], "float32"),
        "f/empty": ([0, 4], "float32")}, extra=[
        lambda: v1.get_variable("g/i32", initializer=tf.constant([1, 2], tf.int32)),
        lambda: v1.get_variable("h/bool", initializer=tf.constant([True, False])),
        lambda: v1.get_variable("i/u8", initializer=tf.constant([1, 2, 3], tf.uint8))])

    save_with_saver("bundle-tiny", f32({"model/wte": [3, 2], "model/h0/ln_1/g": [2], "model/ln_f/b": [2]}))

    # A partitioned variable is stored in slices, which we refuse by name.
    with tf.Graph().as_default():
        v1.get_variable("model/wte", initializer=tf.constant(value("model/wte", [6, 2])),
                        partitioner=v1.fixed_size_partitioner(2), use_resource=False)
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            v1.train.Saver().save(session, str(FOLDER / "bundle-slices"),
                                  write_meta_graph=False, write_state=False)

    # tf.train.Checkpoint adds the object graph, a string, and its own names.
    layer = tf.Module()
    layer.w = tf.Variable(value("layer/w/.ATTRIBUTES/VARIABLE_VALUE", [2, 3]))
    layer.step = tf.Variable(7, dtype=tf.int64)
    tf.train.Checkpoint(layer=layer).write(str(FOLDER / "bundle-objects"))
    note("bundle-objects", [
        ("layer/w/.ATTRIBUTES/VARIABLE_VALUE", [2, 3], "float32"),
        ("layer/step/.ATTRIBUTES/VARIABLE_VALUE", [], "int64"),
        ("_CHECKPOINTABLE_OBJECT_GRAPH", [], "opaque")])


# HDF5.

def save_hdf5(file, shapes, kind="float32", **options):
    """As the original saves: one dataset a variable, named as TensorFlow names it."""
    temporary = FOLDER / (file + ".tmp")
    with h5py.File(temporary, "w", **options) as out:
        for name, shape in shapes.items():
            out.create_dataset(name + ":0", data=value(name, shape, kind))
    os.replace(temporary, FOLDER / file)
    note(file, [(name + ":0", shape, kind) for name, shape in shapes.items()])


def make_hdf5():
    small = gpt2(n_layer=1, n_embd=4, n_vocab=10, n_ctx=4)
    tiny = {"model/wte": [3, 2], "model/h0/ln_1/g": [2], "model/ln_f/b": [2]}
    # Children enough to leave the compact form and the first symbol table node behind.
    deep = {f"model/h{n}/ln_1/g": [2] for n in range(24)} | {"model/wte": [3, 2]}
    versions = {"default": None, "earliest": "earliest", "v108": ("earliest", "v108"),
                "v110": ("v110", "v110"), "latest": "latest"}
    for label, libver in versions.items():
        save_hdf5(f"hdf5-{label}.hdf5", small, libver=libver)
        save_hdf5(f"hdf5-deep-{label}.hdf5", deep, libver=libver)
        save_hdf5(f"hdf5-tiny-{label}.hdf5", tiny, libver=libver)
    # Children enough for heaps and trees of several levels.
    wide = {f"model/h{n:04}/a-name-that-takes-its-room": [1] for n in range(24)}
    wide |= {f"flat/parameter-with-a-rather-long-name-{n:05}": [1] for n in range(300)}
    save_hdf5("hdf5-wide-default.hdf5", wide)
    save_hdf5("hdf5-wide-latest.hdf5", wide, libver="latest")
    save_hdf5("hdf5-gpt2.hdf5", gpt2())
    for kind in ("float16", "float64"):
        save_hdf5(f"hdf5-{kind}.hdf5", small, kind)

    def make(file, fill, libver=None, holds=None, **options):
        with h5py.File(FOLDER / file, "w", libver=libver, **options) as out:
            fill(out)
        if holds:
            note(file, holds)

    wte = value("model/wte", [10, 4])

    def plain(out):
        out["model/wte:0"] = wte
    plain_entry = ("model/wte:0", [10, 4], "float32")

    def compact(out):
        layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        layout.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((10, 4))
        made = h5py.h5d.create(out.require_group("model").id, b"wte:0",
                               h5py.h5t.IEEE_F32LE, space, dcpl=layout)
        h5py.Dataset(made)[...] = wte
    make("hdf5-compact.hdf5", compact, holds=[plain_entry])
    make("hdf5-compact-latest.hdf5", compact, libver="latest", holds=[plain_entry])

    def attributes(out):
        plain(out)
        for n in range(40):
            out.attrs[f"note {n}"] = "x" * n
            out["model/wte:0"].attrs[f"note {n}"] = np.arange(n)
    make("hdf5-attributes.hdf5", attributes, holds=[plain_entry])
    make("hdf5-attributes-latest.hdf5", attributes, libver="latest", holds=[plain_entry])
    make("hdf5-tracked.hdf5", plain, libver="latest", track_order=True, holds=[plain_entry])
    make("hdf5-userblock.hdf5", plain, userblock_size=512, holds=[plain_entry])

    def others(out):
        plain(out)
        out["counter"] = np.int64(7)
        out["unsigned"] = np.arange(3, dtype=np.uint16)
        out["name"] = "a string"
        out["flags"] = np.array([True, False])
        out["nothing"] = h5py.Empty("f4")
        out["none/of/it"] = np.zeros([0, 4], np.float32)
        out.create_dataset("never/written", [2, 2], np.float32)
    make("hdf5-others.hdf5", others, holds=[
        plain_entry, ("counter", [], "int64"), ("unsigned", [3], "uint16"), ("name", [], "opaque"),
        ("flags", [2], "opaque"), ("nothing", [], "opaque"), ("none/of/it", [0, 4], "float32"),
        ("never/written", [2, 2], "float32")])

    def linked(out):
        plain(out)
        out["model/again"] = out["model/wte:0"]
    make("hdf5-hard-link.hdf5", linked, holds=[
        plain_entry, ("model/again", [10, 4], "float32")])

    # What is refused, each in a file of its own.
    def cycle(out):
        plain(out)
        out["model/self"] = out["model"]
    make("hdf5-refused-cycle.hdf5", cycle)
    make("hdf5-refused-cycle-latest.hdf5", cycle, libver="latest")

    def with_dataset(**options):
        def fill(out):
            out.create_dataset("model/wte:0", data=wte, **options)
        return fill
    for label, options in {
        "chunked": {"chunks": (5, 4)}, "gzip": {"compression": "gzip"},
        "shuffle": {"chunks": (5, 4), "shuffle": True}, "fletcher": {"fletcher32": True},
        "big-endian": {"dtype": ">f4"},
        "external": {"external": [("elsewhere.bin", 0, h5py.h5f.UNLIMITED)]},
    }.items():
        make(f"hdf5-refused-{label}.hdf5", with_dataset(**options))
        if label in ("chunked", "gzip"):
            make(f"hdf5-refused-{label}-latest.hdf5", with_dataset(**options), libver="latest")
    (FOLDER / "elsewhere.bin").unlink(missing_ok=True)
    pathlib.Path("elsewhere.bin").unlink(missing_ok=True)

    def virtual(out):
        layout = h5py.VirtualLayout((10, 4), np.float32)
        layout[...] = h5py.VirtualSource("elsewhere.hdf5", "wte", (10, 4))
        out.create_virtual_dataset("model/wte:0", layout)
    make("hdf5-refused-virtual.hdf5", virtual, libver="latest")

    def soft(out):
        plain(out)
        out["model/alias"] = h5py.SoftLink("/model/wte:0")

    def external_link(out):
        plain(out)
        out["model/alias"] = h5py.ExternalLink("elsewhere.hdf5", "/model/wte:0")
    for label, fill in {"soft-link": soft, "external-link": external_link}.items():
        make(f"hdf5-refused-{label}.hdf5", fill)
        make(f"hdf5-refused-{label}-latest.hdf5", fill, libver="latest")

    def nested(out):
        out["/".join(["g"] * 40) + "/wte:0"] = wte
    make("hdf5-refused-nested.hdf5", nested, libver="latest")

    # Longer than we take, in each sort of group; the last is too long for a heap's own blocks.
    def long_name(length):
        def fill(out):
            for n in range(9):
                out[f"model/h{n}"] = wte[0, :n % 2]
            out["model/" + "n" * length] = wte
        return fill
    make("hdf5-refused-name.hdf5", long_name(1100))
    make("hdf5-refused-name-latest.hdf5", long_name(1100), libver="latest")
    make("hdf5-refused-huge-name-latest.hdf5", long_name(5000), libver="latest")

    def named_type(out):
        out["kind"] = np.dtype("<f4")
        out.create_dataset("model/wte:0", data=wte, dtype=out["kind"])
    make("hdf5-refused-named-type.hdf5", named_type)


def main():
    found = {"tensorflow": tf.__version__, "h5py": h5py.__version__, "numpy": np.__version__}
    if found != PINS:
        raise SystemExit(f"the fixtures are made with {PINS}, not {found}")
    for old in [*FOLDER.glob("bundle-*"), *FOLDER.glob("hdf5-*")]:
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    make_bundles()
    make_hdf5()
    lines = [f"  {json.dumps(file)}: [\n" + ",\n".join(
        "    " + json.dumps(entry) for entry in entries) + "\n  ]"
        for file, entries in sorted(expected.items())]
    (FOLDER / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
