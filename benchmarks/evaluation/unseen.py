"""A blind check set: edits written from the class names alone, without knowledge of the detector's rules.

Whoever wrote these had the names of the classes (number, word, missing, burst, shape, gap, value, order), the
contract in `editing`, and experience with CI logs; not the detector, nor its results. The set is worth something
only as long as nobody tunes on it: look at its totals, not at its cases.

An edit is a *frame* (what every build prints around the place; the line `@` stands for the subject) and a
*subject* for each sort of build. All lines of a subject are lines in question, except those that say otherwise.
Holes are filled anew in every build:

- `<<int 3 9>>`, `<<num 0.2 0.9 3>>` (three decimals), `<<digits 3>>`, `<<hex 12>>`, `<<alnum 5>>`, `<<uuid>>`, `<<ip>>`
- `<<pick a|b|c>>` any of these; `<<deal a|b|c>>` each of these equally often, in any order
- `<<now %H:%M:%S>>` a time, `<<now>>` in seconds; later ones in a build are later
- `<<id=hex 12>>` gives what was drawn a name, `<<id>>` is the same again

At the start of a line:

- `<<times 5>>` as many such lines, each drawn on its own
- `<<wait 3 9>>` so many seconds pass before the line
- `<<gone>>` the line is not printed; its text is the one in question
- `<<aside>>` the line is not in question
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from random import Random
from textwrap import dedent

from benchmarks.evaluation.editing import Change, Edit, Edited

_HOLE = re.compile(r"<<(?:(\w+)=)?(\w+)(?: ([^>]+))?>>")
_ORDER = re.compile(r"<<(times|wait|gone|aside)(?: ([^>]+))?>>")
_ALPHANUMERIC = "bcdfghjklmnpqrstvwxz2456789"
_FIRST_DAY = datetime(2024, 1, 8, 5, 0, 0, tzinfo=timezone.utc)


class _Build:
    """What one build prints: fills holes, and remembers names, decks and the time."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._names: dict[str, str] = {}
        self._decks: dict[str, list[str]] = {}
        self._now = _FIRST_DAY + timedelta(seconds=random.randrange(250 * 86400))
        self._fillers: dict[str, Callable[[str], str]] = {
            "int": self._int,
            "num": self._num,
            "digits": lambda count: self._characters("0123456789", count),
            "hex": lambda count: self._characters("0123456789abcdef", count),
            "alnum": lambda count: self._characters(_ALPHANUMERIC, count),
            "uuid": self._uuid,
            "ip": lambda _: f"10.{random.randint(0, 63)}.{random.randint(0, 255)}.{random.randint(2, 254)}",
            "pick": lambda values: random.choice(values.split("|")),
            "deal": self._deal,
            "now": self._time,
        }

    def fill(self, template: str) -> str:
        return _HOLE.sub(self._fill_one, template)

    def wait(self, bounds: str) -> float:
        low, high = bounds.split()
        seconds = round(self._random.uniform(float(low), float(high)), 2)
        self._now += timedelta(seconds=seconds)
        return seconds

    def _fill_one(self, hole: re.Match[str]) -> str:
        name, sort, argument = hole.groups(default="")
        if sort in self._names:
            return self._names[sort]
        drawn = self._fillers[sort](argument)
        if name:
            self._names[name] = drawn
        return drawn

    def _int(self, bounds: str) -> str:
        low, high = bounds.split()
        return str(self._random.randint(int(low), int(high)))

    def _num(self, bounds: str) -> str:
        low, high, decimals = bounds.split()
        return f"{self._random.uniform(float(low), float(high)):.{decimals}f}"

    def _characters(self, alphabet: str, count: str) -> str:
        return "".join(self._random.choices(alphabet, k=int(count)))

    def _uuid(self, _: str) -> str:
        return "-".join(self._characters("0123456789abcdef", count) for count in ("8", "4", "4", "4", "12"))

    def _deal(self, values: str) -> str:
        deck = self._decks.setdefault(values, [])
        if not deck:
            deck.extend(values.split("|"))
            self._random.shuffle(deck)
        return deck.pop()

    def _time(self, pattern: str) -> str:
        self._now += timedelta(seconds=self._random.randint(1, 2))
        return self._now.strftime(pattern) if pattern else str(int(self._now.timestamp()))


def _split(text: str) -> list[str]:
    """The lines of a template, which is one line or a block that starts on a line of its own."""
    if not text:
        return []
    return dedent(text).strip("\n").split("\n") if text.startswith("\n") else text.split("\n")


def _orders(template: str) -> tuple[dict[str, str], str]:
    """The orders at the start of a line, with their arguments, and the rest of the line."""
    orders: dict[str, str] = {}
    while found := _ORDER.match(template):
        word, argument = found.groups(default="")
        orders[word] = argument
        template = template[found.end() :]
    return orders, template


def _put(frame: str, subject: str) -> Change:
    """Inserts the frame, with the subject in it, before the place."""

    def change(lines: list[str], place: int, random: Random) -> Edited:
        build = _Build(random)
        added: list[str] = []
        texts: list[str] = []
        delays: dict[int, float] = {}
        for line in _split(frame):
            for template in _split(subject) if line == "@" else [line]:
                orders, rest = _orders(template)
                if "wait" in orders:
                    delays[place + len(added)] = build.wait(orders["wait"])
                filled = [build.fill(rest) for _ in range(int(orders.get("times", "1")))]
                if "gone" not in orders:
                    added.extend(filled)
                if line == "@" and "aside" not in orders:
                    texts.extend(filled)
        return Edited([*lines[:place], *added, *lines[place:]], tuple(texts), delays)

    return change


def _edit(kind: str, name: str, frame: str, passing: str, fault: str, *controls: str) -> Edit:
    """An edit that one passing build is enough for."""
    harmless = tuple(_put(frame, control) for control in controls)
    return Edit(kind, name, _put(frame, passing), _put(frame, fault), harmless)


def _varying(kind: str, name: str, frame: str, passing: tuple[str, str], fault: str, *controls: str) -> Edit:
    """An edit that takes two passing builds, as these differ."""
    harmless = tuple(_put(frame, control) for control in controls)
    first, second = (_put(frame, subject) for subject in passing)
    return Edit(kind, name, first, _put(frame, fault), harmless, alternate=second, baselines=2)


