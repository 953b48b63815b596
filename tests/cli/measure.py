"""Runs a command and tells what it cost: `measure.py FILE SECONDS COMMAND...` writes its status, seconds and peak of resident MB to FILE.

A program of its own, because a process starts with the peak of the one that it is forked from, and tests are large. The command is ended after SECONDS, and by a
limit on its address space of 8 GiB.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time


def main() -> None:
    file, seconds, *command = sys.argv[1:]
    begin = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
        os.execv(command[0], command)
    _, status, usage = os.wait4(pid, 0)
    # Of a machine that does other things too the processor's time is nearer to what it takes.
    cost = {
        "status": os.waitstatus_to_exitcode(status),
        "seconds": min(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime),
        "megabytes": usage.ru_maxrss / 1024,
    }
    with open(file, "w") as out:
        json.dump(cost, out)


main()
