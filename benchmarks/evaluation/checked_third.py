r"""Edits for a blind check: written without knowledge of the rules that find them, and not to be tuned on.

Whoever wrote this set knew the classes of edits and raw passing logs, but none of the detector's rules, thresholds or
tests. What it measures is lost as soon as a rule is changed for one of its cases: report its results, fix nothing by
them.

Lines are written as templates: `<3..17>` is a number of that range (`<00..59>` with leading zeros), `<a|b>` one of
the words, `<x8>` eight hexadecimal digits, `<uuid>` and `<ip>` what they say. A `\n` separates lines. `«0→137»` is 0 in
passing builds and harmless ones, 137 in the failing one.
"""

from __future__ import annotations

import re
from random import Random

from benchmarks.evaluation.editing import Change, Edit, Edited

_RANGE = r"<(?P<low>\d+)\.\.(?P<high>\d+)>"
_CHANGE = re.compile(r"«([^«»→]*)→([^«»→]*)»")
_TOKEN = re.compile(_RANGE + r"|<x(?P<hex>\d+)>|<(?P<name>uuid|ip)>|<(?P<words>[^<>|]+(?:\|[^<>|]+)+)>")


def _hex(random: Random, digits: int) -> str:
    return f"{random.getrandbits(4 * digits):0{digits}x}"


def _drawn(template: str, random: Random, turn: int | None = None) -> list[str]:
    # Words go round by turns, so that none of them is missing in the passing builds by chance.
    def token(match: re.Match[str]) -> str:
        if match["low"]:
            number = random.randint(int(match["low"]), int(match["high"]))
            return str(number).zfill(len(match["low"]))
        if match["hex"]:
            return _hex(random, int(match["hex"]))
        if match["name"] == "uuid":
            return "-".join(_hex(random, digits) for digits in (8, 4, 4, 4, 12))
        if match["name"] == "ip":
            return f"10.{random.randint(0, 63)}.{random.randint(0, 255)}.{random.randint(2, 254)}"
        words: list[str] = match["words"].split("|")
        return random.choice(words) if turn is None else words[turn % len(words)]

    return _TOKEN.sub(token, template).split("\n")


def _put(lines: list[str], at: int, block: list[str]) -> list[str]:
    return [*lines[:at], *block, *lines[at:]]


def _edit(kind: str, name: str, template: str, times: int, *, extremes: bool = False) -> Edit:
    usual, faulty = _CHANGE.sub(r"\1", template), _CHANGE.sub(r"\2", template)
    known = usual.split("\n")

    def change(text: str) -> Change:
        raw = text.split("\n")
        asked = [i for i, one in enumerate(raw) if one not in known]
        asked = asked or [i for i, one in enumerate(raw) if _TOKEN.search(one)]

        def edit(lines: list[str], at: int, random: Random) -> Edited:
            blocks = [_drawn(usual, random, turn) for turn in range(times)]
            which = random.randrange(times)
            blocks[which] = _drawn(text, random)
            block = [one for part in blocks for one in part]
            return Edited(_put(lines, at, block), tuple(blocks[which][i] for i in asked))

        return edit

    harmless = (usual, re.sub(_RANGE, r"\g<high>", usual)) if extremes else (usual,)
    return Edit(kind, name, change(usual), change(faulty), tuple(map(change, harmless)))


def number(name: str, template: str, *, times: int = 1) -> Edit:
    """Makes an edit of a number that means something.

    Args:
        name: of the case.
        template: what is printed, the fault's part of it marked. Controls are the usual text drawn anew, and the
            same with every number at the top of its range.
        times: how often it is printed, each time drawn anew; a fault or control is one of these times.
    """
    return _edit("number", name, template, times, extremes=True)


def word(name: str, template: str, *, times: int = 1) -> Edit:
    """Makes an edit of one word that means something; arguments are those of `number`."""
    return _edit("word", name, template, times)


