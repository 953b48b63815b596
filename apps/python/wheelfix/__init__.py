"""Change a published Python wheel as little as possible, and prove the result.

The work is done by the program `wheelfix`, which is in the same wheel: `find_program()` is its path.
"""

from ._program import find_program

__all__ = ["find_program"]
