"""The C library: the same computations as the layers and the plain functions, compiled before they reach the user.

``src/`` holds one file of C11 for each idea. `build` compiles them into ``lib/``, once for each instruction set.
`library` picks and loads the best build for this machine. `functions` declares every C function once and checks its
arrays. The C code uses no Python objects: it is called through ctypes, which releases the interpreter's lock.
"""