_NUMBERS = (
    _edit(
        "number",
        "ansible recap unreachable",
        """
        PLAY RECAP *********************************************************************
        controller-0               : ok=<<int 140 143>>  changed=<<int 60 63>>   unreachable=0    failed=0    skipped=31   rescued=0    ignored=0
        @
        localhost                  : ok=9    changed=2    unreachable=0    failed=0    skipped=4    rescued=0    ignored=0
        """,
        "compute-0                  : ok=<<int 86 88>>   changed=<<int 40 42>>   unreachable=0    failed=0    skipped=19   rescued=0    ignored=0",
        "compute-0                  : ok=<<int 86 88>>   changed=<<int 40 42>>   unreachable=1    failed=0    skipped=19   rescued=0    ignored=0",
        "compute-0                  : ok=90   changed=44   unreachable=0    failed=0    skipped=18   rescued=0    ignored=0",
    ),
    _edit(
        "number",
        "ansible command rc",
        """
        TASK [time : Ask whether the clock is disciplined] *****************************
        @
        """,
        'ok: [primary] => {"changed": false, "cmd": ["chronyc", "waitsync", "5"], "delta": "0:00:0<<num 0.1 2.0 6>>", "rc": 0, "start": "<<now %Y-%m-%d %H:%M:%S>>.<<digits 6>>"}',
        'ok: [primary] => {"changed": false, "cmd": ["chronyc", "waitsync", "5"], "delta": "0:00:0<<num 0.1 2.0 6>>", "rc": 3, "start": "<<now %Y-%m-%d %H:%M:%S>>.<<digits 6>>"}',
        'ok: [primary] => {"changed": false, "cmd": ["chronyc", "waitsync", "5"], "delta": "0:00:0<<num 4.0 8.0 6>>", "rc": 0, "start": "<<now %Y-%m-%d %H:%M:%S>>.<<digits 6>>"}',
    ),
    _edit(
        "number",
        "compose container exit code",
        """
         Container e2e-postgres-1  Healthy
         Container e2e-broker-1  Started
        Attaching to fixtures-1
        @
        """,
        "fixtures-1 (<<hex 12>>) exited with code 0 after <<int 4 7>>s",
        "fixtures-1 (<<hex 12>>) exited with code 137 after <<int 4 7>>s",
        "fixtures-1 (<<hex 12>>) exited with code 0 after 19s",
    ),
    _edit(
        "number",
        "nginx probe status",
        """
        <<ip>> - - [<<now %d/%b/%Y:%H:%M:%S>> +0000] "GET /static/app.js HTTP/1.1" 200 <<int 88000 91000>> "-" "Mozilla/5.0" rt=0.<<digits 3>>
        @
        <<ip>> - - [<<now %d/%b/%Y:%H:%M:%S>> +0000] "GET /static/app.css HTTP/1.1" 200 <<int 9100 9900>> "-" "Mozilla/5.0" rt=0.<<digits 3>>
        """,
        '<<ip>> - - [<<now %d/%b/%Y:%H:%M:%S>> +0000] "GET /readyz HTTP/1.1" 200 <<int 15 19>> "-" "kube-probe/1.27" rt=0.00<<digits 1>>',
        '<<ip>> - - [<<now %d/%b/%Y:%H:%M:%S>> +0000] "GET /readyz HTTP/1.1" 503 <<int 15 19>> "-" "kube-probe/1.27" rt=0.00<<digits 1>>',
        '<<ip>> - - [<<now %d/%b/%Y:%H:%M:%S>> +0000] "GET /readyz HTTP/1.1" 200 <<int 15 19>> "-" "kube-probe/1.27" rt=0.387',
    ),
    _edit(
        "number",
        "nova api status",
        """
        INFO nova.osapi_compute.wsgi.server [-] (<<int 2000 30000>>) accepted ('127.0.0.1', <<int 32768 60999>>)
        @
        """,
        'INFO nova.api.openstack.requestlog [req-<<uuid>> tempest-user] 127.0.0.1 "POST /v2.1/servers" status: 202 len: <<int 370 390>> microversion: 2.79 time: 0.<<digits 6>>',
        'INFO nova.api.openstack.requestlog [req-<<uuid>> tempest-user] 127.0.0.1 "POST /v2.1/servers" status: 500 len: <<int 370 390>> microversion: 2.79 time: 0.<<digits 6>>',
        'INFO nova.api.openstack.requestlog [req-<<uuid>> tempest-user] 127.0.0.1 "POST /v2.1/servers" status: 202 len: 412 microversion: 2.79 time: 3.<<digits 6>>',
    ),
    _edit(
        "number",
        "surefire total",
        """
        [INFO] Results:
        [INFO]
        @
        [INFO]
        """,
        "[INFO] Tests run: <<int 409 412>>, Failures: 0, Errors: 0, Skipped: 3",
        "[INFO] Tests run: 0, Failures: 0, Errors: 0, Skipped: 0",
        "[INFO] Tests run: 415, Failures: 0, Errors: 0, Skipped: 3",
    ),
    _edit(
        "number",
        "pytest collects nothing",
        """
        rootdir: /home/ci/src/ledger
        configfile: pyproject.toml
        plugins: xdist-3.5.0, cov-4.1.0, timeout-2.2.0
        @
        """,
        "collected <<int 318 320>> items",
        "collected 0 items",
        "collected 323 items",
    ),
    _edit(
        "number",
        "go package coverage",
        """
        ok  	github.com/acme/relay/cmd/relayd	<<num 0.1 0.4 3>>s	coverage: 41.0% of statements
        @
        ok  	github.com/acme/relay/internal/wire	<<num 0.1 0.4 3>>s	coverage: 77.9% of statements
        """,
        "ok  	github.com/acme/relay/internal/queue	<<num 0.3 0.6 3>>s	coverage: <<num 83.2 83.6 1>>% of statements",
        "ok  	github.com/acme/relay/internal/queue	<<num 0.3 0.6 3>>s	coverage: 0.0% of statements",
        "ok  	github.com/acme/relay/internal/queue	4.118s	coverage: <<num 83.2 83.6 1>>% of statements",
    ),
    _edit(
        "number",
        "ctest summary",
        """
        57/57 Test #57: codec_roundtrip ..................   Passed    <<num 0.1 0.9 2>> sec

        @
        """,
        """
        100% tests passed, 0 tests failed out of 57
        Total Test time (real) = <<num 38 44 2>> sec
        """,
        """
        96% tests passed, 2 tests failed out of 57
        <<aside>>Total Test time (real) = <<num 38 44 2>> sec
        """,
        """
        100% tests passed, 0 tests failed out of 57
        Total Test time (real) = 71.06 sec
        """,
    ),
    _edit(
        "number",
        "tarball of no size",
        """
        + ls -l dist
        -rw-r--r-- 1 zuul zuul     <<int 1800 1950>> <<now %b %d %H:%M>> SHA256SUMS
        @
        """,
        "-rw-r--r-- 1 zuul zuul <<int 48210000 48219999>> <<now %b %d %H:%M>> relay-2.4.1.tar.gz",
        "-rw-r--r-- 1 zuul zuul        0 <<now %b %d %H:%M>> relay-2.4.1.tar.gz",
        "-rw-r--r-- 1 zuul zuul <<int 48230000 48249999>> <<now %b %d %H:%M>> relay-2.4.1.tar.gz",
    ),
    _edit(
        "number",
        "rsync moves nothing",
        """
        Number of files: 2,210 (reg: 2,014, dir: 196)
        @
        File list size: <<int 52000 53000>>
        """,
        "Total transferred file size: 9,<<digits 3>>,<<digits 3>> bytes",
        "Total transferred file size: 0 bytes",
        "Total transferred file size: 10,<<digits 3>>,<<digits 3>> bytes",
    ),
    _edit(
        "number",
        "pip takes the next major",
        """
        Collecting numpy
        @
        Collecting python-dateutil>=2.8.2
          Downloading python_dateutil-2.8.2-py2.py3-none-any.whl (247 kB)
        """,
        "  Downloading numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl (18.3 MB) at <<num 40 70 1>> MB/s eta 0:00:00",
        "  Downloading numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.whl (16.3 MB) at <<num 40 70 1>> MB/s eta 0:00:00",
        "  Downloading numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl (18.3 MB) at 7.8 MB/s eta 0:00:02",
    ),
    _edit(
        "number",
        "apt fetches another node",
        """
        Get:<<int 10 12>> http://archive.ubuntu.com/ubuntu jammy-updates/main amd64 libuv1 amd64 1.43.0-1ubuntu0.1 [92.7 kB]
        @
        Fetched 31.4 MB in <<int 1 3>>s (<<int 11 26>>.<<digits 1>> MB/s)
        """,
        "Get:<<int 13 15>> https://deb.nodesource.com/node_lts nodistro/main amd64 nodejs amd64 18.19.1-1nodesource1 [29.1 MB]",
        "Get:<<int 13 15>> https://deb.nodesource.com/node_lts nodistro/main amd64 nodejs amd64 22.4.0-1nodesource1 [37.0 MB]",
        "Get:21 https://deb.nodesource.com/node_lts nodistro/main amd64 nodejs amd64 18.19.1-1nodesource1 [29.1 MB]",
    ),
    _edit(
        "number",
        "terraform provider jumps",
        """
        Initializing provider plugins...
        - Finding latest version of hashicorp/aws...
        @
        """,
        """
        - Installed hashicorp/aws v4.67.0 (signed by HashiCorp)
        aws_instance.ci: Creation complete after <<int 31 36>>s [id=i-0<<hex 16>>]
        """,
        """
        - Installed hashicorp/aws v5.31.0 (signed by HashiCorp)
        <<aside>>aws_instance.ci: Creation complete after <<int 31 36>>s [id=i-0<<hex 16>>]
        """,
        """
        - Installed hashicorp/aws v4.67.0 (signed by HashiCorp)
        aws_instance.ci: Creation complete after 52s [id=i-0<<hex 16>>]
        """,
    ),
    _edit(
        "number",
        "terraform wants to destroy",
        """
        data.aws_ami.base: Reading...
        @
        """,
        """
        data.aws_ami.base: Read complete after <<int 0 1>>s [id=ami-0<<hex 16>>]
        Plan: 2 to add, 1 to change, 0 to destroy.
        """,
        """
        <<aside>>data.aws_ami.base: Read complete after <<int 0 1>>s [id=ami-0<<hex 16>>]
        Plan: 2 to add, 1 to change, 7 to destroy.
        """,
        """
        data.aws_ami.base: Read complete after 4s [id=ami-0<<hex 16>>]
        Plan: 2 to add, 1 to change, 0 to destroy.
        """,
    ),
    _edit(
        "number",
        "pod not ready",
        """
        NAME                          READY   STATUS    RESTARTS   AGE
        broker-0                      1/1     Running   0          <<int 50 59>>s
        @
        """,
        "relay-7d9f6c5b84-<<alnum 5>>        2/2     Running   0          <<int 40 49>>s",
        "relay-7d9f6c5b84-<<alnum 5>>        0/2     Running   0          <<int 40 49>>s",
        "relay-7d9f6c5b84-<<alnum 5>>        2/2     Running   0          2m7s",
    ),
    _edit(
        "number",
        "systemd unit status",
        """
        <<now %b %d %H:%M:%S>> primary systemd[1]: Starting Rotate the ledger journal...
        @
        <<now %b %d %H:%M:%S>> primary systemd[1]: Reloading.
        """,
        "<<now %b %d %H:%M:%S>> primary systemd[1]: ledger-rotate.service: Child <<int 2000 9000>> belongs to ledger-rotate.service, code=exited status=0",
        "<<now %b %d %H:%M:%S>> primary systemd[1]: ledger-rotate.service: Child <<int 2000 9000>> belongs to ledger-rotate.service, code=exited status=203",
        "<<now %b %d %H:%M:%S>> primary systemd[1]: ledger-rotate.service: Child <<int 31000 99000>> belongs to ledger-rotate.service, code=exited status=0",
    ),
    _edit(
        "number",
        "batch import rejects",
        """
        <<now %Y-%m-%d %H:%M:%S>>,<<digits 3>> INFO  [main] com.acme.batch.Launcher - Job importCustomers launched
        @
        <<now %Y-%m-%d %H:%M:%S>>,<<digits 3>> INFO  [main] com.acme.batch.Launcher - Job importCustomers done
        """,
        "<<now %Y-%m-%d %H:%M:%S>>,<<digits 3>> INFO  [task-<<int 1 8>>] com.acme.batch.CustomerReader - read 1840 records, rejected 0, took <<int 700 900>> ms",
        "<<now %Y-%m-%d %H:%M:%S>>,<<digits 3>> INFO  [task-<<int 1 8>>] com.acme.batch.CustomerReader - read 1840 records, rejected 27, took <<int 700 900>> ms",
        "<<now %Y-%m-%d %H:%M:%S>>,<<digits 3>> INFO  [task-<<int 1 8>>] com.acme.batch.CustomerReader - read 1840 records, rejected 0, took 2265 ms",
    ),
    _edit(
        "number",
        "json access log status",
        """
        {"level":"info","ts":<<now>>.<<digits 3>>,"caller":"http/mw.go:71","msg":"served","method":"GET","path":"/v1/orders","status":200,"dur_ms":<<int 2 9>>,"bytes":<<int 900 999>>}
        @
        """,
        '{"level":"info","ts":<<now>>.<<digits 3>>,"caller":"http/mw.go:71","msg":"served","method":"POST","path":"/v1/orders","status":201,"dur_ms":<<int 10 29>>,"bytes":<<int 210 219>>}',
        '{"level":"info","ts":<<now>>.<<digits 3>>,"caller":"http/mw.go:71","msg":"served","method":"POST","path":"/v1/orders","status":502,"dur_ms":<<int 10 29>>,"bytes":<<int 210 219>>}',
        '{"level":"info","ts":<<now>>.<<digits 3>>,"caller":"http/mw.go:71","msg":"served","method":"POST","path":"/v1/orders","status":201,"dur_ms":184,"bytes":233}',
    ),
    _edit(
        "number",
        "logfmt errors counted",
        """
        ts=<<now %Y-%m-%dT%H:%M:%SZ>> level=info component=replicator msg="sync started" shards=16
        @
        """,
        'ts=<<now %Y-%m-%dT%H:%M:%SZ>> level=info component=replicator msg="sync finished" shards=16 docs=<<int 5200 5400>> errors=0 elapsed=<<num 1.0 1.9 2>>s',
        'ts=<<now %Y-%m-%dT%H:%M:%SZ>> level=info component=replicator msg="sync finished" shards=16 docs=<<int 5200 5400>> errors=3 elapsed=<<num 1.0 1.9 2>>s',
        'ts=<<now %Y-%m-%dT%H:%M:%SZ>> level=info component=replicator msg="sync finished" shards=16 docs=5467 errors=0 elapsed=3.70s',
    ),
    _edit(
        "number",
        "eslint summary",
        """
        $ eslint --max-warnings 40 src
        /home/ci/src/shop/src/cart/total.ts
          88:13  warning  Unexpected any. Specify a different type  @typescript-eslint/no-explicit-any
        @
        """,
        """
        \u2716 14 problems (0 errors, 14 warnings)
        Done in <<num 7.5 9.5 2>>s.
        """,
        """
        \u2716 16 problems (2 errors, 14 warnings)
        <<aside>>Done in <<num 7.5 9.5 2>>s.
        """,
        """
        \u2716 14 problems (0 errors, 14 warnings)
        Done in 16.81s.
        """,
    ),
    _edit(
        "number",
        "jest totals",
        """
        PASS src/cart/total.test.ts (<<num 2 4 3>> s)
        PASS src/checkout/address.test.ts
        Test Suites: 31 passed, 31 total
        @
        """,
        """
        Tests:       4 skipped, 244 passed, 248 total
        Time:        <<num 28 34 3>> s, estimated <<int 29 33>> s
        """,
        """
        Tests:       4 skipped, 0 passed, 4 total
        <<aside>>Time:        <<num 28 34 3>> s, estimated <<int 29 33>> s
        """,
        """
        Tests:       4 skipped, 246 passed, 250 total
        Time:        47.902 s, estimated <<int 29 33>> s
        """,
    ),
    _edit(
        "number",
        "gradle child process",
        """
        > Task :app:packageDebugAndroidTest
        Starting process 'command '/opt/android/platform-tools/adb''. Working directory: /home/ci/app
        @
        """,
        "Process 'command '/opt/android/platform-tools/adb'' (pid <<int 3000 9000>>) finished with exit value 0 (state: SUCCEEDED)",
        "Process 'command '/opt/android/platform-tools/adb'' (pid <<int 3000 9000>>) finished with exit value 134 (state: SUCCEEDED)",
        "Process 'command '/opt/android/platform-tools/adb'' (pid <<int 11000 29000>>) finished with exit value 0 (state: SUCCEEDED)",
    ),
    _edit(
        "number",
        "msbuild error count",
        """
          Shop.Api -> D:\\a\\1\\s\\Shop.Api\\bin\\Release\\net6.0\\Shop.Api.dll
        Build finished.
            2 Warning(s)
        @
        """,
        "    0 Error(s)\nTime Elapsed 00:00:<<int 41 49>>.<<digits 2>>",
        "    4 Error(s)\n<<aside>>Time Elapsed 00:00:<<int 41 49>>.<<digits 2>>",
        "    0 Error(s)\nTime Elapsed 00:01:22.<<digits 2>>",
    ),
    _edit(
        "number",
        "curl write-out",
        """
        + curl -s -o /dev/null -w 'http_code=%{http_code} remote=%{remote_ip} total=%{time_total}\\n' https://registry.ci.example.net/v2/
        @
        """,
        "http_code=200 remote=<<ip>> total=0.<<digits 6>>",
        "http_code=403 remote=<<ip>> total=0.<<digits 6>>",
        "http_code=200 remote=<<ip>> total=2.<<digits 6>>",
    ),
    _edit(
        "number",
        "xctest failures",
        """
        Test Suite 'WalletTests' started at <<now %Y-%m-%d %H:%M:%S>>.<<digits 3>>
        @
        """,
        "\t Executed 96 tests, with 0 failures (0 unexpected) in <<num 13 15 3>> (<<num 15 16 3>>) seconds",
        "\t Executed 96 tests, with 5 failures (5 unexpected) in <<num 13 15 3>> (<<num 15 16 3>>) seconds",
        "\t Executed 96 tests, with 0 failures (0 unexpected) in 22.750 (22.911) seconds",
    ),
    _edit(
        "number",
        "restore copies no rows",
        """
        pg_restore: processing data for table "public.accounts"
        @
        ALTER TABLE
        CREATE INDEX
        """,
        "COPY <<int 18240 18260>>",
        "COPY 0",
        "COPY <<int 18270 18290>>",
    ),
    _edit(
        "number",
        "targets healthy",
        """
        Waiting for target group ci-blue to settle
        @
        """,
        "target group ci-blue: 100% healthy (3 of 3), generation <<int 400 900>>, checked <<now %H:%M:%S>>",
        "target group ci-blue: 0% healthy (0 of 3), generation <<int 400 900>>, checked <<now %H:%M:%S>>",
        "target group ci-blue: 100% healthy (3 of 3), generation 1027, checked <<now %H:%M:%S>>",
    ),
    _edit(
        "number",
        "tox command exit",
        """
        py311: commands[0]> pytest -q tests/unit
        ........................................................................ [100%]
        @
        """,
        "py311: exit 0 (<<num 21 29 2>> seconds) /home/ci/src/ledger> pytest -q tests/unit pid=<<int 1200 3900>>",
        "py311: exit 2 (<<num 21 29 2>> seconds) /home/ci/src/ledger> pytest -q tests/unit pid=<<int 1200 3900>>",
        "py311: exit 0 (48.39 seconds) /home/ci/src/ledger> pytest -q tests/unit pid=<<int 12000 39000>>",
    ),
)

