"""Rounds of measurements in turn, and what they come to."""

import dataclasses
import statistics
import sys
import time

from peers.programs import Failed


@dataclasses.dataclass
class Row:
    """One piece of work, and each program's way to measure it.

    `contenders` holds a callable a program that returns one number; `reasons` says why a program
    has none. `lower_is_better` for times.
    """

    key: str
    work: str
    unit: str
    contenders: dict
    reasons: dict = dataclasses.field(default_factory=dict)
    lower_is_better: bool = False
    # What the machine's limit allows, from a result of wall.c; None where it sets none.
    wall: object = None


def measure(rows, rounds, machine_wall):
    """Every row of every round: `{key: {program: [a number a round]}}`, walls, and failures.

    A warm-up goes before the rounds. In each round every program of a row runs once, one after the
    other, and who goes first changes; all rows pass before the next round begins, so that an hour
    in which the machine is slow hits all alike.
    """
    results = {row.key: {name: [] for name in row.contenders} for row in rows}
    walls, reasons = [], {row.key: dict(row.reasons) for row in rows}
    for number in range(-1 if rounds > 1 else 0, rounds):
        if number >= 0:
            walls.append(machine_wall())
        for row in rows:
            names = list(row.contenders)
            shift = number % len(names)
            for name in names[shift:] + names[:shift]:
                if name in reasons[row.key]:
                    continue
                value = measured(row, name, number, reasons)
                if number >= 0 and value is not None:
                    results[row.key][name].append(value)
    return results, walls, reasons


def measured(row, name, number, reasons):
    start = time.monotonic()
    try:
        value = row.contenders[name]()
    except Failed as failure:
        # A program that cannot do it is told in the table, and is not asked again.
        reasons[row.key][name] = str(failure)
        print(f"{row.key}: {name} failed: {failure}", file=sys.stderr, flush=True)
        return None
    took = time.monotonic() - start
    label = "warm-up" if number < 0 else f"round {number + 1}"
    line = f"{label}, {row.key}, {name}: {value:.4g} {row.unit} ({took:.0f} s)"
    print(line, file=sys.stderr, flush=True)
    return value


def best_other(results, row_is_time, us="dixie"):
    """Who of the others is best by the median, or None where there is none."""
    medians = {
        name: statistics.median(values)
        for name, values in results.items()
        if name != us and values
    }
    if not medians:
        return None
    return (min if row_is_time else max)(medians, key=medians.get)


def ratios(ours, theirs, lower_is_better):
    """A ratio a round, above 1 where this project is the faster one."""
    pairs = list(zip(ours, theirs))
    return [b / a if lower_is_better else a / b for a, b in pairs]


def best_format(rows, beginning, work):
    """A further row of results: in each round, each program by the format that it is fastest in."""
    rows = [row for row in rows if row["key"].startswith(beginning)]
    names = list(dict.fromkeys(name for row in rows for name in row["rounds"]))
    taken = {}
    for name in names:
        formats = [row["rounds"][name] for row in rows if row["rounds"].get(name)]
        taken[name] = [max(each) for each in zip(*formats)]
    best = {"key": f"{beginning}best", "work": work, "rounds": taken, "reasons": {}, "walls": []}
    return rows[0] | best
