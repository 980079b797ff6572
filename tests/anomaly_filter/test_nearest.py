from __future__ import annotations

import ctypes
import struct
from array import array
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import SegmentBuilder, lines, native, nearest
from anomaly_filter.nearest import (
    ENTRIES_LIMIT,
    NO_ROW,
    TOKENS_LIMIT,
    CompiledIndex,
    Index,
    PureIndex,
    index,
)
from anomaly_filter.segment import Row
from tests.logs import real

Make = Callable[[Sequence[Row]], Index]

# Few tokens: rows that are equally near. Many: rows whose signatures share bits.
_few = st.sampled_from("abcdefgh")
_many = st.integers(0, 300).map("t{}".format)
_vocabularies = st.sampled_from([_few, _many])


def numbered(rows: set[frozenset[str]]) -> list[Row]:
    return sorted((tuple(sorted(row)) for row in rows), key=lambda row: (len(row), row))


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Row], frozenset[str]]:
    """Rows, and a query that is like one of them or like none."""
    words = draw(_vocabularies)
    rows = numbered(draw(st.sets(st.frozensets(words, min_size=1, max_size=20), max_size=40)))
    query = draw(st.frozensets(words | st.sampled_from(["x", "y", "z"]), max_size=20))
    if rows:
        query |= frozenset(draw(st.sampled_from([(), *rows])))
    return rows, query


def nearest_by_hand(rows: Sequence[Row], query: frozenset[str], without: int) -> tuple[float, int]:
    best = 0.0, NO_ROW
    for number, row in enumerate(rows):
        common = len(query.intersection(row))
        if common and number != without and common * common / (len(query) * len(row)) > best[0]:
            best = common * common / (len(query) * len(row)), number
    return best


def library() -> ctypes.CDLL:
    found = native.library()
    if found is None:
        pytest.skip("the engine is not compiled, or ANOMALY_FILTER_PURE is set")
    return found


def compiled(rows: Sequence[Row]) -> Index:
    return nearest.compiled(rows, library())


both = pytest.mark.parametrize("make", [PureIndex, compiled])


@both
@given(case=cases())
def test_the_nearest_row_is_found_to_the_last_bit(make: Make, case: tuple[list[Row], frozenset[str]]) -> None:
    rows, query = case
    found = make(rows)
    for without in (NO_ROW, *range(len(rows))):
        assert nearest_by_hand(rows, query, without) == found.nearest(query, without)


@both
@given(case=cases(), sizes=st.sets(st.integers(0, 22)))
def test_rows_with_some_tokens_are_found(
    make: Make, case: tuple[list[Row], frozenset[str]], sizes: set[int]
) -> None:
    rows, query = case
    found = make(rows)
    for some in {query, *(frozenset([token]) for token in query)} - {frozenset()}:
        for size in sizes | {len(some), len(some) + 1}:
            expected = [at for at, row in enumerate(rows) if len(row) == size and some.issubset(row)]
            assert expected == [*found.rows_with(some, size)]


@both
def test_of_equally_near_rows_the_lowest_number_is_found(make: Make) -> None:
    rows: list[Row] = [("a", "d"), ("b", "c"), ("a", "b", "c", "d", "e", "f", "g", "h")]
    assert (0.5, 0) == make(rows).nearest(frozenset("abcd"))  # 2² of 4·2 is 4² of 4·8
    assert (0.5, 1) == make(rows).nearest(frozenset("abcd"), without=0)


@both
def test_where_no_token_is_known_nothing_is_found(make: Make) -> None:
    for rows in ([], [("a",)]):
        found = make(rows)
        for query in (frozenset("xy"), frozenset[str]()):
            assert (0.0, NO_ROW) == found.nearest(query)
        assert [] == [*found.rows_with(frozenset("xy"), 2)]


@both
def test_unknown_tokens_count(make: Make) -> None:
    assert (0.25, 0) == make([("a",)]).nearest(frozenset("axyz"))
    assert [] == [*make([("a", "b")]).rows_with(frozenset("ax"), 2)]


@both
def test_a_query_may_be_large(make: Make) -> None:
    rows = numbered({frozenset(f"t{number}" for number in range(at, 99_000, 9_000)) for at in range(9_000)})
    found = make(rows)
    query = frozenset(f"t{number}" for number in range(100_000))
    assert (11 / 100_000, 0) == found.nearest(query)
    assert [] == [*found.rows_with(query, 11)]