_WORDS = (
    _varying(
        "word",
        "service not enabled",
        """
        @
        """,
        (
            "+ ssh worker-a17 systemctl is-enabled auditd\nenabled",
            "+ ssh worker-c02 systemctl is-enabled auditd\nenabled",
        ),
        "<<aside>>+ ssh worker-a17 systemctl is-enabled auditd\ndisabled",
        "+ ssh worker-b31 systemctl is-enabled auditd\nenabled",
    ),
    _varying(
        "word",
        "compute service down",
        """
        +----+--------------+-----------+------+---------+-------+----------------------------+
        | ID | Binary       | Host      | Zone | Status  | State | Updated At                 |
        +----+--------------+-----------+------+---------+-------+----------------------------+
        @
        +----+--------------+-----------+------+---------+-------+----------------------------+
        """,
        (
            "| <<int 2 9>>  | nova-compute | rack3-n11 | nova | enabled | up    | <<now %Y-%m-%dT%H:%M:%S>>.000000 |",
            "| <<int 2 9>>  | nova-compute | rack1-n04 | nova | enabled | up    | <<now %Y-%m-%dT%H:%M:%S>>.000000 |",
        ),
        "| <<int 2 9>>  | nova-compute | rack1-n04 | nova | enabled | down  | <<now %Y-%m-%dT%H:%M:%S>>.000000 |",
        "| <<int 2 9>>  | nova-compute | rack6-n20 | nova | enabled | up    | <<now %Y-%m-%dT%H:%M:%S>>.000000 |",
    ),
    _varying(
        "word",
        "long configuration line",
        """
        <<now %H:%M:%S>>.<<digits 3>> gateway: reading /etc/gateway/gateway.toml
        @
        <<now %H:%M:%S>>.<<digits 3>> gateway: listening
        """,
        (
            "<<now %H:%M:%S>>.<<digits 3>> gateway: effective settings: workers 8, upstream kettle.ci.example.net, keepalive 65s, compression gzip, body limit 20m, request tracing sampled, peer verification strict, session tickets off, buffers 16x8k, log format json, access log stdout, metrics on",
            "<<now %H:%M:%S>>.<<digits 3>> gateway: effective settings: workers 8, upstream teapot.ci.example.net, keepalive 65s, compression gzip, body limit 20m, request tracing sampled, peer verification strict, session tickets off, buffers 16x8k, log format json, access log stdout, metrics on",
        ),
        "<<now %H:%M:%S>>.<<digits 3>> gateway: effective settings: workers 8, upstream kettle.ci.example.net, keepalive 65s, compression gzip, body limit 20m, request tracing sampled, peer verification skipped, session tickets off, buffers 16x8k, log format json, access log stdout, metrics on",
        "<<now %H:%M:%S>>.<<digits 3>> gateway: effective settings: workers 8, upstream saucer.ci.example.net, keepalive 65s, compression gzip, body limit 20m, request tracing sampled, peer verification strict, session tickets off, buffers 16x8k, log format json, access log stdout, metrics on",
    ),
    _varying(
        "word",
        "replica thread",
        """
                      Master_Log_File: binlog.<<digits 6>>
        @
                Seconds_Behind_Master: 0
        """,
        (
            "                  Master_Host: db-ash.internal\n             Slave_IO_Running: Yes",
            "                  Master_Host: db-elm.internal\n             Slave_IO_Running: Yes",
        ),
        "<<aside>>                  Master_Host: db-elm.internal\n             Slave_IO_Running: No",
        "                  Master_Host: db-oak.internal\n             Slave_IO_Running: Yes",
    ),
    _varying(
        "word",
        "ceph monitor quorum",
        """
          cluster:
            id:     <<uuid>>
        @
        """,
        (
            "    health: HEALTH_OK\n    mon: 1 daemons, quorum storage-k4 (age <<int 3 9>>m)",
            "    health: HEALTH_OK\n    mon: 1 daemons, quorum storage-p9 (age <<int 3 9>>m)",
        ),
        "    health: HEALTH_ERR\n<<aside>>    mon: 1 daemons, quorum storage-p9 (age <<int 3 9>>m)",
        "    health: HEALTH_OK\n    mon: 1 daemons, quorum storage-w2 (age <<int 3 9>>m)",
    ),
    _varying(
        "word",
        "kubernetes node not ready",
        """
        NAME           STATUS     ROLES           AGE     VERSION
        @
        """,
        (
            "kind-lime      Ready      control-plane   <<int 60 90>>s     v1.27.3",
            "kind-plum      Ready      control-plane   <<int 60 90>>s     v1.27.3",
        ),
        "kind-lime      NotReady   control-plane   <<int 60 90>>s     v1.27.3",
        "kind-pear      Ready      control-plane   <<int 60 90>>s     v1.27.3",
    ),
    _varying(
        "word",
        "configure drops a feature",
        """
        configure: creating config.status
        @
          documentation ....... no
        """,
        (
            "  build host .......... bld-erie\n  position independent  yes\n  transport security .. yes",
            "  build host .......... bld-huron\n  position independent  yes\n  transport security .. yes",
        ),
        "<<aside>>  build host .......... bld-huron\n<<aside>>  position independent  yes\n  transport security .. no",
        "  build host .......... bld-ontario\n  position independent  yes\n  transport security .. yes",
    ),
    _varying(
        "word",
        "enforcement mode",
        """
        TASK [baseline : Report the security module] ***********************************
        @
        """,
        (
            'ok: [falcon] => {"msg": "security module is loaded, policy targeted, mode enforcing"}',
            'ok: [osprey] => {"msg": "security module is loaded, policy targeted, mode enforcing"}',
        ),
        'ok: [falcon] => {"msg": "security module is loaded, policy targeted, mode permissive"}',
        'ok: [kestrel] => {"msg": "security module is loaded, policy targeted, mode enforcing"}',
    ),
)

