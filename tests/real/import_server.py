"""Imports each module that stdin names in a process of its own, and prints a line of JSON for each.

Run by imports_truth.py, by the Python and in the root that the imports are to be tried in; it uses nothing but that
Python. The process is as fresh as a new one: an import of `a.b.c` first imports `a`, so that is done in a child of
this process, and `a.b` in one of that, once for all modules of a package. `words` are the messages of the exception and
of those that it was raised from; nothing if the import works.
"""

import json
import os
import select
import signal
import sys

TIME_LIMIT = 60


def words_of(error):
    seen = []
    while error is not None and len(seen) < 20:
        seen.append((type(error).__name__ + ": " + str(error))[:2000])
        error = error.__cause__ or error.__context__
    return seen


def import_words(name):
    try:
        __import__(name)
    except BaseException as error:
        return words_of(error)
    return []


def in_child(function, *arguments):
    """What it returns in a child, or why there is no answer."""
    answer, end = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(end, json.dumps(function(*arguments)).encode())
        os._exit(0)
    os.close(end)
    text = b""
    while select.select([answer], [], [], TIME_LIMIT)[0]:
        piece = os.read(answer, 65536)
        if not piece:
            break
        text += piece
    else:
        text = b'["timeout"]'
        os.kill(child, signal.SIGKILL)
    os.close(answer)
    status = os.waitpid(child, 0)[1]
    return json.loads(text) if text else ["ended by signal %d" % (status & 127)]


def print_words(name, words):
    os.write(report, (json.dumps({"name": name, "words": words}) + "\n").encode())


def import_below(package, names):
    """In a process in which the packages that this one is in are imported."""
    signal.alarm(TIME_LIMIT)
    words = import_words(package) if package else []
    signal.alarm(0)
    inner = {}
    for name in names:
        rest = name[len(package) + 1 :] if package else name
        if words or "." not in rest:
            print_words(name, words or in_child(import_words, name))
        else:
            inner.setdefault(name[: len(name) - len(rest)] + rest.partition(".")[0], []).append(name)
    for child, inside in sorted(inner.items()):
        fork_below(child, inside)


def fork_below(package, names):
    forked = os.fork()
    if forked == 0:
        import_below(package, names)
        os._exit(0)
    status = os.waitpid(forked, 0)[1]
    if status:
        for name in names:
            print_words(name, ["its package: ended by status %d" % status])


asked = sys.stdin.read().split()
report = os.dup(1)
nothing = os.open(os.devnull, os.O_RDWR)
for descriptor in (0, 1, 2):
    os.dup2(nothing, descriptor)
import_below("", asked)
