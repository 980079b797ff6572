"""Learns what one file of one passing build printed."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator

from anomaly_filter.ahead import scans
from anomaly_filter.amounts import ZERO, Slot, evenly, slots, zeros
from anomaly_filter.clock import Clock
from anomaly_filter.gists import NO_GISTS, BlockGists, Gist, Gists, gists
from anomaly_filter.hosts import HOST_TOKEN, HOSTS_LIMIT, HostSlot, HostsSeen, host_slot
from anomaly_filter.lines import Block, Line, Lines, parts
from anomaly_filter.nearby import Place
from anomaly_filter.scanner import IRREGULAR, PARTED, Scanner, Seen, compiled
from anomaly_filter.secrets import mask_secrets
from anomaly_filter.segment import ALWAYS_ZERO, ROWS_LIMIT, SOMETIMES_ZERO, Segment, Span
from anomaly_filter.tokens import Key, Tokenizer
from anomaly_filter.watch import NOTHING_LEARNT, Watches

BYTES_LIMIT = 8 * 1024 * 1024
"""Bytes of texts and tokens that one file may teach; what is larger could not be read again with its model."""
ROW_TEXT_LIMIT = 4096
"""Characters that are kept of a row's text."""

_PLACE_BYTES = 4  # of a number in the sections `tokens`, `sizes`, `counts` and `waits`
_SPAN_BYTES = 32  # of a span in the section `amounts`
_NO_TOKENS, _LEFT_OUT, _NOT_MET = -1, -2, -3  # in the place of the number of a row that is not learnt
_SEEN_WORDS = 1 << 21  # of the sub-lines that a builder remembers to have met
_HOSTS_ROOM = HOSTS_LIMIT + 1  # of a kind; that many hosts say that any may stand there


_Telling = tuple[tuple[Slot, ...], HostSlot | None]
"""Where each line of a kind tells more: numbers, and a host."""


class _Kinds:
    """What was learnt of each kind of line.

    Attributes:
        rows: by kind, the number of its row.
        watches: learn what each line of a kind tells more.
        watched: by kind, what that is; of kinds that hold secrets, or cannot be watched, it is not known.
    """

    def __init__(self, gists: Gists | None) -> None:
        self._gists = gists
        self.rows = array("i")
        self.watches = Watches(learns=True)
        self.watched: dict[int, _Telling] = {}

    def gists_of(self, block: Block, seen: Seen) -> BlockGists:
        """Return the gists of lines whose kinds come for the first time."""
        if self._gists is None:
            return NO_GISTS
        return self._gists.of(block, seen, [at for at in seen.fresh if seen.kinds[at] < PARTED])

    def knows(self, kind: int) -> bool:
        return kind < len(self.rows) and self.rows[kind] != _NOT_MET

    def meet(self, kind: int, row: int) -> None:
        if kind >= len(self.rows):
            self.rows.extend([_NOT_MET] * (kind + 1 - len(self.rows)))
        self.rows[kind] = row

    def watch(self, kind: int, telling: _Telling, text: str) -> None:
        numbers, host = telling
        spans = [(slot, NOTHING_LEARNT) for slot in numbers]
        if self.watches.watch(kind, text, spans, host and (host, ()), room=_HOSTS_ROOM):
            self.watched[kind] = telling


