"""Runs of four words: what a question must not share with the text a model was trained on."""

import re

LENGTH = 4


def words(text, apostrophe):
    return re.sub(r"[^\w\s]", " ", text.casefold().replace("'", apostrophe)).split()


def runs(text):
    """Every run of four words, read both with `don't` as one word and as two."""
    found = set()
    for apostrophe in ("", " "):
        line = words(text, apostrophe)
        found.update(tuple(line[i : i + LENGTH]) for i in range(len(line) - LENGTH + 1))
    return found
