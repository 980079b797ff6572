from __future__ import annotations

from anomaly_filter import REASONS, reasons


def test_the_set_of_reasons_is_closed() -> None:
    named = [value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)]
    assert ("novel", "error", "number", "version", "value", "fixed", "block") == REASONS
    assert sorted(REASONS) == sorted(named)
