from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Model, Tokenizer
from anomaly_filter.reasons import ERROR, NOVEL, NUMBER, REASONS
from anomaly_filter.verdict import fingerprint, ordered
from anomaly_filter.verdicts import Verdicts
from tests import logs
from tests.anomaly_filter.builds import model, step, steps, word

PASSING = ["alpha beta", "ran 100 tests", "login password=hunter now", "rc=0 of it", "all 3/3 pods are ready"]


def verdicts(*texts: str, threshold: float = 0.25, tokenizer: Tokenizer | None = None) -> Verdicts:
    return Verdicts(model(texts), threshold, tokenizer or Tokenizer())


def test_a_known_sub_line_has_its_row_and_no_tokens() -> None:
    known = model(PASSING)
    found = Verdicts(known, 0.25, Tokenizer()).of("beta alpha")
    assert (0.0, "alpha beta", (), frozenset()) == (
        found.distance,
        known.text(found.row),
        found.reasons,
        found.tokens,
    )


def test_an_unknown_sub_line_has_its_tokens_and_no_row() -> None:
    found = verdicts(*PASSING).of("zap zop")
    assert (1.0, (NOVEL,), -1) == (found.distance, found.reasons, found.row)
    assert {"zap", "zop"} == found.tokens


def test_a_sub_line_without_tokens_has_neither() -> None:
    found = verdicts(*PASSING).of("12:00 --")
    assert (0.0, (), frozenset(), -1) == (found.distance, found.reasons, found.tokens, found.row)


def test_without_a_model_there_is_no_distance_but_what_failures_look_like() -> None:
    without = Verdicts(None, 0.25, Tokenizer())
    assert (None, (ERROR,), -1) == ((found := without.of("it failed")).distance, found.reasons, found.row)
    assert (True, True) == (found.stands, found.heats)
    assert ((), False, False) == ((found := without.of("it went on")).reasons, found.stands, found.heats)
    assert [ERROR] == [reason for reason, _ in without.notes("it failed")]


def test_a_sub_line_with_a_secret_says_so() -> None:
    judged = verdicts(*PASSING)
    assert [True, False] == [judged.of(text).secret for text in ("login password=x now", "login now")]


def test_numbers_are_compared_for_each_text() -> None:
    judged = verdicts(*PASSING)
    texts = ["ran 100 tests", "ran 3 tests", "ran 99 tests", "ran 3 tests"]
    assert [(), (NUMBER,), (), (NUMBER,)] == [judged.of(text).reasons for text in texts]


def test_a_known_sub_line_whose_number_is_odd_stands_and_heats() -> None:
    judged = verdicts(*PASSING)
    assert (True, True) == ((odd := judged.of("ran 3 tests")).stands, odd.heats)
    assert (False, False) == ((fine := judged.of("ran 99 tests")).stands, fine.heats)


def test_notes_have_the_reasons_of_the_verdict() -> None:
    judged = verdicts(*PASSING)
    for text in (*PASSING, "ran 3 tests", "zap failed", "rc=2 of it", "", "1/3 pods are ready"):
        assert judged.of(text).reasons == ordered(reason for reason, _ in judged.notes(text))


PAIRS = [
    # Two lines with the same masked words, and a baseline line.
    ("GET /x 204 0", "GET /x 200 0", "GET /x 204 5000"),
    ("size 1234567890123 of 0 x", "size 123456789012 of 0 x", "size 123456789012 of 4000 x"),
    ("ran 3 tests", "ran 99 tests", "ran 100 tests"),
    ("at 5 of 0 " + "9" * 1990, "at 5 of 0 9", "at 5 of 4000 7"),
]


@pytest.mark.parametrize(("one", "other", "usual"), PAIRS)
def test_a_verdict_does_not_depend_on_which_of_two_like_lines_came_first(
    one: str, other: str, usual: str
) -> None:
    alone = [verdicts(usual).of(text).reasons for text in (one, other)]
    judged = verdicts(usual)
    assert alone == [judged.of(text).reasons for text in (one, other)]
    judged = verdicts(usual)
    assert alone[::-1] == [judged.of(text).reasons for text in (other, one)]


# ---- memory ----


def held(judged: Verdicts, texts: Iterable[str]) -> int:
    for text in texts:
        judged.of(text)
    return len(judged._memo)


def test_a_memo_that_is_full_is_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 100 == held(verdicts("alpha"), steps(100))
    monkeypatch.setattr("anomaly_filter.verdicts._MEMO_WORDS", 10)
    assert held(verdicts("alpha"), steps(100)) <= 2


def test_a_memo_of_long_lines_holds_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anomaly_filter.verdicts._MEMO_WORDS", 1000)
    assert held(verdicts("alpha"), (f"{word(number)} " * 900 for number in range(9))) <= 2


def test_what_is_remembered_of_numbers_is_bounded_by_the_model() -> None:
    judged = verdicts(*PASSING)
    held(judged, steps(100))
    assert judged._judge is not None
    assert len(judged._judge._compared) <= len(PASSING)


@given(st.lists(logs.texts | st.sampled_from([*PASSING, "ran 3 tests", "rc=2 of it"])), st.lists(logs.texts))
def test_a_memo_changes_nothing(texts: list[str], baseline: list[str]) -> None:
    known = model([*PASSING, *baseline])
    warm = Verdicts(known, 0.25, Tokenizer(memo_size=3))
    for text in texts * 2:
        assert Verdicts(known, 0.25, Tokenizer()).of(text) == warm.of(text)


# ---- reasons and fingerprints ----


def test_reasons_are_given_once_and_in_order() -> None:
    assert REASONS == ordered([*reversed(REASONS), NOVEL])
    assert () == ordered([])


def test_a_fingerprint_is_of_tokens_alone() -> None:
    same = {verdicts("alpha").of(text).fingerprint for text in (step(1), f"12:00 {step(1)}")}
    assert {fingerprint(frozenset(step(1).split()))} == same
    assert fingerprint(frozenset("ab")) != fingerprint(frozenset(["ab"]))
    assert fingerprint(frozenset("ab")) == fingerprint(frozenset("ba"))


def test_a_fingerprint_is_sixteen_hex_digits() -> None:
    found = verdicts("alpha").of("zap").fingerprint
    assert 16 == len(found)
    assert int(found, 16) >= 0


def test_an_empty_model_knows_nothing() -> None:
    assert (1.0, (NOVEL,)) == (
        (found := Verdicts(Model([]), 0.25, Tokenizer()).of("alpha")).distance,
        found.reasons,
    )