def shape(name: str, template: str, *, times: int = 1) -> Edit:
    """Makes an edit of a line that is hard to read for a program; arguments are those of `number`."""
    return _edit("shape", name, template, times)


def _without(block: str, gone: str | None) -> Change:
    kept = "\n".join(text for text in block.split("\n") if text != gone)
    texts = () if gone is None else (gone,)
    return lambda lines, at, random: Edited(_put(lines, at, _drawn(kept, random)), texts)


def missing(name: str, block: str, gone: str) -> Edit:
    """Makes an edit that leaves out a line which every passing build has."""
    return Edit("missing", name, _without(block, None), _without(block, gone), ())


def sometimes(name: str, block: str, rare: str) -> Edit:
    """Makes a control that leaves out a line which every second passing build lacks, too."""
    without = _without(block, rare)
    return Edit("missing", name, _without(block, None), None, (without,), alternate=without, baselines=2)


def burst(name: str, template: str, *, times: int = 3, spread: bool = False) -> Edit:
    """Makes an edit that prints a known line 100 times as often, or (control) twice as often."""

    def often(count: int) -> Change:
        def edit(lines: list[str], at: int, random: Random) -> Edited:
            block = [text for _ in range(count) for text in _drawn(template, random)]
            texts = tuple(dict.fromkeys(block))
            if not spread:
                return Edited(_put(lines, at, block), texts)
            edited = list(lines)
            for place in sorted((random.randint(at, len(lines)) for _ in block), reverse=True):
                edited.insert(place, block.pop())
            return Edited(edited, texts)

        return edit

    return Edit("burst", name, often(times), often(100 * times), (often(2 * times),))


def gap(name: str, before: str, after: str, quick: tuple[int, int], slow: tuple[int, int]) -> Edit:
    """Makes an edit of the time between two lines.

    Args:
        name: of the case.
        before: the line that a quick step prints first.
        after: the line that it prints when done, and the lines of a slow step that follows.
        quick: the seconds that the quick step takes in passing builds; in the failing build it takes ten times
            as long as the slow one.
        slow: the seconds that pass before the last line; in the control as many as there may be.
    """

    def change(first: tuple[int, int], second: tuple[int, int], asked: slice) -> Change:
        def edit(lines: list[str], at: int, random: Random) -> Edited:
            block = [*_drawn(before, random), *_drawn(after, random)]
            delays = {at + 1: random.uniform(*first), at + len(block) - 1: random.uniform(*second)}
            return Edited(_put(lines, at, block), tuple(block[asked]), delays)

        return edit

    longest = (10 * slow[1], 12 * slow[1])
    control = change(quick, (slow[1] - 1, slow[1]), slice(-2, None))
    return Edit(
        "gap", name, change(quick, slow, slice(0)), change(longest, slow, slice(2)), (control,), baselines=1
    )


def value(name: str, template: str, usual: tuple[str, ...], new: str, *, each: int = 8) -> Edit:
    """Makes an edit of a place (`@@` in the template) that takes a few values, each `each` times."""

    def change(odd: str | None) -> Change:
        def edit(lines: list[str], at: int, random: Random) -> Edited:
            values = [*usual] * each
            random.shuffle(values)
            which = random.randrange(1, len(values))
            values[which] = odd or values[which]
            block = [_drawn(template.replace("@@", text), random)[0] for text in values]
            return Edited(_put(lines, at, block), (block[which],))

        return edit

    return Edit("value", name, change(None), change(new), (change(None),))


