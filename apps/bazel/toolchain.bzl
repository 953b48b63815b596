"""The programs that the rules run."""

TOOLCHAIN_TYPE = str(Label("//:toolchain_type"))

def _wheelfix_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        program = ctx.attr.program[DefaultInfo],
        index_program = ctx.attr.index_program[DefaultInfo] if ctx.attr.index_program else None,
    )]

wheelfix_toolchain = rule(
    implementation = _wheelfix_toolchain_impl,
    doc = """The programs, given by label. A `toolchain` of the type `@wheelfix//:toolchain_type` names it, for `register_toolchains`.""",
    attrs = {
        "index_program": attr.label(
            doc = "The program `wheelfix-index`. Only `wheelfix_index` needs it.",
            allow_single_file = True,
            cfg = "exec",
            executable = True,
        ),
        "program": attr.label(
            doc = "The program `wheelfix`. A static one, as a release has it, needs nothing else where it runs.",
            allow_single_file = True,
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
    },
)

def wheelfix_tool(ctx):
    """The program that a rule runs.

    Args:
      ctx: the rule's context.

    Returns:
      The DefaultInfo of the program.
    """
    return ctx.toolchains[Label("//:toolchain_type")].program

def wheelfix_index_tool(ctx):
    """As wheelfix_tool, of `wheelfix-index`.

    Args:
      ctx: the rule's context.

    Returns:
      The DefaultInfo of the program.
    """
    tool = ctx.toolchains[Label("//:toolchain_type")].index_program
    if not tool:
        fail("%s: the toolchain has no `wheelfix-index`: name it in `index_program`" % ctx.label)
    return tool
