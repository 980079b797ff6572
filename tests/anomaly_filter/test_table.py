from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import table as tables
from anomaly_filter.image import BadImageError, Image, pack
from anomaly_filter.table import Packed, Table, TableMap, joined, pack_strings, pack_table, split
from tests.anomaly_filter.test_image import engine, in_one_folder, opened

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
tokens = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=4)
any_text = st.text(max_size=6)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.image"


def table_of(path: Path, strings: Sequence[str]) -> Table:
    return Table(image_of(path, pack_table("t", strings, engine())), "t")


def image_of(path: Path, sections: dict[str, bytes]) -> Image:
    return opened(path, pack(sections, engine()))


@in_one_folder
@given(strings=st.lists(texts, unique=True, max_size=40), other=any_text)
def test_a_string_has_the_number_of_its_place(path: Path, strings: list[str], other: str) -> None:
    table = table_of(path, strings)
    assert [*range(len(strings))] == [table.find(string) for string in strings]
    assert (strings.index(other) if other in strings else None) == table.find(other)


@in_one_folder
@given(strings=st.lists(tokens, unique=True, max_size=40), asked=st.frozensets(any_text, max_size=10))
def test_of_tokens_those_are_known_that_are_there(
    path: Path, strings: list[str], asked: frozenset[str]
) -> None:
    asked |= frozenset(strings[::2])
    known = table_of(path, strings).known(asked)
    assert [number for number, string in enumerate(strings) if string in asked] == sorted(known)


@in_one_folder
@given(strings=st.lists(texts, max_size=20))
def test_strings_are_a_sequence(path: Path, strings: list[str]) -> None:
    packed = Packed(image_of(path, pack_strings("s", strings)), "s", str)
    assert strings == [*packed] == packed[:]
    assert strings[::-2] == packed[::-2]
    assert strings[-1:] == [packed[-1]] if strings else packed[:] == []
    with pytest.raises(IndexError):
        packed[len(strings)]


@in_one_folder
@given(content=st.dictionaries(texts, st.integers(), max_size=20), other=any_text)
def test_a_mapping_is_that_of_its_keys(path: Path, content: dict[str, int], other: str) -> None:
    found = TableMap(table_of(path, [*content]), str, str, [*content.values()].__getitem__)
    assert content == found
    assert content.get(other) == found.get(other)
    assert (other in content) == (other in found)


def test_a_key_of_which_there_can_be_no_string_is_not_there(path: Path) -> None:
    found = TableMap(table_of(path, ["a"]), lambda _: None, str, int)
    assert found.get("a") is None


@given(st.lists(tokens, min_size=1))
def test_what_is_joined_can_be_split(strings: list[str]) -> None:
    assert tuple(strings) == split(joined(strings))


def test_what_could_not_be_split_is_not_joined() -> None:
    for members in (["a\nb"], ["a", "b\n"], ["\n"]):
        with pytest.raises(BadImageError):
            joined(members)


@pytest.mark.parametrize("strings", [["a", "a"], ["\ud800"]])
def test_strings_that_are_equal_or_no_text_are_refused(strings: list[str]) -> None:
    with pytest.raises(BadImageError):
        pack_table("t", strings, engine())


def test_too_many_bytes_are_refused_before_they_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "IMAGE_LIMIT", 100)
    with pytest.raises(BadImageError, match="more than 100 bytes"):
        pack_strings("s", ("x" * 10 for _ in iter(int, 1)))


def test_strings_that_are_not_as_many_as_they_have_to_be_are_refused(path: Path) -> None:
    with pytest.raises(BadImageError):
        Packed(image_of(path, pack_strings("s", ["a"])), "s", str, 2)


def test_bytes_that_are_no_text_are_replaced(path: Path) -> None:
    sections = pack_strings("s", ["ab"])
    assert "\ufffdb" == Packed(image_of(path, {**sections, "s": b"\xffb"}), "s", str)[0]


@pytest.mark.parametrize("slots", [(), (0,), (1,), (0, 0, 0), (2, 0), (1, 1), (2**32 - 1, 0), (0, 0)])
def test_slots_that_lead_elsewhere_are_refused(path: Path, slots: tuple[int, ...]) -> None:
    sections = pack_table("t", ["a"], engine())
    sections["t.slots"] = b"".join(slot.to_bytes(4, "little") for slot in slots)
    with pytest.raises(BadImageError):
        Table(image_of(path, sections), "t")
