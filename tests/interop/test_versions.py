"""Versions, file names, RECORD and METADATA are read as Python's own readers read them, on generated and damaged input.

The oracles are packaging.version, packaging.utils, csv and email.parser. If wheelfix differs on purpose, the docstring of a
function here says where, and nothing else may differ. WHEELFIX_VALUES_SEED repeats a run.
"""

from __future__ import annotations

import csv
import email
import io
import itertools
import os
import random
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

SEED = int(os.environ.get("WHEELFIX_VALUES_SEED", random.randrange(2**32)))
VERSIONS = 6000
NAMES = 3000
DOCUMENTS = 3000
LARGEST = 2**64 - 1
ASCII_SPACE = " \t\n\v\f\r"
KEYS = ["Name", "Version", "Tag", "Requires-Dist", "X"]


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    print(f"WHEELFIX_VALUES_SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


def escape(text: str) -> str:
    plain = (chr(byte) if 32 <= byte < 127 and byte != 92 else f"\\x{byte:02x}" for byte in text.encode())
    return "".join(plain)


def unescape(field: str) -> str:
    return re.sub(rb"\\x(..)", lambda m: bytes([int(m[1], 16)]), field.encode()).decode()


def ask(mode: str, questions: Iterable[tuple[str, ...]]) -> list[list[str] | None]:
    """What version_tool answers to each question: its fields, or None if it refuses."""
    tool = Path(os.environ["WHEELFIX_BUILD_DIR"]) / "tests/wheel/version_tool"
    lines = "".join("\t".join(map(escape, question)) + "\n" for question in questions)
    result = subprocess.run([tool, mode], input=lines, capture_output=True, text=True, check=True)
    answers = result.stdout.split("\n")[:-1]
    return [None if line == "invalid" else [unescape(field) for field in line.split("\t")] for line in answers]


# ---------------------------------------------------------------------------------------------------------------- versions


def number(rng: random.Random) -> str:
    return rng.choice(["0", "1", "2", "10", "007", "00", str(rng.randrange(10**6)), str(LARGEST), str(rng.randrange(100))])


def suffix(rng: random.Random, words: list[str]) -> str:
    word = rng.choice(words)
    word = rng.choice([word, word.upper(), word.title()])
    return rng.choice(["", ".", "-", "_"]) + word + rng.choice(["", ".", "-", "_"]) + rng.choice(["", number(rng)])


def local(rng: random.Random) -> str:
    segments = [rng.choice(["cu121", "Ubuntu", "0a", "a0", "x", number(rng)]) for _ in range(rng.randint(1, 3))]
    return "".join(segment + rng.choice(".-_") for segment in segments)[:-1]


def version(rng: random.Random) -> str:
    text = rng.choice(["", "", "", "v", "V", " ", "\t", "\n v"])
    text += rng.choice(["", "", "", "0!", "1!", "12!"])
    text += ".".join(number(rng) for _ in range(rng.randint(1, 4)))
    if rng.random() < 0.4:
        text += suffix(rng, ["a", "b", "c", "rc", "alpha", "beta", "pre", "preview"])
    if rng.random() < 0.3:
        text += rng.choice([suffix(rng, ["post", "rev", "r"]), "-" + number(rng)])
    if rng.random() < 0.3:
        text += suffix(rng, ["dev"])
    if rng.random() < 0.3:
        text += "+" + local(rng)
    return text + rng.choice(["", "", "", "", " ", "\r\n"])


def damaged(rng: random.Random, text: str, alphabet: str) -> str:
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(text))
        edit = rng.randrange(4)
        if edit == 0:
            text = text[:at] + rng.choice(alphabet) + text[at:]
        elif edit == 1:
            text = text[:at] + text[at + 1 :]
        elif edit == 2:
            text = text[:at] + rng.choice(alphabet) + text[at + 1 :]
        else:
            text = text[:at] + text[rng.randint(0, len(text)) :]
    return text