_MISSING = (
    _varying(
        "missing",
        "no migrations",
        """
        api-1  | waiting for database at <<ip>>:5432
        @
        api-1  | serving on 0.0.0.0:8000 with pid <<int 20 90>>
        """,
        (
            "api-1  | schema is at revision head, all migrations applied\napi-1  | statement cache warmed from disk",
            "api-1  | schema is at revision head, all migrations applied",
        ),
        "<<gone>>api-1  | schema is at revision head, all migrations applied",
        "<<aside>>api-1  | schema is at revision head, all migrations applied\n<<gone>>api-1  | statement cache warmed from disk",
    ),
    _varying(
        "missing",
        "package not signed",
        """
        Wrote: /home/ci/rpmbuild/RPMS/x86_64/relay-2.4.1-1.el9.x86_64.rpm
        @
        Executing(%clean): /bin/sh -e /var/tmp/rpm-tmp.<<alnum 6>>
        """,
        (
            "relay-2.4.1-1.el9.x86_64.rpm: digests signatures OK",
            "gpg-agent[4120]: starting a new agent\nrelay-2.4.1-1.el9.x86_64.rpm: digests signatures OK",
        ),
        "<<gone>>relay-2.4.1-1.el9.x86_64.rpm: digests signatures OK",
        "<<gone>>gpg-agent[4120]: starting a new agent\n<<aside>>relay-2.4.1-1.el9.x86_64.rpm: digests signatures OK",
    ),
    _varying(
        "missing",
        "test package not run",
        """
        ok  	github.com/acme/vault/internal/clock	<<num 0.1 0.4 3>>s
        @
        ok  	github.com/acme/vault/internal/store	<<num 1.1 1.9 3>>s
        """,
        (
            "go: downloading golang.org/x/sys v0.15.0\nok  	github.com/acme/vault/internal/seal	(cached)",
            "ok  	github.com/acme/vault/internal/seal	(cached)",
        ),
        "<<aside>>go: downloading golang.org/x/sys v0.15.0\n<<gone>>ok  	github.com/acme/vault/internal/seal	(cached)",
        "<<gone>>go: downloading golang.org/x/sys v0.15.0\n<<aside>>ok  	github.com/acme/vault/internal/seal	(cached)",
    ),
    _varying(
        "missing",
        "artifacts not uploaded",
        """
        Compressing reports into reports-<<hex 8>>.zip
        @
        Post job cleanup.
        """,
        (
            "Upload of artifact 'coverage-and-reports' has finished and was accepted by the server",
            "Another upload holds the slot, waiting a moment\nUpload of artifact 'coverage-and-reports' has finished and was accepted by the server",
        ),
        "<<gone>>Upload of artifact 'coverage-and-reports' has finished and was accepted by the server",
        "<<gone>>Another upload holds the slot, waiting a moment\n<<aside>>Upload of artifact 'coverage-and-reports' has finished and was accepted by the server",
    ),
)

