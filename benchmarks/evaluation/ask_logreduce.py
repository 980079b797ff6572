"""What logreduce says of many cases; run by the interpreter of an environment that has it.

Standard input has a case on each line, standard output has the answer; see `benchmarks.evaluation.peers`.
"""

import json
import logging
import sys
import warnings

from logreduce.process import Classifier  # type: ignore[import-not-found]

THRESHOLD = 0.2  # logreduce's own default


def answer(good: list[str], fail: str) -> dict[str, object]:
    # All passing logs are one model, whatever their names are.
    classifier = Classifier(filename_to_modelname=lambda _: "log")
    classifier.threshold = 0.0  # it gives every line with its distance; the default is applied here
    try:
        classifier.train(good)
        results = list(classifier.test([fail]))
    except RuntimeError as error:
        return {"error": str(error)}
    scores = {number: float(far) for *_, rows, _ in results for number, far, _ in rows}
    return {
        "scores": {number + 1: score for number, score in scores.items() if score > 0},
        "shown": [number + 1 for number, score in scores.items() if score >= THRESHOLD],
    }


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable()
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