def versions(rng: random.Random, count: int) -> list[str]:
    grown = [version(rng) for _ in range(count)]
    alphabet = "0123456789.-_+!vabcrpostdev \t\x1c\u00a0\u0661\u017f\u0130é\\"
    return [text if i % 2 else damaged(rng, text, alphabet) for i, text in enumerate(grown)]


def oracle(text: str) -> Version | None:
    """Stricter than packaging: white space around it is ASCII's, numbers have 64 bits."""
    try:
        parsed = Version(text)
    except InvalidVersion:
        return None
    if text.strip() != text.strip(ASCII_SPACE):
        return None
    numbers = [parsed.epoch, *parsed.release, parsed.post or 0, parsed.dev or 0, (parsed.pre or ("", 0))[1]]
    numbers += [int(part) for part in (parsed.local or "").split(".") if part.isdigit()]
    return None if max(numbers) > LARGEST else parsed


def test_versions_are_read_as_packaging_reads_them(rng: random.Random) -> None:
    texts = versions(rng, VERSIONS)
    answers = ask("normal", [(text,) for text in texts])
    expected = [None if parsed is None else [str(parsed)] for parsed in map(oracle, texts)]
    assert dict(zip(texts, answers)) == dict(zip(texts, expected))
    assert sum(answer is None for answer in answers) > VERSIONS / 20
    assert sum(answer is not None for answer in answers) > VERSIONS / 3


def test_versions_are_ordered_as_packaging_orders_them(rng: random.Random) -> None:
    valid = [text for text in versions(rng, VERSIONS) if oracle(text) is not None]
    near = [(text, damaged(rng, text, "01.abrcpostdev+-")) for text in valid]
    pairs = [(rng.choice(valid), text) for text in valid] + [pair for pair in near if oracle(pair[1]) is not None]
    pres, posts, devs, tails = ("", "a", "rc1"), ("", ".post1"), ("", ".dev0"), ("", "+a", "+1", "+a.1")
    small = ["1" + "".join(parts) for parts in itertools.product(("", ".0"), pres, posts, devs, tails)]
    pairs += itertools.product(small, small)
    expected = [("<" if Version(a) < Version(b) else ">" if Version(a) > Version(b) else "=") for a, b in pairs]
    answers = [answer and answer[0] for answer in ask("compare", pairs)]
    assert dict(zip(pairs, answers)) == dict(zip(pairs, expected))
    assert min(answers.count(sign) for sign in "<=>") > 50


def specifiers(rng: random.Random) -> str:
    sets = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        operator = rng.choice(["~=", "==", "!=", "<=", ">=", "<", ">", "===", "=", ""])
        wanted = rng.choice(["1", "1.0", "1.1", "v1.0.0", "2!1.1", "1.0a1", "1.1.dev2", "1.1.post1", "1.1rc1.post2", "1.0+a.1", "x"])
        sets.append(rng.choice(["", " "]) + operator + rng.choice(["", " "]) + wanted + rng.choice(["", "", ".*", "\t"]))
    return rng.choice([",", ", ", ",,"]).join(sets)


def test_a_version_is_in_the_specifier_sets_that_packaging_says(rng: random.Random) -> None:
    suffixes = ["", "a1", "rc1", ".post1", ".post2", ".dev2", "a1.dev2", "rc1.post2", ".post1.dev1", "+a.1", ".post1+a", "rc1+b"]
    candidates = [release + suffix for release in ("1", "1.0", "1.0.1", "1.1", "1.2", "2!1.1") for suffix in suffixes]
    texts = sorted({specifiers(rng) for _ in range(NAMES)})
    answers = ask("contains", [(text, *candidates) for text in texts])
    for text, answer in zip(texts, answers):
        try:
            oracle_set = SpecifierSet(text)
        except InvalidSpecifier:
            assert answer is None, text
            continue
        assert answer is not None, text
        expected = ["in" if oracle_set.contains(version, prereleases=True) else "out" for version in candidates]
        assert dict(zip(candidates, answer)) == dict(zip(candidates, expected)), text
    assert sum(answer is not None for answer in answers) > len(texts) / 3


