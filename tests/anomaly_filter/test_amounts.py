from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import amounts as module
from anomaly_filter.amounts import (
    FAULTS,
    PERCENT,
    SHARE,
    VERSION,
    evenly,
    fell_to_nothing,
    rose_from_nothing,
    slots,
    zeros,
)
from anomaly_filter.tokens import masked
from tests import logs

BAD, GOOD = f"{FAULTS}errors", "tests"


def numbers(text: str) -> list[tuple[str, float]]:
    even = evenly(text)
    return [(slot.key, slot.number(even)) for slot in slots(even)]


def of(text: str) -> set[tuple[str, float]]:
    return set(numbers(text))


@pytest.mark.parametrize(
    "text",
    [
        "errors: 3",
        "errors=3",
        "errors 3",
        "errors is 3",
        '"errors": 3',
        "ERRORS: 3",
        "3 errors",
        "3 checksum errors",
    ],
)
def test_a_number_of_faults_has_their_name(text: str) -> None:
    assert {(BAD, 3.0)} == of(text)


@pytest.mark.parametrize("text", ["tests: 12", "tests=12", "tests was 12", "12 tests", "12 tests run"])
def test_a_total_has_its_name(text: str) -> None:
    assert {(GOOD, 12.0)} == of(text)


def test_of_a_number_and_several_words_the_fault_is_its_key() -> None:
    assert {(f"{FAULTS}failed", 3.0)} == of("3 tests failed")


def test_a_longer_name_that_ends_in_a_key_is_one() -> None:
    assert {(f"{FAULTS}unit_errors", 3.0), ("unit_tests", 12.0)} == of("unit_errors=3 unit_tests=12")


@pytest.mark.parametrize(
    "text",
    [
        "port 8080",
        "took 12 seconds",
        "12:30 errors",
        "2024-01-02 errors",
        "10.0.0.1 errors",
        "3.1.4 errors of it",
        "/var/12 errors",
        "12/tests",
        "x12 errors",
        "-12 errors",
        "id=12 errors",
        "errors=0x1f",
        "errors: 12:30",
        "12 green apples",
        "",
    ],
)
def test_a_number_that_counts_nothing_is_none(text: str) -> None:
    assert set() == {(key, number) for key, number in of(text) if not key.startswith(VERSION)}


def test_a_number_with_thousands_apart_is_read_whole_or_not_at_all() -> None:
    assert of("12,345 tests") <= {(GOOD, 12345.0)}


@pytest.mark.parametrize("text", ["with 3", "with: 3", "3 lost"])
def test_words_that_are_bad_only_together_with_their_number_count_nothing(text: str) -> None:
    assert set() == of(text)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("3/3 ready", 1.0),
        ("3 of 4 checks", 0.75),
        ("1 out of 4 tests", 0.25),
        ("ready: 1/2", 0.5),
        ("0/2 pods", 0.0),
    ],
)
def test_a_part_of_a_whole_is_a_share(text: str, share: float) -> None:
    assert share == dict(numbers(text))[SHARE]


@pytest.mark.parametrize(
    "text", ["0/0 ready", "3/4 apples", "a/3/4 ready", "3/4/5 ready", "3/4 " + "x" * 40 + " ready"]
)
def test_a_part_of_nothing_or_of_who_knows_what_is_none(text: str) -> None:
    assert SHARE not in dict(numbers(text))


@pytest.mark.parametrize(("text", "percent"), [("99.5% of it", 99.5), ("at 100%", 100.0), ("(7%)", 7.0)])
def test_a_percentage_has_a_key_of_its_own(text: str, percent: float) -> None:
    assert {(PERCENT, percent)} == of(text)


@pytest.mark.parametrize("text", ["7 % done", "1.2.3%", "x7%", "1000%"])
def test_what_looks_like_a_percentage_and_is_none(text: str) -> None:
    assert PERCENT not in dict(numbers(text))


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("v3.11", {"0": 3}),
        ("Python 3.11.4", {"python": 3}),
        ("version 17.0", {"0": 17}),
        ("release: v2.1", {"0": 2}),
        ("(3.11.4) (4.0.0)", {"0": 3, "1": 4}),
        ("numpy-1.24.4 six-1.16.0", {"numpy": 1, "six": 1}),
        ("libpq5 17.2-1.pgdg120+1", {"libpq9": 17}),
        ("/hibernate-core-7.0.0.Final.jar", {"hibernate-core": 7}),
        ("3.11", {}),
        ("1.2.3.4", {}),
        ("at /usr/lib/3.11.4/x", {}),
        ("2024.1.2", {}),
        ("12.50.30%", {}),
    ],
)
def test_a_version_is_its_major_number_by_what_has_it_or_by_its_place(
    text: str, versions: dict[str, int]
) -> None:
    assert {(f"{VERSION}{what}", float(major)) for what, major in versions.items()} == of(text)