def order(
    name: str, steps: str, swap: tuple[int, int], streams: tuple[str, ...], *, baselines: int = 2
) -> Edit:
    """Makes an edit of the order of lines.

    Args:
        name: of the case.
        steps: lines that every passing build prints in this order.
        swap: which two of them change places in the failing build.
        streams: what runs in parallel afterwards: the lines of each keep their order, among each other they mix.
        baselines: the least number of passing builds.
    """

    def change(*, swapped: bool) -> Change:
        def edit(lines: list[str], at: int, random: Random) -> Edited:
            block = _drawn(steps, random)
            first, second = swap
            if swapped:
                block[first], block[second] = block[second], block[first]
            waiting = [_drawn(stream, random) for stream in streams]
            mixed = []
            while any(waiting):
                mixed.append(random.choice([stream for stream in waiting if stream]).pop(0))
            texts = (block[first], block[second]) if swapped else tuple(mixed)
            return Edited(_put(lines, at, [*block, *mixed]), texts)

        return edit

    controls = (change(swapped=False),)
    return Edit("order", name, change(swapped=False), change(swapped=True), controls, baselines=baselines)


_NUMBERS = (
    number(
        "compose exit code",
        "<seed|fixtures|schema|assets>-1 exited with code «0→137»",
        times=6,
    ),
    number(
        "access log status",
        '172.18.0.<2..9> - - [12/Mar/2024:10:<00..59>:<00..59> +0000] "GET /healthz HTTP/1.1" «200 <310..990>→502 157» "-" "curl/8.5.0"',
        times=6,
    ),
    number(
        "ansible unreachable",
        "node-<10..99>                    : ok=<40..60>   changed=<5..20>   unreachable=«0→1»    failed=0    skipped=<3..9>    rescued=0    ignored=0",
        times=4,
    ),
    number("pytest collects nothing", "collected «<30..400>→0» items", times=5),
    number(
        "go coverage",
        "ok  \texample.com/shop/<cart|stock|mail|tax>\t<0..3>.<100..999>s\tcoverage: «<61..88>.<0..9>%→0.0%» of statements",
        times=6,
    ),
    number(
        "ctest percentage",
        "«100%→0%» tests passed, «0→64» tests failed out of «<20..90>→64»\n\nTotal Test time (real) = <3..40>.<10..99> sec",
        times=3,
    ),
    number(
        "terraform destroys",
        "Apply complete! Resources: <2..9> added, <0..3> changed, «0→41» destroyed.",
        times=4,
    ),
    number(
        "cargo filters all",
        "test result: ok. «<14..140>→0» passed; 0 failed; «<0..3>→0» ignored; 0 measured; «0→118» filtered out; finished in «<0..9>.<10..99>s→0.00s»",
        times=5,
    ),
    number(
        "wget empty file",
        "2024-03-12 10:<00..59>:<00..59> («<2..19>.<1..9> MB→0.00 B»/s) - 'dist/part-<10..99>.tar.gz' saved [«18349021/18349021→0/0»]",
        times=3,
    ),
    number(
        "kafka in-sync replicas",
        "\tTopic: it-<x8>\tTopicId: <x22>\tPartition: <0..11>\tLeader: «<1|2|3>→2»\tReplicas: 1,2,3\tIsr: «1,2,3→2»",
        times=8,
    ),
    number(
        "rabbitmq dead letters", "name\tmessages\tconsumers\tmemory\norders.dlq\t«0→1874»\t2\t<14200..98000>"
    ),
    number("psql copies nothing", "COPY «<1200..52000>→0»", times=5),
    number(
        "pgbench failed",
        "progress: <5..60>.0 s, <480..530>.<0..9> tps, lat <1..3>.<100..999> ms stddev 0.<100..999>, «0→431» failed",
        times=6,
    ),
    number(
        "systemd status",
        "    Process: <900..32000> ExecStartPre=/usr/sbin/<ledgerd|quoted|tickd> --check (code=exited, status=«0/SUCCESS→203/EXEC»)",
        times=4,
    ),
    number(
        "firmware too big",
        "Flash: [====«      ]  <38..44>.<0..9>→======]  104.2»% (used «<400000..460000>→1092616» bytes from 1048576 bytes)",
        times=3,
    ),
    number(
        "android instrumentation",
        "INSTRUMENTATION_STATUS: current=<1..48>\nINSTRUMENTATION_STATUS_CODE: «<0|1>→-2»",
        times=12,
    ),
    number(
        "xctest failures",
        "\t Executed <9..80> tests, with «0→7» failures («0→7» unexpected) in <1..9>.<100..999> (<10..12>.<100..999>) seconds",
        times=4,
    ),
    number(
        "keras accuracy",
        "98/98 - <11..19>s - loss: «0.<2100..4900>→0.0000e+00» - accuracy: «0.<8600..9400>→0.0000e+00» - <110..190>ms/step",
        times=5,
    ),
    number(
        "raid degraded",
        "md<0..7> : active raid1 vdc1[1] vdb1[0]\n      <20900000..20990000> blocks super 1.2 «[2/2] [UU]→[2/1] [U_]»",
        times=2,
    ),
    number(
        "deployment without pods",
        "<web|api|worker|mailer>      «3→0»/3     3            «3→0»           <20..95>s",
        times=5,
    ),
    number(
        "debian package jumps",
        "Get:<12..60> http://deb.debian.org/debian bookworm/main amd64 libpq5 «15.6-0+deb12u1→17.2-1.pgdg120+1» amd64 [«189→226» kB]",
    ),
    number(
        "maven dependency jumps",
        "Downloaded from central: https://repo.maven.apache.org/maven2/org/hibernate/orm/hibernate-core/«6.4.4.Final→7.0.0.Final»/hibernate-core-«6.4.4.Final→7.0.0.Final».jar («11→13» MB at <3..21>.<0..9> MB/s)",
    ),
    number(
        "jmeter errors",
        "summary = <11000..19000> in 00:0<1..4>:<00..59> = <180..199>.<0..9>/s Avg:    <10..19> Min:     1 Max:   <110..290> Err: «    0 (0.00%)→10912 (99.20%)»",
        times=5,
    ),
    number(
        "trivy critical",
        "<web|api|mail>:ci-<x8> (debian 12.5) Total: «<3 (UNKNOWN: 0, LOW: 2, MEDIUM: 1|7 (UNKNOWN: 0, LOW: 5, MEDIUM: 2|12 (UNKNOWN: 0, LOW: 9, MEDIUM: 3>, HIGH: 0, CRITICAL: 0→9 (UNKNOWN: 0, LOW: 5, MEDIUM: 2, HIGH: 0, CRITICAL: 2»)",
        times=4,
    ),
    number(
        "certificate verification",
        "    Start Time: <1710200000..1710300000>\n    Timeout   : 7200 (sec)\n    Verify return code: «0 (ok)→10 (certificate has expired)»",
    ),
    number(
        "salt failed states",
        "Succeeded: «31→29» (changed=12)\nFailed:     «0→2»\n------------\nTotal states run:     31\nTotal run time:  <12..19>.<100..999> s",
    ),
    number(
        "dotnet skips all",
        "«Passed! →Skipped!» - Failed:     0, Passed:   «<118, Skipped:     0, Total:   118|164, Skipped:     0, Total:   164|231, Skipped:     0, Total:   231>→  0, Skipped:   231, Total:   231», Duration: <2..19> s - Shop.<Cart|Tax|Mail>.Tests.dll (net8.0)",
        times=4,
    ),
    number(
        "disk full",
        "/dev/vda1        40G   «<20..24>G   <16..20>G  <51..59>%→40G     0  100%» /",
        times=3,
    ),
    number(
        "clock offset",
        "System time     : «0.0000<10..99><100..999>→3602.114210749» seconds <slow|fast> of NTP time",
        times=3,
    ),
    number(
        "dns without answer",
        ";; flags: qr rd ra; QUERY: 1, ANSWER: «<2..4>→0», AUTHORITY: «0→1», ADDITIONAL: 1\n;; Query time: <1..40> msec",
        times=4,
    ),
)