def test_a_label_extends_the_local_version_as_packaging_reads_it(rng: random.Random) -> None:
    pairs = [(text, local(rng)) for text in versions(rng, 1000) if oracle(text) is not None]
    for (text, label), answer in zip(pairs, ask("label", pairs)):
        before, after = Version(text), Version(answer[0])
        assert after.public == before.public, (text, label)
        assert after.local == str(Version(f"1+{before.local}.{label}" if before.local else f"1+{label}").local), (text, label)
        assert answer[0].endswith("+" + after.local), "the label is spelled as installers compute it"
        assert answer[0].split("+")[0] == text.strip(ASCII_SPACE).split("+")[0], "the public part keeps its spelling"
        assert after > before


def test_project_names_are_normalised_as_packaging_does(rng: random.Random) -> None:
    names = ["".join(rng.choice("aB1-_.") for _ in range(rng.randint(1, 12))) for _ in range(500)]
    assert [answer[0] for answer in ask("project", [(name,) for name in names])] == [canonicalize_name(name) for name in names]


# -------------------------------------------------------------------------------------------------------------- file names


def wheel_name(rng: random.Random) -> str:
    name = rng.choice(["torch", "MarkupSafe", "zope.interface", "a_b", "_", "x"])
    release = version(rng).strip().replace("-", "_")
    build = rng.choice(["", "", "", "-0", "-1a", "-20230101_x.2"])
    python = rng.choice(["py3", "py2.py3", "cp311", "cp38.cp39"])
    abi = rng.choice(["none", "cp311", "abi3.none"])
    platform = rng.choice(["any", "manylinux_2_17_x86_64.manylinux2014_x86_64", "win_amd64", "macosx_11.0_arm64"])
    return f"{name}-{release}{build}-{python}-{abi}-{platform}.whl"


def accepted_on_purpose(name: str) -> bool:
    """Stricter than packaging: ASCII without white space in each part, a letter or digit in the distribution, and 64 bits for the build number."""
    tag = r"[A-Za-z0-9_.]+"
    build = re.fullmatch(r"[^-]*-[^-]*-(\d+)[^-]*(-[^-]*){3}", name, re.A)
    if build and int(build[1]) > LARGEST:
        return False
    return re.fullmatch(rf"[._]*[A-Za-z0-9][\w.]*-[\w.+!]+(-[0-9][\w.+]*)?-{tag}-{tag}-{tag}\.whl", name, re.A) is not None


def test_file_names_are_read_as_packaging_reads_them(rng: random.Random) -> None:
    grown = [wheel_name(rng) for _ in range(NAMES)]
    names = [name if i % 2 else damaged(rng, name, "-._+!a0 /é\n") for i, name in enumerate(grown)]
    answers = ask("name", [(name,) for name in names])
    for name, answer in zip(names, answers):
        try:
            project, parsed, build, tags = parse_wheel_filename(name)
        except InvalidWheelFilename:
            assert answer is None, name
            continue
        if not accepted_on_purpose(name) or oracle(name.split("-")[1]) is None:
            assert answer is None, name
            continue
        assert answer is not None, name
        digits = re.match(r"\d*", answer[2])[0]
        assert (canonicalize_name(answer[0]), answer[1]) == (project, str(parsed)), name
        assert build == ((int(digits), answer[2][len(digits) :]) if answer[2] else ()), name
        assert {tag.lower() for tag in answer[3:]} == {str(tag) for tag in tags}, name
    assert sum(answer is not None for answer in answers) > NAMES / 3
    assert sum(answer is None for answer in answers) > NAMES / 20


# ------------------------------------------------------------------------------------------------------------------ RECORD


def record(rng: random.Random) -> str:
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator=rng.choice(["\n", "\r\n"]), quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    for _ in range(rng.randint(0, 5)):
        path = "".join(rng.choice('ab/,"\n\r é\ufeff') for _ in range(rng.randint(1, 8)))
        writer.writerow([path, rng.choice(["", "sha256=abc"]), rng.choice(["", "12"])])
    text = output.getvalue()
    return text if rng.random() < 0.5 else damaged(rng, text, 'a,"\n\r1')


