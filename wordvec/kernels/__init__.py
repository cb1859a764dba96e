"""The compiled form of networks and counts: `reference.py` says with layers what `cpu.py` computes."""