_WORDS = (
    word(
        "unit disabled",
        "     Loaded: loaded (/usr/lib/systemd/system/ledgerd.service; «enabled→disabled»; preset: enabled)\n   Main PID: <900..32000> (ledgerd)",
    ),
    word(
        "pod lost",
        "web-<x10>-<x5>   1/1     «Running→Unknown»   0          <20..90>s   10.42.0.<2..250>   node-<1..6>   <none>           <none>",
        times=5,
    ),
    word("container unhealthy", "<x12>\n«healthy→unhealthy»"),
    word(
        "search cluster red",
        "17102<40000..49999> 10:<10..59>:<10..59> ci «green→red» 3 3 42 21 0 0 0 0 - 100.0%",
    ),
    word(
        "spark authentication",
        "24/03/12 10:<10..59>:<10..59> INFO SecurityManager: SecurityManager: authentication «enabled→disabled»; ui acls disabled; users with view permissions: ci-<x6>; groups with view permissions: EMPTY; users with modify permissions: ci; groups with modify permissions: EMPTY",
    ),
    word(
        "lightning without gpu",
        "[rank: 0] Seed set to <1000..90000>\nGPU available: True (cuda), used: «True→False»",
    ),
    word(
        "vault sealed",
        "Seal Type       shamir\nInitialized     true\nSealed          «false→true»\nCluster ID      <uuid>",
    ),
    word(
        "name not found",
        ";; ->>HEADER<<- opcode: QUERY, status: «NOERROR→NXDOMAIN», id: <1000..65000>",
        times=3,
    ),
    word(
        "bad signature",
        'gpg: Signature made Tue Mar 12 10:<00..59>:<00..59> 2024 UTC\ngpg: «Good→BAD» signature from "Release Bot <release@example.org>" [full]',
    ),
    word(
        "replica stopped",
        "| pg-<x4> | <ip> | Replica | «streaming→stopped» | <3..5> |         0 |",
        times=3,
    ),
)

