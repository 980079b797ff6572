"""Images of the models in a store."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from anomaly_filter import Fallback, ModelName, ModelStore, native
from anomaly_filter.image import Image
from tests.anomaly_filter.test_mapped import answers
from tests.anomaly_filter.test_store import (
    DEADLINE_SECONDS,
    NAME,
    NOW,
    builds,
    files,
    learn,
    segment,
    there,
)

OTHER_BRANCH = ModelName("openstack/nova", "unit", "stable", ("job",))

needs_engine = pytest.mark.skipif(
    native.library() is None, reason="the engine is not compiled, or ANOMALY_FILTER_PURE is set"
)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def images(store: ModelStore) -> list[Path]:
    return sorted(path for path in store.root.rglob("*") if ".images" in path.parts and path.is_file())


def image(store: ModelStore) -> Path:
    """Return the only image."""
    (path,) = images(store)
    return path


def again(store: ModelStore) -> ModelStore:
    """Return the store as another process has it."""
    return ModelStore(store.root)


def is_mapped(path: Path) -> bool:
    """Whether this process maps a file; or whether that cannot be told."""
    maps = Path("/proc/self/maps")
    return not maps.exists() or str(path) in maps.read_text()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The builds of the segments that have been read."""
    read: list[str] = []
    opened = Path.open

    def note(path: Path, *args: Any, **options: Any) -> object:
        if path.suffix == ".segment" and "wb" not in options.values():
            read.append(path.name.split(".")[1])
        return opened(path, *args, **options)

    monkeypatch.setattr(Path, "open", note)
    return read


@needs_engine
def test_the_first_process_writes_an_image_and_all_others_map_it(store: ModelStore, reads: list[str]) -> None:
    learn(store, "b1", "alpha", "beta")
    first = there(store, NAME)
    assert (["b1"], True) == (reads, is_mapped(image(store)))
    second = there(again(store), NAME)
    assert ["b1"] == reads
    assert answers(first.model) == answers(second.model)
    assert (first.newest, first.fallback, first.model.name) == (
        second.newest,
        second.fallback,
        second.model.name,
    )


@needs_engine
@pytest.mark.parametrize("mount", ["9 1 {} / /x rw - nfs4 host:/x rw", "9 1 {} / /x rw", ""])
def test_where_another_host_may_take_a_file_away_an_image_is_read_and_not_mapped(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mount: str
) -> None:
    learn(store, "b1", "alpha", "beta")
    there(store, NAME)
    path = image(store)
    expected = there(again(store), NAME).model.nearest(frozenset(["alpha"]))
    device = path.stat().st_dev
    mounts = tmp_path / "mountinfo"
    mounts.write_text(mount.format(f"{os.major(device)}:{os.minor(device)}") + "\n")
    monkeypatch.setattr("anomaly_filter.images._MOUNTS", mounts)
    other = shutil.copytree(store.root, tmp_path / "other")  # of which nothing is mapped yet
    model = there(ModelStore(other), NAME).model
    assert not any(str(other) in line for line in Path("/proc/self/maps").read_text().splitlines())
    assert expected == model.nearest(frozenset(["alpha"]))


def test_without_the_engine_segments_are_read_and_no_image_is_written(
    store: ModelStore, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native, "library", lambda: None)
    learn(store, "b1")
    for _ in range(2):
        assert ("b1",) == builds(again(store))
    assert (["b1", "b1"], []) == (reads, images(store))


