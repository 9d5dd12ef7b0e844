"""Writes the safetensors and NumPy fixtures beside it, with the packages their users have.

    python3 -m venv v && v/bin/pip install numpy==2.4.6 safetensors==0.8.0
    v/bin/python make_fixtures.py

Values are small multiples of 1/8, exact in every type, so that the tests can say them.
"""

import json
import pathlib
import zipfile

import numpy as np
import safetensors
import safetensors.numpy

assert np.__version__ == "2.4.6" and safetensors.__version__ == "0.8.0"
here = pathlib.Path(__file__).parent


def eighths(*shape, dtype=np.float32):
    return (np.arange(np.prod(shape)).reshape(shape) / 8 - 1).astype(dtype)


def bfloat16(array):
    return (array.astype("<f4").view("<u4") >> 16).astype("<u2")


# safetensors -----------------------------------------------------------------------------------

mixed = {
    "f32": eighths(3, 4),
    "f16": eighths(2, 5, dtype=np.float16),
    "bf16": bfloat16(eighths(7)),
    "f64": eighths(2, 2, 2, dtype=np.float64),
    "i64": np.arange(3),
    "flags": np.array([True, False]),
    "scalar": np.array(2.5, np.float32),
    "empty": np.zeros((0, 4), np.float32),
}
(here / "mixed.safetensors").write_bytes(safetensors.serialize({
    name: safetensors.TensorSpec(
        dtype="bfloat16" if name == "bf16" else array.dtype.name, shape=array.shape,
        data_ptr=array.ctypes.data, data_len=array.nbytes)
    for name, array in mixed.items()
}, {"format": "np"}))

sharded = here / "sharded"
sharded.mkdir(exist_ok=True)
shards = {"model-00001-of-00002.safetensors": {"wte": eighths(3, 2)},
          "model-00002-of-00002.safetensors": {"wpe": eighths(2, 2), "ln_f.bias": eighths(2)}}
for name, tensors in shards.items():
    safetensors.numpy.save_file(tensors, sharded / name, {"format": "pt"})
(sharded / "model.safetensors.index.json").write_text(json.dumps({
    "metadata": {"total_size": 48},
    "weight_map": {tensor: name for name, tensors in shards.items() for tensor in tensors},
}, indent=2))

# NumPy -----------------------------------------------------------------------------------------

weights = {"model/wte:0": eighths(3, 4), "model/h0/attn/c_attn/w": eighths(1, 2, 3),
           "half": eighths(5, dtype=np.float16), "double": eighths(2, 2, dtype=np.float64),
           "scalar": np.float32(2.5), "empty": np.zeros((0, 3), np.float32)}
np.savez(here / "weights.npz", **weights)
np.savez_compressed(here / "weights-deflated.npz", **weights)

types = {name: np.array([0, 1, 100], dtype=name) for name in (
    "float64", "float32", "float16", "int64", "int32", "int16", "int8",
    "uint64", "uint32", "uint16", "uint8", "bool")}
np.savez_compressed(here / "types.npz", **types)

# A dataset of one repeated token: deflate makes it a thousand times smaller.
np.savez_compressed(here / "repeated.npz", np.full(200_000, 198, np.int64))

# Archives whose directories use zip64, as otherwise only those from 2 GiB on do and, with every
# 32-bit field given up, those from 4 GiB on.
limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 1
np.savez(here / "zip64-2GiB.npz", first=eighths(3), second=np.arange(4))
zipfile.ZIP64_LIMIT = limit
archive = bytearray((here / "zip64-2GiB.npz").read_bytes())
archive[-14:-2] = b"\xff" * 12
(here / "zip64-4GiB.npz").write_bytes(archive)

np.savez(here / "object.npz", np.array([{"a": 1}], dtype=object))
np.savez(here / "fortran.npz", np.asfortranarray(eighths(2, 3)))
np.savez(here / "big-endian.npz", eighths(3).astype(">f4"))
np.savez(here / "text.npz", np.array(["some", "words"]))
np.savez(here / "structure.npz", np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f4")]))
np.save(here / "shard.npy", np.array([15496, 11, 995, 50256], np.uint16))
with open(here / "version2.npy", "wb") as file:
    np.lib.format.write_array(file, eighths(2, 2), version=(2, 0))

# What torch.save writes: a zip around a pickle.
with zipfile.ZipFile(here / "torch.zip", "w") as archive:
    archive.writestr(zipfile.ZipInfo("archive/data.pkl"), b"\x80\x02}.")