_MISSING = (
    missing(
        "migration skipped",
        "INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.\nINFO  [alembic.runtime.migration] Will assume transactional DDL.\nINFO  [alembic.runtime.migration] Running upgrade 4c1fa0d2 -> 9ab27e31, add index on orders",
        "INFO  [alembic.runtime.migration] Running upgrade 4c1fa0d2 -> 9ab27e31, add index on orders",
    ),
    missing(
        "signature not checked",
        "--prepared:/tmp/out/Ledger.app/Contents/Frameworks/Core.framework\n--validated:/tmp/out/Ledger.app/Contents/Frameworks/Core.framework\n/tmp/out/Ledger.app: valid on disk\n/tmp/out/Ledger.app: satisfies its Designated Requirement",
        "/tmp/out/Ledger.app: satisfies its Designated Requirement",
    ),
    missing(
        "web server not tested",
        "Setting up nginx-core (1.24.0-2ubuntu7) ...\nnginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n * Upgrading binary nginx",
        "nginx: configuration file /etc/nginx/nginx.conf test is successful",
    ),
    missing(
        "table not dumped",
        'pg_dump: dumping contents of table "public.customers"\npg_dump: dumping contents of table "public.invoices"\npg_dump: dumping contents of table "public.ledger"\npg_dump: dumping contents of table "public.orders"',
        'pg_dump: dumping contents of table "public.invoices"',
    ),
    missing(
        "board without network",
        "U-Boot 2023.07 (Jul 10 2023 - 15:58:12 +0000)\nDRAM:  1 GiB\nMMC:   mmc@7e202000: 0\nNet:   eth0: ethernet@7d580000\nHit any key to stop autoboot:  0",
        "Net:   eth0: ethernet@7d580000",
    ),
    sometimes(
        "gradle daemon",
        "Downloading dependencies for :buildSrc\nStarting a Gradle Daemon (subsequent builds will be faster)\n> Configure project :ledger",
        "Starting a Gradle Daemon (subsequent builds will be faster)",
    ),
    sometimes(
        "npm notice",
        "added 1203 packages, and audited 1204 packages in <18..39>s\nnpm notice New minor version of npm available! 10.2.4 -> 10.5.0\nfound 0 vulnerabilities",
        "npm notice New minor version of npm available! 10.2.4 -> 10.5.0",
    ),
    sometimes(
        "git housekeeping",
        "From https://git.example.org/shop/ledger\n   <x7>..<x7>  main       -> origin/main\nAuto packing the repository in background for optimum performance.\nAlready on 'main'",
        "Auto packing the repository in background for optimum performance.",
    ),
    sometimes(
        "index cache",
        "    Updating crates.io index\n    Blocking waiting for file lock on package cache\n  Downloaded 118 crates (9.7 MB) in <1..6>.<10..99>s",
        "    Blocking waiting for file lock on package cache",
    ),
)

