from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_filter import native

ENGINE = Path(native.__file__).with_name("engine")
FILE = native._FILE


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have each test look for the library anew, and nobody after it know what it found."""
    monkeypatch.delenv("ANOMALY_FILTER_PURE", raising=False)
    native._loaded.cache_clear()
    yield
    native._loaded.cache_clear()


def built(tmp_path: Path, source: str) -> Path:
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    code, library = tmp_path / "engine.c", tmp_path / "engine.so"
    code.write_text(source)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, code], check=True)
    return library


@pytest.mark.skipif(not FILE.exists(), reason="the engine is not built")
def test_the_engine_is_found_once() -> None:
    assert isinstance(native.library(), ctypes.CDLL)
    assert native.library() is native.library()
    assert "" == native.why_not()


@pytest.mark.parametrize(("value", "forced"), [("1", True), ("0", False), ("", False)])
def test_pure_python_can_be_forced(value: str, forced: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - a parameter
    monkeypatch.setenv("ANOMALY_FILTER_PURE", value)
    assert forced == (native.why_not() == "ANOMALY_FILTER_PURE=1 is set")
    assert not forced or native.library() is None


def test_a_missing_engine_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "_FILE", tmp_path / "absent.so")
    assert native.library() is None
    assert native.why_not().startswith("absent.so is missing: ")


def test_a_file_that_is_no_library_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.so").write_bytes(b"no library")
    monkeypatch.setattr(native, "_FILE", tmp_path / "broken.so")
    assert native.library() is None
    assert native.why_not().startswith("broken.so does not load: ")


def test_a_library_of_something_else_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "_FILE", built(tmp_path, "int something_else(void) { return 1; }"))
    assert native.library() is None
    assert native.why_not().startswith("engine.so does not load: ")


def test_an_engine_of_another_version_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "unsigned engine_version(void) { return 999; }"
    monkeypatch.setattr(native, "_FILE", built(tmp_path, source))
    assert native.library() is None
    assert (
        f"engine.so has version 999, not {native.ENGINE_VERSION}: install the package again"
        == native.why_not()
    )


@pytest.mark.parametrize(
    ("module", "name", "value", "word"),
    [(sys, "byteorder", "big", "big-endian"), (ctypes, "sizeof", lambda _: 4, "32")],
)
def test_machines_of_another_kind_are_refused(
    module: object, name: str, value: object, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, value)
    assert native.library() is None
    assert word in native.why_not()


def test_both_sides_name_the_same_version() -> None:
    found = re.search(r"#define ENGINE_VERSION (\d+)", (ENGINE / "engine.h").read_text())
    assert found
    assert native.ENGINE_VERSION == int(found[1])


def test_memory_is_freed_once_and_is_not_there_afterwards() -> None:
    freed: list[int] = []
    memory = native.Memory(7, freed.append)
    assert 7 == memory.address
    memory.free()
    with pytest.raises(RuntimeError, match="freed"):
        _ = memory.address
    del memory
    assert [7] == freed
