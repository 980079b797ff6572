from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import anomaly_filter


def loaded_by(code: str) -> set[str]:
    """Return the modules of a fresh interpreter that has run some code."""
    code += "\nimport sys; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


@pytest.mark.parametrize("name", anomaly_filter.__all__)
def test_each_name_is_what_its_module_has(name: str) -> None:
    found = getattr(anomaly_filter, name)
    homes = [home for home, names in anomaly_filter._HOMES.items() if name in names] or ["lines"]
    assert [found] == [getattr(import_module(f"anomaly_filter.{home}"), name) for home in homes]
    assert getattr(found, "__module__", f"anomaly_filter.{homes[0]}") == f"anomaly_filter.{homes[0]}"


def test_no_name_has_a_home_that_is_not_told() -> None:
    assert set(anomaly_filter.__all__) >= {name for names in anomaly_filter._HOMES.values() for name in names}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'anomaly_filter' has no attribute 'Filter'"):
        anomaly_filter.Filter  # type: ignore[attr-defined]  # noqa: B018 - asking is the subject


def test_importing_the_package_loads_neither_numpy_nor_the_filter() -> None:
    assert set() == {"numpy", "sklearn", "anomaly_filter.filter"} & loaded_by("import anomaly_filter")


def test_the_filter_needs_neither_numpy_nor_a_store() -> None:
    loaded = loaded_by("from anomaly_filter import AnomalyFilter")
    assert "anomaly_filter.filter" in loaded
    assert set() == {"numpy", "sklearn", "anomaly_filter.store"} & loaded


@pytest.mark.parametrize("first", ["anomaly_filter.lines", "anomaly_filter.filter"])
def test_lines_is_the_function_whatever_is_loaded_first(first: str) -> None:
    assert loaded_by(f"import {first}\nfrom anomaly_filter import lines\nassert [*lines([b'a'])]")
