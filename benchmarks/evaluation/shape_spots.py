"""Blind spots of shape: an error within a long line, in another script, in colour, behind a CR."""

from __future__ import annotations

from benchmarks.evaluation.editing import Edit
from benchmarks.evaluation.wording import Line, in_place


def _json(state: str = "ok", message: str = "nothing to do") -> str:
    return (
        '{"ts": <1700000000-1799999999>.<100-999>, "level": "info", "logger": "reconciler", "controller": "deployment",'
        ' "namespace": "default", "name": "web", "reconcileID": "<uuid>", "worker": <1-9>, "phase": "apply",'
        ' "generation": <1-99>, "observed": <1-99>, "replicas": 3, "ready": 3,'
        f' "state": "{state}", "message": "{message}",'
        ' "labels": {"app": "web", "tier": "front", "team": "blue", "env": "ci"}, "source": "controller.go:<10-999>"}'
    )


def _ansible(state: str = "ok", fifth: str = "--> Finished Dependency Resolution") -> str:
    before = (
        r"Loaded plugins: fastestmirror, langpacks\nResolving Dependencies\n--> Running transaction check"
    )
    after = r"Installed: httpd mod_ssl\nComplete!"
    output = rf"{before}\n---> Package httpd will be installed\n{fifth}\n{after}"
    return (
        state + ': [node] => {"changed": true, "cmd": ["yum", "-y", "install", "httpd", "mod_ssl"],'
        ' "delta": "0:00:<10-59>.<100000-999999>", "end": "2026-03-01 10:<10-59>:11.312",'
        ' "invocation": {"module_args": {"creates": null, "executable": null, "removes": null, "stdin": null,'
        ' "strip_empty_ends": true, "warn": true}}, "start": "2026-03-01 10:<10-59>:10.1", "stderr": "",'
        f' "stdout": "{output}"}}'
    )


def _letter(number: int) -> str:
    return chr(ord("a") + number % 26)


def _classpath(first: int) -> str:
    return "classpath: " + ":".join(f"/opt/lib/part{i + first}/module{_letter(i)}.jar" for i in range(600))


def _progress(step: int, stop: int = 101) -> str:
    return "\r".join(f"Receiving objects: {percent}% ({percent}/100)" for percent in range(0, stop, step))


_LINES = (
    Line("level in JSON", _json(), (_json(state="error"),), (_json(),)),
    Line("message in JSON", _json(), (_json(message="ImagePullBackOff"),), (_json(),)),
    Line("state in Ansible", _ansible(), (_ansible(state="fatal"),), (_ansible(),)),
    Line("output in Ansible", _ansible(), (_ansible(fifth="Error: Package requires libfoo"),), (_ansible(),)),
    Line(
        "Chinese",
        "启动 服务 <1-99> 完成",
        ("无法 连接 数据库",),
        ("启动 服务 <100-999> 完成",),
    ),
    Line(
        "Russian",
        "Сборка завершена за <1-99> секунд",
        ("Сборка прервана: файл не найден",),
        ("Сборка завершена за <100-200> секунд",),
    ),
    Line(
        "long line",
        _classpath(0),
        ("core dump follows " + " ".join(f"frame{_letter(i)}{_letter(i // 26)}" for i in range(2000)),),
        (_classpath(3),),
    ),
    Line(
        "colours of a word",
        "\x1b[32mOK\x1b[0m deploy of web finished",
        ("\x1b[1;31mERROR\x1b[0m deploy of web finished",),
        ("\x1b[1;36mOK\x1b[0m deploy of \x1b[4mweb\x1b[24m finished",),
    ),
    Line(
        "colours of a line",
        "compiling module core",
        ("\x1b[31mfatal\x1b[0m: module core",),
        ("\x1b[2Kcompiling \x1b[1mmodule core\x1b[0m",),
    ),
    Line(
        "carriage returns",
        f"<{_progress(5)}|{_progress(10)}>",
        (_progress(10, 61) + "\rearly EOF: index-pack died",),
        (_progress(7),),
    ),
    Line(
        "bytes that are not UTF-8",
        "wrote report caf\N{REPLACEMENT CHARACTER}-<1-9>.txt",
        ("cannot write report caf\N{REPLACEMENT CHARACTER}: disk quota",),
        ("wrote report caf\N{REPLACEMENT CHARACTER}-<10-99>.txt",),
    ),
)


EDITS: tuple[Edit, ...] = tuple(in_place("shape", _LINES))
