"""The module extension, for MODULE.bazel: programs of a release, and changed wheels as repositories of rules_python."""

load(":repositories.bzl", "wheelfix_programs", "wheelfix_repositories")
load(":rules_python.bzl", "wheelfix_whl_library")

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
            attrs = _values(tag, ["filename", "options", "patches", "recipes", "replace_local", "requirement", "sha256", "suffix", "urls", "wheel"])
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
    attrs = {
        "filename": attr.string(doc = "The source's name, if the URLs don't end in it."),
        "hub": attr.label(doc = "A file of pip.parse's hub, which has what it requires, like `@pypi//:requirements.bzl`."),
        "name": attr.string(
            doc = "Of the repository.",
            mandatory = True,
        ),
        "options": attr.string_list(doc = "More options of `wheelfix patch`, as they are typed."),
        "patches": attr.label_list(doc = "Unified or git diffs, applied in this order."),
        "program": attr.label(doc = "The program `wheelfix`; the default is that of `programs`."),
        "recipes": attr.label_list(doc = "The `wheelfix.toml` of each recipe."),
        "replace_local": attr.bool(doc = "Replaces a local version label that the source has, instead of extending it."),
        "requirement": attr.string(
            doc = "The requirement that it stands for, like `torch==2.1.0`.",
            mandatory = True,
        ),
        "sha256": attr.string(doc = "The downloaded source's."),
        "suffix": attr.string(
            doc = "The local version label of the new wheel.",
            mandatory = True,
        ),
        "urls": attr.string_list(doc = "Where the source is."),
        "wheel": attr.label(doc = "The source, a file."),
    },
)

wheelfix = module_extension(
    implementation = _wheelfix_impl,
    tag_classes = {
        "programs": _programs,
        "wheel": _wheel,
    },
)
