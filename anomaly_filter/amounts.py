"""The numbers of a line that say how its step ended: counts, shares, percentages, statuses and versions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from anomaly_filter.rules import BAD_KEYS, GOOD_KEYS, HEX_ID, UUID

VERSION = "version"
"""Begins the key of a major version number; what has the version, or its place in the line, follows."""
PERCENT = "%"
"""The key of a percentage."""
SHARE = "/"
"""The key of how much of a whole is well, in 0..1."""
BARE_SHARE = "./"
"""The key of a share of which nothing says what it is of."""
STATUS = "http"
"""The key of the class of an HTTP status, 2 to 5."""
ZERO = "0@"
"""Begins the key of a place where a whole number was zero: from 0 to 0 if it always was."""
FAULTS = "!"
"""Begins the key of a number that is bad when it is not zero."""

_LOOKED_AT = 2000  # characters of a line
_DIGITS = 18  # of a number: converting very many takes the square of their number

# Beyond the keys of the token rules: what these count is compared with the baselines' counts, but makes no line new.
_MORE_BAD = (
    r"issues?|offen[cs]es?|faults?|panics?|alerts?|breach(?:es)?|regressions?|rollbacks?|restarts?|evict(?:ed|ions?)"
    r"|reject(?:ed|s)?|refused|discarded|overruns?|underruns?|retransmits?|retransmitted|deadlocks?|races?|unhealthy"
    r"|unavailable|undelivered|unmet|expired|orphan(?:ed|s)?|bad|incompatible|stale|blocked|stuck|hung|oom\w*|diffs?"
    r"|differences|flaws?|infected|malware|outages?|interrupted|cancell?ed|deaths?|skew\w*|exitcode|returncode|diverged"
    r"|undefined|uncovered|failing|down|offline|degraded|starved|throttled|lag|backlog|severe|critical|destroy(?:ed)?|dlq|dead_?letters?"
)
# Of things that are numbered, such as nodes, the plural: `node 7` is no count.
_MORE_GOOD = (
    r"passing|nodes|replicas|pods|workers|brokers|available|ready|healthy|records|messages|events|documents|docs"
    r"|lines|images|layers|targets|benchmarks|assertions|scenarios|steps|cases|suites|written|copied|transferred"
    r"|received|sent|synced|downloaded|installed|compiled|built|checked|indexed|deployed|matched|objects|tables"
    r"|keys|samples|users|hosts|devices|modules|classes|functions|migrations|partitions|peers|members|stored|saved"
    r"|imported|exported|loaded|inserted|updated|published|pushed|pulled|generated|delivered|acked|scanned|verified|restored"
    r"|consumers|subscribers|listeners|slaves|followers|endpoints|backends|upstreams|volumes|disks|gpus|cores"
    r"|answers?|resources|queries|tasks|threads|connected|joined|alive|online|up|running"
    r"|accuracy|precision|recall|f1|auc|score|bleu|reward"
)
_PREFIX = r"(?:[A-Za-z]\w*[_.-])?"
_BAD = re.compile(rf"{_PREFIX}(?:{BAD_KEYS}|{_MORE_BAD})", re.IGNORECASE)
_GOOD = re.compile(rf"{_PREFIX}(?:{GOOD_KEYS}|{_MORE_GOOD})", re.IGNORECASE)
# Of the keys that are bad when not zero, what says so only where the rules of tokens have joined a number to it.
_LOOSE = frozenset(("with", "loss", "lost"))

# A number stands alone: not within a word, an address, a date, a path or a version.
_ALONE = r"(?<![\w.,:/=-])"
_NUMBER = (
    r"(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,9})(?:\.[0-9]{1,6})?(?:e[+-][0-9]{2})?)"
    r"(?![\w:/-])(?![.,][0-9])"
)
_KEY_THEN_NUMBER = re.compile(
    r"(?<!\w)(?P<key>[A-Za-z_]\w{0,40})(?:\W{0,3}\b(?:is|was|are|were|of|with|has|been|code|status)\b){0,2}"
    rf"['\"]?\s?[=:]?\s?['\"\[(]?(?<![\w.]){_NUMBER}"
)
_NUMBER_THEN_KEYS = re.compile(
    rf"{_ALONE}{_NUMBER}(?P<percent>%?)(?P<keys>(?: {{1,2}}[A-Za-z_-]{{1,40}}(?![\w=:-])){{1,3}})"
)
_WELL = (
    r"ready|passed|passing|succe\w+|healthy|running|available|up|tests?|nodes?|replicas?|pods?|checks?|ok|complete\w*|online"
    r"|rated|score\w*|points|grade"
)
_PART = (
    r"(?P<part>[0-9]{1,6}(?:\.[0-9]{1,2})?)(?: ?/ ?| (?:out )?of )(?P<whole>[0-9]{1,6})(?![\w/:-])(?!\.[0-9])"
)
_SHARE = re.compile(rf"(?<![\w.:/-]){_PART}")
_WELL_NEAR = re.compile(rf"\b(?:{_WELL})\b", re.IGNORECASE)
_STEP_BEFORE = re.compile(
    r"(?:(?:^|[^\w. ]) ?[\[(#]|\b(?:step|layer|part|page|task|stage|epoch|batch|chunk|file|item|test|phase|attempt|retry|progress|time|date)s?\W{0,2})\s?\Z",
    re.IGNORECASE,
)
_NEAR = 40  # characters
# What is counted from 0 on: another one is no more than the next.
_INDEX_BEFORE = re.compile(
    r"(?<![A-Za-z])(?:index|idx|id|no|nr|number|worker|node|rank|gpu|cpu|core|shard|thread|partition|slot|bucket|device|dev|channel|line"
    r"|column|offset|port|pid|job|depth|level|replica|instance|container|process|cudadev|iteration|iter|round|try|seq"
    r"|step|layer|part|page|task|stage|epoch|batch|chunk|file|item|test|phase|attempt|retry|progress|time|date)\W{0,3}\Z",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[0-9]")
_IDS = re.compile(f"{UUID}|{HEX_ID}")
_PERCENT = re.compile(r"(?<![\w.])(?P<number>[0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_STATUS = re.compile(
    r"\b(?:http_?)?(?:status|code)(?:_?code)?\W{1,4}(?<![.,-])(?P<status>[2-5])[0-9]{2}(?![\w.:-])",
    re.IGNORECASE,
)
_MAJOR = re.compile(
    r"(?:(?:version|release)[:=]?[ \"']{1,2}v?|(?<![\w.:/-])v(?=[0-9])"
    r"|(?<![\w.-])(?P<name>[A-Za-z][A-Za-z0-9_-]{0,40}?[A-Za-z0-9_])[ -]v?(?=[0-9]{1,3}\.[0-9]{1,6}(?:\.[0-9]|-[0-9]))"
    r"|(?:(?<![\w.:/-])|(?<=[( ][0-9]:))(?=[0-9]{1,3}\.[0-9]{1,6}\.[0-9]{1,6}[a-z]?(?![.\w%])))"
    r"(?P<major>[0-9]{1,3})\.[0-9]",
    re.IGNORECASE,
)

# Neither a part of a word, an address or a date nor a duration. Lines with the same masked words have these numbers at
# the same places, and zeros at the same ones, which the memo of verdicts relies on.
_INTEGER = re.compile(
    r"(?=[0-9])(?:(?<![\w.:/+,-])|(?<=[0-9]/)|(?<=\":))[0-9]+(?![\w:/%])(?![.,-][0-9])(?! ?(?:n|u|m|k)?s(?:ec\w*)?\b)(?! ?min)"
)
# The size that an access log has behind the status of an answer without a body: 204, 304; masked words tell only 2xx,
# and only where the text names a status.
_BODILESS = re.compile(r"[23][0-9]{2}")
_NAMES_STATUS = re.compile(r"http|status|code|GET|HEAD|POST|PUT|PATCH", re.IGNORECASE)


class Slot(NamedTuple):
    """Where a number that means something stands in a text.

    Attributes:
        key: what it counts; the same in texts that differ in digits only.
        start: its first character.
        end: the one after its last.
        whole: of a share, the place of what it is a part of.
    """

    key: str
    start: int
    end: int
    whole: tuple[int, int] | None = None

    def number(self, text: str) -> float:
        """Return the number that a text has there."""
        number = float(text[self.start : self.end].replace(",", ""))
        return number / int(text[slice(*self.whole)]) if self.whole else number


def slots(text: str) -> Iterator[Slot]:
    """Give the numbers of a text that mean something; a key may come several times.

    Where they stand is decided by letters, punctuation, and how many digits there are, never by which digits these
    are, but for those that words keep when they are masked, and never by what is in an id. So lines of one kind have
    the same slots.

    Args:
        text: with single blanks between its words, see `evenly`.
    """
    text = ids_alike(text)[:_LOOKED_AT]
    yield from _after_keys(text)
    yield from _before_keys(text)
    yield from _shares(text)
    for found in _PERCENT.finditer(text):
        yield Slot(PERCENT, *found.span("number"))
    for found in _STATUS.finditer(text):
        yield Slot(STATUS, *found.span("status"))
    for at, found in enumerate(_MAJOR.finditer(text)):
        yield Slot(VERSION + (_key(found["name"]) if found["name"] else str(at)), *found.span("major"))


def ids_alike(text: str) -> str:
    """Return the text with an `x` in the place of each character of its ids."""
    return _IDS.sub(lambda found: "x" * len(found[0]), text)


def evenly(text: str) -> str:
    """Return the words of a text with single blanks between them."""
    return " ".join(text.split())


def amounts(text: str) -> Iterator[tuple[str, float]]:
    """Give each number of the text that means something, with its key; a key may come several times.

    >>> sorted(amounts("Python 3.11.4: 12 tests run, 0 checksum errors, coverage 87%, 3/3 ready"))
    [('!errors', 0.0), ('%', 87.0), ('/', 1.0), ('coverage', 87.0), ('tests', 12.0), ('versionpython', 3.0)]
    """
    text = evenly(text)
    return ((slot.key, slot.number(text)) for slot in slots(text))


def _after_keys(text: str) -> Iterator[Slot]:
    for found in _KEY_THEN_NUMBER.finditer(text):
        key = _key(found["key"])
        if _is_bad(key):
            yield Slot(FAULTS + key, *found.span("number"))
        elif _GOOD.fullmatch(key):
            yield Slot(key, *found.span("number"))


def _before_keys(text: str) -> Iterator[Slot]:
    for found in _NUMBER_THEN_KEYS.finditer(text):
        keys = [*map(_key, found["keys"].split())]
        faults = next(filter(_is_bad, keys), None)
        if faults is not None:
            yield Slot(FAULTS + faults, *found.span("number"))
        elif _GOOD.fullmatch(keys[0]) and not found["percent"]:
            yield Slot(keys[0], *found.span("number"))


def _shares(text: str) -> Iterator[Slot]:
    for found in _SHARE.finditer(text):
        if not found["whole"].strip("0"):
            continue
        if _WELL_NEAR.search(text[max(0, found.start() - _NEAR) : found.end() + _NEAR]):
            yield Slot(SHARE, *found.span("part"), found.span("whole"))
        elif not _STEP_BEFORE.search(text, max(0, found.start() - _NEAR), found.start()):
            yield Slot(BARE_SHARE, *found.span("part"), found.span("whole"))


def _key(name: str) -> str:
    return _DIGIT.sub("9", name.lower())


def _is_bad(key: str) -> bool:
    return key not in _LOOSE and _BAD.fullmatch(key) is not None


def _integers(text: str) -> list[str]:
    return _INTEGER.findall(ids_alike(text))


def zeros(text: str) -> Iterator[str]:
    """Give a key for each place of a whole number that is 0 in the text."""
    for place, number in enumerate(_integers(text)):
        if not number.strip("0"):
            yield f"{ZERO}{place}"


def rose_from_nothing(usual: str, text: str, always: Collection[str]) -> str | None:
    """Return a whole number of a line in whose place the baselines have nothing but zeros.

    >>> rose_from_nothing("12 installed, 0 to remove", "12 installed, 43 to remove", {"0@1"})
    '43'

    Args:
        usual: a baseline line.
        text: one of the same form.
        always: keys of places where the baselines have nothing but zeros.
    """
    now = [*_INTEGER.finditer(ids_alike(text))] if always else []
    if now and len(_integers(usual)) == len(now):
        for place, found in enumerate(now):
            if (
                found[0].strip("0")
                and f"{ZERO}{place}" in always
                and not _INDEX_BEFORE.search(text, max(0, found.start() - _NEAR), found.start())
            ):
                return found[0]
    return None


def fell_to_nothing(usual: str, text: str, known: Collection[str], large: int) -> int | None:
    """Return a large whole number of a baseline line in whose place another line of the same form has a zero.

    >>> fell_to_nothing("-rw-r--r-- 1 ci ci 48214924 portal.war", "-rw-r--r-- 1 ci ci 0 portal.war", (), 100)
    48214924

    Args:
        usual: the baseline line.
        text: the other one.
        known: keys of places where the baselines have zeros.
        large: from which number on.
    """
    now = _integers(text)
    fallen = [
        place for place, number in enumerate(now) if not number.strip("0") and f"{ZERO}{place}" not in known
    ]
    before = _integers(usual) if fallen else []
    if len(before) != len(now):
        return None
    for place in fallen:
        bodiless = place > 0 and _BODILESS.fullmatch(now[place - 1]) and _NAMES_STATUS.search(text)
        if not bodiless and large <= int(before[place][:_DIGITS]):
            return int(before[place][:_DIGITS])
    return None
