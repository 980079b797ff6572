"""The table of token rules as the compiled engine runs it: rules.c, with what generate.py made of rules.py."""

from __future__ import annotations

import ctypes

from anomaly_filter import native

_MEMO_BYTES = 4 << 20  # more is not faster, not even for 60 MB of lines all of which differ
_ROOM = 1 << 17  # bytes of a text's tokens; four times as many as the longest text has


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
        self._tokens = library.rules_tokens
        self._tokens.argtypes = [
            ctypes.c_void_p,
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_void_p,
            ctypes.c_size_t,
        ]
        self._tokens.restype = ctypes.c_ssize_t
        rules = library.rules_new(memo_bytes)
        if rules is None:
            raise MemoryError(f"no room for {memo_bytes} bytes of memos")
        self._memory = native.Memory(rules, library.rules_free)
        out = ctypes.create_string_buffer(_ROOM)
        # Worked out once: the address for the engine, and the view from which tokens are read.
        self._out = ctypes.addressof(out)
        self._read = memoryview(out).cast("B")

    def tokens(self, text: str) -> frozenset[str] | None:
        """Return the set of tokens of a sub-line; None if the engine does not do this text, and `tokens.Table` has to.

        That are texts with characters beyond ASCII, control characters other than tab, more than 32,768 bytes, or
        such as make a pattern take too long.
        """
        if not text.isascii():
            return None
        raw = text.encode()
        size = self._tokens(self._memory.address, raw, len(raw), self._out, _ROOM)
        return None if size < 0 else frozenset(str(self._read[:size], "ascii").split("\n")[:-1])
