"""How the Python package is used, for the type checkers: each mistake is marked, and a mark that isn't needed is an error too."""

from __future__ import annotations

from pathlib import Path

from typing_extensions import assert_type

import wheelfix


def use() -> None:
    made = wheelfix.patch("demo.whl", suffix="x.1", patch=[Path("a"), "b"], dest_dir=Path("out"), overwrite=True, p=1)
    assert_type(made, wheelfix.PatchedWheels)
    assert_type(made.outputs, tuple[Path, ...])
    assert_type(wheelfix.verify(*made.outputs, jobs=2).findings[0].hint, "str | None")
    assert_type(wheelfix.inspect("demo.whl")[0].libraries[0].needed, tuple[str, ...])
    assert_type(wheelfix.doctor(env=".venv", progress=lambda progress: print(progress.done)).verdict.loads, bool)
    wheelfix.patch("demo.whl", sufix="x.1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    wheelfix.patch("demo.whl", overwrite="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    wheelfix.repair("demo.whl")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    made.wheels = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    try:
        wheelfix.status(env="site")
    except wheelfix.WheelfixError as error:
        assert_type(error.exit_status, "int | None")
