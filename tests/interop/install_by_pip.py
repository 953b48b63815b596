"""pip, run on many wheels by one process that forks, because starting it takes longer than an install.

Reads lines of JSON from stdin, [wheel, target, log], the first of which must succeed, and prints [target, status] for
each.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import tempfile

from pip._internal.cli.main import main

OPTIONS = ["--no-deps", "--no-index", "--no-compile", "--no-cache-dir", "--no-input", "--disable-pip-version-check"]
SECONDS, MEMORY = 300, 2 << 30
WORKERS = max(4, os.cpu_count() or 1)


def install(wheel: str, target: str, log: str) -> int:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    tempfile.tempdir = os.path.dirname(target)
    status = main(["install", *OPTIONS, "--target", target, wheel])
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def install_in_child(job: list[str]) -> int:
    child = os.fork()
    if child == 0:
        status = 99
        try:
            signal.alarm(SECONDS)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            status = install(*job)
        finally:
            os._exit(status)
    return child


def run() -> None:
    jobs = [json.loads(line) for line in sys.stdin]
    streams = os.dup(1), os.dup(2)
    first = install(*jobs[0])  # so that all that pip imports is there before the first fork
    gc.freeze()
    for number, stream in enumerate(streams, 1):
        os.dup2(stream, number)
    print(json.dumps([jobs[0][1], first]))
    running: dict[int, str] = {}
    for job in [*jobs[1:], None]:
        while running and (job is None or len(running) >= WORKERS):
            child, status = os.wait()
            print(json.dumps([running.pop(child), os.waitstatus_to_exitcode(status)]))
        if job is not None:
            running[install_in_child(job)] = job[1]


run()
