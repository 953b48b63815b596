"""`python -m wheelfix` is the program wheelfix."""

import os
import sys

from wheelfix import find_program

if __name__ == "__main__":
    program = find_program()
    os.execv(program, [str(program), *sys.argv[1:]])
