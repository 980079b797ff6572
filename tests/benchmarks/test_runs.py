from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from benchmarks.figures import WrongAnswer
from benchmarks.runs import answer, grep, in_turn, run


def test_a_run_has_its_output_its_time_and_its_own_memory(tmp_path: Path) -> None:
    output = tmp_path / "output"
    program = "import time; block = bytearray(80_000_000); time.sleep(0.05); print(len(block))"
    large = run(sys.executable, "-c", program, output=output)
    assert b"80000000\n" == output.read_bytes()
    assert large.seconds >= 0.05
    small = run(sys.executable, "-c", "pass", output=output)
    assert b"" == output.read_bytes()
    assert small.peak_bytes + 70_000_000 < large.peak_bytes


def test_a_run_that_ends_badly_is_a_wrong_answer_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(WrongAnswer, match=r"ended with 3: out of paper"):
        run(
            sys.executable,
            "-c",
            "import sys; print('out of paper', file=sys.stderr); sys.exit(3)",
            output=tmp_path / "o",
        )


def test_a_run_may_end_with_any_status_that_is_named(tmp_path: Path) -> None:
    run(sys.executable, "-c", "raise SystemExit(3)", output=tmp_path / "output", statuses=(0, 3))


def test_a_run_gets_variables_of_its_own(tmp_path: Path) -> None:
    program = "import os; print(os.environ['ANOMALY_FILTER_PURE'], os.environ['OMP_NUM_THREADS'])"
    run(sys.executable, "-c", program, output=tmp_path / "o", environment={"ANOMALY_FILTER_PURE": "1"})
    assert "1 1\n" == (tmp_path / "o").read_text()


@pytest.mark.parametrize(("text", "count"), [("no id\n", "0"), ("at 3c6c85fe-01\n", "1")])
def test_grep_counts_ids_and_may_find_none(tmp_path: Path, text: str, count: str) -> None:
    log, output = tmp_path / "log", tmp_path / "output"
    log.write_text(text)
    assert grep(log, output=output) > 0
    assert count == output.read_text().strip()


def test_programs_take_turns() -> None:
    turns: list[str] = []

    def turn(name: str) -> int:
        turns.append(name)
        return len(turns)

    found = in_turn(2, {name: partial(turn, name) for name in "ab"})
    assert ["a", "b", "a", "b"] == turns
    assert [{"a": 1, "b": 2}, {"a": 3, "b": 4}] == found


def test_what_is_timed_takes_every_line_and_answers_for_each_log(tmp_path: Path) -> None:
    good, fail, output = tmp_path / "good", tmp_path / "fail", tmp_path / "output"
    good.write_text("unpacked all sources\nran the unit tests\n")
    fail.write_text("unpacked all sources\nno space left on device\n")
    warm = answer("time_ours", "warm", good, fail, output=output)
    assert (2, 2) == (warm["lines"], warm["warm_lines"])
    assert min(warm[key] for key in ("train", "score", "warm_train", "warm_score")) > 0
    cold = answer("time_ours", "cold", good, fail, good, output=output)
    assert {"train", "score", "lines", "score1", "lines1"} == cold.keys()
    found = answer("time_ours", "answer", good, fail, good, output=output)
    assert (1, 1, 2, 0) == (found["at_zero"], found["novel"], found["at_zero1"], found["novel1"])
    assert found["digest"] != found["digest1"]
    assert found == answer(
        "time_ours", "answer", good, fail, good, output=output, environment={"ANOMALY_FILTER_PURE": "1"}
    )
