"""The compiled form of networks and counts: `reference.py` defines with layers what `cpu.py` computes."""
