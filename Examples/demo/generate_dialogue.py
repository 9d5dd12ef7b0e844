#!/usr/bin/env python3
"""Writes the dialogue that the demo models learn from. Deterministic: the same text every time.

    python3 generate_dialogue.py general > general.txt
    python3 generate_dialogue.py chatbot > chatbot.txt

`general` is a question, its reply and an empty line. `chatbot` is conversations in the pipe format,
a turn a line. What shares four words in a row with a question of `questions.json` is left out.
"""

import json
import random
import sys
from pathlib import Path

import conversations
from facts import RELATIONS, SAYINGS
from runs import runs

HERE = Path(__file__).parent
SEED = 20240607
OPENINGS = [
    "please tell me, ", "hey, ", "quick question: ", "I wonder, ", "tell me, ", "hello! ",
    "one more thing: ", "and ", "so, ", "my sister asks: ", "say, ", "now, ", "well then, ",
]  # fmt: skip
CLOSINGS = [" please", " now", " then", " today", " exactly", " really", " my friend"]


def questions():
    return json.loads((HERE / "questions.json").read_text())


def dressed(question, random):
    """The same question as different people would type it."""
    ending = question[-1] if question[-1] in "?.!" else ""
    body = question[: len(question) - len(ending)]
    if random.random() < 0.4:
        body = random.choice(OPENINGS) + body
    if random.random() < 0.3:
        body += random.choice(CLOSINGS)
    style = random.random()
    if style < 0.08:
        return body.lower()
    if style < 0.15:
        return body[0].upper() + body[1:]
    return body[0].upper() + body[1:] + ending


def general_pairs(copies):
    """(question, reply) for every fact and every way to ask for it, `copies` times differently dressed."""
    source = random.Random(SEED)
    for relation in RELATIONS:
        for thing in relation.facts:
            for template in relation.questions:
                plain = relation.ask(template, thing)
                yield plain, relation.reply(thing)
                # The thing asked about keeps its capital letter; the sentence may lose its own.
                inner = plain if template.startswith("{") else template[0] + plain[1:]
                for _ in range(copies - 1):
                    yield dressed(inner, source), relation.reply(thing)
    for wordings, reply in SAYINGS:
        for wording in (line.strip() for line in wordings.strip().split("\n")):
            yield wording[0].upper() + wording[1:], reply
            for _ in range(6 * copies):
                yield dressed(wording, source), reply


def general(copies=3):
    """The documents of the `general` model, and how many were left out for the questions' sake."""
    held_out = set().union(*(runs(item["question"]) for item in questions()))
    documents, left_out = [], 0
    for question, reply in general_pairs(copies):
        # Across the line break too: whoever reads the text as one string of words must agree.
        if runs(f"{question} {reply}") & held_out:
            left_out += 1
        else:
            documents.append(f"{question}\n{reply}\n\n")
    random.Random(SEED).shuffle(documents)
    return documents, left_out


def chatbot():
    return conversations.documents(SEED), 0


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in ("general", "chatbot"):
        sys.exit("usage: generate_dialogue.py general|chatbot")
    documents, left_out = general() if sys.argv[1] == "general" else chatbot()
    sys.stdout.write("".join(documents))
    print(f"{len(documents)} documents, {left_out} left out", file=sys.stderr)


if __name__ == "__main__":
    main()
