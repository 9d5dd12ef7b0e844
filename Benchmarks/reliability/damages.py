"""Ways to damage files: what disks, networks and people do to any, and what only malice does to some."""

import json
import struct
import zipfile
import zlib

import containers

# Numbers at the edges of what a length, a count or an offset can be.
EDGES = [0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
         1 << 40, (1 << 62) + 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]


def damage(content, choose, structure):
    """The bytes with one or a few damages; `structure` lists the ranges that are not mere numbers."""
    content = bytearray(content)
    for _ in range(choose.choice([1, 1, 1, 2, 4])):
        if not content:
            break
        at = place(content, choose, structure)
        kind = choose.randrange(8)
        if kind == 0:
            content[at] ^= 1 << choose.randrange(8)
        elif kind == 1:
            content[at] = choose.choice([0, 0xFF, choose.randrange(256)])
        elif kind == 2:
            del content[choose.choice([at, choose.randrange(len(content))]):]
        elif kind == 3:
            start = at // 512 * 512
            content[start:start + 512] = bytes(len(content[start:start + 512]))
        elif kind == 4:
            width = choose.choice([1, 2, 4, 8])
            number = choose.choice(EDGES) & (1 << 8 * width) - 1
            piece = number.to_bytes(width, choose.choice(["little", "big"]))
            content[at:at + width] = piece[:len(content) - at]
        elif kind == 5:
            del content[at:at + choose.randrange(1, 64)]
        elif kind == 6:
            content[at:at] = choose.randbytes(choose.randrange(1, 64))
        else:
            other = place(content, choose, structure)
            length = choose.randrange(1, 64)
            content[at:at + length] = content[other:other + length]
    return bytes(content)


def place(content, choose, structure):
    """An offset, mostly in the structure, of which there is little."""
    if structure and choose.random() < 0.8:
        start, end = choose.choice(structure)
        start = min(start, len(content) - 1)
        return choose.randrange(start, max(start + 1, min(end, len(content))))
    return choose.randrange(len(content))


def safetensors_bomb(content, choose):
    """A header that asks for more than there is, or is not one."""
    length, = struct.unpack_from("<Q", content)
    header, data = json.loads(content[8:8 + length]), content[8 + length:]
    name = choose.choice([name for name in header if name != "__metadata__"])
    entry = header[name]
    huge = choose.choice(EDGES)
    kind = choose.randrange(13)
    if kind == 0:
        return struct.pack("<Q", huge) + content[8:]
    if kind == 1:
        entry["shape"] = [huge, choose.choice(EDGES)]
    elif kind == 2:
        entry["data_offsets"] = [choose.choice(EDGES), huge]
    elif kind == 3:
        entry["shape"] = [1] * choose.choice([9, 1000, 100_000])
    elif kind == 4:
        entry["dtype"] = choose.choice(["F8_E4M3", "I64", "F4", "", "\0", 7, None, "F64", "BF16"])
    elif kind == 5:
        depth = choose.choice([65, 10_000, 1_000_000])
        return containers.safetensors_of(b"[" * depth, data)
    elif kind == 6:
        depth = choose.choice([65, 10_000, 300_000])
        return containers.safetensors_of(b'{"a":' * depth + b"1" + b"}" * depth, data)
    elif kind == 7:
        many = {f"t{n}": {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]}
                for n in range(choose.choice([1_000, 100_000]))}
        header |= many
    elif kind == 8:
        other = choose.choice([name for name in header if name != "__metadata__"])
        header[name] = header[other]
    elif kind == 9:
        text = json.dumps(header)
        return containers.safetensors_of((text[:-1] + "," + text[1:]).encode(), data)
    elif kind == 10:
        header[choose.choice(["x" * 1_000_000, "\u202e\x1b[2J", "../../etc/passwd", ""])] = entry
        del header[name]
    elif kind == 11:
        del header[name]
    else:
        entry[choose.choice(list(entry))] = choose.choice(
            [None, {}, [], -1, 1.5, 1e400, "x", [[]], [-1, -1], [True], [1.0, 2.0]])
    return containers.safetensors_of(header, data)


