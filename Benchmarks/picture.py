"""The pictures of results: bars of every row against its wall, and three curves."""

import math
import statistics

from report import figure
from svg import Canvas

WEIGHTS = ["f32", "bf16", "int8", "int4"]


def draw(results, folder):
    rows = {row["key"]: row for row in results["rows"]}
    pictures = {
        "rows.svg": bars(results, [row for key, row in rows.items() if "/" not in key]),
        "context.svg": by_weights(rows, "context", "Decoding after a longer and longer context"),
        "batch.svg": by_weights(rows, "batch", "Decoding more and more sequences together"),
        "clients.svg": by_program(rows),
    }
    for name, canvas in pictures.items():
        if canvas:
            (folder / name).write_text(canvas.svg())


def bars(results, rows):
    """A block a row, each on its own scale, which ends at the wall or at the longest bar."""
    shown = [row for row in rows if row["rounds"].get("dixie")]
    if not shown:
        return None
    left, right, thick, gap = 290, 835, 16, 26
    counts = [sum(bool(values) for values in row["rounds"].values()) for row in shown]
    height = 110 + sum(count * (thick + 4) + gap for count in counts)
    summary = f"{results['processor']}, {results['threads']} threads, {results['date']}"
    canvas = Canvas(960, height, "This project and the others", summary)
    y = 104
    for row in shown:
        medians = {name: statistics.median(v) for name, v in row["rounds"].items() if v}
        wall = statistics.median(row["walls"]) if row["walls"] else None
        scale = (right - left) / max(*medians.values(), wall or 0, 1e-12)
        work = row["work"] + (", less is better" if row["lower_is_better"] else "")
        canvas.text("row", 40, y - 2, work)
        if wall:
            # Before the figures, which stand on top of it.
            at, top, bottom = left + wall * scale, y, y + 4 + len(medians) * (thick + 4)
            canvas.line("wall", at, top, at, bottom)
            canvas.text("wall", at + 4, top - 2, f"wall {figure(wall)}")
        for name, value in medians.items():
            style = "own" if name == "dixie" else "other"
            canvas.text("tick", left - 10, y + 4 + thick - 4, name, "end")
            canvas.bar(style, left, y + 4, max(1, value * scale), thick)
            label = f"{figure(value)} {row['unit']}"
            canvas.text("tick", left + value * scale + 8, y + 4 + thick - 4, label)
            y += thick + 4
        y += gap
    return canvas


def by_weights(rows, curve, title):
    series = {}
    for weights in WEIGHTS:
        points = [
            (int(key.split("/")[2]), statistics.median(row["rounds"]["dixie"]))
            for key, row in rows.items()
            if key.startswith(f"{curve}/{weights}/") and row["rounds"].get("dixie")
        ]
        if points:
            series[weights] = sorted(points)
    unit = {"context": "tokens of context", "batch": "sequences together"}[curve]
    return lines(title, "this project, tokens/s", unit, series)


def by_program(rows):
    series = {}
    for key, row in rows.items():
        if key.startswith("clients/"):
            for name, values in row["rounds"].items():
                if values:
                    point = (int(key.split("/")[1]), statistics.median(values))
                    series.setdefault(name, []).append(point)
    title = "Over HTTP, to more and more streaming clients"
    return lines(title, "int8, all clients' tokens/s", "clients", series)


def lines(title, summary, unit, series):
    """Each series over the places of its points in order: they double, or nearly so."""
    if not series:
        return None
    left, right, top, bottom = 72, 840, 96, 470
    canvas = Canvas(960, 540, title, summary)
    places = sorted({x for points in series.values() for x, _ in points})
    step, highest = nice_step(max(y for points in series.values() for _, y in points))
    across = {
        x: left + (right - left) * index / max(1, len(places) - 1) for index, x in enumerate(places)
    }

    def up(value):
        return bottom - (bottom - top) * value / highest

    for value in range(0, highest + 1, step):
        canvas.line("axis" if value == 0 else "grid", left, up(value), right, up(value))
        canvas.text("tick", left - 10, up(value) + 4.5, f"{value:,}", "end")
    for x in places:
        canvas.text("tick", across[x], bottom + 24, f"{x:,}", "middle")
    canvas.text("tick", (left + right) / 2, bottom + 50, unit, "middle")
    ends = []
    for index, (name, points) in enumerate(series.items()):
        canvas.path(f"s{index}", [(across[x], up(y)) for x, y in points])
        ends.append((up(points[-1][1]), index, name))
    last = -math.inf
    for y, index, name in sorted(ends):
        last = max(y, last + 17)
        canvas.text(f"last t{index}", right + 12, last + 4.5, name)
    return canvas


def nice_step(highest):
    """A round step of which four to eight reach the highest value, and where they end."""
    power = 10 ** max(0, math.floor(math.log10(max(highest, 1) / 4)))
    step = next(factor * power for factor in (1, 2, 5, 10) if highest / (factor * power) <= 8)
    return step, step * math.ceil(highest / step)
