"""The C library: what the layers and the plain functions mean, compiled before it reaches the user.

``src/`` holds one file of C11 for each idea; `build` compiles them, once for each instruction set, into ``lib/``;
`library` picks and loads the best build for this machine; `functions` declares every function once and checks the
arrays it is given. Nothing here knows about Python's objects: the library is called through ctypes, which releases
the interpreter's lock meanwhile.
"""
