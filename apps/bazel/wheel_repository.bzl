"""A wheel that is changed when repositories are fetched, for rules that need one by then, like rules_python's whl_library."""

load("//private:wheel_name.bzl", "relabelled")

# What is changed, and how: attributes of wheelfix_wheel_repository and of the extension's `wheel`.
WHEEL_ATTRS = {
    "filename": attr.string(doc = "The source's name, if the URLs don't end in it."),
    "options": attr.string_list(doc = "More options of `wheelfix patch`, as they are typed."),
    "patches": attr.label_list(doc = "Unified or git diffs, applied in this order."),
    "recipes": attr.label_list(doc = "The `wheelfix.toml` of each recipe."),
    "replace_local": attr.bool(doc = "Replaces a local version label that the source has, instead of extending it."),
    "sha256": attr.string(doc = "The downloaded source's."),
    "suffix": attr.string(
        doc = "The local version label of the new wheel.",
        mandatory = True,
    ),
    "urls": attr.string_list(doc = "Where the source is."),
    "wheel": attr.label(doc = "The source, a file."),
}

def new_wheel_name(target, attrs):
    """The name of the file that wheelfix_wheel_repository has.

    Args:
      target: what errors name.
      attrs: its attributes, a dict.

    Returns:
      The file name.
    """
    source = attrs.get("filename") or str(attrs.get("wheel") or (attrs.get("urls") or [""])[0]).split("/")[-1].split(":")[-1]
    return relabelled(target, source.replace("%2B", "+"), attrs.get("suffix", ""), attrs.get("replace_local", False))

def _wheelfix_wheel_repository_impl(repository_ctx):
    attrs = repository_ctx.attr
    if bool(attrs.wheel) == bool(attrs.urls):
        fail("%s: give `wheel`, or `urls` and `sha256`" % repository_ctx.name)
    name = new_wheel_name(repository_ctx.name, {
        key: getattr(attrs, key)
        for key in ["filename", "replace_local", "suffix", "urls", "wheel"]
    })
    if attrs.wheel:
        source = repository_ctx.path(attrs.wheel)
    else:
        source = repository_ctx.path("source/" + (attrs.filename or attrs.urls[0].split("/")[-1].replace("%2B", "+")))
        repository_ctx.download(attrs.urls, source, attrs.sha256)
    words = ["patch", "--quiet", "--suffix", attrs.suffix, "--dest-dir", str(repository_ctx.path("."))]
    for patch in attrs.patches:
        words += ["--patch", str(repository_ctx.path(patch))]
    for recipe in attrs.recipes:
        words += ["--patch-dir", str(repository_ctx.path(recipe).dirname)]
    if attrs.replace_local:
        words.append("--replace-local")
    result = repository_ctx.execute([repository_ctx.path(attrs.program)] + words + attrs.options + [str(source)])
    if result.return_code != 0:
        fail("%s: %s" % (repository_ctx.name, result.stderr))
    repository_ctx.delete("source")
    repository_ctx.file("BUILD.bazel", "exports_files([\"%s\"])\n\nalias(\n    name = \"wheel\",\n    actual = \"%s\",\n    visibility = [\"//visibility:public\"],\n)\n" % (name, name))

wheelfix_wheel_repository = repository_rule(
    implementation = _wheelfix_wheel_repository_impl,
    doc = """A repository with a changed wheel, as the file `new_wheel_name` says and as the target `wheel`. Where an action will do, use
wheelfix_wheel, which caches and remote workers can do.""",
    attrs = dict(
        WHEEL_ATTRS,
        program = attr.label(
            doc = "The program `wheelfix`, a file.",
            mandatory = True,
        ),
    ),
)
