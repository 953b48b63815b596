"""Trees of DLLs, as foreign_images.build_dll takes them, and what Windows says of them."""

from __future__ import annotations

NO_PROCEDURE = "The specified procedure could not be found."
NO_ORDINAL = "The operating system cannot run %1."

# By name, a tree of DLLs: their contents, the first being loaded, and what is said.
TREES = {
    "names and ordinals that are there": (
        {"a": "needed b.dll:one,#2,?three@@YAHXZ KERNEL32.dll:Sleep", "b": "exports one two@2 ?three@@YAHXZ@7"},
        "",
    ),
    "a name": ({"a": "needed b.dll:one,two", "b": "exports one"}, f"a.dll: {NO_PROCEDURE} two in b.dll"),
    "a name in other letters": ({"a": "needed b.dll:One", "b": "exports one"}, f"a.dll: {NO_PROCEDURE} One in b.dll"),
    "an ordinal": ({"a": "needed b.dll:#3", "b": "exports one@2 two@4"}, f"a.dll: {NO_ORDINAL} ordinal 3 in b.dll"),
    "an ordinal before the first": ({"a": "needed b.dll:#1", "b": "exports one@2"}, f"a.dll: {NO_ORDINAL} ordinal 1 in b.dll"),
    "a DLL without exports": ({"a": "needed b.dll:one", "b": "needed KERNEL32.dll:Sleep"}, f"a.dll: {NO_PROCEDURE} one in b.dll"),
    "a DLL in other letters": ({"a": "needed B.DLL:two", "b": "exports one"}, f"a.dll: {NO_PROCEDURE} two in B.DLL"),
    "what another needs, first": (
        {"a": "needed b.dll:absent", "b": "needed c.dll:one\nexports one", "c": "exports two"},
        f"b.dll: {NO_PROCEDURE} one in c.dll",
    ),
    "a circle": ({"a": "needed b.dll:one\nexports two", "b": "needed a.dll:two\nexports one"}, ""),
    "a delayed import": ({"a": "delayed b.dll:one", "b": "exports two"}, ""),
    "forwarders": (
        {"a": "needed b.dll:one,two", "b": "exports one=c.other two=C.#2", "c": "exports other@1 more@2"},
        "",
    ),
    "a forwarder of a forwarder": (
        {"a": "needed b.dll:one", "b": "exports one=c.two", "c": "exports two=d.three", "d": "exports three"},
        "",
    ),
    "a forwarder to the system": ({"a": "needed b.dll:one", "b": "exports one=KERNEL32.Sleep"}, ""),
    "a forwarder to what isn't exported": (
        {"a": "needed b.dll:one", "b": "exports one=c.two", "c": "exports three"},
        f"a.dll: {NO_PROCEDURE} one in b.dll, which forwards it to c.two",
    ),
    "a forwarder to an ordinal that isn't": (
        {"a": "needed b.dll:#1", "b": "exports one@1=c.#9", "c": "exports three"},
        f"a.dll: {NO_ORDINAL} ordinal 1 in b.dll, which forwards it to c.#9",
    ),
    "a forwarder to a DLL that isn't there": (
        {"a": "needed b.dll:one", "b": "exports one=c.two"},
        f"a.dll: {NO_PROCEDURE} one in b.dll, which forwards it to c.two",
    ),
    "a forwarder that nothing takes": ({"a": "needed b.dll:one", "b": "exports one two=c.two"}, ""),
}
# Of these Wine says otherwise or nothing: it ends in a circle, and has no DLL of Python's.
OTHERS = {
    "forwarders in a circle": (
        {"a": "needed b.dll:one", "b": "exports one=c.two", "c": "exports two=b.one"},
        f"a.dll: {NO_PROCEDURE} one in b.dll, which forwards it to c.two",
    ),
    "a forwarder to itself": (
        {"a": "needed b.dll:one", "b": "exports one=b.one"},
        f"a.dll: {NO_PROCEDURE} one in b.dll, which forwards it to b.one",
    ),
    "forwarders that say nothing": (
        {"a": "needed b.dll:one", "b": "exports one=c"},
        f"a.dll: {NO_PROCEDURE} one in b.dll, which forwards it to c",
    ),
    "a DLL that Python has loaded": ({"a": "needed vcruntime140.dll:one", "vcruntime140": "exports two"}, ""),
    "Python's own": ({"a": "needed python311.dll:PyNone", "python311": "exports two"}, ""),
}
