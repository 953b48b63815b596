"""What a WORKSPACE calls: where the programs are from, and which PyInfo the rules give."""

_PROGRAMS = """\
load("@wheelfix//:toolchain.bzl", "wheelfix_toolchain")

package(default_visibility = ["//visibility:public"])

exports_files({files})

wheelfix_toolchain(
    name = "programs",
    program = "{program}",
    index_program = {index_program},
)

toolchain(
    name = "toolchain",
    exec_compatible_with = {constraints},
    toolchain = ":programs",
    toolchain_type = "@wheelfix//:toolchain_type",
)
"""
_LINUX_X86_64 = ["@platforms//os:linux", "@platforms//cpu:x86_64"]

def _write_programs(repository_ctx, program, index_program, constraints):
    repository_ctx.file("BUILD.bazel", _PROGRAMS.format(
        constraints = repr(constraints),
        files = repr([name for name in [program, index_program] if name]),
        index_program = repr(index_program) if index_program else "None",
        program = program,
    ))

def _wheelfix_local_programs_impl(repository_ctx):
    for name in ["program", "index_program"]:
        path = getattr(repository_ctx.attr, name)
        if not path:
            continue
        if not path.startswith("/"):
            fail("%s: %s = '%s' isn't an absolute path" % (repository_ctx.name, name, path))
        if not repository_ctx.path(path).exists:
            fail("%s: %s = '%s': there is no such file" % (repository_ctx.name, name, path))
        repository_ctx.symlink(path, name)
    _write_programs(
        repository_ctx,
        program = "program",
        index_program = "index_program" if repository_ctx.attr.index_program else "",
        constraints = [],
    )

wheelfix_local_programs = repository_rule(
    implementation = _wheelfix_local_programs_impl,
    doc = """The programs of this machine, for `register_toolchains("@NAME//:toolchain")`.""",
    attrs = {
        "index_program": attr.string(doc = "The path of `wheelfix-index`."),
        "program": attr.string(
            doc = "The path of `wheelfix`.",
            mandatory = True,
        ),
    },
    local = True,
)

def _wheelfix_programs_impl(repository_ctx):
    repository_ctx.download_and_extract(
        url = repository_ctx.attr.urls,
        sha256 = repository_ctx.attr.sha256,
        stripPrefix = repository_ctx.attr.strip_prefix,
        output = "release",
    )
    _write_programs(
        repository_ctx,
        program = "release/bin/wheelfix",
        index_program = "release/bin/wheelfix-index",
        constraints = repository_ctx.attr.exec_compatible_with,
    )

wheelfix_programs = repository_rule(
    implementation = _wheelfix_programs_impl,
    doc = """The programs of a release, static ones, for `register_toolchains("@NAME//:toolchain")`.""",
    attrs = {
        "exec_compatible_with": attr.string_list(
            doc = "What machines the programs are for.",
            default = _LINUX_X86_64,
        ),
        "sha256": attr.string(
            doc = "The archive's.",
            mandatory = True,
        ),
        "strip_prefix": attr.string(doc = "The archive's folder that has `bin`, like `wheelfix-0.1.0-linux-x86_64`."),
        "urls": attr.string_list(
            doc = "Where `wheelfix-VERSION-linux-x86_64.tar.gz` is.",
            mandatory = True,
        ),
    },
)

def _wheelfix_python_impl(repository_ctx):
    repository_ctx.file("BUILD.bazel", "exports_files(glob([\"*.bzl\"]))\n")

    # The name of a builtin can't be loaded from a file, nor read in one that sets it.
    source = repository_ctx.attr.py_info
    if source == "builtin":
        source = ":builtin.bzl"
        repository_ctx.file("builtin.bzl", "BUILTIN = PyInfo\n")
    name = "BUILTIN" if source == ":builtin.bzl" else "PyInfo"
    repository_ctx.file("py_info.bzl", "load(\"%s\", _PY_INFO = \"%s\")\n\nPyInfo = _PY_INFO\n" % (source, name))

wheelfix_python = repository_rule(
    implementation = _wheelfix_python_impl,
    doc = """Whose PyInfo wheelfix_library gives: that of the `py_test` that depends on it.""",
    attrs = {
        "py_info": attr.string(
            doc = "`builtin`, or the file of rules_python that has it.",
            default = "builtin",
        ),
    },
)

def wheelfix_repositories(py_info = "builtin"):
    """What the rules need, beside a toolchain.

    Args:
      py_info: `builtin` for Bazel's own Python rules, which Bazel 8 has no more; `@rules_python//python:py_info.bzl` for those of rules_python.
    """
    wheelfix_python(
        name = "wheelfix_python",
        py_info = py_info,
    )