def test_a_key_may_come_several_times() -> None:
    assert {(BAD, 3.0), (BAD, 4.0)} == of("errors: 3, errors: 4")


def test_of_a_long_line_the_head_is_looked_at() -> None:
    fits = "x" * (module._LOOKED_AT - len(" errors: 3"))
    assert ({(BAD, 3.0)}, set()) == (of(f"{fits} errors: 3"), of(f"{fits}x errors: 3"))


@given(logs.texts)
def test_amounts_are_finite_and_not_negative(text: str) -> None:
    assert all(0 <= number < 1e10 for _, number in numbers(text))


@pytest.mark.parametrize(
    ("usual", "text", "always", "found"),
    [
        ("12 new, 0 gone", "12 new, 43 gone", {"0@1"}, "43"),
        ("12 new, 0 gone", "12 new, 43 gone", {"0@2"}, None),
        ("12 new, 0 gone", "12 new, 43 gone", set(), None),
        ("12 new, 0 gone", "12 new, 0 gone", {"0@1"}, None),
        ("12 new, 0 gone", "43 gone", {"0@0"}, None),
        ('{"shards":0,"nodes":3}', '{"shards":12,"nodes":3}', {"0@0"}, "12"),
        ("worker 0 up", "worker 1 up", {"0@0"}, None),
        ("[shard 0] up", "[shard 4] up", {"0@0"}, None),
        ("workers: 0", "workers: 4", {"0@0"}, "4"),
        ("took 0 s", "took 4 s", {"0@0"}, None),
    ],
)
def test_a_number_that_stands_where_only_zeros_are(
    usual: str, text: str, always: set[str], found: str | None
) -> None:
    assert found == rose_from_nothing(usual, text, always)


def test_a_whole_that_is_nothing_has_fallen() -> None:
    usual, now = "'index.json' saved [48342/48342]", "'index.json' saved [0/0]"
    assert 48342 == fell_to_nothing(usual, now, (), 100)
    assert None is fell_to_nothing(usual, "'index.json' saved [0/48342]", (), 100)


def test_the_epoch_of_a_package_is_not_its_version() -> None:
    assert [13.0] == [
        number for key, number in numbers("Setting up gcc (4:13.2.0-7ubuntu1)") if key.startswith(VERSION)
    ]


_PIECES = """
    0 12 100 200 404 1,000 1,234,567 3.14 1e+05 50% , = : := " ' ( [ ] { } # / - _ . of is was has been with code status
    Status exit failed Errors tests passed ready 3/5 out x5 version Version: release v v1.2.3 1.10.1a name-1.2 2.10-3
    (0:1.2.3 :2.3.4 a.example.com deadbeef1 7d748d77-0a1b-4c2d-8e3f-9a0b1c2d3e4f \u017f \u0131 \u4e2d
"""
_pieces = st.sampled_from([*_PIECES.split(), " ", "  ", "a" * 41])
texts_of_numbers = st.lists(_pieces).map("".join)


@given(texts_of_numbers | logs.texts)
def test_texts_without_six_hex_digits_in_a_row_have_no_ids(text: str) -> None:
    assert module.IDS.sub(lambda found: "x" * len(found[0]), text) == module.ids_alike(text)


@pytest.mark.parametrize(
    "text", ["removed 0 of\t7", "removed  0 of 7", "removed\u00a00 of 7", "12/31/0000 removed 0 of 7"]
)
def test_zeros_stand_at_the_same_places_in_lines_with_the_same_masked_words(text: str) -> None:
    assert masked("removed 0 of 7").split() == masked(text).split()
    assert [*zeros("removed 0 of 7")] == [*zeros(text)]
    risen = text.replace(" 0 ", " 5 ").replace("\u00a00", "\u00a05")
    assert "5" == rose_from_nothing(text, risen, {"0@0"})