@needs_engine
def test_a_process_without_the_engine_does_without_the_image(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(store, "b1", "alpha", "beta")
    with_engine = answers(there(store, NAME).model)
    monkeypatch.setattr(native, "library", lambda: None)
    assert with_engine == answers(there(again(store), NAME).model)


@needs_engine
def test_learning_makes_another_image_and_removes_the_old_one(store: ModelStore) -> None:
    learn(store, "b1")
    there(store, NAME)
    old = image(store)
    learn(store, "b2")
    assert [] == images(store)
    assert ("b1", "b2") == builds(store)
    assert old != image(store)


@needs_engine
def test_an_image_that_stood_in_for_another_model_is_removed_with_its_segments(store: ModelStore) -> None:
    learn(store, "b1", name=OTHER_BRANCH)
    there(store, NAME, fallback=[Fallback.BRANCH])
    assert 1 == len(images(store))
    learn(store, "b2", name=OTHER_BRANCH)
    assert [] == images(store)


@needs_engine
def test_learning_leaves_the_images_of_others_alone(store: ModelStore) -> None:
    learn(store, "b1")
    there(store, NAME)
    learn(store, "b1", name=ModelName("x", "y", "z", ("job",)))
    assert 1 == len(images(store))


@needs_engine
def test_what_is_forgotten_is_in_no_image(store: ModelStore) -> None:
    learn(store, "b1", "a secret plan")
    learn(store, "b2")
    there(store, NAME)
    assert b"secret" in image(store).read_bytes()
    store.forget("b1")
    assert [] == images(store)
    assert ("b2",) == builds(again(store))
    assert b"secret" not in image(store).read_bytes()


@needs_engine
def test_an_image_that_cannot_be_removed_hinders_forgetting_but_no_learning(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(store, "b1")
    there(store, NAME)
    unlink = Path.unlink

    def fail(path: Path, *, missing_ok: bool = False) -> None:
        if path.suffix == ".image":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", fail)
    assert learn(store, "b2")
    assert ("b1", "b2") == builds(again(store))
    with pytest.raises(PermissionError):
        store.forget("b1")


@needs_engine
def test_a_segment_that_is_forgotten_while_its_image_is_written_is_in_none(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(store, "b1")
    replace = Path.replace

    def forget_first(path: Path, target: Path) -> Path:
        ModelStore(store.root).forget("b1")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", forget_first)
    there(store, NAME)
    assert [] == images(store)


@needs_engine
def test_the_own_build_is_left_out_of_an_image_of_its_own(store: ModelStore) -> None:
    learn(store, "b1")
    learn(store, "b2")
    for _ in range(2):
        assert (("b1", "b2"), ("b2",)) == (builds(again(store)), builds(again(store), without_build="b1"))
    assert 2 == len(images(store))


@needs_engine
def test_forgetting_a_build_and_learning_it_again_is_never_taken_for_the_same(store: ModelStore) -> None:
    learn(store, "b1", "alpha")
    there(store, NAME)
    kept = {image(store): image(store).read_bytes()}
    store.forget("b1")
    learn(store, "b1", "alpha", "alpha")  # the same texts, so the segment has the same name
    for path, data in kept.items():
        path.write_bytes(data)
    assert 2 == there(again(store), NAME).model.evidence.total(0)


@needs_engine
def test_what_was_left_out_is_told_from_the_image_too(store: ModelStore, reads: list[str]) -> None:
    learn(store, "b1")
    learn(store, "b2")
    (path,) = (path for path in files(store.root) if ".b1." in path.name)
    path.write_bytes(b"x")
    first = there(store, NAME)
    reads.clear()
    second = there(again(store), NAME)
    assert (1, first.unreadable, []) == (len(first.unreadable), second.unreadable, reads)


def _flip(data: bytes) -> bytes:
    return data[:-70] + bytes([data[-70] ^ 1]) + data[-69:]


@needs_engine
@pytest.mark.parametrize(
    "damage",
    [lambda _: b"", lambda _: b"x", lambda data: data[:-64], lambda data: data + bytes(64), _flip],
    ids=["empty", "another format", "truncated", "longer", "a bit"],
)
def test_a_damaged_image_is_written_anew(store: ModelStore, damage: Callable[[bytes], bytes]) -> None:
    learn(store, "b1", "alpha", "beta")
    before = answers(there(store, NAME).model)
    path, sound = image(store), image(store).read_bytes()
    path.unlink()
    path.write_bytes(damage(sound))
    assert before == answers(there(again(store), NAME).model)
    assert sound == path.read_bytes()


@needs_engine
def test_whichever_byte_of_an_image_is_damaged_the_answers_are_the_same(store: ModelStore) -> None:
    learn(store, "b1", "alpha", "beta 0")
    before = there(store, NAME).model.nearest(frozenset(["alpha"]))
    path, sound = image(store), image(store).read_bytes()
    for place in range(0, len(sound), 61):
        path.unlink()
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0xFF]) + sound[place + 1 :])
        assert before == there(again(store), NAME).model.nearest(frozenset(["alpha"]))
        assert sound == path.read_bytes()


