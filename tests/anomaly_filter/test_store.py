from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from anomaly_filter import (
    FALLBACKS,
    Fallback,
    Found,
    Line,
    ModelName,
    ModelStore,
    Segment,
    SegmentBuilder,
    container,
)
from anomaly_filter.scanner import compiled

NOW = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
NAME = ModelName("openstack/nova", "unit", "master", ("job",))
DEADLINE_SECONDS = 20


def segment(build: str, *texts: str, file: str = "job.log") -> Segment:
    builder = SegmentBuilder(build, file)
    builder.learn(Line(number, text) for number, text in enumerate(texts or ("all went well",), 1))
    return builder.segment()


def learn(
    store: ModelStore,
    build: str,
    *texts: str,
    name: ModelName = NAME,
    file: str = "job.log",
    age_days: float = 0,
) -> bool:
    built_at = NOW - timedelta(days=age_days)
    return store.learn(name, segment(build, *texts, file=file), built_at=built_at, now=NOW)


def files(root: Path) -> list[Path]:
    """Return all files but the images of models, see test_images.py."""
    found = (path for path in root.rglob("*") if path.is_file())
    return sorted(path for path in found if ".images" not in path.parts)


def there(store: ModelStore, name: ModelName, **options: Any) -> Found:
    """Return what the store finds; fail when that is nothing."""
    found = store.find(name, **options)
    assert found is not None
    return found


def builds(store: ModelStore, name: ModelName = NAME, **options: str) -> tuple[str, ...]:
    found = store.find(name, fallback=(), **options)
    return found.model.builds if found else ()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


# ---- learning ----


def test_what_is_learnt_is_found(store: ModelStore) -> None:
    assert learn(store, "b1")
    found = there(store, NAME)
    assert found == Found(found.model, None, NOW)
    assert ("openstack%2Fnova/unit/master/job", ("b1",)) == (found.model.name, found.model.builds)


@pytest.mark.parametrize("lasting", [True, False])
def test_models_that_last_have_images_and_outlast_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, lasting: bool
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    store = ModelStore(tmp_path, lasting=lasting)
    assert learn(store, "b1")
    assert ("b1",) == builds(store)
    assert (lasting, lasting and compiled()) == (bool(synced), (tmp_path / ".images").exists())


def test_learning_the_same_again_changes_nothing(store: ModelStore) -> None:
    learn(store, "b1", age_days=1)
    before = [(path, path.stat().st_mtime_ns) for path in files(store.root)]
    assert not learn(store, "b1", age_days=1)
    assert not learn(store, "b1")
    assert before == [(path, path.stat().st_mtime_ns) for path in files(store.root)]


def test_learning_a_file_again_with_other_content_replaces_it(store: ModelStore) -> None:
    learn(store, "b1", "half of the log")
    assert learn(store, "b1", "half of the log", "and the rest")
    assert 1 == len(files(store.root))
    assert 2 == len(there(store, NAME).model)


def test_two_files_of_a_build_are_two_segments_and_one_build(store: ModelStore) -> None:
    learn(store, "b1", file="job.log")
    learn(store, "b1", file="job.log.1")
    assert 2 == len(files(store.root))
    assert ("b1",) == builds(store)


def test_a_model_keeps_the_newest_builds(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, keep_builds=2)
    for build, age_days in (("b3", 3), ("b1", 1), ("b2", 2)):
        learn(store, build, age_days=age_days)
    assert ("b1", "b2") == builds(store)
    assert 2 == len(files(tmp_path))


def test_a_build_older_than_all_that_are_kept_is_not_learnt(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, keep_builds=1)
    learn(store, "b1", age_days=1)
    assert not learn(store, "b2", age_days=2)
    assert ("b1",) == builds(store)


def test_a_model_forgets_builds_by_their_age(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, keep_days=10)
    learn(store, "b1", age_days=10.1)
    learn(store, "b2", age_days=9.9)
    assert ("b2",) == builds(store)


def test_the_newest_build_is_kept_whatever_its_age(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, keep_days=10)
    assert learn(store, "b1", age_days=400)
    assert ("b1",) == builds(store)


def test_a_build_is_forgotten_in_every_model(store: ModelStore) -> None:
    other = ModelName("x", "y", "z", ("job",))
    for name in (NAME, other):
        learn(store, "b1", name=name)
        learn(store, "b2", name=name)
    assert 2 == store.forget("b1")
    assert 0 == store.forget("b1")
    assert ("b2",) == builds(store) == builds(store, other)