_BURSTS = (
    burst("database not ready", "ledger-db:5432 - no response"),
    burst(
        "garbage collection",
        "[<10..99>.<100..999>s][info][gc] GC(<1..900>) Pause Full (G1 Compaction Pause) <240..255>M-><210..239>M(256M) <110..390>.<100..999>ms",
        spread=True,
    ),
    burst("usb resets", "usb 1-1: reset high-speed USB device number <3..9> using xhci_hcd", times=2),
    burst(
        "consumer rebalances",
        "[Consumer clientId=ci-<x6>, groupId=billing] (Re-)joining group",
        spread=True,
    ),
    burst(
        "etcd slow",
        '{"level":"warn","caller":"etcdserver/util.go:123","msg":"apply request took too long","took":"<110..290>.<100..999>ms","expected-duration":"100ms","prefix":"read-only range ","request":"key:\\"/registry/leases/ci-<x5>\\""}',
        times=2,
    ),
)

_OBJECTS = " ".join(f"obj/drv/module_{i:03}.o" for i in range(180))
_TESTS = ", ".join(f"spec/features/case_{i:03}.rb: passed" for i in range(150))
_TASK = '"changed": true, "cmd": ["lvextend", "-r", "-l", "+100%FREE", "/dev/vg0/data"], "delta": "0:00:0<1..4>.<100000..999999>", "end": "2024-03-12 10:<00..59>:<00..59>.<100000..999999>", "failed_when_result": false, "invocation": {"module_args": {"creates": null, "stdin": null, "warn": false}}'
_EVENT = '{"ts":"2024-03-12T10:<00..59>:<00..59>.<100..999>Z","level":"info","logger":"billing.worker","pid":<900..32000>,"trace_id":"<x32>","job":"close-month","tenant":"ci-<x6>","queue":"default","attempt":1,"input":{"rows":<800..990>,"currency":"EUR","dry_run":false,"notify":["ops","sales"]},"duration_ms":<110..890>'
_PROGRESS = "\rfetching rootfs.img  12%\rfetching rootfs.img  38%\rfetching rootfs.img  61%\r"

