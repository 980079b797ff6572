"""What the sections of an image are: a model's content, looked up where it lies.

Whoever changes them, or what they are made of (evidence.py, hosts.py, values.py), raises the version in image.py.

| section | holds |
|---|---|
| info | JSON: see Info |
| rows | a table: the tokens of each row, joined |
| texts | a string a row |
| seen_in | u32 a row: builds |
| totals | u64 a row: sub-lines |
| zeros | a string a row: the keys of its zeros, joined |
| tokens | a table, by rising frequency |
| nearest | the block of engine/nearest.c |
| classes | a table of skeletons; `classes.of`: for each the tokens of its numbers, joined |
| spans | a table of skeletons; `spans.upto`: where the keys of each begin in `keys` |
| keys | strings; `keys.upto`: where the spans of each begin in `lowhigh`, pairs of doubles |
| hosts, values | tables of places and names; `hosts.of`, `values.of`: the hosts and values of each, joined |
| order | u32s: the rows of each passing build; `order.upto`: where each build begins |
| counts, waits | u32 a passing build and row: sub-lines, seconds |
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from itertools import chain
from typing import TypeVar

from anomaly_filter.evidence import Evidence, PassingBuild, Skeleton
from anomaly_filter.image import BadImageError, Image
from anomaly_filter.model import Content
from anomaly_filter.nearest import CompiledIndex, Words, is_sound
from anomaly_filter.segment import Span
from anomaly_filter.table import Packed, Table, TableMap, joined, pack_strings, pack_table, split

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Info:
    """What an image knows beside the content of its model.

    Attributes:
        builds: the ids of the model's builds, in order.
        version: the model's.
        retokenised: segments that were made under other token rules.
        newest: the aware time at which the newest build ran.
        unreadable: segments that were left out, each with the reason.
    """

    builds: tuple[str, ...]
    version: str
    retokenised: int
    newest: datetime
    unreadable: tuple[str, ...]

    def encode(self) -> bytes:
        """Return the bytes of a section."""
        return json.dumps({**asdict(self), "newest": self.newest.isoformat()}).encode()

    @classmethod
    def decode(cls, data: bytes) -> Info:
        """Read a section; BadImageError: it cannot be read."""
        try:
            found = json.loads(data)
            return cls(
                tuple(map(str, found["builds"])),
                str(found["version"]),
                int(found["retokenised"]),
                datetime.fromisoformat(found["newest"]).astimezone(timezone.utc),
                tuple(map(str, found["unreadable"])),
            )
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
            raise BadImageError(f"its info cannot be read: {error}") from None


# ---- writing ----


def sections(content: Content, info: Info) -> dict[str, bytes]:
    """Return the sections of a model's image.

    Raises:
        BadImageError: there can be none: no engine is here, or something is in it that no image can hold.
    """
    index, evidence = content.index, content.evidence
    if not isinstance(index, CompiledIndex) or not isinstance(index.vocabulary, Words):
        raise BadImageError("no engine is here")
    library = index.library
    return {
        "info": info.encode(),
        **pack_table("rows", map(joined, content.rows), library),
        **pack_strings("texts", content.texts),
        "seen_in": array("I", content.seen_in).tobytes(),
        "totals": array("Q", evidence.totals).tobytes(),
        **pack_strings("zeros", map(_joined, evidence.zeros)),
        **pack_table("tokens", index.vocabulary.numbers, library),
        "nearest": bytes(index.block),
        **pack_table("classes", map(_joined, evidence.skeleton_classes), library),
        **pack_strings("classes.of", map(_joined, evidence.skeleton_classes.values())),
        **pack_table("spans", map(_joined, evidence.skeleton_spans), library),
        **_spans(evidence.skeleton_spans.values()),
        **pack_table("hosts", evidence.usual_hosts, library),
        **pack_strings("hosts.of", map(_joined, evidence.usual_hosts.values())),
        **pack_table("values", content.usual_values, library),
        **pack_strings("values.of", map(_joined, content.usual_values.values())),
        "order": _u32s(chain.from_iterable(build.order for build in evidence.builds)),
        "order.upto": _upto(build.order for build in evidence.builds),
        "counts": _u32s(chain.from_iterable(build.counts for build in evidence.builds)),
        "waits": _u32s(chain.from_iterable(build.waits for build in evidence.builds)),
    }


def _spans(of_skeletons: Collection[Mapping[str, Sequence[Span]]]) -> dict[str, bytes]:
    by_key = [item for spans in of_skeletons for item in spans.items()]
    ends = chain.from_iterable(chain.from_iterable(spans for _, spans in by_key))
    return {
        "spans.upto": _upto(of_skeletons),
        **pack_strings("keys", (key for key, _ in by_key)),
        "keys.upto": _upto(spans for _, spans in by_key),
        "lowhigh": array("d", ends).tobytes(),
    }


def _joined(members: Iterable[str]) -> str:
    return joined(sorted(members))


def _u32s(numbers: Iterable[int]) -> bytes:
    return array("I", numbers).tobytes()


def _upto(lists: Iterable[Collection[object]]) -> bytes:
    """Return where each of some lists begins if they stand one behind the other, and where the last one ends."""
    upto = array("I", [0])
    for one in lists:
        upto.append(upto[-1] + len(one))
    return upto.tobytes()


# ---- reading ----


def content(image: Image, info: Info) -> Content:
    """Return the content of a model from its image, once all of it has been found sound.

    Raises:
        BadImageError: it is not.
    """
    rows, tokens, block = Table(image, "rows"), Table(image, "tokens"), image.words("nearest")
    count = len(rows)
    if not is_sound(block, count, len(tokens), image.library):
        raise BadImageError("its rows are out of bounds")
    mapped = Content(
        builds=info.builds,
        version=info.version,
        retokenised=info.retokenised,
        rows=Packed(image, "rows", split),
        numbers=TableMap(rows, _string, split, int),
        texts=Packed(image, "texts", str, count),
        seen_in=image.numbers("seen_in", "I", count),
        index=CompiledIndex(block, tokens, image.library),
        evidence=Evidence(
            builds=_builds(image, count, len(info.builds)),
            usual_hosts=_sets(image, "hosts"),
            totals=image.numbers("totals", "Q", count),
            zeros=Packed(image, "zeros", _members, count),
            skeleton_classes=_classes(image),
            skeleton_spans=_mapped_spans(image),
        ),
    )
    mapped.usual_values = _sets(image, "values")
    return mapped


def _builds(image: Image, rows: int, names: int) -> tuple[PassingBuild, ...]:
    upto = image.starts("order.upto", len(image.bytes("order")) // 4)
    order = image.order("order", upto, "counts", rows)
    builds = len(upto) - 1
    if builds not in (0, names):
        raise BadImageError(f"it has {names} builds, and tells of {builds}")
    counts, waits = (image.numbers(name, "I", builds * rows) for name in ("counts", "waits"))
    return tuple(
        PassingBuild(
            order[upto[build] : upto[build + 1]],
            counts[build * rows : (build + 1) * rows],
            waits[build * rows : (build + 1) * rows],
        )
        for build in range(builds)
    )


def _mapped_spans(image: Image) -> Mapping[Skeleton, Mapping[str, Sequence[Span]]]:
    keys = Packed(image, "keys", str)
    numbers = image.spans("lowhigh")
    spans_upto = image.starts("keys.upto", len(numbers) // 2, len(keys) + 1, least=1)
    keys_upto = image.starts("spans.upto", len(keys))

    def spans_of(key: int) -> list[Span]:
        pairs = numbers[2 * spans_upto[key] : 2 * spans_upto[key + 1]]
        return list(zip(pairs[::2], pairs[1::2], strict=True))

    def of(skeleton: int) -> dict[str, Sequence[Span]]:
        return {keys[key]: spans_of(key) for key in range(keys_upto[skeleton], keys_upto[skeleton + 1])}

    table = Table(image, "spans")
    if len(keys_upto) != len(table) + 1:
        raise BadImageError("its spans are of other skeletons")
    return _by_skeleton(table, of)


def _classes(image: Image) -> Mapping[Skeleton, frozenset[str]]:
    table = Table(image, "classes")
    return _by_skeleton(table, Packed(image, "classes.of", _members, len(table)).__getitem__)


def _by_skeleton(table: Table, value: Callable[[int], _Value]) -> Mapping[Skeleton, _Value]:
    return TableMap(table, lambda skeleton: _string(sorted(skeleton)), _members, value)


def _sets(image: Image, name: str) -> Mapping[str, frozenset[str]]:
    table = Table(image, name)
    members = Packed(image, f"{name}.of", _members, len(table))
    return TableMap(table, str, str, members.__getitem__)


def _members(text: str) -> frozenset[str]:
    return frozenset(split(text)) if text else frozenset()


def _string(tokens: Collection[str]) -> str | None:
    try:
        return joined(tokens)
    except BadImageError:
        return None