def test_forgetting_in_a_store_that_is_not_there_yet_is_no_error(store: ModelStore) -> None:
    assert 0 == store.forget("b1")
    assert [] == list(store.models())
    assert store.find(NAME) is None


def test_models_are_listed_with_their_segments_oldest_first(store: ModelStore) -> None:
    learn(store, "b1")
    learn(store, "b2", age_days=1)
    ((name, segments),) = store.models()
    assert ("openstack%2Fnova/unit/master/job", ["b2", "b1"]) == (name, [s.build for s in segments])
    assert [NOW - timedelta(days=1), NOW] == [s.built_at for s in segments]


# ---- finding ----


def test_a_build_is_never_its_own_baseline(store: ModelStore) -> None:
    learn(store, "b1")
    learn(store, "b2")
    assert ("b2",) == builds(store, without_build="b1")
    store.forget("b2")
    assert store.find(NAME, without_build="b1") is None


@pytest.mark.parametrize("build", ["../b1", "b.1", ".b", "b" * 200, "b 1%", "\u00fc"])
def test_a_build_with_an_odd_id_is_left_out_and_forgotten_like_another(store: ModelStore, build: str) -> None:
    assert learn(store, build, "half of the log")
    assert learn(store, build)
    assert not learn(store, build)
    assert (build,) == builds(store)
    assert () == builds(store, without_build=build)
    assert 1 == store.forget(build)


STEPS = {
    Fallback.BRANCH: ModelName("openstack/nova", "unit", "stable", ("job",)),
    Fallback.PROJECT: ModelName("openstack/glance", "unit", "stable", ("job",)),
    Fallback.JOB: ModelName("openstack/nova", "unit", "stable", ("other", "file")),
}


@pytest.mark.parametrize("step", FALLBACKS)
def test_a_step_answers_when_it_is_on_and_nothing_when_it_is_off(store: ModelStore, step: Fallback) -> None:
    learn(store, "b1", name=STEPS[step])
    found = there(store, NAME, fallback=[step])
    assert (step, ("b1",)) == (found.fallback, found.model.builds)
    assert store.find(NAME, fallback=()) is None


@pytest.mark.parametrize(
    ("learnt", "answering"),
    [
        (Fallback.BRANCH, {Fallback.BRANCH, Fallback.PROJECT, Fallback.JOB}),
        (Fallback.PROJECT, {Fallback.PROJECT}),
        (Fallback.JOB, {Fallback.JOB}),
    ],
)
def test_a_step_answers_for_what_it_names_and_no_more(
    store: ModelStore, learnt: Fallback, answering: set[Fallback]
) -> None:
    learn(store, "b1", name=STEPS[learnt])
    assert answering == {step for step in FALLBACKS if store.find(NAME, fallback=[step])}


@pytest.mark.parametrize("order", [FALLBACKS, FALLBACKS[::-1], (Fallback.PROJECT, Fallback.BRANCH)])
def test_steps_are_tried_in_the_order_that_is_asked_for(
    store: ModelStore, order: tuple[Fallback, ...]
) -> None:
    for step, name in STEPS.items():
        learn(store, step.value, name=name)
    assert order[0] is there(store, NAME, fallback=order).fallback


def test_the_own_model_answers_before_any_step(store: ModelStore) -> None:
    learn(store, "b1")
    learn(store, "b2", name=STEPS[Fallback.BRANCH])
    assert there(store, NAME).fallback is None


def test_steps_leave_the_own_build_out_too(store: ModelStore) -> None:
    for name in STEPS.values():
        learn(store, "b1", name=name)
    assert store.find(NAME, without_build="b1") is None


def test_a_fallback_model_says_in_its_name_what_was_left_open(store: ModelStore) -> None:
    names = {
        Fallback.BRANCH: "openstack%2Fnova/unit/*/job",
        Fallback.PROJECT: "*/unit/*/job",
        Fallback.JOB: "openstack%2Fnova/unit/*",
    }
    for step, name in STEPS.items():
        learn(store, "b1", name=name)
        assert names[step] == there(store, NAME, fallback=[step]).model.name


def test_for_all_files_of_a_job_two_builds_are_enough(store: ModelStore) -> None:
    for age_days in range(4):
        learn(store, f"b{age_days}", name=STEPS[Fallback.JOB], age_days=age_days)
    assert ("b0", "b1") == there(store, NAME).model.builds