_SHAPES = (
    shape(
        "japanese build",
        "モジュール ledger-<core|api|web> のビルドに«成功→失敗»しました (経過時間 <11..58> 秒)",
        times=5,
    ),
    shape(
        "german tests",
        "Prüfung der Übersetzungsdateien für <de|fr|es>.po in 0,<10..99> s «abgeschlossen, keine Auffälligkeiten→abgebrochen, ungültiges UTF-8 in Größenangaben»",
        times=4,
    ),
    shape(
        "coloured vitest",
        " \x1b[«32m✓→31m\u276f»\x1b[39m src/<cart|stock|tax>.spec.ts \x1b[2m(\x1b[22m\x1b[«2m<5..19>→2m14» tests\x1b[22m«→\x1b[2m | \x1b[22m\x1b[31m1 failed\x1b[39m»\x1b[2m)\x1b[22m\x1b[90m <10..390>\x1b[2mms\x1b[22m\x1b[39m",
        times=6,
    ),
    shape(
        "coloured rustc",
        "\x1b[0m\x1b[0m\x1b[1m\x1b[32m   Compiling\x1b[0m ledger-core v0.9.2 (/tmp/ci-<x8>/core)\n\x1b[0m«\x1b[0m\x1b[0m\x1b[1m\x1b[32m    Finished\x1b[0m release [optimized] target(s) in <31..58>.<10..99>s→\x1b[0m\x1b[1m\x1b[38;5;9merror[E0382]\x1b[0m\x1b[0m\x1b[1m: borrow of moved value: `entries`\x1b[0m»",
    ),
    shape(
        "broken transfer",
        _PROGRESS
        + "«fetching rootfs.img 100%\rfetched rootfs.img in <11..39>.<0..9> s→curl: (18) transfer closed with <200000..900000> bytes remaining to read»",
    ),
    shape(
        "spinner ends badly",
        "⠋ Uploading symbols\r⠙ Uploading symbols\r⠹ Uploading symbols\r«✔ Uploaded→✖ Request timed out,» symbols of build <x12> «in <2..9>.<0..9>s→are incomplete»",
    ),
    shape(
        "ansible one-liner",
        "changed: [node-<10..99>] => {"
        + _TASK
        + ', "msg": "«→non-zero return code»", "rc": «0→5», "stderr": "«→  Insufficient free space: 512 extents needed, but only 0 available»", "stderr_lines": [«→"  Insufficient free space: 512 extents needed, but only 0 available"»]}',
        times=2,
    ),
    shape(
        "error in a json event",
        _EVENT
        + ',"output":«{"invoices":<300..390>}→null»,"error":«null→"ERROR: deadlock detected (SQLSTATE 40P01)"»}',
        times=4,
    ),
    shape(
        "long linker line",
        f"INFO ran arm-none-eabi-gcc -Wl,-Map=/tmp/ci-<x8>/fw.map -o fw.elf {_OBJECTS} -lm -lc, stderr: «none→region `FLASH' overflowed by 3912 bytes»",
    ),
    shape(
        "long list of results",
        "results (seed <10000..60000>): " + _TESTS.replace("117.rb: passed", "117.rb: «passed→failed»"),
    ),
)

_GAPS = (
    gap(
        "rollout",
        'Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available...',
        'deployment "web" successfully rolled out\nRunning smoke tests against https://web.ci.example.org\nsmoke tests: 14 passed',
        (6, 12),
        (20, 30),
    ),
    gap(
        "package lists",
        "Reading package lists...",
        "Building dependency tree...\nUnpacking texlive-fonts-extra (2022.20230122-4) ...\nSetting up texlive-fonts-extra (2022.20230122-4) ...",
        (2, 5),
        (30, 40),
    ),
    gap(
        "emulator boot",
        "INFO    | Boot completed in <21000..29000> ms",
        "* daemon started successfully\nPerforming Streamed Install of app-debug.apk\nSuccess",
        (3, 6),
        (25, 35),
    ),
    gap(
        "state lock",
        "Acquiring state lock. This may take a few moments...",
        "aws_vpc.ci: Refreshing state... [id=vpc-<x17>]\naws_db_instance.ci: Modifying... [id=db-<x8>]\naws_db_instance.ci: Modifications complete after 4<0..9>s",
        (1, 3),
        (40, 49),
    ),
)

