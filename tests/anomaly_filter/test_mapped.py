"""Asks a model that is mapped, and one that was made of the same segments."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import AnomalyFilter, Model, Segment
from anomaly_filter.evidence import skeleton
from anomaly_filter.image import BadImageError, Image, pack
from anomaly_filter.mapped import Info, content, sections
from anomaly_filter.tokens import Table
from tests.anomaly_filter.builds import learnt, numbered
from tests.anomaly_filter.test_image import engine, in_one_folder, opened, sealed

NEWEST = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
LINES = (
    "12:00:00 alpha started",
    "12:00:09 alpha stopped",
    "12:01:30 ran 12 tests, 0 failed",
    "12:01:31 ran 7 tests, 3 failed",
    "12:01:32 ran 0 tests, 0 failed",
    "0 errors here",
    "5 errors here",
    "from http://one.example.com/x",
    "from http://two.example.com/x",
    "backend=cuda phase=running",
    "backend=rocm phase=running",
    "GET /index 200 OK",
    "GET /index 500 Internal",
    "coverage 93%",
    "\u00fcber \u20ac \U0001f600",
    "--- === ---",
)

builds = st.lists(st.lists(st.sampled_from(LINES), max_size=30), max_size=4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.image"


def segments_of(builds: Iterable[list[str]]) -> list[Segment]:
    return [learnt(*texts, build=f"b{number}") for number, texts in enumerate(builds)]


def info_of(model: Model) -> Info:
    return Info(model.builds, model.version, model.retokenised, NEWEST, ("x.segment: damaged",))


def encoded(model: Model) -> bytes:
    library = engine()
    return pack(sections(model.content, info_of(model)), library)


def loaded(image: Image) -> Model:
    info = Info.decode(bytes(image.bytes("info")))
    return Model(content(image, info))


def answers(model: Model) -> dict[str, object]:
    """Ask a model all there is to ask."""
    evidence = model.evidence
    rows = [model.row(number) for number in range(len(model))]
    asked = [frozenset(row) for row in rows] + [frozenset(row[1:]) for row in rows]
    asked += [
        *map(Table().tokens, LINES),
        frozenset("xy"),
        frozenset(["a\nb"]),
        frozenset(["\ud800"]),
        frozenset(),
    ]
    return {
        "builds": (model.builds, model.version, model.retokenised, len(model)),
        "rows": rows,
        "texts": [model.text(number) for number in range(len(model))],
        "nearest": [model.nearest(tokens) for tokens in asked],
        "rows_with": [[*model.rows_with(tokens, len(tokens) + 1)] for tokens in asked if tokens],
        "loneliness": [model.loneliness(number) for number in range(len(model))],
        "usual_values": dict(model.usual_values),
        "usual_hosts": dict(evidence.usual_hosts),
        "order": [[*build.order] for build in evidence.builds],
        "counts": [[*build.counts] for build in evidence.builds],
        "waits": [([*build.waits], build.longest_wait) for build in evidence.builds],
        "totals": [evidence.total(number) for number in range(len(model))],
        "always_zero": [evidence.always_zero(number) for number in range(len(model))],
        "classes": [evidence.classes(skeleton(tokens)) for tokens in asked],
        "spans": [dict(evidence.spans(skeleton(tokens))) for tokens in asked],
    }


@in_one_folder
@given(builds=builds)
def test_a_mapped_model_answers_like_the_one_it_is_of(path: Path, builds: list[list[str]]) -> None:
    model = Model(segments_of(builds))
    assert answers(model) == answers(loaded(opened(path, encoded(model))))


@in_one_folder
@given(builds=builds, target=st.lists(st.sampled_from(LINES), max_size=30))
def test_a_file_is_judged_alike(path: Path, builds: list[list[str]], target: list[str]) -> None:
    model = Model(segments_of(builds))
    both = [
        AnomalyFilter(one).scored(numbered(target)) for one in (model, loaded(opened(path, encoded(model))))
    ]
    lines, mapped_lines = map(list, both)
    assert lines == mapped_lines
    assert both[0].findings == both[1].findings


@in_one_folder
@given(builds=builds)
def test_adding_segments_and_forgetting_them_is_making_the_model_at_once(
    path: Path, builds: list[list[str]]
) -> None:
    segments = segments_of([*builds, [*LINES]])
    for some in (segments[:1], segments, segments[:-1]):
        model = Model(some)
        assert encoded(model) == encoded(Model(some[::-1]))
        assert answers(model) == answers(loaded(opened(path, encoded(model))))


def test_seen_in_counts_builds(path: Path) -> None:
    model = Model(segments_of([["alpha", "beta"], ["beta", "beta"], ["gamma"]]))
    mapped = loaded(opened(path, encoded(model)))
    assert {"alpha": 1, "beta": 2, "gamma": 1} == {
        text: mapped.nearest(frozenset([text])).seen_in for text in ("alpha", "beta", "gamma")
    }


def test_builds_that_are_not_known_whole_are_not_known_from_an_image(path: Path) -> None:
    segments = [learnt("alpha"), replace(learnt("beta", build="b2"), waits=())]
    mapped = loaded(opened(path, encoded(Model(segments))))
    assert ((), ("b1", "b2")) == (mapped.evidence.builds, mapped.builds)


def test_an_image_that_tells_of_more_builds_than_it_has_is_refused(path: Path) -> None:
    library = engine()
    model = Model([learnt("alpha")])
    odd = sections(model.content, replace(info_of(model), builds=("b1", "b2")))
    with pytest.raises(BadImageError, match="it has 2 builds, and tells of 1"):
        loaded(opened(path, pack(odd, library)))


def test_what_else_is_known_of_a_model_comes_back(path: Path) -> None:
    model = Model(segments_of([["alpha"]]))
    info = Info.decode(bytes(opened(path, encoded(model)).bytes("info")))
    assert info_of(model) == info


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"builds": 1}', b"[" * 100_000])
def test_info_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(BadImageError, match="its info cannot be read"):
        Info.decode(data)


def test_a_mapped_model_is_pickled_without_its_file(path: Path) -> None:
    model = Model(segments_of([LINES, LINES[2:]]))  # type: ignore[list-item] # a tuple does
    mapped = loaded(opened(path, encoded(model)))
    pickled = pickle.dumps(mapped)
    del mapped
    path.unlink()
    assert answers(model) == answers(pickle.loads(pickled))


def test_a_token_of_two_lines_is_in_no_image() -> None:
    model = Model([Segment("b1", "job.log", (("a\nb",),), ("a b",))])
    engine()
    with pytest.raises(BadImageError):
        encoded(model)


def test_whatever_a_hostile_image_says_it_is_refused_or_answers(path: Path) -> None:
    data = encoded(Model(segments_of([["0 errors here", "from http://one.example.com/x"], [LINES[2]]])))
    for place in range(16, len(data), 11):
        for value in (data[place] ^ 0xFF, data[place] ^ 1):
            hostile = sealed(data[:place] + bytes([value]) + data[place + 1 :])
            with suppress(BadImageError):
                mapped = loaded(opened(path, hostile))
                answers(mapped)
                [*AnomalyFilter(mapped).scored(numbered(LINES[:4]))]
