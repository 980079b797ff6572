from __future__ import annotations

import pytest

from benchmarks import throughput

LOG = b"12:00:01 step 7 of 10, commit 3c6c85fe took 123 ms\n"


@pytest.mark.parametrize("size", [0, 1, len(LOG), 10_000])
def test_a_varied_log_has_the_size_that_is_asked_for(size: int) -> None:
    assert size == len(b"".join(throughput.varied(LOG, size, seed=1)))


def test_the_same_seed_varies_alike_and_another_does_not() -> None:
    one, same, other = (b"".join(throughput.varied(LOG, 1000, seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_numbers_and_ids_are_varied_and_words_are_not() -> None:
    lines = b"".join(throughput.varied(LOG, 10 * len(LOG), seed=1)).splitlines()
    words = {tuple(word for word in line.split() if word.isalpha()) for line in lines}
    assert {(b"step", b"of", b"commit", b"took", b"ms")} == words
    assert 10 == len(set(lines))
    assert {len(LOG) - 1} == {len(line) for line in lines}


def test_a_missing_log_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(throughput, "LOG", throughput.ROOT / "nowhere" / "some-log")
    monkeypatch.setattr("sys.argv", ["throughput"])
    assert 2 == throughput.main()
    assert "the log some-log is not there" in capsys.readouterr().err
