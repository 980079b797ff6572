from __future__ import annotations

import signal
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from anomaly_filter import Segment, SegmentBuilder, lines, model_name
from log_classify.run import models as module
from log_classify.run.models import Models, kept_models, models_for_once, models_to_keep
from log_processor.errors import ConfigError

NOW = datetime(2026, 3, 9, 12, tzinfo=timezone.utc)


def _segment(build: str, text: str = "hello world") -> Segment:
    builder = SegmentBuilder(build, "job.log")
    builder.learn(lines([text.encode()]))
    return builder.segment()


def _learn(models: Models, build: str, text: str = "hello world", at: datetime = NOW) -> None:
    name = model_name({"filename": "job.log"})
    assert models.store().learn(name, _segment(build, text), built_at=at, now=NOW)


def _builds(path: Path) -> list[str]:
    with kept_models(path) as models:
        return [each.build for each in models.segments()]


@pytest.fixture(params=["models", "models.zip"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def test_models_for_once_are_gone_afterwards() -> None:
    with models_for_once(1) as models:
        _learn(models, "1")
        assert models.segments()
        assert not list(models.root.glob(".images"))
    assert not models.root.exists()


def test_models_are_kept(place: Path) -> None:
    with models_to_keep(place, 1) as models:
        _learn(models, "1")
    assert ["1"] == _builds(place)
    assert [place] == list(place.parent.iterdir())


def test_models_are_added_to_those_that_are_there(place: Path) -> None:
    for build in ("1", "2"):
        with models_to_keep(place, 1) as models:
            _learn(models, build)
    assert ["1", "2"] == _builds(place)


def test_what_a_build_teaches_now_replaces_what_it_taught(place: Path) -> None:
    for text in ("hello world", "another thing"):
        with models_to_keep(place, 1) as models:
            _learn(models, "1", text)
    with kept_models(place) as models:
        (segment,) = models.segments()
        assert b"another thing" in segment.path.read_bytes()


@pytest.mark.parametrize("together", [1, 12])
def test_the_newest_eight_builds_are_kept_or_as_many_as_come_at_once(place: Path, together: int) -> None:
    for first in range(0, 12, together):
        with models_to_keep(place, together) as models:
            for build in range(first, first + together):
                _learn(models, f"{build:02}", at=NOW + timedelta(minutes=build))
    expected = [f"{build:02}" for build in range(12)]
    assert (expected if together == 12 else expected[4:]) == _builds(place)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ConfigError])
def test_models_stay_as_they_were_if_learning_is_given_up(place: Path, error: type[BaseException]) -> None:
    with models_to_keep(place, 1) as models:
        _learn(models, "1")

    def give_up() -> None:
        with models_to_keep(place, 1) as models:
            _learn(models, "2")
            raise error

    with pytest.raises(error):
        give_up()
    assert ["1"] == _builds(place)
    assert [place] == list(place.parent.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_until_all_segments_are_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def interrupted(models: Models, root: Path) -> None:
        signal.raise_signal(number)
        move(models, root)

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    move = module._move
    monkeypatch.setattr(module, "_move", interrupted)
    before = signal.signal(number, end)
    try:
        with pytest.raises(KeyboardInterrupt), models_to_keep(tmp_path / "models", 1) as models:
            _learn(models, "1")
        assert end is signal.getsignal(number)
    finally:
        signal.signal(number, before)
    assert ["1"] == _builds(tmp_path / "models")


def test_the_same_models_make_the_same_zip_file(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        with models_to_keep(tmp_path / name, 1) as models:
            _learn(models, "1")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {zipfile.ZIP_STORED} == {info.compress_type for info in archive.infolist()}


@pytest.mark.parametrize("what", ["nothing", "an empty folder", "an empty zip file", "another file"])
def test_a_place_without_models_is_named(tmp_path: Path, what: str) -> None:
    path = tmp_path / "models"
    if what == "an empty folder":
        path.mkdir()
    elif what == "an empty zip file":
        zipfile.ZipFile(path, "w").close()
    elif what == "another file":
        path.write_text("hello")
    with pytest.raises(ConfigError, match=f"^{path}: "), kept_models(path):
        pass


@pytest.mark.parametrize("name", ["../x.segment", "/tmp/x.segment", "a/../../x.segment"])
def test_nothing_is_unpacked_outside(tmp_path: Path, name: str) -> None:
    path = tmp_path / "models.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(ConfigError, match="lies outside"), kept_models(path):
        pass
    assert [path] == list(tmp_path.iterdir())


def test_only_segments_are_unpacked(place: Path, tmp_path: Path) -> None:
    path = tmp_path / "models.zip"
    with models_to_keep(path, 1) as models:
        _learn(models, "1")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(".images/x.image", "x")
        archive.writestr("packed.segment", "x" * 100, zipfile.ZIP_DEFLATED)
    with kept_models(path) as models:
        assert 1 == len([each for each in models.root.rglob("*") if each.is_file()])


def test_a_zip_file_that_holds_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "models.zip"
    with models_to_keep(path, 1) as models:
        _learn(models, "1")
    monkeypatch.setattr(module, "_ZIP_BYTES", 10)
    with pytest.raises(ConfigError, match="holds more than any models do"), kept_models(path):
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ConfigError, match="models cannot be kept there"),
        models_to_keep(tmp_path / "file" / "models", 1),
    ):
        pass
