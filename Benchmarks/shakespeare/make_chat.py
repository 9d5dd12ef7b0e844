#!/usr/bin/env python3
"""Turns plays into a chat log in the pipe format, with the speaker as the audience.

    python3 make_chat.py input.txt > chat.txt

The input is a text like Karpathy's tiny Shakespeare: a line `SPEAKER:`, the speech in the lines
below, an empty line. Speeches are taken two by two: the first is what is said to a speaker (side 1)
and the second is that speaker's answer (side 0).
"""

import sys


def speeches(text):
    """(speaker, speech on one line) in their order."""
    for part in text.split("\n\n"):
        speaker, _, speech = part.strip().partition(":\n")
        words = " ".join(speech.split())
        if words and "\n" not in speaker:
            # The format's own sign may not stand in a name or a text.
            yield speaker.replace("|", " "), words.replace("|", " ")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spoken = list(speeches(file.read()))
    for (_, said), (speaker, answer) in zip(spoken[::2], spoken[1::2]):
        print(f"1|{speaker}|{said} <EOM>\n0|{speaker}|{answer} <EOM>")


if __name__ == "__main__":
    main()