class SegmentBuilder:
    """Learns the lines of one file of one passing build."""

    def __init__(self, build: str, file: str, tokenizer: Tokenizer | None = None) -> None:
        """Learn nothing yet.

        Args:
            build: the build's unique id.
            file: the file's path within the build's logs.
            tokenizer: shares its memo of words; the result does not depend on it.
        """
        self._build = build
        self._file = file
        self._tokenizer = tokenizer or Tokenizer()
        self._rows: dict[str, int] = {}  # by their tokens with LFs between
        self._texts: list[str] = []
        self._counts: list[int] = []
        self._waits: list[int] = []
        self._amounts: dict[int, dict[str, Span]] = {}
        self._with_host: set[int] = set()
        self._hosts = HostsSeen()
        self._zeros: dict[int, dict[str, Span]] = {}
        self._seen: dict[Key, int] = {}
        self._seen_words = 0
        self._slots_of: tuple[str, tuple[Slot, ...]] = "", ()
        self._clock = Clock()
        self._lines = 0
        self._left_out = 0
        self._bytes = 0

    def learn(self, lines: Iterable[Line]) -> None:
        """Learn lines; the result does not depend on how they are split among calls.

        What `lines()` returns is learnt faster than any other iterable.
        """
        if isinstance(lines, Lines):
            for _ in self.learning(lines.blocks()):
                pass
        else:
            self._learn(lines, self._clock)

    def learning(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Learn the blocks of a whole log while giving them on, to be scored as well."""
        if compiled():
            yield from self._learning(blocks)
        else:
            clock = Clock()
            for block in blocks:
                self._learn(block.lines(), clock)
                yield block

    def _learn(self, lines: Iterable[Line], clock: Clock) -> None:
        key, wait = self._tokenizer.key, clock.wait
        seen, counts, waits = self._seen, self._counts, self._waits
        with_amounts, with_host = self._amounts, self._with_host
        for line in lines:
            self._lines += 1
            waited = wait(line.text)
            for text in parts(line):
                words = key(text)
                row = seen.get(words)
                if row is None:
                    if len(seen) >= ROWS_LIMIT or self._seen_words >= _SEEN_WORDS:
                        seen.clear()  # only a memo: _rows knows what is learnt
                        self._seen_words = 0
                    row = seen[words] = self._row(mask_secrets(text))
                    self._seen_words += len(words)
                if row < 0:
                    self._left_out += row == _LEFT_OUT
                    continue
                counts[row] += 1
                if waited and waited > waits[row]:
                    waits[row] = waited
                if row in with_amounts or row in with_host:
                    self._learn_text(row, text)

    def _learning(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Learn by the kinds of lines: what is the same for all of a kind is done once."""
        kinds = _Kinds(gists(self._tokenizer))
        with self._tokenizer.scanner() as scanner:
            try:
                for block, seen in scans(scanner, blocks):
                    self._learn_block(block, seen, scanner, kinds)
                    yield block
            except Exception:
                self._add_kinds(kinds, scanner)  # what was read of a log that breaks off is learnt as well
                raise
            self._add_kinds(kinds, scanner)

    def _add_kinds(self, kinds: _Kinds, scanner: Scanner) -> None:
        for kind, (count, wait) in enumerate(zip(scanner.counts(), scanner.longest_waits(), strict=True)):
            if count and kinds.knows(kind):  # of a block that could not be learnt some are not
                self._add(kinds.rows[kind], count, wait)
        for kind, (numbers, host) in kinds.watched.items():
            learnt = kinds.watches.learnt(kind)
            for slot, span in zip(numbers, learnt.spans, strict=True):
                self._widen(kinds.rows[kind], slot.key, span)
            if host:
                for name, count in learnt.hosts:
                    self._hosts.count(host.place, name, count)

    def _learn_block(self, block: Block, seen: Seen, scanner: Scanner, kinds: _Kinds) -> None:
        self._lines += seen.count
        if seen.irregular:
            waits = {at: scanner.wait(line.text) for at, line in enumerate(block.lines())}
        else:
            waits = dict(scanner.waits(seen, 1))
        known = kinds.gists_of(block, seen)
        for at in seen.fresh:
            if gist := known.get(at):
                self._meet_gist(seen.kinds[at], kinds, known, gist)
                continue
            place = Place(block, seen, at)
            for kind, text in place.parts(place.line()):
                if kind == IRREGULAR:
                    row = self._row(mask_secrets(text))
                    self._add(row, 1, waits.get(at, 0))
                    self._learn_text(row, text)
                elif not kinds.knows(kind):
                    self._meet(kind, kinds, text)
        for at in kinds.watches.select(block.data, seen):
            place = Place(block, seen, at)
            for kind, text in place.parts(place.line()) if place.kind != IRREGULAR else ():
                if kind in kinds.watched:
                    self._learn_numbers(kinds.rows[kind], kinds.watched[kind][0], evenly(text))
                else:
                    self._learn_text(kinds.rows[kind], text)

    def _meet_gist(self, kind: int, kinds: _Kinds, known: BlockGists, gist: Gist) -> None:
        """Learn what is the same for all lines of a kind, by the gist of one."""
        tokens, slots = known.tokens(gist), known.slots(gist)
        zero = [f"{ZERO}{place}" for place in known.zeros(gist)]
        row = self._rows.get(tokens, _NO_TOKENS)
        if row >= 0:
            self._add_zeros(row, zero)
        elif tokens:
            row = self._new_row(tokens, known.text(gist), slots, zero)
        kinds.meet(kind, row)
        spans = self._amounts.get(row) if slots else None
        numbers = tuple(slot for slot in slots if slot.key in spans) if spans else ()
        host = known.host_slot(gist) if row in self._with_host else None
        if numbers or host:
            self._watch(kind, kinds, (numbers, host), known.even(gist))

    def _meet(self, kind: int, kinds: _Kinds, text: str) -> None:
        """Learn what is the same for all lines of a kind, by one of them."""
        masked = mask_secrets(text)
        row = self._row(masked)
        kinds.meet(kind, row)
        even = evenly(masked)
        telling = self._telling(row, even)
        if masked != text and any(telling):
            if host := telling[1]:
                self._hosts.count(host.place, host.name(even), 0)
            kinds.watches.select_each(kind)
        elif any(telling):
            self._watch(kind, kinds, telling, even)

    def _watch(self, kind: int, kinds: _Kinds, telling: _Telling, even: str) -> None:
        if host := telling[1]:
            # Places are kept in the order of their first lines; these are counted when their kind is.
            self._hosts.count(host.place, host.name(even), 0)
        kinds.watch(kind, telling, even)

    def _learn_text(self, row: int, text: str) -> None:
        """Learn what a sub-line tells more, of which no like is known or which may hold a secret."""
        masked = evenly(mask_secrets(text))
        numbers, host = self._telling(row, masked)
        self._learn_numbers(row, numbers, masked)
        if host:
            self._hosts.count(host.place, host.name(masked))

    def _telling(self, row: int, text: str) -> _Telling:
        """Return what each line of a kind tells, by one of its texts."""
        spans = self._amounts.get(row)
        numbers = tuple(slot for slot in self._slots(text) if slot.key in spans) if spans else ()
        return numbers, host_slot(text) if row in self._with_host else None

    def _slots(self, text: str) -> tuple[Slot, ...]:
        """Return where a text has its numbers; that of a new row is asked for twice in a row."""
        if self._slots_of[0] != text:
            self._slots_of = text, slots(text)
        return self._slots_of[1]

    def _learn_numbers(self, row: int, numbers: Iterable[Slot], text: str) -> None:
        for slot in numbers:
            number = slot.number(text)
            self._widen(row, slot.key, (number, number))

    def _widen(self, row: int, key: str, span: Span) -> None:
        low, high = self._amounts[row][key]
        self._amounts[row][key] = min(low, span[0]), max(high, span[1])

    def _add(self, row: int, count: int, wait: int) -> None:
        if row >= 0:
            self._counts[row] += count
            self._waits[row] = max(self._waits[row], wait)
        elif row == _LEFT_OUT:
            self._left_out += count

    def _row(self, text: str) -> int:
        """Return the number of the text's row, learnt if it is new; _NO_TOKENS or _LEFT_OUT if it has none."""
        tokens = "\n".join(sorted(self._tokenizer.tokens(text)))
        number = self._rows.get(tokens)
        if not tokens:
            return _NO_TOKENS
        if number is None:
            return self._new_row(tokens, text, self._slots(evenly(text)), [*zeros(text)])
        self._add_zeros(number, [*zeros(text)])
        return number

    def _new_row(self, tokens: str, text: str, numbers: Iterable[Slot], zero: Iterable[str]) -> int:
        """Learn a row by the first text that has it; return _LEFT_OUT if it is one too many."""
        # Line ends would cut a row in two, and lone surrogates have no UTF-8; neither is part of a token.
        encoded = " ".join(text[:ROW_TEXT_LIMIT].splitlines()).encode("utf-8", "replace")
        spans = dict.fromkeys((slot.key for slot in numbers), NOTHING_LEARNT)
        always = dict.fromkeys(zero, ALWAYS_ZERO)
        # At the most what the row takes in the file, where a word that several rows have stands once.
        size = len(encoded) + len(tokens.encode()) + _PLACE_BYTES * (tokens.count("\n") + 4)
        size += sum(len(key) + _SPAN_BYTES for key in (*spans, *always))
        if len(self._rows) >= ROWS_LIMIT or self._bytes + size > BYTES_LIMIT:
            return _LEFT_OUT
        self._bytes += size
        number = self._rows[tokens] = len(self._rows)
        self._texts.append(encoded.decode())
        self._counts.append(0)
        self._waits.append(0)
        if spans:
            self._amounts[number] = spans
        if always:
            self._zeros[number] = always
        if f"\n{HOST_TOKEN}\n" in f"\n{tokens}\n":
            self._with_host.add(number)
        return number

    def _add_zeros(self, row: int, zero: Collection[str]) -> None:
        known = self._zeros.get(row)
        if not known and not zero:
            return
        if known is None:
            known = self._zeros[row] = {}
        for key in known.keys() - set(zero):
            known[key] = SOMETIMES_ZERO
        for key in set(zero) - known.keys():
            if self._bytes < BYTES_LIMIT:
                known[key] = SOMETIMES_ZERO
                self._bytes += len(key) + _SPAN_BYTES

    def _spans(self, row: int) -> dict[str, Span]:
        return {**dict(sorted(self._zeros.get(row, {}).items())), **self._amounts.get(row, {})}

    def segment(self) -> Segment:
        """Return what has been learnt so far."""
        return Segment(
            self._build,
            self._file,
            tuple(tuple(tokens.split("\n")) for tokens in self._rows),
            tuple(self._texts),
            self._lines,
            self._left_out,
            counts=tuple(self._counts),
            waits=tuple(self._waits),
            amounts={row: spans for row in range(len(self._rows)) if (spans := self._spans(row))},
            hosts=self._hosts.hosts(),
        )
