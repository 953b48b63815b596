"""The module extension, for MODULE.bazel: programs of a release, and changed wheels as repositories of rules_python."""

load(":repositories.bzl", "wheelfix_programs", "wheelfix_repositories")
load(":rules_python.bzl", "wheelfix_whl_library")
load(":wheel_repository.bzl", "WHEEL_ATTRS")

_PROGRAM = "@%s//:release/bin/wheelfix"

def _values(tag, names):
    return {name: getattr(tag, name) for name in names if getattr(tag, name)}

def _wheelfix_impl(module_ctx):
    wheelfix_repositories(py_info = "@rules_python//python:py_info.bzl")
    names = {}
    programs = None
    for module in module_ctx.modules:
        for tag in module.tags.programs:
            if not module.is_root:
                fail("%s: only the root module chooses the programs of wheelfix" % module.name)
            programs = programs or tag.name
            wheelfix_programs(name = tag.name, **_values(tag, ["exec_compatible_with", "sha256", "strip_prefix", "urls"]))
        for tag in module.tags.wheel:
            if tag.name in names:
                fail("%s: there are two wheels named %s, this one and one of %s" % (module.name, tag.name, names[tag.name]))
            names[tag.name] = module.name
    for module in module_ctx.modules:
        for tag in module.tags.wheel:
            if not tag.program and not programs:
                fail("%s: wheel %s: there is no program: the root module names it by wheelfix.programs(…), or the wheel by `program`" %
                     (module.name, tag.name))
            attrs = _values(tag, WHEEL_ATTRS.keys() + ["requirement"])
            attrs["program"] = tag.program or _PROGRAM % programs
            if tag.hub:
                # By its canonical name, because what an extension makes sees the repositories of its own module alone.
                attrs["dep_template"] = str(tag.hub).split("//")[0] + "//{name}:{target}"
            wheelfix_whl_library(name = tag.name, **attrs)

_programs = tag_class(
    doc = "The programs of a release, as a repository for `register_toolchains(\"@NAME//:toolchain\")`.",
    attrs = {
        "exec_compatible_with": attr.string_list(doc = "What machines the programs are for; the default is Linux on x86-64."),
        "name": attr.string(
            doc = "Of the repository.",
            default = "wheelfix_linux_x86_64",
        ),
        "sha256": attr.string(
            doc = "The archive's.",
            mandatory = True,
        ),
        "strip_prefix": attr.string(doc = "The archive's folder that has `bin`."),
        "urls": attr.string_list(
            doc = "Where `wheelfix-VERSION-linux-x86_64.tar.gz` is.",
            mandatory = True,
        ),
    },
)

_wheel = tag_class(
    doc = "A changed wheel, as a repository that has `pkg` and the other targets of rules_python's.",
    attrs = dict(
        WHEEL_ATTRS,
        hub = attr.label(doc = "A file of pip.parse's hub, which has what it requires, like `@pypi//:requirements.bzl`."),
        name = attr.string(
            doc = "Of the repository.",
            mandatory = True,
        ),
        program = attr.label(doc = "The program `wheelfix`; the default is that of `programs`."),
        requirement = attr.string(
            doc = "The requirement that it stands for, like `torch==2.1.0`.",
            mandatory = True,
        ),
    ),
)

wheelfix = module_extension(
    implementation = _wheelfix_impl,
    tag_classes = {
        "programs": _programs,
        "wheel": _wheel,
    },
)
