"""The numbers of a line that say how its step ended: counts, shares, percentages, statuses and versions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from anomaly_filter.patterns import lazy_pattern
from anomaly_filter.rules import BAD_KEYS, GOOD_KEYS, HEX_ID, RULES, UUID, Stage
from anomaly_filter.searches import Near, Search, Searches, Spans

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
_BAD = lazy_pattern(rf"{_PREFIX}(?:{BAD_KEYS}|{_MORE_BAD})", re.IGNORECASE)
_GOOD = lazy_pattern(rf"{_PREFIX}(?:{GOOD_KEYS}|{_MORE_GOOD})", re.IGNORECASE)
# Of the keys that are bad when not zero, what says so only where the rules of tokens have joined a number to it.
_LOOSE = frozenset(("with", "loss", "lost"))


# Patterns of numbers begin with their first digit, and then look at what is before it: `re` looks for a pattern that
# begins with a class of characters at their places only, which is several times as fast.
def _number(not_behind: str) -> str:
    return (
        rf"(?P<number>[0-9](?<!{not_behind}[0-9])(?:[0-9]{{0,2}}(?:,[0-9]{{3}}){{1,3}}|[0-9]{{0,8}})(?:\.[0-9]{{1,6}})?"
        r"(?:e[+-][0-9]{2})?)(?![\w:/-])(?![.,][0-9])"
    )


_LINK = r"is|was|are|were|of|with|has|been|code|status"
_KEY_THEN_NUMBER = Search(
    # Behind the key are a few characters that are in no word, then a word between it and the number, or that number.
    rf"\b(?P<key>[A-Za-z_]\w{{0,40}})\b(?=\W{{1,5}}(?:[0-9]|{_LINK}))(?:\W{{1,3}}\b(?:{_LINK})\b){{0,2}}"
    r"['\"]?\s?[=:]?\s?['\"\[(]?" + _number(r"[\w.]"),
    near=Near(r"[\s=:'\"\[(]" + _number(r"[\w.]"), 63),  # a key has 41 of these characters
)
# A number stands alone: not within a word, an address, a date, a path or a version.
_NUMBER_THEN_KEYS = Search(
    _number(r"[\w.,:/=-]") + r"(?P<percent>%?)(?P<keys>(?: {1,2}[A-Za-z_-]{1,40}(?![\w=:-])){1,3})"
)
_WELL = (
    r"ready|passed|passing|succe\w+|healthy|running|available|up|tests?|nodes?|replicas?|pods?|checks?|ok|complete\w*|online"
    r"|rated|score\w*|points|grade"
)
_SHARE = Search(
    r"(?P<part>[0-9](?<![\w.:/-][0-9])[0-9]{0,5}(?:\.[0-9]{1,2})?)(?: ?/ ?| (?:out )?of )(?P<whole>[0-9]{1,6})"
    r"(?![\w/:-])(?!\.[0-9])",
    may_be_in=lambda text: "/" in text or "of " in text,
)
_WELL_NEAR = lazy_pattern(rf"\b(?:{_WELL})\b", re.IGNORECASE)
_WELL_ANYWHERE = lazy_pattern(_WELL)  # in lower case
_STEP_BEFORE = lazy_pattern(
    r"(?:(?:^|[^\w. ]) ?[\[(#]|\b(?:step|layer|part|page|task|stage|epoch|batch|chunk|file|item|test|phase|attempt|retry|progress|time|date)s?\W{0,2})\s?\Z",
    re.IGNORECASE,
)
_NEAR = 40  # characters
_LONGEST_BEFORE = 12  # characters of the longest match of this pattern and the next
# What is counted from 0 on: another one is no more than the next.
_INDEX_BEFORE = lazy_pattern(
    r"(?<![A-Za-z])(?:index|idx|id|no|nr|number|worker|node|rank|gpu|cpu|core|shard|thread|partition|slot|bucket|device|dev|channel|line"
    r"|column|offset|port|pid|job|depth|level|replica|instance|container|process|cudadev|iteration|iter|round|try|seq"
    r"|step|layer|part|page|task|stage|epoch|batch|chunk|file|item|test|phase|attempt|retry|progress|time|date)\W{0,3}\Z",
    re.IGNORECASE,
)
_DIGIT = lazy_pattern(r"[0-9]")
IDS = lazy_pattern(f"{UUID}|{HEX_ID}")
_ALIKE = bytes.maketrans(b"0123456789abcdefABCDEF", b"x" * 22)
_PERCENT = Search(
    r"(?P<number>[0-9](?<![\w.][0-9])[0-9]{0,2}(?:\.[0-9]{1,6})?)%", may_be_in=lambda text: "%" in text
)


def _may_have_status(text: str) -> bool:
    lower = text.lower()  # beyond ASCII there are letters of either case that this does not tell
    return "status" in lower or "code" in lower or not text.isascii()


_STATUS = Search(
    r"\b(?:http_?)?(?:status|code)(?:_?code)?\W{1,4}(?<![.,-])(?P<status>[2-5])[0-9]{2}(?![\w.:-])",
    re.IGNORECASE,
    may_be_in=_may_have_status,
)
_MAJOR = Search(
    r"(?:(?:version|release)[:=]?[ \"']{1,2}v?|(?<![\w.:/-])v(?=[0-9])"
    r"|(?<![\w.-])(?P<name>[A-Za-z][A-Za-z0-9_-]{0,40}?[A-Za-z0-9_])[ -]v?(?=[0-9]{1,3}\.[0-9]{1,6}(?:\.[0-9]|-[0-9]))"
    r"|(?:(?<![\w.:/-])|(?<=[( ][0-9]:))(?=[0-9]{1,3}\.[0-9]{1,6}\.[0-9]{1,6}[a-z]?(?![.\w%])))"
    r"(?P<major>[0-9]{1,3})\.[0-9]",
    re.IGNORECASE,
    # Of these characters a name has 42.
    near=Near(r"[0-9](?:(?<![a-uw-zA-UW-Z0-9_./:][0-9])|(?<=[( ][0-9]:[0-9]))[0-9]{0,2}\.[0-9]", 44),
)
SLOTS = Searches(_KEY_THEN_NUMBER, _NUMBER_THEN_KEYS, _SHARE, _PERCENT, _STATUS, _MAJOR)

# Neither a part of a word, an address or a date nor a duration. Lines with the same masked words have these numbers at
# the same places, and zeros at the same ones, which the memo of verdicts relies on: see _kept.
INTEGER = lazy_pattern(
    r"[0-9](?:(?<![\w.:/+,-][0-9])|(?<=[0-9]/[0-9])|(?<=\":[0-9]))[0-9]*"
    r"(?![\w:/%])(?![.,-][0-9])(?! ?(?:n|u|m|k)?s(?:ec\w*)?\b)(?! ?min)"
)
# The size that an access log has behind the status of an answer without a body: 204, 304; masked words tell only 2xx,
# and only where the text names a status.
_BODILESS = lazy_pattern(r"[23][0-9]{2}")
# What masking takes out, such as dates and times, begins with one of these characters.
TAKEN_OUT = lazy_pattern(
    "|".join(f"(?:{rule.pattern})" for rule in RULES if rule.stage is Stage.MASK and not rule.becomes)
)
_TAKEN_OUT_BEGINS = frozenset("0123456789[(T")
_NAMES_STATUS = lazy_pattern(r"http|status|code|GET|HEAD|POST|PUT|PATCH", re.IGNORECASE)


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


def slots(text: str) -> tuple[Slot, ...]:
    """Return the numbers of a text that mean something; a key may come several times.

    Where they stand is decided by letters, punctuation, and how many digits there are, never by which digits these
    are, but for those that words keep when they are masked, and never by what is in an id. So lines of one kind have
    the same slots.

    >>> text = "Python 3.11.4: 12 tests run, 0 checksum errors, coverage 87%, 3/3 ready"
    >>> sorted((slot.key, slot.number(text)) for slot in slots(text))
    [('!errors', 0.0), ('%', 87.0), ('/', 1.0), ('coverage', 87.0), ('tests', 12.0), ('versionpython', 3.0)]

    Args:
        text: with single blanks between its words, see `evenly`.
    """
    if not _DIGIT.search(text):
        return ()
    alike = ids_alike(text)[:_LOOKED_AT]
    return tuple(_slots(alike, SLOTS.spans(alike)))


def slots_at(text: str, spans: Sequence[Sequence[Spans]], *, has_id: bool) -> tuple[Slot, ...]:
    """Return the same where it is known what SLOTS find.

    Args:
        text: see `slots`.
        spans: see `Searches.spans`.
        has_id: whether an id may be in the text.
    """
    return tuple(_slots((ids_alike(text) if has_id else text)[:_LOOKED_AT], spans))


def _slots(text: str, spans: Sequence[Sequence[Spans]]) -> Iterator[Slot]:
    after_keys, before_keys, shares, percents, statuses, majors = spans
    for key, key_end, start, end, *_ in after_keys:
        if counted := _counted(text[key:key_end]):
            yield Slot(counted, start, end)
    for start, end, percent, percent_end, keys, keys_end in before_keys:
        if counted := _counted_before(text[keys:keys_end], text[percent:percent_end]):
            yield Slot(counted, start, end)
    if shares:
        yield from _shares(text, shares)
    for start, end, *_ in percents:
        yield Slot(PERCENT, start, end)
    for start, end, *_ in statuses:
        yield Slot(STATUS, start, end)
    for at, (name, name_end, start, end, *_) in enumerate(majors):
        yield Slot(VERSION + (str(at) if name < 0 else _key(text[name:name_end])), start, end)


def ids_alike(text: str) -> str:
    """Return the text with an `x` in the place of each character of its ids."""
    # Either kind of id has six hex digits in a row.
    if b"xxxxxx" not in text.encode("utf-8", "surrogatepass").translate(_ALIKE):
        return text
    return IDS.sub(lambda found: "x" * len(found[0]), text)


def evenly(text: str) -> str:
    """Return the words of a text with single blanks between them."""
    return " ".join(text.split())


def _shares(text: str, shares: Iterable[Spans]) -> Iterator[Slot]:
    # Whether any word of being well may be in the text.
    well = not text.isascii() or _WELL_ANYWHERE.search(text.lower()) is not None
    for begin, part_end, whole, end, *_ in shares:
        if not text[whole:end].strip("0"):
            continue
        if well and _WELL_NEAR.search(text[max(0, begin - _NEAR) : end + _NEAR]):
            yield Slot(SHARE, begin, part_end, (whole, end))
        elif not _STEP_BEFORE.search(text, max(0, begin - _LONGEST_BEFORE), begin):
            yield Slot(BARE_SHARE, begin, part_end, (whole, end))


@lru_cache(maxsize=1 << 12)  # names have at most 42 characters
def _key(name: str) -> str:
    return _DIGIT.sub("9", name.lower())


@lru_cache(maxsize=1 << 12)  # names have at most 41 characters
def _counted(name: str) -> str | None:
    """Return the key of a number that counts what has this name; None if that means nothing."""
    key = _key(name)
    if key not in _LOOSE and _BAD.fullmatch(key):
        return FAULTS + key
    return key if _GOOD.fullmatch(key) else None


@lru_cache(maxsize=1 << 12)  # of at most 126 characters
def _counted_before(names: str, percent: str) -> str | None:
    """Return the key of a number that has these names behind it; None if that means nothing."""
    first, *others = map(_counted, names.split())
    faults = next((key for key in (first, *others) if key and key[0] == FAULTS), None)
    return faults or (None if percent else first)


def _integers(text: str) -> list[str]:
    return INTEGER.findall(_kept(text))


def _kept(text: str) -> str:
    """Return the words of a text that masking does not take out, with single blanks between and ids alike."""
    words = (word for word in text.split() if word[0] not in _TAKEN_OUT_BEGINS or not TAKEN_OUT.match(word))
    return ids_alike(" ".join(words))


def zeros(text: str) -> Iterator[str]:
    """Give a key for each place of a whole number that is 0 in the text."""
    if "0" in text:
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
    kept = _kept(text) if always else ""
    now = [*INTEGER.finditer(kept)]
    if now and len(_integers(usual)) == len(now):
        for place, found in enumerate(now):
            if (
                found[0].strip("0")
                and f"{ZERO}{place}" in always
                and not _INDEX_BEFORE.search(kept, max(0, found.start() - _LONGEST_BEFORE), found.start())
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