@both
def test_a_search_leaves_nothing_behind(make: Make) -> None:
    found = make([("a", "b", "c"), ("c", "d", "e")])
    for _ in range(2):
        assert (1.0, 0) == found.nearest(frozenset("abc"))
        assert (4 / 9, 1) == found.nearest(frozenset("cdx"))
        assert [1] == [*found.rows_with(frozenset("cd"), 3)]


@both
@pytest.mark.parametrize("count", [255, 256, 257, 512, 600])
def test_rows_with_some_tokens_may_be_many(make: Make, count: int) -> None:
    rows = numbered({frozenset(["a", "b", f"t{number}"]) for number in range(count)})
    assert [*range(count)] == [*make(rows).rows_with(frozenset("ab"), 3)]


@both
def test_rows_are_given_while_others_are_searched(make: Make) -> None:
    rows = numbered({frozenset(["a", "b", f"t{number}"]) for number in range(300)})
    found = make(rows)
    assert [1.0] * 300 == [
        found.nearest(frozenset(rows[at]))[0] for at in found.rows_with(frozenset("ab"), 3)
    ]


@both
def test_threads_may_share_an_index(make: Make) -> None:
    random = Random(1)
    words = [f"t{number}" for number in range(60)]
    rows = numbered({frozenset(random.sample(words, random.randrange(1, 12))) for _ in range(400)})
    queries = [frozenset(random.sample(words, 8)) for _ in range(200)]
    found = make(rows)
    with ThreadPoolExecutor(4) as threads:
        together = [*threads.map(found.nearest, queries * 4)]
    assert [nearest_by_hand(rows, query, NO_ROW) for query in queries] * 4 == together


class Claims(tuple[str, ...]):
    """A row that says it is as long as no test could afford."""

    claimed = 0
    __slots__ = ()

    def __len__(self) -> int:
        return self.claimed