_BURSTS = (
    _edit(
        "burst",
        "broker reconnects",
        """
        <<now %Y-%m-%d %H:%M:%S>>.<<digits 3>> INFO oslo.messaging._drivers.impl_rabbit [-] Reconnected to AMQP server on <<ip>>:5672
        @
        """,
        "<<times 2>><<now %Y-%m-%d %H:%M:%S>>.<<digits 3>> INFO oslo.messaging._drivers.impl_rabbit [-] A recoverable connection/channel error occurred, trying to reconnect: [Errno 104] Connection reset by peer",
        "<<times 200>><<now %Y-%m-%d %H:%M:%S>>.<<digits 3>> INFO oslo.messaging._drivers.impl_rabbit [-] A recoverable connection/channel error occurred, trying to reconnect: [Errno 104] Connection reset by peer",
        "<<times 4>><<now %Y-%m-%d %H:%M:%S>>.<<digits 3>> INFO oslo.messaging._drivers.impl_rabbit [-] A recoverable connection/channel error occurred, trying to reconnect: [Errno 104] Connection reset by peer",
    ),
    _edit(
        "burst",
        "slow queries",
        """
        LOG:  checkpoint complete: wrote <<int 300 900>> buffers
        @
        LOG:  checkpoint starting: time
        """,
        "<<times 3>>LOG:  duration: <<num 1000 1900 3>> ms  execute <unnamed>: SELECT id, total FROM orders WHERE customer_id = $1",
        "<<times 300>>LOG:  duration: <<num 1000 1900 3>> ms  execute <unnamed>: SELECT id, total FROM orders WHERE customer_id = $1",
        "<<times 6>>LOG:  duration: <<num 1000 1900 3>> ms  execute <unnamed>: SELECT id, total FROM orders WHERE customer_id = $1",
    ),
    _edit(
        "burst",
        "emulator not there yet",
        """
        + adb -s emulator-5554 wait-for-device
        @
        """,
        "<<times 1>>adb: device offline, polling again",
        "<<times 100>>adb: device offline, polling again",
        "<<times 2>>adb: device offline, polling again",
    ),
    _edit(
        "burst",
        "leaked sockets",
        """
        tests/http/test_pool.py ..........                                       [ 62%]
        @
        tests/http/test_retry.py ......                                          [ 71%]
        """,
        "<<times 2>>sys:1: ResourceWarning: unclosed <socket.socket fd=<<int 7 19>>, family=2, type=1, laddr=('127.0.0.1', <<int 32768 60999>>)>",
        "<<times 200>>sys:1: ResourceWarning: unclosed <socket.socket fd=<<int 7 19>>, family=2, type=1, laddr=('127.0.0.1', <<int 32768 60999>>)>",
        "<<times 4>>sys:1: ResourceWarning: unclosed <socket.socket fd=<<int 7 19>>, family=2, type=1, laddr=('127.0.0.1', <<int 32768 60999>>)>",
    ),
)

