"""How long a transfer may take in all, kept even where a server trickles a byte before each time-out."""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from log_processor.errors import Outcome
from log_processor.fetch.settings import LimitError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Patience:
    """The seconds left for one transfer; those that its reader spends on other things do not count."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._spent = 0.0
        self._since: float | None = None

    def restart(self) -> None:
        """Begin a transfer."""
        self._spent = 0.0
        self._since = self._monotonic()

    def pause(self) -> None:
        """Stop counting."""
        if self._since is not None:
            self._spent += self._monotonic() - self._since
            self._since = None

    def resume(self) -> None:
        """Go on counting."""
        self._since = self._monotonic()

    def left(self) -> float:
        """Return the seconds left, more than 0.

        Raises:
            JobError: `TOO_SLOW`: there are none.
        """
        running = 0.0 if self._since is None else self._monotonic() - self._since
        left = self._seconds - self._spent - running
        if left <= 0:
            raise LimitError(
                f"the transfer took longer than {self._seconds:g} s", Outcome.TOO_SLOW, "total_seconds"
            )
        return left


class PatientResponse(http.client.HTTPResponse):
    """An HTTP response, headers and body, of which no byte is waited for longer than there is patience left.

    The time-out of a socket starts anew with each byte, so that on its own it limits silence, not slowness.
    """

    def __init__(self, sock: socket.socket, *args: Any, patience: Patience, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(sock, *args, **kwargs)
        self.fp = _SizedReader(_PatientReader(self.fp.detach(), sock, patience))


class _SizedReader(io.BufferedReader):
    """Refuses the chunk "of -1 bytes" that a hostile server may announce, and that would never end."""

    def read1(self, size: int = -1) -> bytes:
        if size < 0:
            raise http.client.HTTPException(f"a length of {size} bytes")
        return super().read1(size)


class _PatientReader(io.RawIOBase):
    """What a socket receives; each read has the socket's time-out or the patience left, whichever is less."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, patience: Patience) -> None:
        self._raw = raw
        self._sock = sock
        self._silence = sock.gettimeout()
        self._patience = patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._patience.left()
        self._sock.settimeout(left if self._silence is None else min(left, self._silence))
        try:
            return self._raw.readinto(buffer)
        except TimeoutError:
            self._patience.left()
            raise

    def close(self) -> None:
        self._raw.close()
        super().close()
