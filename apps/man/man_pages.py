"""Writes the man pages of wheelfix, of each of its commands and of wheelfix-index, from what these print for --help --json.

usage: man_pages.py WHEELFIX WHEELFIX_INDEX DATE FOLDER [EMULATOR]
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

EMULATOR = sys.argv[5:]


def roff(text: str) -> str:
    """Text as it is, with `words` in bold. A hyphen is one that can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    text = re.sub(r"`([^`]*)`", r"\\fB\1\\fP", text).replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti")
    return "\n".join("\\&" + line if line.startswith(".") else line for line in text.splitlines())


def paragraphs(text: str) -> str:
    return ".PP\n".join(roff(part.strip("\n")) + "\n" for part in re.split(r"\n\n+", text.strip("\n")))


def listing(rows: list[tuple[str, str]]) -> str:
    return "".join(f".TP\n{head}\n{roff(text)}\n" for head, text in rows)


def option_head(option: dict[str, Any]) -> str:
    names = ", ".join(f"\\fB{roff(name)}\\fP" for name in option["names"])
    value = option["value"]
    if value is None:
        return names
    return f"{names}[=\\fI{roff(value[1:-1])}\\fP]" if value.startswith("[") else f"{names} \\fI{roff(value)}\\fP"


def examples(text: str) -> str:
    return f".nf\n{roff(text.strip(chr(10)))}\n.fi\n"


class Pages:
    def __init__(self, wheelfix: str, index: str, date: str, folder: Path) -> None:
        self.wheelfix, self.index, self.date, self.folder = wheelfix, index, date, folder
        self.version = said(wheelfix, "--version").split("\n")[0]
        self.usage = json.loads(said(wheelfix, "--help", "--json"))
        self.names = [f"wheelfix-{command['name']}" for command in self.usage["commands"]]

    def write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.page("wheelfix", self.usage, self.usage["description"].split("\n")[0].rstrip("."), [*self.names, "wheelfix-index"])
        for command, name in zip(self.usage["commands"], self.names):
            document = json.loads(said(self.wheelfix, "help", command["name"], "--json"))
            self.page(name, document, command["meaning"], ["wheelfix"])
        (index,) = self.usage["programs"]
        self.page(index["name"], json.loads(said(self.index, "--help", "--json")), index["meaning"], ["wheelfix"])

    def page(self, name: str, document: dict[str, Any], summary: str, others: list[str]) -> None:
        text = f'.TH {roff(name.upper())} 1 "{self.date}" "{roff(self.version)}" "User Commands"\n'
        text += f".SH NAME\n{roff(name)} \\- {roff(summary)}\n"
        text += f".SH SYNOPSIS\n\\fB{roff(document['program'])}\\fP {roff(document['arguments'])}\n"
        text += f".SH DESCRIPTION\n{paragraphs(document['description'])}"
        text += self.options(document["options"])
        for key, title in [("commands", "COMMANDS"), ("exit_statuses", "EXIT STATUS"), ("variables", "ENVIRONMENT")]:
            if key in document:
                text += f".SH {title}\n" + listing([(f"\\fB{roff(item['name'])}\\fP", item["meaning"]) for item in document[key]])
        if document["example"]:
            text += f".SH EXAMPLES\n{examples(document['example'])}"
        text += ".SH SEE ALSO\n" + ",\n".join(f"\\fB{roff(other)}\\fP(1)" for other in others) + "\n"
        (self.folder / f"{name}.1").write_text(text)

    def options(self, options: list[dict[str, Any]]) -> str:
        text, title = ".SH OPTIONS\n" if options else "", None
        for option in options:
            if option["title"] != title:
                title = option["title"]
                text += f".SS {roff(title)}\n"
            text += listing([(option_head(option), option["summary"])])
        return text


def said(*command: str) -> str:
    return subprocess.run([*EMULATOR, *command], check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    Pages(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])).write()