def npz_bomb(tensors, choose):
    """An archive that is larger inside, or of arrays that cannot be."""
    members = {name + ".npy": containers.npy(*tensor) for name, tensor in tensors.items()}
    name = choose.choice(list(members))
    shape, content, kind = tensors[name.removesuffix(".npy")]
    huge = choose.choice(EDGES)
    way = choose.randrange(9)
    if way == 0:
        # Zeros, a thousand times smaller; only as large as this machine makes fast.
        members[name] = containers.npy_header(
            f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({16 << 20},), }}") \
            + bytes(choose.choice([1 << 20, 64 << 20]))
        return containers.npz(members, zipfile.ZIP_DEFLATED)
    if way == 1:
        members[name] = containers.npy([huge, choose.choice(EDGES)], content, kind)
    elif way == 2:
        members[name] = b"\x93NUMPY\x02\x00" + struct.pack("<I", huge & 0xFFFFFFFF) + content
    elif way == 3:
        depth = choose.choice([100, 30_000])
        members[name] = containers.npy_header("(" * depth + ")" * depth) + content
    elif way == 4:
        text = choose.choice([
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }",
            "{'descr': '<f4', 'shape': (1,), }", "{}", "", "x" * 60_000,
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"])
        members[name] = containers.npy_header(text) + content
    elif way == 5:
        members |= {f"t{n}.npy": b"" for n in range(choose.choice([1_000, 30_000]))}
    elif way == 6:
        del members[name]
    elif way == 7:
        members[name] = members[choose.choice(list(members))]
    archive = bytearray(containers.npz(
        members, choose.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])))
    if way == 8:
        # One number of the end's record, or of an entry of the directory.
        end = archive.rindex(b"PK\x05\x06")
        directory, = struct.unpack_from("<I", archive, end + 16)
        places = [(end + 8, 2), (end + 10, 2), (end + 12, 4), (end + 16, 4), (end + 20, 2)]
        places += [(directory + offset, width) for offset, width in (
            (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (42, 4))]
        offset, width = choose.choice(places)
        archive[offset:offset + width] = (huge & (1 << 8 * width) - 1).to_bytes(width, "little")
    return bytes(archive)


def bundle_bomb(entries, choose):
    """An index, whole with all its checksums, that says what cannot be."""
    entries = list(entries)
    at = choose.randrange(1, len(entries))
    name = entries[at][0]
    huge = choose.choice(EDGES)
    way = choose.randrange(9)
    if way == 0:
        entries[at] = name, containers.bundle_entry([huge, choose.choice(EDGES)], 0, 64, 0, "F16")
    elif way == 1:
        entries[at] = name, containers.bundle_entry([4], huge, choose.choice(EDGES), 0, "F16")
    elif way == 2:
        entries[at] = name, containers.bundle_entry([4], 0, 8, 0, "F16", shard=huge)
    elif way == 3:
        entries[0] = b"", containers.bundle_header(huge)
    elif way == 4:
        nested = b""
        for _ in range(choose.choice([70, 5_000])):
            nested = containers.field(2, nested)
        entries[at] = name, nested
    elif way == 5:
        entries[at] = name, containers.bundle_entry([1] * choose.choice([255, 20_000]), 0, 2, 0, "F16")
    elif way == 6:
        many = [(f"z{n:06}".encode(), entries[at][1]) for n in range(choose.choice([500, 5_000]))]
        entries += many
    elif way == 7:
        entries[at] = name, choose.randbytes(choose.randrange(1, 200))
    else:
        # Lengths in the block itself.
        piece = bytearray(containers.block(entries))
        if choose.random() < 0.5:
            piece[-4:] = struct.pack("<I", huge & 0xFFFFFFFF)
        else:
            piece[0:3] = b"".join(
                containers.varint(choose.choice(EDGES)) for _ in range(3))
        return containers.table(bytes(piece))
    return containers.table(entries)


def json_bomb(content, choose):
    """JSON text that is deep, long, double or not UTF-8."""
    depth = choose.choice([33, 513, 100_000])
    return choose.choice([
        b"[" * depth, b'{"a":' * depth + b"1" + b"}" * depth, b"", b"null", b"[]", b"{}", b'"', b"1e999",
        b"\xef\xbb\xbf" + content, content + content, content.replace(b'"', b"'"),
        content.decode().encode("utf-16"), content + b"\0", b"\0" * len(content),
        content.replace(b":", b": 99999999999999999999", 1), content.replace(b"{", b'{"":', 1),
        b'{"' + b"x" * 1_000_000 + b'": 1}', b'"\\ud800"', zlib.compress(content),
        b"{" + b",".join(b'"k%d": %d' % (n, n) for n in range(100_000)) + b"}"])


def merges_bomb(content, choose):
    lines = content.split(b"\n")
    choice = choose.randrange(7)
    if choice == 0:
        return b"\n".join(lines[:choose.randrange(len(lines))])
    if choice == 1:
        choose.shuffle(lines)
    elif choice == 2:
        lines += [choose.choice(lines)]
    elif choice == 3:
        lines[choose.randrange(len(lines))] = b"x" * 1_000_000
    elif choice == 4:
        lines = lines * 50
    elif choice == 5:
        del lines[choose.randrange(len(lines))]
    else:
        return content.decode().encode("utf-16")
    return b"\n".join(lines)
