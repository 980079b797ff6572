"""Trains logreduce on a log and scores another, and prints the seconds; run by the interpreter that has it."""

import json
import sys
import time
import warnings

from logreduce.process import Classifier  # type: ignore[import-not-found]


def main() -> None:
    warnings.simplefilter("ignore")
    classifier = Classifier()
    start = time.perf_counter()
    classifier.train([sys.argv[1]])
    trained = time.perf_counter()
    for _ in classifier.test([sys.argv[2]]):
        pass
    print(json.dumps({"train": trained - start, "score": time.perf_counter() - trained}))


if __name__ == "__main__":
    main()