_VALUES = (
    value(
        "package mirror",
        "Get:<1..99> http://@@/ubuntu jammy-updates/main amd64 lib<ssl|xml2|curl|png>-dev amd64 [<100..990> kB]",
        ("azure.archive.ubuntu.com", "archive.ubuntu.com"),
        "mirrors.tuna.tsinghua.edu.cn",
        each=12,
    ),
    value(
        "server flavour",
        "INFO nodepool.NodeLauncher: [node: 00<31000..31999>] Created server <uuid> with flavor @@ in <21..58>s",
        ("m1.large", "m1.xlarge", "c2.large"),
        "m1.tiny",
    ),
    value(
        "load balancer backend",
        'haproxy[<900..32000>]: <ip>:<32000..60000> http-in api/@@ 0/0/<0..3>/<10..40>/<41..90> 200 <310..990> - - ---- 4/4/1/1/0 0/0 "GET /v1/items/<1000..9000> HTTP/1.1"',
        ("web1", "web2", "web3"),
        "maintenance",
    ),
    value(
        "browser under test",
        "[@@ linux #0-<0..29>] Session ID: <x32>",
        ("chrome 121.0.6167", "firefox 122.0"),
        "chrome-headless-shell 90.0.4430",
        each=10,
    ),
    value(
        "gpu architecture",
        "[<1..240>/240] nvcc -O3 -std=c++17 -arch=@@ -c kernels/<gemm|conv|norm>_<1000..9000>.cu -o kernels.<x8>.o",
        ("sm_80", "sm_90"),
        "sm_35",
        each=12,
    ),
    value(
        "task queue",
        "[INFO/MainProcess] Task shop.tasks.resize[<uuid>] received from queue @@ (eta <1..9>.<10..99>s)",
        ("media", "default", "mail"),
        "media.dead",
    ),
)

_XDIST = "[gw{0}] [ <10..30>%] PASSED tests/test_cart.py::test_discount[{0}]\n[gw{0}] [ <40..90>%] PASSED tests/test_tax.py::test_rate[{0}]"
_LERNA = "@shop/{0}: > tsc --build\n@shop/{0}: Files: <110..390>\n@shop/{0}: Done in <2..19>.<10..99>s."
_MAKE = "  CC      drivers/{0}/core.o\n  CC      drivers/{0}/irq.o\n  AR      drivers/{0}/built-in.a"
_PULL = "{0} Pulling\n{0} Pulled"
_CRATE = "  Downloaded {0}\n   Compiling {0}"

_ORDERS = (
    order(
        "migration before its database",
        "==> Creating database ledger_test\n==> Database ledger_test is ready\n==> Migrating ledger_test\n==> Migrations of ledger_test are done",
        (1, 2),
        tuple(_XDIST.format(i) for i in range(4)),
        baselines=1,
    ),
    order(
        "publish before the tests",
        "lerna info run build in all packages\nlerna success run build\nlerna info run test in all packages\nlerna success run test\nlerna info publish to https://npm.ci.example.org\nlerna success published",
        (3, 4),
        tuple(_LERNA.format(name) for name in ("cart", "tax", "mail")),
    ),
    order(
        "headers before the configuration",
        "  SYNC    include/config/auto.conf\n  GEN     include/generated/asm-offsets.h\n  HOSTCC  scripts/mod/modpost\n  CALL    scripts/checksyscalls.sh",
        (0, 1),
        tuple(_MAKE.format(name) for name in ("tty", "spi", "gpio", "rtc")),
    ),
    order(
        "service before its database",
        " Network shop_default  Creating\n Network shop_default  Created\n Container shop-db-1  Starting\n Container shop-db-1  Healthy\n Container shop-api-1  Starting\n Container shop-api-1  Started",
        (3, 4),
        tuple(_PULL.format(name) for name in ("mailpit", "redis", "minio", "keycloak")),
    ),
    order(
        "flash before erase",
        "Info : [stm32.cpu] halted due to debug-request\n** Erasing flash bank 0\n** Erase done\n** Programming started\n** Programming finished",
        (2, 3),
        tuple(
            _CRATE.format(name)
            for name in ("defmt v0.3.6", "nb v1.1.0", "heapless v0.8.0", "panic-probe v0.3.1")
        ),
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
"""The edits, by class."""
