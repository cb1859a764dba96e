"""The compiled form of the networks: `reference.py` defines, with layers, what `cpu.py` and `gpu.py` compute."""
