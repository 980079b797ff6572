"""The machine of engine/regex.c against Python's re, whose semantics it has."""

from __future__ import annotations

import ctypes
import re

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from anomaly_filter import native
from anomaly_filter.engine.pattern import UnsupportedError, parsed
from anomaly_filter.engine.program import GROUPS, OPERATIONS, Assembler
from anomaly_filter.engine.tree import END, Edge, Match, alphabet, begins, first, has, needs, shortest

pytestmark = pytest.mark.skipif(native.library() is None, reason=f"no compiled engine: {native.why_not()}")

_UNSET = 0xFFFFFFFF
_NONE, _LIMIT = -1, -2


class _Instruction(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_uint8) for name in ("operation", "set", "follow")),
        *((name, ctypes.c_uint16) for name in ("to", "least", "most")),
    )


class _Code(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_void_p) for name in ("instructions", "sets", "switches"))


class _Machine(ctypes.Structure):
    _fields_ = (
        ("steps_left", ctypes.c_size_t),
        ("saved", ctypes.c_uint32 * (2 * len(GROUPS))),
        ("end", ctypes.c_uint32),
        ("stack", ctypes.c_uint32 * (3 * 8192)),
    )


class Program:
    """A pattern that the engine's machine can run."""

    def __init__(self, pattern: str, *, ignore_case: bool = False, whole: bool = False) -> None:
        end = (Edge(END, behind=False),) if whole else ()
        assembler = Assembler()
        self.start = assembler.program((*parsed(pattern, ignore_case=ignore_case), *end, Match(7)))
        rows = [_Instruction(OPERATIONS.index(row.operation), *row.numbers) for row in assembler.code]
        self._instructions = (_Instruction * len(rows))(*rows)
        halves = [half for members in assembler.sets for half in (members & (1 << 64) - 1, members >> 64)]
        self._sets = (ctypes.c_uint64 * len(halves))(*halves)
        targets = [target for switch in assembler.switches for target in switch]
        self._switches = (ctypes.c_uint16 * len(targets))(*targets)
        self._code = _Code(
            ctypes.addressof(self._instructions),
            ctypes.addressof(self._sets),
            ctypes.addressof(self._switches),
        )

    def match(
        self, text: str, at: int = 0, steps: int = 1 << 20
    ) -> tuple[int, dict[str, tuple[int, int]]] | int:
        """Return the end of the match and what the groups have matched, or why there is none."""
        library = native.library()
        assert library is not None
        machine = _Machine(steps)
        raw = text.encode("ascii")
        found: int = library.regex_match(
            ctypes.byref(machine), ctypes.byref(self._code), ctypes.c_uint16(self.start), raw, len(raw), at
        )
        if found < 0:
            return found
        assert 7 == found
        spans = zip(machine.saved[::2], machine.saved[1::2], strict=True)
        return machine.end, {
            name: span for name, span in zip(GROUPS, spans, strict=True) if _UNSET not in span
        }


def expected(match: re.Match[str] | None) -> tuple[int, dict[str, tuple[int, int]]] | int:
    if match is None:
        return _NONE
    return match.end(), {name: match.span(name) for name in match.groupdict() if match[name] is not None}


_ATOMS = r"""
    a b A 0 - \. . \w \W \d \D \s \S [ab] [^a] [a-c0] [^\W\d_] [A\d] ab a0b
    \b ^ $ \A \Z (?=a) (?!a) (?<=a) (?<!b) (?<=ab) (?<!a\w)
"""
_COUNTS = "? * + {2} {1,3} {0,2} {2,} ?? *? +? {1,3}? {2,}?"
_atoms, _counts = st.sampled_from(_ATOMS.split()), st.sampled_from(_COUNTS.split())


def _larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = smaller.map("(?:{})".format)
    return st.one_of(
        st.builds("{}{}".format, smaller, smaller),
        st.lists(smaller, min_size=2, max_size=4).map(lambda branches: f"(?:{'|'.join(branches)})"),
        st.builds("{}{}".format, group, _counts),
        st.builds("({}{})".format, st.sampled_from(["?=", "?!", "?i:", "?-i:"]), smaller),
    )


_patterns = st.recursive(_atoms | st.builds("{}{}".format, _atoms, _counts), _larger, max_leaves=8)
_captures = st.builds("{}(?P<key>{}){}(?P<number>{}){}".format, *[_patterns] * 5)
_flags = st.sampled_from([0, re.IGNORECASE])
_texts = st.text("aaabbcAB00_-. ", max_size=12)


def supported(pattern: str, *, ignore_case: bool = False, whole: bool = False) -> Program:
    try:
        return Program(pattern, ignore_case=ignore_case, whole=whole)
    except (UnsupportedError, re.error):
        reject()


@given(_patterns | _captures, _texts, _flags, st.data())
def test_a_match_from_a_place_on_is_that_of_re(
    pattern: str, text: str, flags: int, data: st.DataObject
) -> None:
    program = supported(pattern, ignore_case=bool(flags))
    at = data.draw(st.integers(0, len(text)))
    found = re.compile(pattern, flags).match(text, at)
    assert expected(found) == program.match(text, at)


@given(_patterns | _captures, _texts, _flags)
def test_a_match_of_the_whole_text_is_that_of_re(pattern: str, text: str, flags: int) -> None:
    program = supported(pattern, ignore_case=bool(flags), whole=True)
    found = re.compile(pattern, flags).fullmatch(text)
    assert expected(found) == program.match(text)


@given(_patterns, _texts)
def test_what_is_known_before_a_match_holds_for_every_match(pattern: str, text: str) -> None:
    supported(pattern)
    nodes = parsed(pattern)
    for match in re.compile(pattern).finditer(text):
        begin = ord(text[match.start()]) if match.start() < len(text) else 0
        before = ord(text[match.start() - 1]) if match.start() else 0
        assert has(first(nodes, (1 << 128) - 1), begin)
        for most in (1, 2, 5):
            assert any(has(behind, before) and has(at, begin) for behind, at in begins(nodes, most))
        assert shortest(nodes) <= len(match[0])
        assert all(has(alphabet(nodes), ord(char)) for char in match[0])
        assert all(any(has(members, ord(char)) for char in text) for members in needs(nodes))


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a)\1",
        r"(?P<key>a)(?(key)b|c)",
        r"(?P<other>a)",
        r"(?a:\w)",
        r"(?s).",
        r"(?:a*)*",
        r"(?:(?P<key>a)b)*",
        r"(?=(?P<key>a))a",
        r"\Ba",
        "(?i:\u00e9)",
        "a{70000}",
    ],
)
def test_what_the_machine_cannot_do_is_refused(pattern: str) -> None:
    with pytest.raises(UnsupportedError):
        Program(pattern)


def test_letters_beyond_ascii_match_nothing() -> None:
    assert (_NONE, (1, {})) == (Program("[\u2715\u2716]").match("x"), Program("[\u2715x]").match("x"))


def test_steps_are_bounded() -> None:
    slow = Program("(?:a|a|a)*b")
    assert [_LIMIT, _NONE] == [slow.match("a" * 20, steps=10_000), slow.match("a" * 4, steps=10_000)]


def test_open_choices_are_bounded() -> None:
    assert [_LIMIT, (4000, {})] == [
        Program("(?:ab|a)*").match("a" * 9000),
        Program("(?:ab|a)*").match("a" * 4000),
    ]
