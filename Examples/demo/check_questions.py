#!/usr/bin/env python3
"""Checks questions.json against the rules, then counts how many a model answers with the right word.

    python3 check_questions.py --server http://127.0.0.1:12345
    python3 check_questions.py --rules                           # the rules only

Exits 1 when a rule is broken or fewer than 80 of the answers are right.
"""

import argparse
import json
import sys
import urllib.request

from generate_dialogue import general, questions
from runs import runs, words

COUNT, DISTINCT, PASS = 100, 50, 80
REPLY_TOKENS = 60
STOP = "\n\n"


def broken_rules(asked):
    """One sentence for every rule that the questions break."""
    broken = []
    answers = {item["answer"].casefold() for item in asked}
    if len(asked) != COUNT:
        broken.append(f"there are {len(asked)} questions, not {COUNT}")
    if len({item["question"].casefold() for item in asked}) != len(asked):
        broken.append("a question is asked twice")
    if len(answers) < DISTINCT:
        broken.append(f"only {len(answers)} answers are distinct, not {DISTINCT}")
    # The text as one string, so that runs across the end of a line count as well.
    trained_on = runs("".join(general()[0]))
    for item in asked:
        question, answer = item["question"], item["answer"].casefold()
        if answer in words(question, ""):
            broken.append(f"the answer stands in its question: {question}")
        for run in sorted(runs(question) & trained_on):
            broken.append(f"the text has the run '{' '.join(run)}' of: {question}")
    return broken


def served_model(address):
    """A function from question to greedy reply of a running server, the way `curl` would ask it."""

    def reply(question):
        body = {
            "model_key": "general",
            "raw_text": question + "\n",
            "temperature": 0,
            "length": REPLY_TOKENS,
        }
        request = urllib.request.Request(
            address.rstrip("/") + "/invocations",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read().decode().strip().split(STOP)[0]

    return reply


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--server", default="http://127.0.0.1:12345")
    parser.add_argument("--rules", action="store_true")
    options = parser.parse_args(arguments)
    asked = questions()
    broken = broken_rules(asked)
    for sentence in broken:
        print(sentence)
    if broken:
        return 1
    print(f"The rules hold for {len(asked)} questions.")
    if options.rules:
        return 0
    answer = served_model(options.server)
    right = 0
    for item in asked:
        reply = answer(item["question"])
        if item["answer"].casefold() in words(reply, " "):
            right += 1
        else:
            print(f"wrong: {item['question']} -> {reply} (wanted {item['answer']})")
    print(f"{right} of {len(asked)} answered with the right word at temperature 0")
    return 0 if right >= PASS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