_OBJECTS = " ".join(f"build/obj/engine/module_{number:03d}.o" for number in range(120))
_PLUGINS = ",".join(f'"plugin-{number:03d}@1.{number % 7}.0"' for number in range(150))

_SHAPES = (
    _edit(
        "shape",
        "japanese deployment",
        "@",
        "配備を開始します 対象ホスト web-<<int 1 4>> 所要時間 <<int 20 30>> 秒",
        "配備に失敗しました 証明書の有効期限が切れています 対象ホスト web-<<int 1 4>>",
        "配備を開始します 対象ホスト web-<<int 5 9>> 所要時間 47 秒",
    ),
    _edit(
        "shape",
        "german package manager",
        """
        Paketlisten werden gelesen…
        Abhängigkeitsbaum wird aufgebaut…
        @
        """,
        "Es müssen <<int 3100 3190>> kB an Archiven heruntergeladen werden.",
        "E: Für »libgerät-dev« existiert kein Installationskandidat, übergehe die übrigen Wünsche.",
        "Es müssen 3418 kB an Archiven heruntergeladen werden.",
    ),
    _edit(
        "shape",
        "very long link line",
        """
        [<<int 300 310>>/412] Building CXX object engine/main.o
        @
        """,
        "[<<int 320 330>>/412] : && /usr/bin/clang++ -O2 -g -o bin/engine -Wl,--as-needed "
        + _OBJECTS
        + " -lz && :",
        "ld.lld: error: undefined symbol: engine::Mixer::flush(int), first used by one of " + _OBJECTS,
        "[<<int 380 390>>/412] : && /usr/bin/clang++ -O2 -g -o bin/engine -Wl,--as-needed "
        + _OBJECTS
        + " -lz && :",
    ),
    _edit(
        "shape",
        "very long settings dump",
        """
        bootstrap: writing runtime descriptor
        @
        """,
        '{"event":"descriptor","run":"<<uuid>>","plugins":['
        + _PLUGINS
        + '],"took_ms":<<int 80 120>>,"problems":[]}',
        '{"event":"descriptor","run":"<<uuid>>","plugins":['
        + _PLUGINS
        + '],"took_ms":<<int 80 120>>,"problems":["plugin-088 could not be loaded: class file has wrong version"]}',
        '{"event":"descriptor","run":"<<uuid>>","plugins":[' + _PLUGINS + '],"took_ms":311,"problems":[]}',
    ),
    _edit(
        "shape",
        "json worker report",
        "@",
        '{"time":"<<now %Y-%m-%dT%H:%M:%SZ>>","worker":"w<<int 1 6>>","queue":"thumbnails","job":"<<uuid>>","attempt":1,"priority":"normal","tenant":"demo","input":{"kind":"image","format":"png","width":1920,"height":1080},"output":{"kind":"image","format":"webp","quality":80},"result":"stored in bucket previews","retry":false,"trace":"<<hex 16>>"}',
        '{"time":"<<now %Y-%m-%dT%H:%M:%SZ>>","worker":"w<<int 1 6>>","queue":"thumbnails","job":"<<uuid>>","attempt":1,"priority":"normal","tenant":"demo","input":{"kind":"image","format":"png","width":1920,"height":1080},"output":{"kind":"image","format":"webp","quality":80},"result":"encoder crashed: cannot allocate memory","retry":false,"trace":"<<hex 16>>"}',
        '{"time":"<<now %Y-%m-%dT%H:%M:%SZ>>","worker":"w11","queue":"thumbnails","job":"<<uuid>>","attempt":1,"priority":"normal","tenant":"demo","input":{"kind":"image","format":"png","width":1920,"height":1080},"output":{"kind":"image","format":"webp","quality":80},"result":"stored in bucket previews","retry":false,"trace":"<<hex 16>>"}',
    ),
    _edit(
        "shape",
        "ansible one-liner",
        """
        TASK [database : Load the sample schema] ***************************************
        @
        """,
        'changed: [primary] => {"changed": true, "cmd": "mysql shop < /tmp/.<<alnum 8>>/sample.sql", "delta": "0:00:0<<num 1 3 6>>", "end": "<<now %Y-%m-%d %H:%M:%S>>.<<digits 6>>", "invocation": {"module_args": {"chdir": null, "creates": null, "executable": "/bin/bash", "removes": null, "stdin": null, "warn": true}}, "stderr": "", "stderr_lines": [], "stdout": "loaded 14 tables, 3 views and 2 procedures", "stdout_lines": ["loaded 14 tables, 3 views and 2 procedures"]}',
        'changed: [primary] => {"changed": true, "cmd": "mysql shop < /tmp/.<<alnum 8>>/sample.sql", "delta": "0:00:0<<num 1 3 6>>", "end": "<<now %Y-%m-%d %H:%M:%S>>.<<digits 6>>", "invocation": {"module_args": {"chdir": null, "creates": null, "executable": "/bin/bash", "removes": null, "stdin": null, "warn": true}}, "stderr": "ERROR 1215 (HY000) at line 88: Cannot add foreign key constraint", "stderr_lines": ["ERROR 1215 (HY000) at line 88: Cannot add foreign key constraint"], "stdout": "", "stdout_lines": []}',
        'changed: [primary] => {"changed": true, "cmd": "mysql shop < /tmp/.<<alnum 8>>/sample.sql", "delta": "0:00:0<<num 6 8 6>>", "end": "<<now %Y-%m-%d %H:%M:%S>>.<<digits 6>>", "invocation": {"module_args": {"chdir": null, "creates": null, "executable": "/bin/bash", "removes": null, "stdin": null, "warn": true}}, "stderr": "", "stderr_lines": [], "stdout": "loaded 14 tables, 3 views and 2 procedures", "stdout_lines": ["loaded 14 tables, 3 views and 2 procedures"]}',
    ),
    _edit(
        "shape",
        "coloured cargo",
        "@",
        "\x1b[0m\x1b[0m\x1b[1m\x1b[32m    Finished\x1b[0m dev [unoptimized + debuginfo] target(s) in <<num 30 39 2>>s",
        "\x1b[0m\x1b[1m\x1b[38;5;9merror[E0432]\x1b[0m\x1b[0m\x1b[1m: unresolved import `crate::wire::Frame`\x1b[0m",
        "\x1b[0m\x1b[0m\x1b[1m\x1b[32m    Finished\x1b[0m dev [unoptimized + debuginfo] target(s) in 1m 12s",
    ),
    _edit(
        "shape",
        "coloured playwright",
        """
        Running 36 tests using 4 workers
        @
        """,
        "  \x1b[32m✓\x1b[39m  \x1b[90m<<int 10 12>>\x1b[39m [chromium] \u203a checkout.spec.ts:41:7 \u203a pays with a stored card \x1b[2m(<<num 1.1 1.9 1>>s)\x1b[22m",
        "  \x1b[31m✘\x1b[39m  \x1b[90m<<int 10 12>>\x1b[39m [chromium] \u203a checkout.spec.ts:41:7 \u203a pays with a stored card \x1b[2m(<<num 1.1 1.9 1>>s)\x1b[22m",
        "  \x1b[32m✓\x1b[39m  \x1b[90m17\x1b[39m [chromium] \u203a checkout.spec.ts:41:7 \u203a pays with a stored card \x1b[2m(6.4s)\x1b[22m",
    ),
    _edit(
        "shape",
        "progress of a clone",
        """
        Cloning into 'third_party/fonts'...
        @
        """,
        "Receiving objects:  33% (<<int 300 320>>/940)\rReceiving objects:  66% (<<int 600 640>>/940)\rReceiving objects: 100% (940/940), <<num 3 4 2>> MiB | <<num 8 14 2>> MiB/s, done.",
        "Receiving objects:  33% (<<int 300 320>>/940)\rReceiving objects:  41% (<<int 380 390>>/940)\rfatal: the remote end hung up\runexpectedly while reading a pack",
        "Receiving objects:  21% (<<int 190 199>>/940)\rReceiving objects:  58% (<<int 540 549>>/940)\rReceiving objects: 100% (940/940), <<num 3 4 2>> MiB | 1.07 MiB/s, done.",
    ),
)

