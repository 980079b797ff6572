"""The table of rules that make text stable; tokens.py applies it.

Every rule is a row of RULES, with two lines that must look the same and two that must not. A word (what
stands between blanks) goes through the stages in the order of `Stage`:

1. *mask*: times vanish and digits become classes, so that few different words are left;
2. *line*: envelopes and free text are cut off the line of masked words;
3. *word*: what the masked word is as a whole, or holds;
4. *number*: a number that means something is joined to its key (the rule sees the word before, too);
5. *part*: the word is cut into runs of letters, digits and underscores; random ones are dropped;
6. *token*: what is left without its digits, in lower case.

A rule sees masked words, nothing else, and but for those of the stage line only one and the one before it: that
is what makes memoising, and an engine that runs the same table, correct. For the same reason a rule of the stage mask comes before those
that tell one digit from another, unless what it becomes has a digit itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ID = "\x01"
"""Stands for an id in a masked word; control characters never come from a line."""

CLASS = "\x02"
"""Begins a token that stands for a class of words."""

MASK_BEGINS = r"[0-9A-Fa-f\[(T]"
"""What a match of a mask rule begins with; trying no other place halves the time that masking takes."""


class Stage(str, Enum):
    """When a rule is applied."""

    MASK = "mask"
    LINE = "line"
    WORD = "word"
    NUMBER = "number"
    PART = "part"
    TOKEN = "token"  # noqa: S105 - a stage, not a secret


Pair = tuple[str, str]


@dataclass(frozen=True)
class Rule:
    """One row of the table.

    Attributes:
        stage: what the pattern is held against, see the module's text.
        name: for people.
        pattern: a regular expression. In the stages mask and word it is searched, in the stage line from the
            line's start on; in the others it has to match from the start to the end.
        becomes: what stands in the place of a match; nothing: it is dropped.
        same: two lines that have the same tokens because of this rule.
        differ: two lines that keep different tokens all the same.
    """

    stage: Stage
    name: str
    pattern: str
    becomes: str
    same: Pair
    differ: Pair


# Keys whose number means something. Of the first it is bad not to be zero, of the second to be zero; the third
# have classes of their own (2xx to 5xx).
BAD_KEYS = (
    r"fail\w*|fatal|err(?:or)?s?|errno|exit\w*|rc|ret(?:urn|val)?(?:ed)?|code|status|unreachable|crash\w*|kill\w*|abort\w*"
    r"|broken|loss|lost|leak\w*|vulnerab\w*|timeouts?|timed|problems?|violations?|exceptions?|conflicts?|unresolved"
    r"|mismatch\w*|dropped|corrupt\w*|missing|signal|retries|dead|invalid|denied|with"
)
GOOD_KEYS = (
    r"tests?|run|ran|items?|pass|passed|success\w*|succeeded|bytes?|collected|files?|packages?|specs?|examples?|size|total"
    r"|executed|entries|rows|coverage|artifacts?|upload\w*|ok|processed|found"
)
_HTTP_KEYS = r"https?|response|resp|answer|got|reply|returned|(?-i:GET|HEAD|POST|PUT|PATCH)"
# A key may be a longer name that ends in one of these, such as `tests_failed` or `exit_code`.
_KEY = rf"(?:[A-Za-z]\w{{0,40}}[_.-])?(?:{BAD_KEYS}|{GOOD_KEYS}|{_HTTP_KEYS})"
_OPEN, _CLOSE = r"[\[({'\"<]*", r"[\])}'\">,;:.]*"
_NUMBER = r"(?P<number>-?\d[\d.,]{0,20}?)(?:%|s|ms|[kKMG]i?B?|B|/[A-Z]{2,20})?"

_CONSONANTS = "b-df-hj-np-tv-xz"
_LETTERS = r"[^\W\d_]"
_DOMAINS = (
    "com|net|org|edu|gov|io|co|de|uk|fr|cz|eu|us|info|cloud|dev|local|internal|lan|localdomain|novalocal|me|nl|ca|jp|cn"
    "|ru|se|ch|it|es|br|au"
)
HOST_NAME = rf"(?<![\w.@-])(?:[\w-]{{1,63}}\.){{1,8}}(?:{_DOMAINS})(?![\w-])(?!\.\w)(?::[0-9]+)?"
_DATE_WORDS = (
    "sun|mon|tue|wed|thu|fri|sat|sunday|monday|tuesday|wednesday|thursday|friday|saturday|jan|feb|mar|apr|may|jun|jul|aug"
    "|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december"
    "|utc|gmt|cest|cet|edt|est|pdt|pst"
)

# With the digits behind it: no rule may cut a run of digits, of which engine/words.c keeps hardly more than the length.
UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}[0-9]*"
HEX_ID = r"(?<![0-9A-Za-z])(?=[0-9]*[a-fA-F])(?=[a-fA-F]*[0-9])[0-9a-fA-F]{6,}(?![0-9A-Za-z])"

RULES: tuple[Rule, ...] = (
    Rule(
        Stage.MASK,
        "date or time",
        r"\A[\[(]*(?:[0-9]{1,4}[-/.:T][0-9]{1,3}[-/.:T][0-9T:.,+/Z-]*[\])]*,?:?|T?[0-9]{1,3}:[0-9]{1,3}(?::[0-9.,]+)?)\Z",
        "",
        same=("failed 12.11.2024 12:00:00,123", "failed [2023-11-30T00:00:59.999Z]"),
        differ=("12:00:00 started", "12:00:00 stopped"),
    ),
    Rule(
        Stage.MASK,
        "uuid",
        UUID,
        ID,
        same=(
            "instance 7d748d77-0a1b-4c2d-8e3f-9a0b1c2d3e4f spawned",
            "instance 0e1f2a3b-aaaa-4bbb-8ccc-dddddddddddd200 spawned",
        ),
        differ=(
            "instance 7d748d77-0a1b-4c2d-8e3f-9a0b1c2d3e4f spawned",
            "instance 7d748d77-0a1b-4c2d-8e3f-9a0b1c2d3e4f deleted",
        ),
    ),
    Rule(
        Stage.MASK,
        "run of six or more hex digits with a digit and a letter",
        HEX_ID,
        ID,
        same=("volume_0a1b2c3d4e attached", "volume_f9e8d7c6b5 attached"),
        differ=("volume_facade attached", "volume_decade attached"),
    ),
    Rule(
        Stage.MASK,
        "all of something, in per cent",
        r"(?<![0-9.,])100(?=%)",
        "100",
        same=("disk usage 100%", "disk usage 100%,"),
        differ=("disk usage 100%", "disk usage 87%"),
    ),
    Rule(
        Stage.MASK,
        "zero",
        r"0+(?![0-9])",
        "0",
        same=("exit code 0", "exit code 00"),
        differ=("exit code 0", "exit code 10"),
    ),
    *(
        Rule(
            Stage.MASK,
            f"{digit}00 to {digit}99, as HTTP status codes have them",
            # By itself: what is within a word, a date, a range or a larger number is no status.
            rf"(?<![\w.,-]){digit}[0-9]{{2}}(?!\.?\w)",
            f"{digit}00",
            same=(f"status {digit}01", f"status {digit}04"),
            differ=(f"status {digit}04", "status 12"),
        )
        for digit in "2345"
    ),
    Rule(
        Stage.MASK,
        "number",
        r"[0-9]+",
        "9",
        same=("built app-2024.10.beta now", "built app-24.10.beta now"),
        differ=("took 12 seconds", "lost 12 seconds"),
    ),
    Rule(
        Stage.LINE,
        "container that a line is of, as Compose and kubectl prefix it",
        r"(?:[\w.-]{1,60}[_-][09] +\||\[pod/\S{1,200}\]) ",
        "",
        same=("web_1  | listening now", "worker-1 | listening now"),
        differ=("web_1  | listening now", "web_1  | stopped now"),
    ),
    Rule(
        Stage.LINE,
        "message of a commit",
        r"(?P<kept>.{0,40}(?:Commit message:|HEAD is now at)) .*",
        "{kept}",
        same=("HEAD is now at 1a2b3c4 Fix the parser", "HEAD is now at 5d6e7f8 Bump guava"),
        differ=("HEAD is now at 1a2b3c4 Fix the parser", "Previous HEAD position was 1a2b3c4 Fix the parser"),
    ),
    Rule(
        Stage.LINE,
        "advice and notices that follow any failure",
        r"\W{0,4}(?:Run with --[\w-]+ (?:or --[\w-]+ )?(?:option )?to get .*|Get more help at \S+|Try:|Sending e-?mails to:.*)",
        "",
        same=("> Run with --info option to get more log output.", "* Try:"),
        differ=("> Run with --info option to get more log output.", "> Run tests with --info to find more."),
    ),
    Rule(
        Stage.WORD,
        "cross, as test runners mark what failed",
        r"[\u2715\u2716\u2717\u2718\u274c\u2a2f]",
        f" {CLASS}cross ",
        same=("\u2717 adds two", "\u2716 adds two"),
        differ=("\u2717 adds two", "\u2713 adds two"),
    ),
    Rule(
        Stage.WORD,
        "mail address",
        r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@])",
        f" {CLASS}mail ",
        same=("notified ann.lee@example.com", "notified bob@example.org"),
        differ=("notified ann.lee@example.com", "notified everyone"),
    ),
    Rule(
        Stage.WORD,
        "host name",
        HOST_NAME,
        f" {CLASS}host ",
        same=(
            "fetching http://mirror.bhs.example.com/simple",
            "fetching http://mirror.gra.example.org/simple",
        ),
        differ=("fetching http://mirror.example.com/simple", "fetching http://mirror.example.com/wheel"),
    ),
    Rule(
        Stage.WORD,
        "version number, with what follows it",
        r"(?<![A-Za-z0-9.])[vV]?[0-9]{1,3}(?:\.[0-9]{1,3})+[A-Za-z0-9.+~-]*",
        " ",
        same=("built app-1.2.0-rc1-8-gbe7d901 now", "built app-1.3.0 now"),
        differ=("built app-1.2.0-rc1 now", "built tool-1.2.0-rc1 now"),
    ),
    Rule(
        Stage.NUMBER,
        "key=number",
        rf"\S* {_OPEN}(?P<key>{_KEY})['\"]?[=:]+['\"(]?{_NUMBER}{_CLOSE}",
        "{key}={class}",
        same=("host : ok=3 failed=2", "host : ok=14 failed=1"),
        differ=("host : ok=3 failed=0", "host : ok=3 failed=1"),
    ),
    Rule(
        Stage.NUMBER,
        "key number",
        rf"{_OPEN}(?:\S{{0,40}}[\"/=])?(?P<key>{_KEY}|->|=>)['\")\]:=]{{0,3}} {_OPEN}=?{_NUMBER}{_CLOSE}",
        "{key}={class}",
        same=("exited with code 137", "exited with code 143"),
        differ=("exited with code 0", "exited with code 137"),
    ),
    Rule(
        Stage.NUMBER,
        "status of an HTTP access log",
        rf"HTTP/9\.[09]\" {_NUMBER}",
        "http={class}",
        same=('"GET /v2 HTTP/1.1" 500', '"GET /v2 HTTP/1.1" 503'),
        differ=('"GET /v2 HTTP/1.1" 200', '"GET /v2 HTTP/1.1" 503'),
    ),
    Rule(
        Stage.NUMBER,
        "number key",
        rf"{_OPEN}{_NUMBER} (?P<key>{_KEY})[\])}}'\">,;.]*",
        "{key}={class}",
        same=("3 failed, 12 passed", "7 failed, 90 passed"),
        differ=("0 failed, 12 passed", "7 failed, 12 passed"),
    ),
    Rule(
        Stage.NUMBER,
        "percentage",
        rf"\S* {_OPEN}(?P<key>)(?P<number>[0-9]{{1,3}}(?:\.[0-9]+)?)%{_CLOSE}",
        "%={class}",
        same=("disk usage 87%", "disk usage 91.5%"),
        differ=("disk usage 0%", "disk usage 91%"),
    ),
    Rule(
        Stage.PART,
        "five or more runs of digits and letters in turn",
        rf"(?:{_LETTERS}+(?=[0-9]))?(?:[0-9]+{_LETTERS}+){{2,}}(?:[0-9]+(?:{_LETTERS}+)?)?",
        "",
        same=("key o1u2i3 rotated", "key i9a8u7 rotated"),
        differ=("ipv4 rotated", "ipvs4 rotated"),
    ),
    Rule(
        Stage.PART,
        "name of a temporary file",
        r"tmp[a-z0-9][a-z0-9_]{4,7}",
        "",
        same=("rm /tmp/tmpab3kq9xz", "rm /tmp/tmpqz_81kfe"),
        differ=("rm /tmp/build", "rm /tmp/dist"),
    ),
    Rule(
        Stage.PART,
        "group of four or more hex digits with a digit",
        r"(?=[a-fA-F]*[0-9])[0-9a-fA-F]{4,}",
        "",
        same=("peer fe80:ca7c:1:2 up", "peer fe80:be1d:1:2 up"),
        differ=("peer cafe up", "peer face up"),
    ),
    Rule(
        Stage.PART,
        "consonants with digits",
        # Unless it names a protocol and its version.
        rf"(?i:(?=[{_CONSONANTS}]*[0-9])(?!(?:tls|ssl)v[0-9]+\Z)(?:[0-9]*[{_CONSONANTS}]){{3,}}[0-9]*)",
        "",
        same=("pod server-9xgn2 ready", "pod server-7kqv4 ready"),
        differ=("pod server-one ready", "pod server-two ready"),
    ),
    Rule(
        Stage.PART,
        "twenty or more characters with digits at two places",
        rf"(?=[^\W_]{{20,}}\Z)(?:{_LETTERS}*[0-9]+){{2,}}[^\W_]*",
        "",
        same=("key AAAABNzaCycEAAAADAQ1ABAAABgQ7", "key AAAACNzaClZDINTEAAAA5IPrQKwbXe3"),
        differ=("key test_converts_utf8_to_utf16_without_loss", "key test_converts_utf16_to_utf8_with_loss"),
    ),
    Rule(
        Stage.PART,
        "upper and lower case shuffled",
        # Twice from lower to upper within a few letters, with two capitals side by side: no camelCase does that.
        r"(?=[A-Za-z0-9]{6,12}\Z)(?=[A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]?[a-z0-9]?[A-Za-z0-9]?[a-z][A-Z])"
        r"(?=[A-Za-z0-9]*(?:[A-Z]{2}|[a-z][A-Z][a-z][A-Z]))[A-Za-z0-9]+",
        "",
        same=("using /tmp/build.AiIAthOp now", "using /tmp/build.xKQbtZwR now"),
        differ=("using getUserName now", "using getUserMail now"),
    ),
    Rule(
        Stage.PART,
        "five or more consonants alone",
        rf"(?!https\Z)[{_CONSONANTS}]{{5,}}",
        "",
        same=("request req-xkcdq done", "request req-bfgtr done"),
        differ=("request https done", "request tcp done"),
    ),
    Rule(
        Stage.TOKEN,
        "name of a day, a month or a time zone",
        rf"(?:{_DATE_WORDS})",
        "",
        same=("Mon Jan 12 started", "Tue Dec 3 started"),
        differ=("Monday started", "Monday stopped"),
    ),
    Rule(
        Stage.TOKEN,
        "fewer than three letters, unless they state something",
        r"(?!(?:no|ok|up|on)\Z)[a-z_]{1,2}|_+",
        "",
        same=("link is up", "link at up"),
        differ=("link is up", "link is on"),
    ),
)
