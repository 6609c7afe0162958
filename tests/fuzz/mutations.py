"""Damage to files: at random, and such that a format's own sums and lengths are right again."""

import gzip
import io
import json
import struct
import tarfile
import zipfile
import zlib


def mutated(content, rng):
    """Some bits flipped, bytes set to particular values, pieces cut out, doubled or exchanged, lengths changed."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4, 8])):
        place = rng.randrange(len(content) + 1) if rng.random() < 0.7 else rng.randrange(min(len(content), 200) + 1)
        end = min(place + rng.choice([1, 2, 4, 8, 16, 100]), len(content))
        kind = rng.randrange(8)
        if kind == 0 and place < len(content):
            content[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            content[place:end] = rng.choice([b"\0", b"\xff", b"\x7f"]) * (end - place)
        elif kind == 2:
            width = rng.choice([2, 4, 8])
            number = rng.choice([0, 1, 2**8, 2**15, 2**24, 2**31 - 1, 2**32 - 1, 2**40, 2**63])
            content[place : place + width] = (number % 2 ** (8 * width)).to_bytes(width, rng.choice(["little", "big"]))
        elif kind == 3:
            del content[place:end]
        elif kind == 4:
            content[place:place] = content[place:end] * rng.choice([1, 2, 50])
        elif kind == 5:
            other = rng.randrange(len(content) + 1)
            content[place:end] = content[other : other + end - place]
        elif kind == 6:
            content[place:place] = rng.randbytes(rng.choice([1, 4, 30]))
        elif rng.random() < 0.3:
            del content[place:]
    return bytes(content)


def rezipped(content, rng):
    """An npz file with one entry changed, left out, doubled or compressed, whose sums are right."""
    entries = _entries(content)
    change = rng.randrange(len(entries))
    name, data = entries[change]
    kind = rng.randrange(6)
    if kind < 3:
        entries[change] = name, _text_mutated(data, rng) if rng.random() < 0.5 else mutated(data, rng)
    elif kind == 3:
        del entries[change]
    elif kind == 4:
        entries.append((name, rng.choice([data, b"", data * 2])))
    else:
        entries[change] = name, data[:100] + bytes(rng.choice([10**3, 10**6, 2 * 10**7]))
    file = io.BytesIO()
    compression = rng.choice([zipfile.ZIP_STORED] * 3 + [zipfile.ZIP_DEFLATED])
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            with archive.open(info, "w", force_zip64=rng.random() < 0.5) as entry:
                entry.write(data)
    return file.getvalue()


def _entries(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _text_mutated(data, rng):
    """A number, a bracket or a name in the text of a header exchanged for another one of the same kind."""
    tokens = b"""0 1 -1 1e400 [ ] ( ) { } "" null True 'O' '<f8' '>u2' '<U9' 'V2147483647' F64 "scalar" "dict" """
    tokens = [*tokens.split(), b"9" * 30, b"[" * 3000]
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.choice(tokens) + data[place + rng.randrange(4) :]


def rezipped_safetensors(content, rng):
    """A safetensors file with another header, of which the length is right."""
    length = int.from_bytes(content[:8], "little")
    header, data = content[8 : 8 + length], content[8 + length :]
    kind = rng.randrange(4)
    if kind == 0:
        header = _text_mutated(header, rng)
    elif kind == 1:
        header = mutated(header, rng)
    else:
        entries = json.loads(header)
        entry = entries[rng.choice([name for name in entries if name != "__metadata__"])]
        number = rng.choice([-1, 0, 1, 2**31, 2**63, 2**70, 1.5, True, None, "1", []])
        rng.choice([entry["shape"], entry["data_offsets"]]).insert(0, number)
        entries.update({f"{i}": entry for i in range(rng.choice([0, 1, 500]))})
        header = json.dumps(entries).encode()
    return len(header).to_bytes(8, "little") + header + rng.choice([data, data, data[:-1], data + b"0"])


def regzipped(content, rng):
    """What is in a gzip file, changed and packed again, or a bomb."""
    inner = gzip.decompress(content)
    if rng.random() < 0.1:
        return gzip.compress(inner[:512] + bytes(rng.choice([10**6, 4 * 10**7])), 1)
    return gzip.compress(mutated(inner, rng), 1)


def retarred(content, rng):
    """A .tar.gz whose headers are changed at random, with sums that are right."""
    inner = bytearray(gzip.decompress(content))
    for start in range(0, len(inner) - 512, 512):
        if inner[start + 257 : start + 262] == b"ustar" and rng.random() < 0.5:
            header = bytearray(mutated(bytes(inner[start : start + 512]), rng)[:512].ljust(512, b"\0"))
            if rng.random() < 0.5:
                header[156:157] = rng.choice([b"0", b"1", b"2", b"5", b"g", b"x", b"L", b"K", b"S", b"\0"])
            header[257:262], header[148:156] = b"ustar", b" " * 8
            header[148:156] = b"%06o\0 " % (sum(header) & 0o777777)
            inner[start : start + 512] = header
    return gzip.compress(bytes(inner), 1)


def rechunked(content, rng):
    """A PNG file with a chunk changed, doubled or left out, whose sums are right."""
    if not content.startswith(b"\x89PNG"):
        return mutated(content, rng)
    chunks, place = [], 8
    while place < len(content):
        length = struct.unpack_from(">I", content, place)[0]
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += 12 + length
    change = rng.randrange(len(chunks))
    kind, data = chunks[change]
    if kind == b"IDAT" and rng.random() < 0.5:
        data = zlib.compress(mutated(zlib.decompress(data), rng))
    chunks[change : change + 1] = [(kind, mutated(data, rng) if data else b"")] * rng.choice([0, 1, 1, 1, 2])
    return content[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def tar(members):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()