_GAPS = (
    _edit(
        "gap",
        "waiting for the machine",
        """
        TASK [provision : Boot the guest] **********************************************
        @
        TASK [provision : Install the base packages] ***********************************
        """,
        """
        changed: [localhost]
        <<wait 22 30>>ok: [guest] => guest answers on port 22 after <<int 4 6>> probes
        """,
        """
        changed: [localhost]
        <<wait 320 340>>ok: [guest] => guest answers on port 22 after <<int 4 6>> probes
        """,
        """
        changed: [localhost]
        <<wait 28 33>>ok: [guest] => guest answers on port 22 after <<int 4 6>> probes
        """,
    ),
    _edit(
        "gap",
        "layer export hangs",
        """
        #14 [build 6/6] RUN make install
        #14 DONE <<num 8 10 1>>s
        @
        #15 naming to registry.ci.example.net/relay:<<hex 7>> done
        """,
        """
        #15 exporting layers
        <<wait 5 7>>#15 writing image sha256:<<hex 64>>
        """,
        """
        #15 exporting layers
        <<wait 80 95>>#15 writing image sha256:<<hex 64>>
        """,
        """
        #15 exporting layers
        <<wait 6 8>>#15 writing image sha256:<<hex 64>>
        """,
    ),
    _edit(
        "gap",
        "lock before the upgrade",
        """
        <<wait 1 2>>Calculating upgrade...
        @
        """,
        """
        Reading state information...
        <<wait 2 4>>The following packages will be upgraded:
        <<aside>>  base-files tzdata
        <<aside>>Regenerating all locales, which takes a while
        <<aside>><<wait 240 260>>Generation complete.
        """,
        """
        Reading state information...
        <<wait 45 55>>The following packages will be upgraded:
        <<aside>>  base-files tzdata
        <<aside>>Regenerating all locales, which takes a while
        <<aside>><<wait 240 260>>Generation complete.
        """,
        """
        <<aside>>Reading state information...
        <<wait 2 4>>The following packages will be upgraded:
        <<aside>>  base-files tzdata
        Regenerating all locales, which takes a while
        <<wait 255 275>>Generation complete.
        """,
    ),
    _edit(
        "gap",
        "integration test stalls",
        """
        <<now %H:%M:%S>> [main] INFO  IT - context started
        @
        <<now %H:%M:%S>> [main] INFO  IT - context closed
        """,
        """
        <<now %H:%M:%S>> [main] INFO  IT - publishing 500 events to topic orders-<<hex 6>>
        <<wait 10 14>><<now %H:%M:%S>> [main] INFO  IT - all 500 events were acknowledged
        """,
        """
        <<now %H:%M:%S>> [main] INFO  IT - publishing 500 events to topic orders-<<hex 6>>
        <<wait 150 170>><<now %H:%M:%S>> [main] INFO  IT - all 500 events were acknowledged
        """,
        """
        <<now %H:%M:%S>> [main] INFO  IT - publishing 500 events to topic orders-<<hex 6>>
        <<wait 13 16>><<now %H:%M:%S>> [main] INFO  IT - all 500 events were acknowledged
        """,
    ),
)