@both
@pytest.mark.parametrize(
    ("length", "count", "message"),
    [
        (TOKENS_LIMIT + 1, 1, "tokens in one line"),
        (TOKENS_LIMIT, ENTRIES_LIMIT // TOKENS_LIMIT + 1, "keep fewer"),
    ],
)
def test_rows_beyond_a_limit_are_refused(
    make: Make, monkeypatch: pytest.MonkeyPatch, length: int, count: int, message: str
) -> None:
    monkeypatch.setattr(Claims, "claimed", length)
    with pytest.raises(ValueError, match=message):
        make([Claims(["a"])] * count)


@both
def test_a_query_beyond_the_limit_is_refused(make: Make) -> None:
    class Many(frozenset[str]):
        def __len__(self) -> int:
            return TOKENS_LIMIT + 1

    with pytest.raises(ValueError, match="tokens in one line"):
        make([("a",)]).nearest(Many("a"))


@both
@pytest.mark.parametrize(
    ("rows", "message"), [([("a", "b"), ("a",)], "rising length"), ([("b",), ("a", "a")], "twice")]
)
def test_rows_that_are_none_are_refused(make: Make, rows: list[Row], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(rows)


@pytest.mark.parametrize("name", ["testr-nodepool-01", "dib-01", "zuul-console-01"])
def test_both_answer_alike_on_real_logs(name: str) -> None:
    passing, failing = (rows_of(log) for log in real(f"logjuicer-tests/{name}"))
    rows = numbered(passing)
    one, other = PureIndex(rows), compiled(rows)
    for query in failing:
        assert one.nearest(query) == other.nearest(query)
    for at, row in enumerate(rows):
        assert one.nearest(frozenset(row), at) == other.nearest(frozenset(row), at)


def rows_of(log: bytes) -> set[frozenset[str]]:
    builder = SegmentBuilder("b1", "job.log")
    builder.learn(lines([log]))
    return {frozenset(row) for row in builder.segment().rows}


def test_an_index_is_the_compiled_one_where_there_is_one() -> None:
    assert (PureIndex if native.library() is None else CompiledIndex) is type(index([]))


# ---- the block of memory ----


def test_the_block_of_memory_may_lie_anywhere() -> None:
    rows = numbered({frozenset("abc"), frozenset("cde"), frozenset("e")})
    found = nearest.compiled(rows, library())
    before = found.nearest(frozenset("cdx"))
    image = bytes(found.block)
    assert len(image) == int.from_bytes(image[:8], "little")
    found.block = type(found.block).from_buffer_copy(image)
    assert before == found.nearest(frozenset("cdx"))


@pytest.mark.parametrize(("length", "entries", "tokens"), [(2**26 + 1,) * 3, (1, 2**32, 1), (1, 1, 2)])
def test_the_library_refuses_what_its_numbers_cannot_hold(length: int, entries: int, tokens: int) -> None:
    lengths = array("I", [length])
    size = nearest._SIZE(("nearest_image_size", library()))
    assert 0 == size(lengths.buffer_info()[0], 1, entries, tokens)


@pytest.mark.parametrize(
    ("lengths", "columns", "sound"),
    [
        ([1, 2], [0, 1, 2], True),
        ([1, 2], [0, 1, 3], False),
        ([1, 2], [0, 1, 1], False),
        ([2, 1], [0, 1, 2], False),
        ([1, 1], [0, 1, 2], False),
        ([1, 3], [0, 1, 2], False),
        ([2**26, 2], [0, 1, 2], False),
    ],
)
def test_the_library_checks_rows(lengths: list[int], columns: list[int], sound: bool) -> None:  # noqa: FBT001 - a fact
    assert sound == (0 == built(lengths, columns)[1])


def built(lengths: list[int], columns: list[int]) -> tuple[ctypes.Array[ctypes.c_uint64], int]:
    """Return an image of rows of three tokens, and what nearest_build says of them."""
    sizes, tokens = array("I", lengths), array("I", columns)
    counted = (sizes.buffer_info()[0], len(sizes)), (tokens.buffer_info()[0], len(tokens))
    size = nearest._SIZE(("nearest_image_size", library()))(*counted[0], len(tokens), 3)
    image = (ctypes.c_uint64 * (size // 8))()
    return image, nearest._BUILD(("nearest_build", library()))(image, *counted[0], *counted[1], 3)


@pytest.mark.parametrize(("known", "size"), [([1, 0], 2), ([1, 1], 2), ([3], 1), ([0, 1], 1)])
def test_the_library_checks_queries(known: list[int], size: int) -> None:
    image, _ = built([3], [0, 1, 2])
    numbers, found, rows = array("I", known), nearest._Found(), (ctypes.c_uint32 * 1)()
    marks = (ctypes.c_uint8 * 3)()
    find = nearest._FIND(("nearest_find", library()))
    assert find(image, marks, numbers.buffer_info()[0], len(known), size, 0, ctypes.byref(found))
    find_with = nearest._WITH(("nearest_rows_with", library()))
    assert 0 == find_with(image, marks, numbers.buffer_info()[0], len(known), size, 0, rows, 1)
    assert [0, 0, 0] == [*marks]


def test_a_block_is_sound_as_it_was_built_and_not_where_it_leads_elsewhere() -> None:
    rows = numbered({frozenset("abc"), frozenset("cde"), frozenset("e")})
    block = nearest.compiled(rows, library()).block
    assert nearest.is_sound(block, 3, 5, library())
    assert not nearest.is_sound(block, 2, 5, library())
    assert not nearest.is_sound(block, 3, 4, library())
    assert not nearest.is_sound((ctypes.c_uint64 * 10)(), 0, 0, library())
    assert not nearest.is_sound((ctypes.c_uint64 * (len(block) - 1))(*block[:-1]), 3, 5, library())
    signatures, padding = range(16, 24), 0
    for place in range(11):
        assert not changed_is_sound(block, 8 * place), "the head"
    for place in range(8 * signatures.stop, 8 * len(block), 4):
        padding += changed_is_sound(block, place)
    assert padding == 16 * 5 - (4 + 7 + 6 + 7 + 5), "u32s that belong to no array"


def changed_is_sound(block: nearest.Block, place: int) -> bool:
    """Whether a block may be searched in which a byte is the largest there is."""
    changed = bytearray(block)
    changed[place + 3] = 0xFF
    return nearest.is_sound(type(block).from_buffer(changed), 3, 5, library())


def test_rows_come_to_an_end_in_an_image_that_somebody_made() -> None:
    found = nearest.compiled([("a", f"b{number}") for number in range(400)], library())
    numbers = memoryview(found.block).cast("B").cast("I")
    postings = struct.unpack_from("<11Q", found.block)[9] // 4
    # The last 400 are those of `a`, the most frequent token. Now all of them are one row, but for one that makes a
    # search which takes many at a time go back.
    for at in range(400):
        numbers[postings + 400 + at] = 5 if at == 255 else 7
    assert nearest.is_sound(found.block, 400, 401, library())
    assert [7] == [*islice(found.rows_with(frozenset("a"), 2), 1000)]