@needs_engine
def test_a_full_disk_is_told_and_the_model_answers(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(store, "b1")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", fail)
    with pytest.warns(RuntimeWarning, match="models load slowly: .*No space left"):
        assert ("b1",) == builds(store)
    assert [] == images(store)


@needs_engine
@pytest.mark.parametrize("reason", [(30, "Read-only file system"), (13, "Permission denied")])
def test_a_store_that_may_not_be_written_works_without(
    store: ModelStore, reason: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(store, "b1")

    def fail(*_: object, **__: object) -> None:
        raise OSError(*reason)

    monkeypatch.setattr(tempfile, "mkstemp", fail)
    assert ("b1",) == builds(store)


@needs_engine
def test_a_segment_that_no_image_can_hold_is_read_each_time(store: ModelStore, reads: list[str]) -> None:
    odd = segment("b1")
    odd = type(odd)("b1", "job.log", odd.rows, odd.texts, hosts={"\ud800": {"a": 9}})
    even = type(odd)("b2", "job.log", odd.rows, odd.texts, hosts={"\ud800": {"a": 9}})
    for one in (odd, even):
        store.learn(NAME, one, built_at=NOW, now=NOW)
    for _ in range(2):
        assert {"\ud800": {"a"}} == there(again(store), NAME).model.evidence.usual_hosts
    assert (4, []) == (len(reads), images(store))


@needs_engine
def test_what_a_killed_writer_left_of_an_image_is_removed_when_it_is_old(store: ModelStore) -> None:
    learn(store, "b1")
    there(store, NAME)
    left = image(store).parent / ".left.part"
    left.write_bytes(b"x")
    os.utime(left, ((NOW - timedelta(hours=25)).timestamp(),) * 2)
    learn(store, "b2")
    assert not left.exists()


@needs_engine
def test_images_are_mapped_as_long_as_there_is_room(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(store, "b1")
    there(store, NAME)
    limit = image(store).stat().st_size + 40_000
    monkeypatch.setattr("anomaly_filter.store._CACHE_LIMIT", limit)
    kept = again(store)
    first = there(kept, NAME).model
    assert first is there(kept, NAME).model
    learn(kept, "b1", name=OTHER_BRANCH)
    there(kept, OTHER_BRANCH)
    assert first is not there(kept, NAME).model


def _find_many(root: Path, count: int) -> None:
    for _ in range(count):
        found = ModelStore(root).find(NAME)
        assert found is None or 0.0 == found.model.nearest(frozenset(["alpha"])).distance


@needs_engine
def test_processes_that_make_the_same_image_at_once_do_not_hinder_each_other(store: ModelStore) -> None:
    learn(store, "b0", "alpha")
    context = multiprocessing.get_context("spawn")
    readers = [context.Process(target=_find_many, args=(store.root, 100)) for _ in range(2)]
    for process in readers:
        process.start()
    written = 1
    while any(process.is_alive() for process in readers):
        learn(store, f"b{written}", "alpha", age_days=-written / 1000)
        written += 1
    for process in readers:
        process.join(DEADLINE_SECONDS)
    assert [0, 0] == [process.exitcode for process in readers]
    assert [] == [path for path in images(store) if path.suffix != ".image"]
    there(store, NAME)
    Image(images(store)[-1], native.library())  # type: ignore[arg-type] # there is one