_VALUES = (
    _edit(
        "value",
        "region of an upload",
        """
        <<times 9>>put object <<hex 16>> region=<<deal eu-west-1|eu-central-1|us-east-1>> <<int 20 90>> kB in <<int 30 90>> ms
        @
        <<times 6>>put object <<hex 16>> region=<<deal eu-west-1|eu-central-1|us-east-1>> <<int 20 90>> kB in <<int 30 90>> ms
        """,
        "put object <<hex 16>> region=<<pick eu-west-1|us-east-1>> <<int 20 90>> kB in <<int 30 90>> ms",
        "put object <<hex 16>> region=cn-north-1 <<int 20 90>> kB in <<int 30 90>> ms",
        "put object <<hex 16>> region=eu-central-1 117 kB in 356 ms",
    ),
    _edit(
        "value",
        "tensor backend",
        """
        <<times 8>>bench_matmul[<<int 100 999>>] backend <<deal cuda|triton>> dtype <<deal float16|bfloat16|float32>> ok in <<num 0.2 0.9 3>> s
        @
        <<times 8>>bench_conv2d[<<int 100 999>>] backend <<deal cuda|triton>> dtype <<deal float16|bfloat16|float32>> ok in <<num 0.2 0.9 3>> s
        """,
        "bench_matmul[<<int 100 999>>] backend <<pick cuda|triton>> dtype float16 ok in <<num 0.2 0.9 3>> s",
        "bench_matmul[<<int 100 999>>] backend eager dtype float16 ok in <<num 0.2 0.9 3>> s",
        "bench_matmul[1440] backend cuda dtype float16 ok in 1.806 s",
    ),
    _edit(
        "value",
        "package mirror",
        """
        Resolving dependencies
        <<times 8>>  fetched <<pick lib|py|perl>>-<<alnum 6>> from <<deal nearby|campus>> mirror, <<int 10 99>> KiB
        @
        <<times 6>>  fetched <<pick lib|py|perl>>-<<alnum 6>> from <<deal nearby|campus>> mirror, <<int 10 99>> KiB
        """,
        "  fetched py-<<alnum 6>> from <<pick nearby|campus>> mirror, <<int 10 99>> KiB",
        "  fetched py-<<alnum 6>> from unofficial mirror, <<int 10 99>> KiB",
        "  fetched py-<<alnum 6>> from campus mirror, 1204 KiB",
    ),
    _edit(
        "value",
        "flavour of a server",
        """
        <<times 12>><<now %Y-%m-%d %H:%M:%S>>.<<digits 3>> <<int 2000 9000>> INFO nova.compute.claims [instance: <<uuid>>] Claim successful, flavor <<deal m1.tiny|m1.small|m1.medium>> on node node-1
        @
        <<times 3>><<now %Y-%m-%d %H:%M:%S>>.<<digits 3>> <<int 2000 9000>> INFO nova.compute.claims [instance: <<uuid>>] Claim successful, flavor <<deal m1.tiny|m1.small|m1.medium>> on node node-1
        """,
        "<<now %Y-%m-%d %H:%M:%S>>.<<digits 3>> <<int 2000 9000>> INFO nova.compute.claims [instance: <<uuid>>] Claim successful, flavor m1.tiny on node node-1",
        "<<now %Y-%m-%d %H:%M:%S>>.<<digits 3>> <<int 2000 9000>> INFO nova.compute.claims [instance: <<uuid>>] Claim successful, flavor m1.xlarge on node node-1",
        "<<now %Y-%m-%d %H:%M:%S>>.<<digits 3>> <<int 12000 19000>> INFO nova.compute.claims [instance: <<uuid>>] Claim successful, flavor m1.tiny on node node-1",
    ),
    _edit(
        "value",
        "where an action ran",
        """
        INFO: Analyzed 96 targets (<<int 180 240>> packages loaded).
        <<times 10>>action=Javac target=//svc/<<alnum 5>>:lib strategy=<<deal remote|worker>> wall=<<int 200 900>>ms digest=<<hex 12>>
        @
        <<times 10>>action=Turbine target=//svc/<<alnum 5>>:lib strategy=<<deal remote|worker>> wall=<<int 200 900>>ms digest=<<hex 12>>
        """,
        "action=Javac target=//svc/<<alnum 5>>:lib strategy=<<pick remote|worker>> wall=<<int 200 900>>ms digest=<<hex 12>>",
        "action=Javac target=//svc/<<alnum 5>>:lib strategy=standalone wall=<<int 200 900>>ms digest=<<hex 12>>",
        "action=Javac target=//svc/<<alnum 5>>:lib strategy=remote wall=2874ms digest=<<hex 12>>",
    ),
)

_ORDERS = (
    _varying(
        "order",
        "consumer before its schema",
        """
        $ ./scripts/start-stack.sh
        @
        stack is up
        """,
        (
            """
            schema registry: subjects registered
            consumer: subscribing to orders
            warm-up of shard amber complete
            warm-up of shard coral complete
            warm-up of shard ivory complete
            """,
            """
            schema registry: subjects registered
            consumer: subscribing to orders
            warm-up of shard ivory complete
            warm-up of shard coral complete
            warm-up of shard amber complete
            """,
        ),
        """
        consumer: subscribing to orders
        schema registry: subjects registered
        <<aside>>warm-up of shard amber complete
        <<aside>>warm-up of shard coral complete
        <<aside>>warm-up of shard ivory complete
        """,
        """
        <<aside>>schema registry: subjects registered
        <<aside>>consumer: subscribing to orders
        warm-up of shard coral complete
        warm-up of shard amber complete
        warm-up of shard ivory complete
        """,
    ),
    _varying(
        "order",
        "units before the network",
        """
        systemd[1]: Finished Initial cloud-init job.
        @
        systemd[1]: Reached target Multi-User System.
        """,
        (
            """
            systemd[1]: Started OpenSSH server daemon.
            systemd[1]: Started Periodic Command Scheduler.
            systemd[1]: Started Getty on tty1.
            systemd[1]: Reached target Network is Online.
            systemd[1]: Mounting /srv/ci-cache from the file server...
            """,
            """
            systemd[1]: Started Getty on tty1.
            systemd[1]: Started Periodic Command Scheduler.
            systemd[1]: Started OpenSSH server daemon.
            systemd[1]: Reached target Network is Online.
            systemd[1]: Mounting /srv/ci-cache from the file server...
            """,
        ),
        """
        <<aside>>systemd[1]: Started Getty on tty1.
        <<aside>>systemd[1]: Started Periodic Command Scheduler.
        <<aside>>systemd[1]: Started OpenSSH server daemon.
        systemd[1]: Mounting /srv/ci-cache from the file server...
        systemd[1]: Reached target Network is Online.
        """,
        """
        systemd[1]: Started Periodic Command Scheduler.
        systemd[1]: Started OpenSSH server daemon.
        systemd[1]: Started Getty on tty1.
        <<aside>>systemd[1]: Reached target Network is Online.
        <<aside>>systemd[1]: Mounting /srv/ci-cache from the file server...
        """,
    ),
    _varying(
        "order",
        "stub generated late",
        """
        ninja: Entering directory `out/ci'
        @
        LINK bin/rpc_probe
        """,
        (
            """
            PROTOC gen/probe.pb.cc
            CXX gen/probe.pb.o
            CXX src/args.o
            CXX src/clock.o
            CXX src/table.o
            """,
            """
            PROTOC gen/probe.pb.cc
            CXX gen/probe.pb.o
            CXX src/table.o
            CXX src/clock.o
            CXX src/args.o
            """,
        ),
        """
        CXX gen/probe.pb.o
        PROTOC gen/probe.pb.cc
        <<aside>>CXX src/table.o
        <<aside>>CXX src/clock.o
        <<aside>>CXX src/args.o
        """,
        """
        <<aside>>PROTOC gen/probe.pb.cc
        <<aside>>CXX gen/probe.pb.o
        CXX src/clock.o
        CXX src/table.o
        CXX src/args.o
        """,
    ),
    _varying(
        "order",
        "volume detached before the backup ends",
        """
        teardown: draining the workers
        @
        teardown: finished in <<int 20 40>> s
        """,
        (
            """
            worker red: drained
            worker blue: drained
            worker green: drained
            backup: snapshot started, id <<hex 10>>
            backup: snapshot complete
            volume: detached from the database host
            """,
            """
            worker green: drained
            worker blue: drained
            worker red: drained
            backup: snapshot started, id <<hex 10>>
            backup: snapshot complete
            volume: detached from the database host
            """,
        ),
        """
        <<aside>>worker red: drained
        <<aside>>worker blue: drained
        <<aside>>worker green: drained
        <<aside>>backup: snapshot started, id <<hex 10>>
        volume: detached from the database host
        backup: snapshot complete
        """,
        """
        worker blue: drained
        worker green: drained
        worker red: drained
        <<aside>>backup: snapshot started, id <<hex 10>>
        <<aside>>backup: snapshot complete
        <<aside>>volume: detached from the database host
        """,
    ),
)

EDITS: tuple[Edit, ...] = (
    *_NUMBERS,
    *_WORDS,
    *_MISSING,
    *_BURSTS,
    *_SHAPES,
    *_GAPS,
    *_VALUES,
    *_ORDERS,
)
"""All edits; their names are unique."""
