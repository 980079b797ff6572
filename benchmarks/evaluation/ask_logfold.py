"""What logfold says of many cases; run by the interpreter of an environment that has it.

Standard input has a case on each line, standard output has the answer; see `benchmarks.evaluation.peers`.
"""

import json
import sys
from pathlib import Path

import logfold  # type: ignore[import-not-found]

# `auto`, the default, finds no format for most logs of a build and gives up.
FORMAT = "plain"


def answer(good: list[str], fail: str) -> dict[str, object]:
    try:
        found = logfold.diff(good[0], fail, baselines=good[1:], format=FORMAT, strategy="sequential")
    except logfold.LogfoldError as error:
        return {"error": str(error)}
    # It names templates, not lines. The same records in the same order make the same templates.
    miner = logfold.Miner(format=FORMAT)
    target = lines(fail)
    for path in good:
        miner.add_many(lines(path))
    miner.add_many(target)
    new = {entry.text for entry in found.new_templates}
    numbers = [
        number for number, match in enumerate(miner.match_many(target), 1) if match and match.text in new
    ]
    return {
        "scores": dict.fromkeys(numbers, 1.0),
        "shown": numbers,
        "findings": [
            *(("missing", entry.example) for entry in found.disappeared),
            # Of a template that comes more or less often it shows one line, too.
            *(("burst", entry.example) for entry in found.changed),
        ],
    }


def lines(path: str) -> list[str]:
    """Return the lines of a log as logfold cuts them: at LF only."""
    return Path(path).read_bytes().decode("utf-8", "replace").removesuffix("\n").split("\n")


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
