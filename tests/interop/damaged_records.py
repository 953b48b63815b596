"""What may become of a file that a run left for the next one."""

from __future__ import annotations

from pathlib import Path

REPLACEABLE = ("cut", "changed", "empty")  # the next run may write it again
DAMAGES = (*REPLACEABLE, "a folder", "unreadable")


def damage_record(record: Path, damage: str) -> None:
    content = record.read_bytes()
    if damage == "cut":
        record.write_bytes(content[: len(content) // 2])
    elif damage == "changed":
        record.write_bytes(content[:20] + bytes([content[20] ^ 1]) + content[21:])
    elif damage == "empty":
        record.write_bytes(b"")
    elif damage == "unreadable":
        record.chmod(0)
    else:
        assert damage == "a folder"
        record.unlink()
        record.mkdir()
