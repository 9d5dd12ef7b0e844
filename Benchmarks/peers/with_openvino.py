"""OpenVINO's stateful GPT-2, as optimum-intel exports it, run by its own inference request.

The key-value cache stays inside (its state); the loop around it is only the highest logit. One
stream with every thread is its LATENCY hint; it is the best for one batch at a time.
"""

import numpy
import openvino

import worker


def main():
    options = worker.arguments()
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": options.threads,
        "INFERENCE_PRECISION_HINT": "bf16" if options.weights == "bf16" else "f32",
    }
    model = openvino.Core().compile_model(f"{options.model}/openvino_model.xml", "CPU", settings)
    request = model.create_infer_request()
    inputs = {port.get_any_name() for port in model.inputs}
    ids = numpy.array(worker.prompts(options), numpy.int64)

    def step(tokens, past):
        """The highest logits' tokens, [B, 1]."""
        batch, length = tokens.shape
        positions = numpy.tile(numpy.arange(past, past + length), (batch, 1))
        given = {
            "input_ids": tokens,
            "attention_mask": numpy.ones((batch, past + length), numpy.int64),
            "position_ids": positions,
            "beam_idx": numpy.arange(batch, dtype=numpy.int32),
        }
        for name in inputs & given.keys():
            request.set_tensor(name, openvino.Tensor(given[name]))
        request.infer()
        return request.get_output_tensor(0).data[:, -1].argmax(-1)[:, None]

    def prefill():
        request.reset_state()
        return worker.timed(lambda: step(ids, 0))

    def decode():
        request.reset_state()
        last = step(ids, 0)

        def steps(last=last):
            for index in range(options.tokens):
                last = step(last, options.prompt + index)

        return worker.timed(steps)

    work = decode if options.what == "decode" else prefill
    precision = model.get_property("INFERENCE_PRECISION_HINT").to_string()
    worker.report(options, worker.seconds(work, options.repeats), precision=precision)


if __name__ == "__main__":
    main()
