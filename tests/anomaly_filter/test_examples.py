from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import anomaly_filter

MODULES = sorted(path.stem for path in Path(anomaly_filter.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_examples_do_what_they_say(module: str) -> None:
    name = "anomaly_filter" if module == "__init__" else f"anomaly_filter.{module}"
    assert 0 == doctest.testmod(importlib.import_module(name)).failed


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    examples = [
        test for name in MODULES for test in finder.find(importlib.import_module(f"anomaly_filter.{name}"))
    ]
    assert sum(bool(test.examples) for test in examples) >= 6
