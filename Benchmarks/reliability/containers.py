"""Small checkpoints in every container the server reads, with nothing but the standard library."""

import io
import json
import struct
import zipfile


def tensors_of(safetensors):
    """name -> (shape, f16 or f32 bytes, "F16" or "F32") of a safetensors file's bytes."""
    length, = struct.unpack_from("<Q", safetensors)
    header = json.loads(safetensors[8:8 + length])
    start = 8 + length
    return {
        name: (entry["shape"], safetensors[start + entry["data_offsets"][0]:
                                           start + entry["data_offsets"][1]], entry["dtype"])
        for name, entry in header.items() if name != "__metadata__"}


def safetensors_of(header, data):
    """A file with this header, of whatever kind, before these bytes."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def npy(shape, content, kind, version=1):
    return npy_header(f"{{'descr': '<{'f2' if kind == 'F16' else 'f4'}', 'fortran_order': False, "
                      f"'shape': {tuple(shape)}, }}", version) + content


def npy_header(text, version=1):
    prefix = 10 if version == 1 else 12
    text += " " * (-(prefix + len(text) + 1) % 64) + "\n"
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + size + text.encode()


def npz(members, compression=zipfile.ZIP_STORED):
    """An archive of name -> bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return file.getvalue()


# TensorFlow bundles: a sorted string table of protocol buffers beside a file of data.

_CRC = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _CRC.append(_byte)


def masked_crc(content):
    crc = 0xFFFFFFFF
    for byte in content:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return (crc >> 15 | crc << 17) + 0xA282EAD8 & 0xFFFFFFFF


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def field(number, value):
    """One field of a protocol buffer: a varint, or bytes with their length."""
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(value)


def bundle_entry(shape, offset, size, crc, kind, shard=0):
    dimensions = b"".join(field(2, field(1, length)) for length in shape)
    return (field(1, 19 if kind == "F16" else 1) + field(2, dimensions) + field(3, shard)
            + field(4, offset) + field(5, size) + varint(6 << 3 | 5) + struct.pack("<I", crc))


def bundle_header(shards=1):
    return field(1, shards) + field(3, field(1, 1))


def block(entries):
    out = bytearray()
    for key, value in entries:
        out += varint(0) + varint(len(key)) + varint(len(value)) + key + value
    return bytes(out) + struct.pack("<II", 0, 1)


def table(blocks_entries):
    """The bytes of an index with one block of these sorted entries."""
    out = bytearray()

    def add(content, kind=0):
        handle = varint(len(out)) + varint(len(content))
        out.extend(content + bytes([kind])
                   + struct.pack("<I", masked_crc(content + bytes([kind]))))
        return handle

    data = add(blocks_entries if isinstance(blocks_entries, bytes) else block(blocks_entries))
    meta = add(block([]))
    index = add(block([(b"\xff", data)]))
    footer = meta + index
    return bytes(out) + footer + bytes(40 - len(footer)) + struct.pack("<Q", 0xDB4775248B80FB57)


def bundle(tensors):
    """The bytes of the index and of the data, and the entries the index was made of."""
    data = bytearray()
    entries = [(b"", bundle_header())]
    for name in sorted(tensors):
        shape, content, kind = tensors[name]
        entries.append((name.encode(), bundle_entry(
            shape, len(data), len(content), masked_crc(content), kind)))
        data += content
    return table(entries), bytes(data), entries


# HDF5

def larger_hdf5(content, rows, old_rows=60, width=8):
    """A GPT-2 in HDF5 of the oldest form, with more rows in its token embedding, which is put at the
    end of the file."""
    content = bytearray(content)
    old = struct.pack("<QQ", old_rows, width)
    at = content.find(old)
    while at >= 0:
        content[at:at + 16] = struct.pack("<QQ", rows, width)
        at = content.find(old, at + 16)
    layout = content.index(struct.pack("<Q", old_rows * width * 4)) - 8
    begin, = struct.unpack_from("<Q", content, layout)
    embedding = content[begin:begin + old_rows * width * 4]
    struct.pack_into("<QQ", content, layout, len(content), rows * width * 4)
    content += (embedding * (rows // old_rows + 1))[:rows * width * 4]
    struct.pack_into("<Q", content, 40, len(content))
    return bytes(content)
