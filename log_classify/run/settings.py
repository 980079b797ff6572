"""What a person may set about how files are judged."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from anomaly_filter import DEFAULT_THRESHOLD, ScoredLine
from log_classify.excerpt import Context
from log_classify.parsers.common import DEFAULT_CONTEXT, context
from log_classify.report.model import CONTEXT_LINES

_CONTEXT = Context(*DEFAULT_CONTEXT)


@dataclass(frozen=True)
class Settings:
    """How files are read and judged; sent to each process that does it.

    Attributes:
        threshold: distance in 0..1 from which on a line is novel.
        context: how many lines around each entry come with it.
        ignored: regular expressions; a line with a match is neither learnt nor judged.
        every: whether far lines that another line stands for are entries, too.
    """

    threshold: float = DEFAULT_THRESHOLD
    context: Context = _CONTEXT
    ignored: tuple[str, ...] = ()
    every: bool = False

    @classmethod
    def of(cls, args: argparse.Namespace, ignored: tuple[str, ...] = ()) -> Settings:
        """Return what a command line says.

        Args:
            args: has the options of `parsers.common.add_judging` and `add_output`.
            ignored: what else is ignored.
        """
        wanted = context(args)
        if args.html or args.json:
            before, after = (max(lines, CONTEXT_LINES) for lines in wanted[:2])
            wanted = Context(before, after, wanted.merge)
        return cls(args.threshold, wanted, (*args.exclude_line, *ignored), args.format == "jsonl")

    @property
    def wanted(self) -> Callable[[ScoredLine], bool]:
        """What says whether a line is an entry."""
        return attrgetter("far" if self.every else "shown")
