"""Names of wheels, as `lib/wheel/wheel_name.cpp` and `version.cpp` read them: an action's outputs are named before it runs."""

def parse_wheel_name(target, file_name):
    """The parts of a wheel's file name.

    Args:
      target: the label that errors name.
      file_name: the name without its folder.

    Returns:
      A struct: `distribution` and `version` as they are spelled, `tags` with all that follows, and `project`, the normalized name.
    """
    parts = file_name[:-len(".whl")].split("-") if file_name.endswith(".whl") else []
    if len(parts) not in [5, 6] or "" in parts:
        fail(("%s: %s isn't the name of a wheel, NAME-VERSION-PYTHON-ABI-PLATFORM.whl: it is published under such a name, which " +
              "`http_file` keeps with `downloaded_file_path`") % (target, file_name))
    return struct(
        distribution = parts[0],
        project = project_name(parts[0]),
        tags = "-".join(parts[2:]),
        version = parts[1],
    )

def project_name(distribution):
    """The normalized name of a project.

    Args:
      distribution: any spelling of it.

    Returns:
      The name in lower case, with one `-` for each run of `-`, `_` and `.`.
    """
    words = distribution.lower().replace("_", "-").replace(".", "-").split("-")
    return "-".join([word for word in words if word])

def relabelled(target, file_name, label, replace_local):
    """The file name that a changed wheel has.

    Args:
      target: the label that errors name.
      file_name: the source's.
      label: the local version label that it gets, with or without `+`.
      replace_local: whether a label that is there already is replaced instead of extended.

    Returns:
      The name, as `wheelfix patch --suffix LABEL` writes it.
    """
    name = parse_wheel_name(target, file_name)
    release, _, local = name.version.partition("+")
    parts = _label_parts(local) if local and not replace_local else []
    added = _label_parts(label[1:] if label.startswith("+") else label)
    if not added:
        fail("%s: suffix '%s' isn't a local version label, which is letters and digits with single dots between them, like stripe.5" % (target, label))
    return "%s-%s+%s-%s.whl" % (name.distribution, release, ".".join(parts + added), name.tags)

def _label_parts(label):
    """Normalized; empty if it isn't a label."""
    parts = label.replace("-", ".").replace("_", ".").split(".")
    for part in parts:
        if not part.isalnum():
            return []
    return [(part.lstrip("0") or "0") if part.isdigit() else part.lower() for part in parts]

def require_one_of_each_project(target, wheels):
    """Fails for two wheels of one project.

    Args:
      target: the label that errors name.
      wheels: files.
    """
    seen = {}
    for wheel in wheels:
        project = parse_wheel_name(target, wheel.basename).project
        if project in seen:
            fail("%s: two wheels of %s are given, %s and %s: a set has one of each project" %
                 (target, project, seen[project], wheel.basename))
        seen[project] = wheel.basename

def folder_in_layout(target, layout, project):
    """Where a wheel is installed in a layout.

    Args:
      target: the label that errors name.
      layout: as `--layout` takes it.
      project: the normalized name of the wheel's project.

    Returns:
      The folder's path in the layout, or None if all wheels share one.
    """
    if layout in ["shared", "symlinks"]:
        return None
    template = "{name}" if layout == "split" else layout[len("split:"):] if layout.startswith("split:") else ""
    if not template:
        fail("%s: there is no layout '%s': the layouts are shared, symlinks, split and split:TEMPLATE, like split:{name}/site-packages" % (target, layout))
    if "{name}" not in template:
        fail("%s: layout '%s' has no {name}, so all wheels would share it" % (target, layout))
    for part in template.split("/"):
        if part in ["", ".", ".."]:
            fail("%s: layout '%s' is an absolute path, or has an empty part, '.' or '..'" % (target, layout))
    return template.replace("{name}", project.replace("-", "_"))
