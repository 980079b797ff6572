"""The table of token rules as the compiled engine runs it: rules.c, with what generate.py made of rules.py."""

from __future__ import annotations

import ctypes

from anomaly_filter import native

_MEMO_BYTES = 4 << 20  # more is not faster, not even for 60 MB of lines all of which differ
_ROOM = 1 << 17  # RULE_ROOM
_MOST_SETS = 1 << 12  # sets of tokens that are remembered: most new lines have those of another line


class CompiledTable:
    """What `tokens.Table` says, in microseconds; not for two threads at a time."""

    def __init__(self, digest: str, memo_bytes: int = _MEMO_BYTES) -> None:
        """Make empty memos.

        Args:
            digest: of the rules that are meant, see `tokens.Table`.
            memo_bytes: memory that may be used for remembering words and pairs of words; results do not depend on it.

        Raises:
            RuntimeError: there is no compiled engine, or it was made from other rules.
            MemoryError: there is no room for the memos.
        """
        library = native.library()
        if library is None:
            raise RuntimeError("there is no compiled engine here; use tokens.Table")
        library.rules_digest.restype = ctypes.c_char_p
        made_from = library.rules_digest().decode()
        if made_from != digest:
            raise RuntimeError(
                f"the compiled engine was made from the rules {made_from}, not {digest}; mend: install the package again"
            )
        library.rules_new.argtypes = [ctypes.c_size_t]
        library.rules_new.restype = ctypes.c_void_p
        library.rules_free.argtypes = [ctypes.c_void_p]
        library.rules_free.restype = None
        library.rules_found.argtypes = [ctypes.c_void_p]
        library.rules_found.restype = ctypes.c_void_p
        # It has no argtypes: ctypes passes an address, bytes and an int as they are in half the time.
        self._tokens = library.rules_tokens
        self._tokens.restype = ctypes.c_int32
        rules = library.rules_new(memo_bytes)
        if rules is None:
            raise MemoryError(f"no room for {memo_bytes} bytes of memos")
        self._memory = native.Memory(rules, library.rules_free)
        self._rules = ctypes.c_void_p(rules)
        self._found = memoryview((ctypes.c_char * _ROOM).from_address(library.rules_found(rules))).cast("B")
        self._sets: dict[bytes, frozenset[str]] = {}

    @property
    def address(self) -> int:
        """Where the engine has its memos, for gists.py."""
        return self._memory.address

    def tokens(self, text: str) -> frozenset[str] | None:
        """Return the set of tokens of a sub-line; None if the engine does not do this text, and `tokens.Table` has to.

        That are texts with characters beyond ASCII, control characters other than tab, more than 32,768 bytes, or
        such as make a pattern take too long.
        """
        if not text.isascii():
            return None
        raw = text.encode()
        size = self._tokens(self._rules, raw, len(raw))
        if size < 0:
            return None
        found = self._found[:size].tobytes()
        tokens = self._sets.get(found)
        if tokens is None:
            tokens = frozenset(found.decode().split("\n")[:-1])
            if len(self._sets) >= _MOST_SETS:
                self._sets.clear()
            self._sets[found] = tokens
        return tokens
