from __future__ import annotations

import pickle
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Model, Neighbour, Segment

Rows = list[frozenset[str]]
tokens = st.frozensets(st.sampled_from("abcdefgh"), max_size=8)
row_lists = st.lists(tokens.filter(bool), max_size=25)


def segment(*rows: str | frozenset[str], build: str = "b1", file: str = "job.log") -> Segment:
    """A segment of rows; the text of a row is its letters and the build."""
    distinct = dict.fromkeys(tuple(sorted(row)) for row in rows)
    return Segment(build, file, tuple(distinct), tuple("".join(row) + build for row in distinct))


def nearest_by_hand(wanted: frozenset[str], rows: Rows) -> tuple[float, frozenset[str] | None]:
    # Compared as fractions, so that rows that are equally near are.
    def order(row: frozenset[str]) -> tuple[float, int, list[str]]:
        return -(len(wanted & row) ** 2) / (len(wanted) * len(row)), len(row), sorted(row)

    best = min(rows, key=order, default=None)
    if best is None or not wanted & best:
        return 1.0, None
    return 1.0 - len(wanted & best) / sqrt(len(wanted) * len(best)), best


@given(row_lists, tokens.filter(bool))
def test_the_nearest_row_is_found(rows: Rows, wanted: frozenset[str]) -> None:
    found = Model([segment(*rows)]).nearest(wanted)
    distance, row = nearest_by_hand(wanted, rows)
    assert abs(distance - found.distance) < 1e-12
    assert (None if row is None else "".join(sorted(row)) + "b1") == found.text


@given(st.lists(row_lists, max_size=4), tokens, st.randoms(use_true_random=False))
def test_the_order_of_segments_changes_nothing(
    builds: list[Rows], wanted: frozenset[str], random: object
) -> None:
    segments = [segment(*rows, build=str(at)) for at, rows in enumerate(builds)]
    shuffled = list(segments)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    one, other = Model(segments), Model(shuffled)
    assert (one.version, one.builds, len(one)) == (other.version, other.builds, len(other))
    assert one.nearest(wanted) == other.nearest(wanted)


@given(st.lists(row_lists, max_size=4), tokens)
def test_seen_in_counts_the_builds_that_have_the_nearest_row(
    builds: list[Rows], wanted: frozenset[str]
) -> None:
    segments = [
        segment(*rows, build=str(at), file=file) for at, rows in enumerate(builds) for file in ("x", "y")
    ]
    found = Model(segments).nearest(wanted)
    if found.text is None:
        assert 0 == found.seen_in
    else:
        row = frozenset(found.text.rstrip("0123456789"))
        assert sum(row in rows for rows in builds) == found.seen_in


@given(row_lists, st.data())
def test_a_row_of_the_model_has_exactly_the_distance_0(rows: Rows, data: st.DataObject) -> None:
    model = Model([segment(*rows)])
    for row in rows:
        assert 0.0 == model.nearest(row).distance
    assert len({*rows}) == len(model)


@given(row_lists)
def test_loneliness_is_the_distance_of_the_nearest_other_row(rows: Rows) -> None:
    model = Model([segment(*rows)])
    for number in range(len(model)):
        row = frozenset(model.row(number))
        distance, _ = nearest_by_hand(row, [other for other in {*rows} if other != row])
        assert abs(distance - model.loneliness(number)) < 1e-12


def test_rows_are_found_by_some_of_their_tokens_and_their_size() -> None:
    model = Model([segment("abc", "abd", "acd", "abcd")])
    assert ["abcb1", "abdb1"] == [model.text(row) for row in model.rows_with(frozenset("ab"), 3)]
    assert [] == [*model.rows_with(frozenset("ax"), 3)]


def test_a_model_that_was_pickled_answers_alike() -> None:
    model = Model([segment("ab", "bcd")])
    again: Model = pickle.loads(pickle.dumps(model))
    assert model.nearest(frozenset("bc")) == again.nearest(frozenset("bc"))
    assert [*model.rows_with(frozenset("b"), 3)] == [*again.rows_with(frozenset("b"), 3)]
    assert b"Index" not in pickle.dumps(model)


def test_a_text_is_that_of_the_first_build() -> None:
    assert Neighbour(0.0, "abb1", 2, 0) == Model(
        [segment("ab", build="b2"), segment("ab", build="b1")]
    ).nearest(frozenset("ab"))


def test_of_rows_that_are_equally_near_the_shortest_wins_then_the_first_in_order() -> None:
    model = Model([segment("bc", "ad", "abcdefgh")])
    assert "adb1" == model.nearest(frozenset("abcd")).text  # 2 of 4·2 = 4 of 4·8: all three are equally near


def test_nothing_in_common_is_the_distance_1() -> None:
    assert Neighbour(1.0, None, 0) == Model([segment("ab")]).nearest(frozenset("xy"))
    assert Neighbour(1.0, None, 0) == Model([]).nearest(frozenset("xy"))


def test_no_tokens_is_the_distance_0() -> None:
    assert Neighbour(0.0, None, 0) == Model([]).nearest(frozenset())


def test_tokens_that_the_model_does_not_know_count() -> None:
    assert 0.5 == Model([segment("a")]).nearest(frozenset("axyz")).distance


@pytest.mark.parametrize(
    "other",
    [
        [segment("ab"), segment("cd", build="b2")],
        [segment("abc")],
        [segment("ab", build="b2")],
        [segment("ab", file="other.log")],
        [],
    ],
)
def test_another_set_of_segments_is_another_version(other: list[Segment]) -> None:
    assert Model([segment("ab")]).version != Model(other).version


def test_the_version_says_nothing_of_the_name() -> None:
    assert Model([segment("ab")], "one").version == Model([segment("ab")], "two").version


def test_segments_made_under_other_rules_are_counted() -> None:
    retokenised = Segment("b2", "job.log", (("a",),), ("a",), retokenised=True)
    assert 1 == Model([segment("ab"), retokenised]).retokenised
