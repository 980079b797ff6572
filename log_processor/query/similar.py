"""Which builds have a far line like a given one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anomaly_filter import Tokenizer, lines
from anomaly_filter.lines import parts
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.verdict import fingerprint
from log_processor.errors import ConfigError
from log_processor.stores.contract import Occurrence, Reader, Sighting, Wanted

_FINGERPRINT = re.compile(r"[0-9a-f]{16}\Z")


@dataclass(frozen=True)
class Similar:
    """What the store has of a line.

    Attributes:
        sightings: by fingerprint; a line of several parts has one for each.
        occurrences: the builds that have it, the latest first.
    """

    sightings: dict[str, Sighting]
    occurrences: list[Occurrence]


def similar(reader: Reader, line_or_fingerprint: str, limit: int, wanted: Wanted) -> Similar:
    """Ask for far lines like this one.

    Raises:
        ConfigError: the text has no words to know it by.
    """
    found = fingerprints(line_or_fingerprint)
    sightings = reader.sightings(found, wanted)
    return Similar(sightings, reader.occurrences(sightings, limit, wanted) if sightings else [])


def fingerprints(line_or_fingerprint: str) -> tuple[str, ...]:
    """Return the fingerprint, or those that a far line of this text may have.

    A line's fingerprint is that of its farthest part; which that was, its text does not say.

    Raises:
        ConfigError: the text has no words to know it by.
    """
    if _FINGERPRINT.match(line_or_fingerprint):
        return (line_or_fingerprint,)
    tokenizer = Tokenizer()
    text = line_or_fingerprint.encode("utf-8", "replace")
    tokens = (tokenizer.tokens(mask_secrets(part)) for line in lines([text]) for part in parts(line))
    found = tuple(dict.fromkeys(fingerprint(each) for each in tokens if each))
    if not found:
        raise ConfigError(
            f"--similar {line_or_fingerprint!r}: has no word that a line is known by: give a line of a log, or the "
            "fingerprint of sixteen hex digits that an answer names"
        )
    return found
