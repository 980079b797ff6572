r"""A check set on which the detector was judged blind.

It was written without knowledge of the detector's rules, from the names of the classes and from what the tools print.
What was missed in its first run was looked at since: it is a set to develop on now. `unseen.py` is the one that is not.

Lines are templates. `@{int 1 9}`, `@{dec 1 9}`, `@{hex 7}`, `@{uuid}`, `@{ip}` and `@{clock}` are drawn anew
for every build; `@{same}` repeats what was drawn last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

from benchmarks.evaluation.editing import Change, Edit, Edited

_HOLE = re.compile(r"@\{(\w+) ?([^}]*)\}")
_MARK = re.compile(r"<<(.*?)>>", re.DOTALL)


def _fill(template: str, random: Random) -> str:
    """Draws the ids, times and counts of one line."""
    last = ""

    def drawn(hole: re.Match[str]) -> str:
        nonlocal last
        name, rest = hole.groups()
        if name == "int":
            low, high = map(int, rest.split())
            last = str(random.randint(low, high))
        elif name == "dec":
            lowest, highest = map(float, rest.split())
            last = f"{random.uniform(lowest, highest):.2f}"
        elif name == "hex":
            last = f"{random.getrandbits(4 * int(rest)):0{rest}x}"
        elif name == "uuid":
            digits = f"{random.getrandbits(128):032x}"
            last = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        elif name == "ip":
            last = f"10.{random.randint(0, 254)}.{random.randint(0, 254)}.{random.randint(2, 254)}"
        elif name == "clock":
            last = f"{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}"
        elif name != "same":
            raise ValueError(f"no such hole: {name}")
        return last

    return _HOLE.sub(drawn, template)


def _insert(lines: list[str], at: int, new: list[str], texts: list[str]) -> Edited:
    return Edited([*lines[:at], *new, *lines[at:]], tuple(dict.fromkeys(texts)))


def _say(template: str, usual: str) -> Change:
    """Inserts lines; in question are those that differ from the usual ones, if only by what is drawn."""
    parts, known = template.split("\n"), usual.split("\n")
    asked = [part for part in parts if part not in known] or [part for part in parts if _HOLE.search(part)]

    def change(lines: list[str], at: int, random: Random) -> Edited:
        new = [_fill(part, random) for part in parts]
        return _insert(lines, at, new, [text for text, part in zip(new, parts, strict=True) if part in asked])

    return change


def turns(kind: str, cases: Mapping[str, str]) -> tuple[Edit, ...]:
    """Makes edits of one line each, or of one among a few.

    Args:
        kind: the class.
        cases: by name, the lines, in which `<<usual=>faulty>>` or `<<usual=>faulty=>harmless>>` differ. Another
            control is always the usual lines drawn anew.

    Returns:
        The edits.
    """
    edits = []
    for name, template in cases.items():
        usual, fault, control = (_version(template, which) for which in range(3))
        harmless = (_say(usual, usual), _say(control, usual)) if control != usual else (_say(usual, usual),)
        edits.append(Edit(kind, name, _say(usual, usual), _say(fault, usual), harmless))
    return tuple(edits)


def _version(template: str, which: int) -> str:
    """Picks the usual (0), the faulty (1) or the harmless (2) lines."""

    def chosen(mark: re.Match[str]) -> str:
        ways = mark[1].split("=>")
        return ways[which] if which < len(ways) else ways[0]

    return _MARK.sub(chosen, template)


def missing(name: str, before: str, gone: str, after: str) -> Edit:
    """Makes an edit that leaves out a line that every passing build has; harmless is another draw of the rest."""
    usual = f"{before}\n{gone}\n{after}"
    return Edit("missing", name, _say(usual, usual), _leave_out(before, gone, after), (_say(usual, usual),))


def sometimes(name: str, before: str, gone: str, after: str) -> Edit:
    """Makes a control that leaves out a line that only every other passing build has."""
    usual = f"{before}\n{gone}\n{after}"
    without = _leave_out(before, gone, after)
    return Edit("missing", name, _say(usual, usual), None, (without,), alternate=without, baselines=2)


def _leave_out(before: str, gone: str, after: str) -> Change:
    def change(lines: list[str], at: int, random: Random) -> Edited:
        return _insert(lines, at, [_fill(before, random), _fill(after, random)], [gone])

    return change


def burst(name: str, usual: str, few: int) -> Edit:
    """Makes an edit of a line that comes about 100 times as often; harmless is about twice as often."""

    def repeated(times: int) -> Change:
        def change(lines: list[str], at: int, random: Random) -> Edited:
            new = [_fill(usual, random) for _ in range(times + random.randint(0, times // 4))]
            return _insert(lines, at, new, new)

        return change

    return Edit("burst", name, repeated(few), repeated(100 * few), (repeated(2 * few),))


def gap(name: str, before: str, after: str, seconds: float) -> Edit:
    """Makes an edit of the time between two lines: more than ten times as long, or at most half as long again."""

    def lasting(least: float, most: float) -> Change:
        def change(lines: list[str], at: int, random: Random) -> Edited:
            new = [_fill(before, random), _fill(after, random)]
            edited = [*lines[:at], *new, *lines[at:]]
            return Edited(edited, tuple(new), {at + 1: random.uniform(least, most)})

        return change

    slow = lasting(1.2 * seconds, 1.5 * seconds)
    return Edit(
        "gap", name, lasting(0.8 * seconds, 1.2 * seconds), lasting(13 * seconds, 16 * seconds), (slow,)
    )


def value(name: str, usual: str, seen: tuple[str, ...], unseen: str, baselines: int = 1) -> Edit:
    """Makes an edit of a line printed many times, of which `%s` takes few values; harmless are other shares of them."""

    def printed(shares: list[int], odd: int) -> Change:
        def change(lines: list[str], at: int, random: Random) -> Edited:
            values = [text for text, share in zip(seen, shares, strict=True) for _ in range(share)]
            random.shuffle(values)
            # Not the first ones: what is odd shows up once the values are known.
            values[12:12] = [unseen] * odd
            new = [_fill(usual.replace("%s", text), random) for text in values]
            return _insert(lines, at, new, new[12 : 12 + odd] if odd else new)

        return change

    even = [24 // len(seen)] * len(seen)
    shifted = [even[0] - 3, *even[1:-1], even[-1] + 3]
    return Edit(
        "value",
        name,
        printed(even, 0),
        printed(even, 1),
        (printed(even, 0), printed(shifted, 0)),
        None,
        baselines,
    )


def order(name: str, steps: tuple[str, ...], early: int, late: int, *jobs: tuple[str, ...]) -> Edit:
    """Makes an edit in which step `late` comes before step `early`; harmless is how parallel jobs interleave.

    Args:
        name: of the case.
        steps: the lines that always come in this order.
        early: the place of a step that others need.
        late: the place of the step that does not wait for it.
        jobs: the lines of each parallel job, printed after the steps.

    Returns:
        The edit.
    """
    wrong = [*steps[:early], steps[late], *steps[early:late], *steps[late + 1 :]]

    def run(sequence: list[str], asked: list[int], *, parallel: bool = False) -> Change:
        def change(lines: list[str], at: int, random: Random) -> Edited:
            done = [_fill(step, random) for step in sequence]
            mixed = _interleave(jobs, random)
            return _insert(
                lines, at, [*done, *mixed], mixed if parallel else [done[place] for place in asked]
            )

        return change

    return Edit(
        "order",
        name,
        run([*steps], []),
        run(wrong, [*range(early, late + 1)]),
        (run([*steps], [], parallel=True),),
        baselines=2,
    )


def _interleave(jobs: tuple[tuple[str, ...], ...], random: Random) -> list[str]:
    turns = [place for place, job in enumerate(jobs) for _ in job]
    random.shuffle(turns)
    waiting = [iter(job) for job in jobs]
    return [_fill(next(waiting[place]), random) for place in turns]


_JARS = ":".join(
    f"/home/ci/.m2/repository/org/acme/module{place}/1.{place}/module{place}-1.{place}.jar"
    for place in range(60)
)

_NUMBERS = {
    "exit code of a script": "Process @{int 2000 9000} finished with exit code <<0=>1>> after @{dec 3 60} s",
    "container exits": "web-1  | @{clock} shutting down\n@{hex 12}   acme/app:ci   Exited (<<0=>137>>) @{int 2 50} seconds ago",
    "systemd main process": "systemd[1]: Main PID: @{int 400 9000} (code=exited, <<status=0/SUCCESS)=>status=203/EXEC)>>",
    "ssh exit status": "debug1: channel 0: free: client-session, nchannels 1\ndebug1: Exit status <<0=>255>>\nBytes per second: sent @{dec 1000 9000}, received @{dec 1000 9000}",
    "java task return code": "INFO: worker-@{int 1 8} returned <<rc=0=>rc=-11>> in @{int 200 900} ms [job @{uuid}]",
    "web server access log": '@{ip} - - [12/Mar/2024:@{clock} +0000] "GET /healthz HTTP/1.1" <<200=>502>> @{int 610 640} "-" "curl/8.5.0"',
    "publish of a package": "npm http fetch PUT <<200=>403>> https://registry.npmjs.org/@acme%2fui @{int 300 2500}ms",
    "lambda invocation": '{"StatusCode": <<200,=>429,>> "ExecutedVersion": "$LATEST", "RequestId": "@{uuid}", "BilledDuration": @{int 90 400}}',
    "surefire failures": "Tests run: @{int 210 216}, Failures: <<0,=>2,>> Errors: 0, Skipped: 3, Time elapsed: @{dec 4 19} s - in org.acme.StoreTest",
    "unittest total": "Ran <<@{int 410 416}=>0>> tests in <<@{dec 30 60}=>0.000=>@{dec 60 66}>>s",
    "pytest collection": "cachedir: /tmp/pytest-@{hex 6}\ncollected <<@{int 410 416}=>0>> items",
    "mocha total": "  <<@{int 96 99}=>0>> passing <<(@{int 3 9}s)=>(2ms)>>",
    "rust tests filtered out": "test result: ok. <<@{int 95 97}=>0>> passed; 0 failed; <<1=>0>> ignored; 0 measured; <<0=>97>> filtered out; finished in <<@{dec 1 4}=>0.00=>@{dec 4 6}>>s",
    "dotnet failures": "<<Passed!=>Failed!>>  - Failed:     <<0,=>6,>> Passed:   <<312=>306>>, Skipped:     4, Total:   316, Duration: @{int 4 19} s - Acme.Tests.dll (net8.0)",
    "rspec failures": "Finished in @{dec 8 20} seconds (files took @{dec 1 3} seconds to load)\n184 examples, <<0 failures,=>1 failure,>> 2 pending",
    "xcode tests": "Executed @{int 120 124} tests, with <<0=>3>> failures <<(0=>(1>> unexpected) in @{dec 11 19} (@{dec 20 25}) seconds",
    "ctest percentage": "<<100%=>97%>> tests passed, <<0=>3>> tests failed out of @{int 86 88}\nTotal Test time (real) = @{dec 40 80} sec",
    "go coverage": "ok  \tgithub.com/acme/store/internal/wal\t@{dec 0.2 3}s\tcoverage: <<@{dec 81 82}%=>0.0%>> of statements",
    "memory checker": "==@{int 2000 30000}== ERROR SUMMARY: <<0=>14>> errors from <<0=>2>> contexts (suppressed: 3 from 3)",
    "msbuild errors": "    12 Warning(s)\n    <<0=>4>> Error(s)\nTime Elapsed 00:00:@{int 20 59}.@{int 10 99}",
    "ansible recap failed": "controller                 : ok=<<@{int 84 88}   changed=@{int 31 36}=>@{int 54 58}   changed=@{int 21 26}>>   unreachable=0    <<failed=0    skipped=@{int 20 24}=>failed=1    skipped=@{int 14 18}>>   rescued=0    ignored=1",
    "ansible recap unreachable": "compute1                   : ok=@{int 44 48}   changed=@{int 11 16}   <<unreachable=0=>unreachable=1>>    failed=0    skipped=9    rescued=0    ignored=0",
    "ping loss": "3 packets transmitted, <<3=>0>> received, <<0%=>100%>> packet loss, time @{int 2000 2060}ms",
    "certificate check": "    Start Time: 17@{int 10000000 10900000}\n    Verify return code: <<0 (ok)=>10 (certificate has expired)>>",
    "name lookup": ";; flags: qr rd ra; QUERY: 1, ANSWER: <<2,=>0,>> AUTHORITY: 0, ADDITIONAL: 1\n;; Query time: @{int 1 30} msec",
    "load test requests": "Complete requests:      5000\nFailed requests:        <<0=>731>>\nRequests per second:    @{dec 800 1200} [#/sec] (mean)",
    "artifact of no size": "Artifact coverage-report.zip has been successfully uploaded! Final size is <<@{int 81000 84000}=>0>> bytes. Artifact ID is @{int 1000000 9000000}",
    "bucket copy": "Operation completed over <<@{int 140 149} objects/@{dec 31 33} MiB.=>0 objects/0.0 B.>>",
    "disk full": "/dev/root        84G   <<@{int 36 40}G   @{int 44 48}G  @{int 43 48}%=>84G     0 100%>> /",
    "deployment replicas": "NAME       READY   UP-TO-DATE   AVAILABLE   AGE\nfrontend   <<3/3=>0/3>>     3            <<3=>0>>           @{int 40 90}s",
    "pod restarts": "api-@{hex 9}-@{hex 5}   1/1     Running   <<0=>6>>          <<@{int 40 90}s=>@{int 40 90}s=>2m@{int 1 9}s>>",
    "infrastructure destroyed": "Plan: 22 to add, 0 to change, <<0=>14>> to destroy.\nSaved the plan to: /tmp/ci-@{hex 8}.tfplan",
    "apt removes": "0 upgraded, 12 newly installed, <<0=>43>> to remove and @{int 31 44} not upgraded.",
    "dependency jumps in pip": "Successfully installed acme-1.4.0.dev@{int 200 300}+g@{hex 7} certifi-2024.2.2 idna-3.6 requests-2.31.0 <<urllib3-1.26.18=>urllib3-2.2.1>>",
    "compiler jumps": "Setting up gcc <<(4:11.2.0-1ubuntu1)=>(4:13.2.0-7ubuntu1)>> ...\nFetched @{int 71 73} MB in @{int 2 9}s (@{int 9000 24000} kB/s)",
    "rows inserted": "psql:/tmp/seed-@{hex 6}.sql:41: INFO: fixtures from @{ip}\nINSERT 0 <<512=>0>>",
    "consumer lag": "GROUP      TOPIC   PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG    CONSUMER-ID\norders-cg  orders  0          <<@{int 41000 43000}           @{same}           0    =>@{int 10 90}              42117           42061>>  consumer-1-@{uuid}",
    "replicas of a key store": "role:master\n<<connected_slaves:2=>connected_slaves:0>>\nmaster_repl_offset:@{int 1000 90000}",
    "load test checks": "     checks.........................: <<100.00% ✓ 2000      ✗ 0=>0.00%   ✓ 0         ✗ 2000>>\n     iteration_duration.............: avg=@{dec 20 40}ms min=@{dec 4 9}ms",
    "jest failures": "Tests:       <<212 passed=>3 failed, 209 passed>>, 212 total\nTime:        @{dec 9 20} s",
    "packages audited": "<<0=>17>> vulnerabilities found - Packages audited: @{int 810 818}",
    "probe": "probe_duration_seconds @{dec 0.1 2}\nprobe_success <<1=>0>>",
    "files synchronised": "Number of regular files transferred: <<@{int 230 236}=>0>>\nTotal bytes sent: @{int 80000 90000}",
    "search cluster": '{"cluster_name":"ci-@{hex 6}","number_of_nodes":3,"unassigned_shards":<<0=>12>>,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":<<100.0=>45.5>>}',
    "directory search": "# search result, base dc=ci-@{hex 6}\nresult: <<0 Success=>32 No such object>>",
    "lint rating": "Your code has been rated at <<@{dec 9.7 9.9}=>0.00>>/10",
    "download of no size": "2024-03-12 @{clock} (<<@{dec 11 40} MB/s=>0.00 B/s>>) - 'index.json' saved [<<@{int 48100 48900}/@{same}=>0/0>>]",
    "robot failures": "141 tests, <<141 passed, 0 failed=>138 passed, 3 failed>>\nOutput:  /tmp/robot-@{hex 6}/output.xml",
    "rows skipped": "Query OK, <<512=>0>> rows affected (@{dec 0.1 2} sec)\nRecords: 512  Deleted: 0  Skipped: <<0=>512>>  Warnings: <<0=>512>>",
    "storage daemons": "    osd: 3 osds: <<3=>1>> up (since @{int 20 50}s), 3 in (since @{int 51 90}s)",
}

_WORDS = {
    "enforcement": "audit: type=1404 audit(17@{int 10000000 10900000}.@{int 100 999}:2): enforcing=1 auid=4294967295 ses=4294967295 enabled=1 old-enabled=1 lsm=selinux <<status=enabled=>status=disabled>> res=1",
    "container health": "@{hex 64}\n<<healthy=>unhealthy>>",
    "network link": "systemd[1]: Starting wait for network, job @{int 90 900}\nigb 0000:01:00.0 eth0: igb: eth0 NIC Link is <<Up=>Down>>",
    "configure check": "configure: build @{hex 8} on runner-@{hex 6}\nchecking for SSL_CTX_new in -lssl... <<yes=>no>>",
    "signature": 'gpg: Signature made Tue 12 Mar 2024 @{clock} UTC\ngpg: <<Good=>BAD>> signature from "Acme Release Key <release@acme.example>" [unknown]',
    "server state": "| @{uuid} | ci-node-@{int 100000 999999} | <<ACTIVE=>ERROR>> | private=@{ip} | ubuntu-jammy | m1.large |",
    "stack status": "arn:aws:cloudformation:eu-west-1:123456789012:stack/ci-@{int 1000 9999}/@{uuid}  <<CREATE_COMPLETE=>ROLLBACK_COMPLETE>>  2024-03-12T@{clock}Z  AWS::CloudFormation::Stack",
    "replication thread": "                  Master_Host: db-@{hex 4}.internal\n             Slave_IO_Running: Yes\n            Slave_SQL_Running: <<Yes=>No>>",
    "security module": "systemd[1]: systemd 249.11-0ubuntu3 running in system mode (+PAM +AUDIT <<+SELINUX=>-SELINUX>> +APPARMOR +IMA +SMACK +SECCOMP +GCRYPT +GNUTLS +OPENSSL +ACL +BLKID +CURL +ELFUTILS)\nsystemd[1]: Hostname set to <node-@{hex 6}>.",
}

_MISSING = (
    missing(
        "migrations",
        "Running database migrations on @{ip}",
        "All migrations applied, schema is up to date",
        "Starting application server, pid @{int 200 9000}",
    ),
    missing(
        "build verdict",
        "[INFO] Reactor finished modules in @{dec 20 90} s",
        "[INFO] Distribution assembled and verified",
        "[INFO] Finished at: 2024-03-12T@{clock}Z",
    ),
    missing(
        "broker ready",
        "=INFO REPORT==== starting node rabbit@@{hex 12}",
        " completed with 4 plugins.",
        "accepting AMQP connection <0.@{int 300 900}.0> (@{ip}:@{int 30000 60000} -> 172.18.0.2:5672)",
    ),
    missing(
        "cluster network",
        'namespace "kube-system" labelled by run @{hex 8}',
        "daemonset.apps/calico-node rolled out",
        "node/worker-@{hex 4} condition met",
    ),
    sometimes(
        "upgrade notice",
        "added @{int 810 818} packages in @{int 9 20}s",
        "npm notice New minor version of npm available! Run npm install -g npm to update!",
        "run `npm fund` for details (@{int 3 9} ms)",
    ),
    sometimes(
        "cold cache",
        "Restoring cache for run @{int 100000 900000}",
        "Cache not found for input keys: pip-linux-main",
        "Cache step took @{dec 1 9} s",
    ),
)

_BURSTS = (
    burst(
        "broker not available",
        "[@{clock}] WARN [Producer clientId=producer-@{int 1 9}] Connection to node -1 (/@{ip}:9092) could not be established. Node may not be available. (org.apache.kafka.clients.NetworkClient)",
        2,
    ),
    burst(
        "lock wait",
        "Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process @{int 900 9000} (apt-get)...",
        2,
    ),
    burst(
        "slow query",
        "LOG:  duration: @{dec 1000 1400} ms  statement: SELECT * FROM jobs WHERE id = @{int 1 90000}",
        4,
    ),
    burst(
        "watch closed",
        "W0312 @{clock}.@{int 100000 999999}       1 reflector.go:424] watch of *v1.Pod ended with: too old resource version: @{int 1000 90000}",
        3,
    ),
    burst(
        "aborted connection",
        "[Note] Aborted connection @{int 10 900} to db: 'ci' user: 'ci' host: '@{ip}' (Got an error reading communication packets)",
        2,
    ),
)

_SHAPES = {
    "German make": "make[1]: Verzeichnis „/build/pkg-@{hex 6}“ wird verlassen\n<<Übersetzung der Bücherei abgeschlossen in @{int 20 60} Sekunden=>make: *** [Makefile:42: bücherei] Fehler 2>>",
    "Japanese test report": "テスト完了: 成功 <<@{int 410 416}=>@{int 400 406}>> 件、失敗 <<0=>7>> 件 (@{dec 9 14} 秒)",
    "Chinese service": "[订单服务] <<已启动, 耗时 @{int 900 2000} 毫秒,=>启动失败, 无法连接数据库,>> 端口 @{int 30000 60000}",
    "error at the end of a very long line": f"+ java -Xmx2g -Djava.io.tmpdir=/tmp/run-@{{hex 8}} -cp {_JARS} org.acme.Main --report /tmp/@{{hex 8}}.xml<<=> Error: Could not find or load main class org.acme.Main>>",
    "error inside a structured log line": '{"ts":"2024-03-12T@{clock}Z","level":"<<info=>error>>","logger":"controller.reconcile","caller":"controller/controller.go:118","msg":"reconciled","namespace":"ci-@{hex 6}","name":"gateway","requeue":<<false=>true>>,"attempt":1,<<=>"error":"secret \\"gateway-tls\\" not found",>>"elapsed_ms":@{int 20 90},"trace":"@{hex 32}"}',
    "Ansible command": 'changed: [node-@{hex 4}] => {"changed": true, "cmd": ["systemctl", "is-system-running", "--wait"], "delta": "0:00:0@{dec 1 9}", "end": "2024-03-12 @{clock}", "failed_when_result": false, "invocation": {"module_args": {"_raw_params": "systemctl is-system-running --wait", "chdir": null, "creates": null, "executable": null, "removes": null, "stdin": null}}, "msg": <<"",=>"non-zero return code",>> "rc": <<0,=>1,>> "start": "2024-03-12 @{clock}", "stderr": "", "stderr_lines": [], "stdout": <<"running",=>"degraded",>> "stdout_lines": <<["running"]}=>["degraded"]}>>',
    "component in a health report": '{"status":"<<UP=>DOWN>>","groups":["liveness","readiness"],"components":{"db":{"status":"UP","details":{"database":"PostgreSQL","validationQuery":"isValid()"}},"diskSpace":{"status":"UP","details":{"total":84000000000,"free":@{int 40000000000 48000000000},"exists":true}},"ping":{"status":"UP"},"rabbit":{"status":"<<UP=>DOWN>>","details":{<<"version":"3.12.1"=>"error":"java.net.ConnectException: Connection refused">>}}}}',
    "coloured build tool": "[<<\x1b[1;34mINFO=>\x1b[1;31mERROR>>\x1b[m] \x1b[1mStyle check of \x1b[36mstore-core\x1b[0;1m<< finished in @{dec 1 9} s=>: \x1b[31mYou have 3 Checkstyle violations.>>\x1b[m",
    "coloured test mark": "    <<\x1b[32m✓\x1b[39m=>\x1b[31m✕\x1b[39m>> \x1b[2mrenders the header when signed in (@{int 4 40} ms)\x1b[22m",
    "clone breaks off": "Receiving objects:  <<4% (@{int 150 160}=>4% (@{int 150 160}=>7% (@{int 280 290}>>/3943)\rReceiving objects:  61% (@{int 2400 2410}/3943)\r<<Receiving objects: 100% (3943/3943), @{dec 4 6} MiB | @{dec 9 20} MiB/s, done.=>error: RPC failed; curl 92 HTTP/2 stream 0 was not closed cleanly\rfatal: early EOF>>",
}

_GAPS = (
    gap(
        "service start",
        "Starting postgres container @{hex 12}",
        "Port 5432 is open after @{int 2 5} probes",
        8,
    ),
    gap(
        "download",
        "Fetching toolchain archive, request @{uuid}",
        "Unpacking toolchain into /opt/tc-@{hex 6}",
        20,
    ),
    gap(
        "linking",
        "[@{int 340 346}/348] Linking CXX executable bin/stored",
        "Stripping symbols into build-@{hex 6}.debug",
        30,
    ),
    gap(
        "load balancer",
        "Waiting for load balancer of service ingress-@{hex 5}",
        "Address @{ip} was assigned",
        15,
    ),
)

_VALUES = (
    value(
        "package mirror",
        "Get:@{int 10 400} http://%s/ubuntu jammy/main amd64 lib@{hex 5} amd64 [@{int 10 900} kB]",
        ("mirror-a.ci.example.net", "mirror-b.ci.example.net"),
        "archive.example.org",
        baselines=2,
    ),
    value(
        "instance flavour",
        "Launched instance @{uuid} flavor=%s address=@{ip} in @{dec 9 30} s",
        ("c4.large", "c4.xlarge"),
        "t1.micro",
    ),
    value(
        "compute backend",
        "step @{int 1 900}: kernel conv2d_@{hex 4} dispatched, backend=%s, @{dec 0.1 9} ms",
        ("cuda", "cudnn"),
        "reference",
    ),
    value(
        "protocol of a handshake",
        "conn @{int 100 9000} from @{ip}:@{int 30000 60000}: handshake done protocol=%s in @{int 2 30} ms",
        ("TLSv1.2", "TLSv1.3"),
        "SSLv3",
    ),
    value(
        "storage class",
        "Volume pvc-@{uuid} bound, storageclass %s, size @{int 1 20}Gi",
        ("ceph-block", "ceph-file", "local-ssd"),
        "emptydir",
    ),
    value(
        "remote cache",
        "INFO: action @{hex 16} finished, runner %s, @{int 3 900} ms",
        ("linux-sandbox", "remote-cache-hit"),
        "local-fallback",
    ),
)

_ORDERS = (
    order(
        "migration before the database",
        (
            "db: starting server",
            "db: database system is ready to accept connections",
            "migrate: upgrading schema to head",
            "web: listening for requests",
        ),
        1,
        2,
        ("lint: checking style", "lint: no findings in @{dec 1 9} s"),
        ("docs: reading sources", "docs: writing output", "docs: build succeeded in @{dec 1 9} s"),
    ),
    order(
        "deploy before the image",
        (
            "Building image registry.local/app:ci",
            "Pushed image registry.local/app:ci",
            "Applying manifests to namespace staging",
            "Rollout of deployment app complete",
        ),
        1,
        2,
        ("[shard-1] started", "[shard-1] warmed up", "[shard-1] done in @{int 20 60} s"),
        ("[shard-2] started", "[shard-2] warmed up", "[shard-2] done in @{int 20 60} s"),
    ),
    order(
        "unmount before the copy",
        (
            "Mounting image on loop device",
            "Copying root file system into the image",
            "Installing boot loader",
            "Unmounting image from loop device",
            "Compressing image",
        ),
        1,
        3,
        ("gzip: packing sources", "gzip: sources packed, @{int 400 420} kB"),
        ("sha256: hashing modules", "sha256: modules hashed in @{int 2 9} s"),
    ),
    order(
        "tests before the fixtures",
        (
            "fixtures: loading accounts",
            "fixtures: all accounts loaded",
            "suite: running integration tests",
            "suite: tear down",
        ),
        1,
        2,
        ("worker gw0 ready", "worker gw0 took test batch @{hex 4}", "worker gw0 finished"),
        ("worker gw1 ready", "worker gw1 took test batch @{hex 4}", "worker gw1 finished"),
        ("worker gw2 ready", "worker gw2 took test batch @{hex 4}", "worker gw2 finished"),
    ),
)

EDITS: tuple[Edit, ...] = (
    *turns("number", _NUMBERS),
    *turns("word", _WORDS),
    *_MISSING,
    *_BURSTS,
    *turns("shape", _SHAPES),
    *_GAPS,
    *_VALUES,
    *_ORDERS,
)
"""The edits of the set."""
