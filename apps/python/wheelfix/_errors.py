"""The one exception of this package."""

from __future__ import annotations

from typing import Optional


class WheelfixError(Exception):
    """A command can't go on; nothing of its result is left, and what was there stays.

    What `doctor` and `verify` find is no exception: it is in what they return.
    """

    code: str
    """What kind of failure it is, in a word that doesn't change: one of those of the program, which its schema
    share/wheelfix/schema/common.json lists, like `does-not-apply`, `bad-wheel`, `usage` and `io`; or `no-program`
    (it can't be started), `killed` (by a signal), `no-document` (it printed no JSON that can be read),
    `newer-schema` (its JSON is of a newer version than this package reads) and `failed` (it printed its result and
    then failed, for which `message` has its words)."""
    subject: Optional[str]
    """The file and, after `: `, the entry or line; or the command."""
    message: str
    """What is wrong."""
    hint: Optional[str]
    """What to do next."""
    exit_status: Optional[int]
    """That of the program: 2 wrong usage, 3 the input was refused, 4 reading or writing failed, below 0 a signal. None
    if it wasn't started."""

    def __init__(
        self,
        code: str,
        subject: Optional[str],
        message: str,
        hint: Optional[str] = None,
        exit_status: Optional[int] = None,
    ) -> None:
        super().__init__(code, subject, message, hint, exit_status)
        self.code = code
        self.subject = subject
        self.message = message
        self.hint = hint
        self.exit_status = exit_status

    def __str__(self) -> str:
        text = f"{self.subject}: {self.message}" if self.subject else self.message
        return f"{text}\nhint: {self.hint}" if self.hint else text
