"""A changed wheel as a repository of rules_python."""

load("@rules_python//python/pip_install:pip_repository.bzl", "whl_library")
load(":wheel_repository.bzl", "new_wheel_name", "wheelfix_wheel_repository")

# What wheelfix_wheel_repository takes; the rest is whl_library's.
_WHEEL_ATTRS = ["filename", "options", "patches", "program", "recipes", "replace_local", "sha256", "suffix", "urls", "wheel"]

def wheelfix_whl_library(name, **kwargs):
    """Changes a wheel and has rules_python's whl_library make a repository of it, with the targets `pkg`, `data`, `dist_info`, `whl`.

    Args:
      name: of the repository; the one with the wheel is NAME_wheel.
      **kwargs: attributes of wheelfix_wheel_repository, and of whl_library: `requirement`, `dep_template`, `annotation` and others.
    """
    changes = {key: value for key, value in kwargs.items() if key in _WHEEL_ATTRS}
    others = {key: value for key, value in kwargs.items() if key not in _WHEEL_ATTRS}
    wheelfix_wheel_repository(name = name + "_wheel", **changes)
    whl_library(
        name = name,
        whl_file = "@%s_wheel//:%s" % (name, new_wheel_name(name, changes)),
        **others
    )
