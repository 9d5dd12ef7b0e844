"""Prints the scalars of event files as JSON, {tag: [[step, value], ...]}, as TensorBoard reads
them. Needs tensorboard 2.21.0.

    python read_events.py FILE_OR_FOLDER
"""
import json
import sys

import tensorboard
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

assert tensorboard.__version__ == "2.21.0"

events = EventAccumulator(sys.argv[1], size_guidance={"tensors": 0, "scalars": 0}).Reload()
print(json.dumps(
    {tag: [[event.step, event.value] for event in events.Scalars(tag)]
     for tag in sorted(events.Tags()["scalars"])}, indent=1))
