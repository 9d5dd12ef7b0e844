"""Writes Sources/Tokenizer/ScalarRuns.swift: the scalars that tiktoken's and transformers' regular
expressions call letters, numbers and white space. Needs tiktoken 0.14.0 and tokenizers 0.23.3.

    python make_scalar_runs.py
"""
import pathlib

import tiktoken
import tokenizers
from tokenizers import Regex, pre_tokenizers

assert tiktoken.__version__ == "0.14.0" and tokenizers.__version__ == "0.23.3"

SCALARS = [value for value in range(0x110000) if not 0xD800 <= value < 0xE000]
TEXT = "".join(map(chr, SCALARS))
BYTES = {bytes([value]): value for value in range(256)}


def matched(pattern):
    """The scalars that `pattern` matches, on which both references must agree."""
    encoding = tiktoken.Encoding(
        "probe", pat_str=pattern, mergeable_ranks=BYTES, special_tokens={})
    ours = set(bytes(encoding.encode_ordinary(TEXT)).decode())
    split = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
    theirs = {scalar for piece, _ in split.pre_tokenize_str(TEXT) for scalar in piece}
    assert ours == theirs, pattern
    return ours


def runs(scalars):
    """Alternating: how many scalars are not in the set, how many are, and so on."""
    numbers, expected = [], 0
    for value in sorted(map(ord, scalars)):
        if numbers and value == expected:
            numbers[-1] += 1
        else:
            numbers += [value - expected, 1]
        expected = value + 1
    return numbers


def literal(name, comment, scalars):
    lines, line = [], "       "
    for number in runs(scalars):
        if len(line) + len(f" {number},") > 100:
            lines.append(line)
            line = "       "
        line += f" {number},"
    lines.append(line)
    return f"    /// {comment}\n    static let {name}: [UInt32] = [\n" + "\n".join(lines) + "\n    ]\n"


OUTPUT = f"""\
// Written by Tests/Fixtures/tokenizer/make_scalar_runs.py; edit that instead.

/// The scalars of the pre-tokenizer's classes as tiktoken {tiktoken.__version__} and tokenizers
/// {tokenizers.__version__} have them, which is Unicode 16. The compiler's own tables follow another
/// version and would split newer scripts elsewhere.
///
/// Each list alternates, from U+0000 up: how many scalars are outside, how many are inside.
enum ScalarRuns {{
{literal("letters", "General category L.", matched(chr(92) + "p{L}"))}
{literal("numbers", "General category N.", matched(chr(92) + "p{N}"))}
{literal("whitespace", "The property White_Space.", matched(chr(92) + "s"))}}}
"""
root = pathlib.Path(__file__).resolve().parents[3]
(root / "Sources/Tokenizer/ScalarRuns.swift").write_text(OUTPUT, encoding="utf-8")
