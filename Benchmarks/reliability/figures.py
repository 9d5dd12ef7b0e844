"""What the scripts of this folder say what they saw with."""

import json
import sys


def percentile(values, share):
    """The smallest of `values` that at least `share` of them do not exceed; None of no values."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def report(result):
    """Prints a result as one JSON object, and ends: with 1 where it has not `passed`."""
    print(json.dumps(result, indent=2))
    sys.exit(0 if result["passed"] else 1)


def report_parts(parts, names, arguments):
    """Runs the parts of a script that were asked for, and reports them together."""
    results = {name: parts[name](arguments) for name in names}
    report(results | {"passed": all(result["passed"] for result in results.values())})