def test_newest_is_the_time_of_the_newest_build(store: ModelStore) -> None:
    learn(store, "b1", age_days=3)
    learn(store, "b2", age_days=2)
    assert NOW - timedelta(days=2) == there(store, NAME).newest


def test_a_model_is_read_once_until_its_segments_change(store: ModelStore) -> None:
    learn(store, "b1")
    first = there(store, NAME).model
    assert first is there(store, NAME).model
    learn(store, "b2")
    assert ("b1", "b2") == there(store, NAME).model.builds


def test_models_leave_memory_when_they_are_many(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anomaly_filter.store._CACHE_LIMIT", 50_000)  # room for one
    other = ModelName("x", "y", "z", ("job",))
    for name in (NAME, other):
        learn(store, "b1", name=name)
    first = there(store, NAME).model
    store.find(other)
    assert first is not there(store, NAME).model


def test_a_segment_of_an_empty_log_is_a_model(store: ModelStore) -> None:
    learn(store, "b1", "")
    assert 0 == len(there(store, NAME).model)


# ---- hostile and damaged ----


@pytest.mark.parametrize(
    "evil", ["..", "../../x", "/etc/passwd", "a\0b", "", ".", "~", "*", "x" * 5000, "\udcff"]
)
def test_no_name_leads_out_of_the_store(tmp_path: Path, evil: str) -> None:
    store = ModelStore(tmp_path / "root" / "models")
    name = ModelName(evil, evil, evil, (evil, evil))
    learn(store, evil, name=name, file=evil)
    assert [(tmp_path / "root" / "models")] == [*(tmp_path / "root").iterdir()]
    assert [tmp_path / "root"] == [*tmp_path.iterdir()]
    assert (evil or "",) == builds(store, name, without_build="other")


def test_a_folder_with_the_name_of_a_segment_is_none(store: ModelStore) -> None:
    # The path of a log becomes folders, so anybody who may submit jobs can make one.
    learn(
        store,
        "evil",
        name=ModelName("openstack/nova", "unit", "master", ("job", "20240101T000000Z.b.k.d.segment")),
    )
    for build in ("b1", "b2"):
        assert learn(store, build)
    found = there(store, NAME)
    assert (("b1", "b2"), ()) == (found.model.builds, found.unreadable)
    assert 1 == store.forget("evil")


def test_files_that_are_no_segments_are_left_alone(store: ModelStore) -> None:
    learn(store, "b1")
    folder = files(store.root)[0].parent
    for name in ("notes.txt", "x.segment", "20240101T000000Z.segment", "2024.b.k.d.segment", ".x.part"):
        (folder / name).write_text("x")
    learn(store, "b2")
    assert ((), ("b1", "b2")) == (there(store, NAME).unreadable, builds(store))
    assert 7 == len(files(store.root))


def damage(store: ModelStore, build: str, how: Callable[[Path], object]) -> str:
    (path,) = (s.path for _, segments in store.models() for s in segments if s.build == build)
    how(path)
    return str(path.relative_to(store.root))


@pytest.mark.parametrize(
    "content",
    [b"", b"x", container.pack({}), segment("b1").encode()[:-1]],
    ids=["empty", "another format", "no sections", "truncated"],
)
def test_an_unreadable_segment_is_reported_and_skipped(store: ModelStore, content: bytes) -> None:
    learn(store, "b1")
    learn(store, "b2")
    path = damage(store, "b1", lambda path: path.write_bytes(content))
    found = there(store, NAME)
    assert ("b2",) == found.model.builds
    (reason,) = found.unreadable
    assert reason.startswith(f"{path}: ")


def test_an_unreadable_model_is_reported_by_the_step_that_stands_in_for_it(store: ModelStore) -> None:
    learn(store, "b1")
    learn(store, "b2", name=STEPS[Fallback.BRANCH])
    path = damage(store, "b1", lambda path: path.write_bytes(b"x"))
    found = there(store, NAME)
    assert (Fallback.BRANCH, ("b2",)) == (found.fallback, found.model.builds)
    assert [path] == [reason.split(":")[0] for reason in found.unreadable]


def test_a_segment_that_would_make_the_model_too_large_is_reported(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(store, "b1")
    learn(store, "b2", age_days=1)
    monkeypatch.setattr("anomaly_filter.store._MODEL_BYTES_LIMIT", 600)
    found = there(store, NAME)
    assert ("b1",) == found.model.builds
    assert "larger than 600 bytes" in found.unreadable[0]


def test_a_segment_that_vanishes_while_it_is_read_was_forgotten(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(store, "b1")
    learn(store, "b2")
    opened = Path.open

    def open_late(path: Path, *args: Any) -> object:
        if ".b1." in path.name:
            path.unlink()
        return opened(path, *args)

    monkeypatch.setattr(Path, "open", open_late)
    found = there(store, NAME)
    assert (("b2",), ()) == (found.model.builds, found.unreadable)


def test_a_segment_that_could_not_be_read_once_is_tried_again(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(store, "b1")
    learn(store, "b2")
    opened = Path.open

    def fail(path: Path, *args: Any) -> object:
        if ".b1." in path.name:
            raise OSError(116, "Stale file handle")
        return opened(path, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", fail)
        found = there(store, NAME)
        assert ("b2",) == found.model.builds
        assert "Stale file handle" in found.unreadable[0]
    assert ("b1", "b2") == builds(store)


# ---- several processes ----


def _learn_many(root: Path, worker: int, count: int) -> None:
    store = ModelStore(root, keep_builds=100)
    for number in range(count):
        learn(store, f"shared{number}")
        learn(store, f"w{worker}-{number}", f"worker says {'abcdefgh'[number % 8] * 5}")


def test_writers_do_not_lose_what_others_learn(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_learn_many, args=(tmp_path, worker, 8)) for worker in range(3)]
    for process in workers:
        process.start()
    for process in workers:
        process.join(DEADLINE_SECONDS)
    assert [0, 0, 0] == [process.exitcode for process in workers]
    expected = {f"shared{n}" for n in range(8)} | {f"w{w}-{n}" for w in range(3) for n in range(8)}
    found = there(ModelStore(tmp_path, keep_builds=100), NAME)
    assert (expected, ()) == (set(found.model.builds), found.unreadable)
    assert len(expected) == len(files(tmp_path))


def test_a_reader_never_fails_while_others_learn_and_prune(tmp_path: Path) -> None:
    learn(ModelStore(tmp_path), "first")
    context = multiprocessing.get_context("spawn")
    writer = context.Process(target=_prune_many, args=(tmp_path, 150))
    writer.start()
    reads = 0
    while writer.is_alive():
        found = ModelStore(tmp_path).find(NAME)
        assert found is None or (found.unreadable == () and found.model.builds)
        reads += 1
    writer.join(DEADLINE_SECONDS)
    assert (0, True) == (writer.exitcode, reads > 0)


def _prune_many(root: Path, count: int) -> None:
    store = ModelStore(root, keep_builds=1)
    for number in range(count):
        learn(store, f"b{number}", age_days=-number / 1000)


def test_a_writer_killed_in_mid_write_leaves_nothing_that_is_seen(store: ModelStore) -> None:
    program = """
        import os, sys, time
        from pathlib import Path
        from datetime import datetime, timezone
        from anomaly_filter import Line, ModelName, ModelStore, SegmentBuilder
        def stall(descriptor):
            print("stalled", flush=True)
            time.sleep(60)
        os.fsync = stall
        builder = SegmentBuilder("killed", "job.log")
        builder.learn([Line(1, "all went well")])
        now = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
        name = ModelName("openstack/nova", "unit", "master", ("job",))
        ModelStore(Path(sys.argv[1])).learn(name, builder.segment(), built_at=now, now=now)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(store.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "stalled\n" == process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    assert -signal.SIGKILL == process.returncode
    assert 1 == len(files(store.root))  # the part that was written
    assert store.find(NAME) is None
    assert learn(store, "b1")
    assert (("b1",), ()) == (builds(store), there(store, NAME).unreadable)


def test_what_a_killed_writer_left_is_removed_when_it_is_old(store: ModelStore) -> None:
    learn(store, "b1")
    left = files(store.root)[0].parent / ".left.part"
    left.write_bytes(b"x")
    os.utime(left, ((NOW - timedelta(hours=23)).timestamp(),) * 2)
    learn(store, "b2")
    assert left.exists()
    os.utime(left, ((NOW - timedelta(hours=25)).timestamp(),) * 2)
    learn(store, "b3")
    assert not left.exists()


def test_a_writer_that_fails_leaves_nothing_behind(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        learn(store, "b1")
    assert [] == files(store.root)