def read_by_csv(text: str) -> list[str] | None:
    """All fields in a row; None for what wheelfix refuses: an open quote, a row without three fields, a size that is no number."""
    end = ["the end", "", ""]
    rows = [row for row in csv.reader(io.StringIO(text + "\nthe end,,\n", newline="")) if row]
    if rows[-1] != end:
        return None
    if any(len(row) != 3 or not re.fullmatch("[0-9]*", row[2]) for row in rows):
        return None
    return [field for row in rows[:-1] for field in row]


def test_records_are_read_as_csv_reads_them(rng: random.Random) -> None:
    texts = [record(rng) for _ in range(DOCUMENTS)]
    answers = [[] if answer == [""] else answer for answer in ask("record", [(text,) for text in texts])]
    assert dict(zip(texts, answers)) == {text: read_by_csv(text) for text in texts}
    assert sum(answer is None for answer in answers) > DOCUMENTS / 20


# ---------------------------------------------------------------------------------------------------------------- METADATA


def document(rng: random.Random) -> str:
    end = rng.choice(["\n", "\n", "\r\n", "\r"])
    value = lambda: rng.choice(["1.0", "2.1.0+cu121", "", "a: b", "é", " padded\t", "x" * 100])  # noqa: E731
    lines = []
    for _ in range(rng.randint(0, 6)):
        lines.append(rng.choice(KEYS + ["name", "VERSION"]) + rng.choice([":", ": ", ":  ", ":\t"]) + value())
        while rng.random() < 0.2:
            lines.append(rng.choice([" ", "\t", "        ", "       |"]) + value())
    text = end.join(lines) + (end if rng.random() < 0.9 else "")
    if rng.random() < 0.7:
        text += end + "Version: 9" + end + end + "body"
    return text if rng.random() < 0.6 else damaged(rng, text, "\n\r: \taX\v\f\x1c")


def refused_on_purpose_as_document(text: str) -> bool:
    """A first line that is no header, if email.parser finds no headers at all or drops the line."""
    return text != "" and re.match(r"[\r\n]|[!-9;-~]+:", text) is None


def read_differently_on_purpose(text: str) -> bool:
    """A header without a name and a mailbox's `From `, which email.parser skips: for wheelfix they end the headers."""
    return re.search(r"(^|[\r\n])(:|From )", text) is not None


def read_by_email(text: str) -> list[str]:
    message = email.message_from_string(text)
    fields = [message.get_payload()]
    for key in KEYS:
        values = [re.sub(r"[\r\n]", "", value).strip(" \t") for value in message.get_all(key, [])]
        fields += [str(len(values)), *values]
    return fields


def test_documents_are_read_as_email_parser_reads_them(rng: random.Random) -> None:
    texts = [text for text in (document(rng) for _ in range(DOCUMENTS)) if not read_differently_on_purpose(text)]
    answers = ask("headers", [(text, *KEYS) for text in texts])
    expected = [None if refused_on_purpose_as_document(text) else read_by_email(text) for text in texts]
    assert dict(zip(texts, answers)) == dict(zip(texts, expected))


def test_setting_a_version_changes_what_email_parser_reads_in_that_place_alone(rng: random.Random) -> None:
    grown = (document(rng) for _ in range(DOCUMENTS))
    texts = [text for text in grown if not read_differently_on_purpose(text) and not refused_on_purpose_as_document(text)]
    for text, answer in zip(texts, ask("set", [(text, "Version", "2.1.0+stripe.5") for text in texts])):
        before, after = read_by_email(text), read_by_email(answer[0])
        message = email.message_from_string(answer[0])
        assert re.sub(r"[\r\n]", "", message["version"]).strip() == "2.1.0+stripe.5", text
        at = 3 + int(before[1])
        if before[at - 1] == "0":
            before[at - 1 : at] = ["1", "2.1.0+stripe.5"]
        else:
            before[at] = "2.1.0+stripe.5"
        assert after == before, text
