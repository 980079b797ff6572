from __future__ import annotations

import pytest

from anomaly_filter.reasons import VALUE
from anomaly_filter.values import MOST_VALUES, PLACE_LINES, VALUE_LINES, usual_values, values
from tests.anomaly_filter.builds import judged, word


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("kernel dispatched, backend=cuda, 1.0 ms", ("backend", "cuda")),
        ("Backend='CUDA'", ("backend", "cuda")),
        ('{"phase": "Running", "restarts": 0}', ("phase", "running")),
        ("{'phase':'Running'}", ("phase", "running")),
        ("proto=TLSv1", ("proto", "tlsv9")),
        ("--cache.mode=read-only done", ("cache.mode", "read-only")),
    ],
)
def test_what_a_name_is_set_to(text: str, pair: tuple[str, str]) -> None:
    assert pair in [*values(text)]


@pytest.mark.parametrize(
    "text",
    [
        "phase: Running",
        "count=12",
        "id=7f3e9b00c1",
        "path=src/main.c",
        "url=https://example.com",
        "call=now()",
        "x = y",
    ],
)
def test_what_is_an_id_a_path_or_prose_is_no_value(text: str) -> None:
    assert [] == [*values(text)]


@pytest.mark.parametrize(
    ("counts", "usual"),
    [
        ({"cuda": PLACE_LINES}, True),
        ({"cuda": PLACE_LINES - 1}, False),
        ({"cuda": PLACE_LINES, "cudnn": VALUE_LINES}, True),
        ({"cuda": PLACE_LINES, "cudnn": VALUE_LINES - 1}, False),
        ({word(number): VALUE_LINES for number in range(MOST_VALUES)}, True),
        ({word(number): VALUE_LINES for number in range(MOST_VALUES + 1)}, False),
    ],
)
def test_values_are_usual_when_they_are_few_and_each_comes_often(
    counts: dict[str, int], *, usual: bool
) -> None:
    found = usual_values((f"backend={value}", often) for value, often in counts.items())
    assert ({"backend": frozenset(counts)} if usual else {}) == found


def test_a_name_that_is_set_to_what_it_never_was_is_told_whatever_else_the_line_has() -> None:
    usual = [
        f"kernel {word(number)} of {word(number + 40)} dispatched to the device with backend={value}, all is well"
        for number in range(PLACE_LINES)
        for value in ("cuda", "cudnn")
    ]
    odd = usual[0].replace("=cuda", "=reference").replace(word(0), word(5))
    (line,) = judged([odd], usual).lines
    assert VALUE in line.reasons
    (line,) = judged([odd.replace("=reference", "=cudnn")], usual).lines
    assert VALUE not in line.reasons
