"""Following a build while its files arrive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing

from log_processor.document import FileDocument
from log_processor.errors import Outcome, Unavailable
from log_processor.query.builds import Build
from log_processor.stores.contract import Reader

LOOK_SECONDS = 2.0
"""How long it waits before it looks again."""

_LOOKS = (
    30  # for lines that are said to be stored and cannot be found: a cluster may show them half a minute late
)


class Watch:
    """Shows each file of a build once, when all of it is stored.

    Attributes:
        build: what was there at the last look; None before the first file.
    """

    def __init__(
        self,
        build_uuid: str,
        opened: Callable[[], Reader],
        show: Callable[[Reader, Build, FileDocument], None],
        say: Callable[[str], None],
        sleep: Callable[[float], None],
    ) -> None:
        """Follow a build.

        Args:
            build_uuid: its id.
            opened: opens the store; each look does, for a reader sees what was there when it began.
            show: shows one file, all of it or, where it raises `Unavailable`, nothing.
            say: tells a person what happens.
            sleep: waits so many seconds.
        """
        self.build: Build | None = None
        self._uuid = build_uuid
        self._opened = opened
        self._show = show
        self._say = say
        self._sleep = sleep
        self._shown: set[str] = set()
        self._looks: Counter[str] = Counter()

    def follow(self) -> Build:
        """Return the build when it has all its files and each was shown.

        Raises:
            Unavailable: the store was away at the first look; later on it is waited for.
        """
        self.look()
        while not self.ended:
            self._sleep(LOOK_SECONDS)
            try:
                self.look()
            except Unavailable as error:
                self._say(f"{error}; looking again")
        assert self.build is not None  # noqa: S101 - it has ended
        return self.build

    @property
    def ended(self) -> bool:
        """Whether there is nothing to wait for; never, if the submitter did not say how many files the build has."""
        build = self.build
        if build is None or build.expected_files is None:
            return False
        return len(build.files) >= build.expected_files and self._shown.issuperset(
            document.file.filename for document in build.files
        )

    def look(self) -> None:
        """Show what has come since the last look."""
        with closing(self._opened()) as reader:
            files = reader.files(self._uuid)
            if not files:
                return
            self.build = build = Build.of(files)
            for document in files:
                name = document.file.filename
                if name not in self._shown and self._is_there(reader, document):
                    self._show(reader, build, document)
                    self._shown.add(name)

    def _is_there(self, reader: Reader, document: FileDocument) -> bool:
        if document.outcome is Outcome.RUNNING:
            return False
        found = sum(1 for _ in reader.far_lines(document.file, None))
        if found >= document.lines_far:
            return True
        name = document.file.filename
        self._looks[name] += 1
        if self._looks[name] < _LOOKS:
            return False
        self._say(f"{name}: of its {document.lines_far:,} far lines {found:,} can be found")
        return True
