from __future__ import annotations

import pytest

from anomaly_filter import AnomalyFilter, Line, lines, parted
from tests.anomaly_filter.builds import model

USUAL = [f"fetched {name} of the archive" for name in ("alpha", "beta", "gamma")]


@pytest.mark.parametrize("remembered", [0, 30, parted._REMEMBERED_BYTES])
def test_lines_of_many_parts_are_judged_the_same_whatever_is_remembered(
    monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    monkeypatch.setattr(parted, "_REMEMBERED_BYTES", remembered)
    bars = [
        "\r".join(USUAL),
        "\r".join([*USUAL, "fetched no more"] * 9),
        "error: no space\r" + USUAL[0],
        *USUAL,
    ]
    texts = bars * 5
    by_line = AnomalyFilter(model(USUAL)).scored(Line(number, text) for number, text in enumerate(texts, 1))
    by_block = AnomalyFilter(model(USUAL)).scored(lines(["\n".join(texts).encode()]))
    assert list(by_line) == list(by_block)
    assert by_line.findings == by_block.findings
