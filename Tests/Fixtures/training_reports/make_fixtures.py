"""Writes resumed.tfevents: what EventFileTests expects of a run resumed after step 4, encoded by
TensorBoard's own classes. Needs tensorboard 2.21.0; then write down what its reader says:

    python make_fixtures.py
    python read_events.py resumed.tfevents > expected.json
"""
import pathlib

import tensorboard
from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

assert tensorboard.__version__ == "2.21.0"

TIME = 1_700_000_000.5


def scalars(step, **values):
    event = event_pb2.Event(wall_time=TIME, step=step)
    for tag, value in values.items():
        event.summary.value.add(tag=tag, simple_value=value)
    return event


start = event_pb2.Event(wall_time=TIME, step=5)
start.session_log.status = event_pb2.SessionLog.START
events = [
    event_pb2.Event(wall_time=TIME, file_version="brain.Event:2"),
    start,
    scalars(5, loss=2.5, avg_loss=2.75, learning_rate=2e-5, gradient_norm=1.25,
            tokens_per_second=5120.5),
    scalars(5, val_loss=2.625),
    scalars(300, loss=0.0, avg_loss=-1.5, learning_rate=0.0, gradient_norm=1e30,
            tokens_per_second=1.0),
]
with open(pathlib.Path(__file__).with_name("resumed.tfevents"), "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
