from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import bench
from benchmarks.bench import FULL, SHORT, USUAL, Bench, Form


def size(monkeypatch: pytest.MonkeyPatch, folder: Path, form: Form, begun: float, a_megabyte: float) -> float:
    """Return the size that is chosen where a program takes a time to begin, and then a time a megabyte."""

    def timed(_module: str, _how: str, good: Path, _fail: Path, *, output: Path) -> dict[str, float]:
        assert folder == output.parent
        return {"train": begun, "score": float(good.name) * a_megabyte}

    def named(self: Bench, size_mb: float) -> tuple[Path, Path]:
        return (self.folder / f"{size_mb}",) * 2

    monkeypatch.setattr(bench, "answer", timed)
    monkeypatch.setattr(Bench, "pair", named)
    return Bench(form, folder).size_mb


@pytest.mark.parametrize(
    ("begun", "a_megabyte", "megabytes"),
    [
        (0.5, 0.1, 30),
        (0.5, 0.2, 10),
        (0.5, 1, 3),
        (0.5, 10, 0.3),
        (0.5, 0.001, 30),
        (USUAL.seconds, 0.001, 0.3),
    ],
)
def test_logs_are_as_large_as_the_time_allows_and_30_mb_at_the_most(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, begun: float, a_megabyte: float, megabytes: float
) -> None:
    assert megabytes == size(monkeypatch, tmp_path, USUAL, begun, a_megabyte)


@pytest.mark.parametrize(("form", "megabytes"), [(SHORT, 0.3), (FULL, 30)])
def test_the_short_form_has_the_smallest_logs_and_the_full_one_whole_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: Form, megabytes: float
) -> None:
    assert megabytes == size(monkeypatch, tmp_path, form, 0.5, 0.1)
