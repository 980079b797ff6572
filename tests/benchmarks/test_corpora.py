from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from anomaly_filter import AnomalyFilter, Line, Model, SegmentBuilder
from benchmarks import corpora
from benchmarks.corpora import Logs

LOG = b"12:00:01 step 7 of 10, commit 3c6c85fe took 123 ms\n"
TEXTS = [
    f"12:00:0{number} {name} stage finished, archive uploaded to mirror after {number} retries, cache {state}"
    for number, name in enumerate(("compile", "package", "deploy", "verify"))
    for state in ("kept", "dropped")
]


@pytest.mark.parametrize("size", [0, 1, len(LOG), 10_000])
def test_a_varied_log_has_the_size_that_is_asked_for(size: int) -> None:
    assert size == len(b"".join(corpora.varied(LOG, size, seed=1)))


def test_an_empty_log_varies_to_nothing() -> None:
    assert [] == list(corpora.varied(b"", 100, seed=1))


def test_the_same_seed_gives_the_same_and_another_does_not() -> None:
    one, same, other = (b"".join(corpora.varied(LOG, 1000, seed)) for seed in (1, 1, 2))
    assert one == same != other
    for made in (corpora.new_lines, corpora.other_lines):
        one_made, same_made, other_made = ([*islice(made(TEXTS, seed), 9)] for seed in (1, 1, 2))
        assert one_made == same_made != other_made


def test_numbers_and_ids_are_varied_and_words_and_times_of_day_are_not() -> None:
    lines = b"".join(corpora.varied(LOG, 10 * len(LOG), seed=1)).splitlines()
    assert 10 == len(set(lines))
    assert {b"12:00:01 step 7 of"} == {line[: line.index(b"of") + 2] for line in lines}
    assert {(b"step", b"of", b"commit", b"took", b"ms")} == {
        tuple(word for word in line.split() if word.isalpha()) for line in lines
    }
    assert {len(LOG) - 1} == {len(line) for line in lines}


def test_every_new_line_is_novel_and_no_two_are_alike() -> None:
    builder = SegmentBuilder("1", "job.log")
    builder.learn(Line(number, text) for number, text in enumerate(TEXTS, 1))
    new = [line.decode().rstrip("\n") for line in islice(corpora.new_lines(TEXTS, seed=1), 200)]
    scan = AnomalyFilter(Model([builder.segment()])).scored(
        Line(place, text) for place, text in enumerate(new, 1)
    )
    assert 200 == sum("novel" in line.reasons for line in scan)
    assert 200 == len(set(new))


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.05, 30, 70), (1.0, 1000, 1000)])
def test_a_mixed_log_has_its_share_of_new_lines(share: float, least: int, most: int) -> None:
    new = corpora.new_lines(TEXTS, seed=1)
    lines = islice(corpora.mixed([LOG], new, share, seed=1), 1000)
    assert least <= sum(line != LOG for line in lines) <= most


def test_lines_end_with_the_one_that_reaches_the_size() -> None:
    assert [b"abc\n"] * 3 == list(corpora.up_to(iter([b"abc\n"] * 9), 9))


@pytest.mark.parametrize(("text", "count"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\n\nb", 3)])
def test_lines_are_counted_with_the_last_that_has_no_end(tmp_path: Path, text: bytes, count: int) -> None:
    assert count == corpora.lines_in(corpora.written(tmp_path / "log", iter([text])))


def test_texts_are_distinct_lines_of_ascii_with_a_few_words() -> None:
    good = "compile stage finished quickly"
    logs = Logs("test", f"{good}\n{good}\nshort\n".encode(), "übung macht wirklich jeden Meister\n".encode())
    assert [good] == list(logs.texts)


def test_without_the_data_sets_the_logs_are_those_of_the_demos_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpora, "DATA", tmp_path / "nowhere")
    for build in ("passed", "failed"):
        (tmp_path / f"{build}-logs").mkdir()
        (tmp_path / f"{build}-logs" / "job-output.txt").write_text(
            f"the {build} build of this job ended here\n"
        )
    logs = corpora.failing_builds(tmp_path)
    assert "the demo's CI job" == logs.origin
    assert logs.passed.startswith(b"the passed build")
    assert logs.failed.startswith(b"the failed build")
    assert logs == corpora.tests(tmp_path)
