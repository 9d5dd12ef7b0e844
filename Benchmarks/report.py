"""The table, in Markdown, of results as run.py writes them."""

import statistics

from measure import best_other, ratios


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(results):
    rows = [row for row in results["rows"] if "/" not in row["key"]]
    names = list(dict.fromkeys(name for row in rows for name in [*row["rounds"], *row["reasons"]]))
    head = ["work", *names, "ratio to the best other", "range", "wall"]
    lines = [heading(results), "", line(head), line(["---"] * len(head))]
    notes = {}
    for row in rows:
        cells = [cell(row, name, notes) for name in names]
        lines.append(line([f"{row['work']}, {row['unit']}", *cells, *compared(row), wall(row)]))
    lines += [""] + [f"{number}. {why}" for why, number in notes.items()]
    return "\n".join(lines) + "\n"


def heading(results):
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    walls = results["walls"]
    bandwidth = statistics.median(w["bytes_per_second"] for w in walls) / 1e9
    flops = statistics.median(w["flops"] for w in walls) / 1e9
    return (
        f"{results['processor']}, {results['cores']} cores, {results['threads']} threads each, "
        f"{results['date']}; {results['rounds']} rounds in turn, medians. Load of the machine "
        f"{results['load_before']:.1f} before and {results['load_after']:.1f} after. The wall, "
        f"measured in each round: {bandwidth:.1f} GB/s read, {flops:.0f} GFLOP/s in f32. "
        f"Decoding: {results['prompt']} tokens of prompt and {results['tokens']} made. {versions}."
    )


def line(cells):
    return "| " + " | ".join(cells) + " |"


def cell(row, name, notes):
    values = row["rounds"].get(name)
    if values:
        return figure(statistics.median(values))
    why = row["reasons"].get(name)
    if not why:
        return "–"
    number = notes.setdefault(f"It {why}.", len(notes) + 1)
    return f"– ({number})"


def compared(row):
    best = best_other(row["rounds"], row["lower_is_better"])
    if best is None or not row["rounds"].get("dixie"):
        return ["–", "–"]
    each = ratios(row["rounds"]["dixie"], row["rounds"][best], row["lower_is_better"])
    return [f"**{statistics.median(each):.2f}** × {best}", f"{min(each):.2f} to {max(each):.2f}"]


def wall(row):
    return figure(statistics.median(row["walls"])) if row["walls"] else "–"
