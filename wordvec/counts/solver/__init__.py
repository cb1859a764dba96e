"""Truncated SVD of a sparse matrix: Lanczos iteration and its products, on the CPU and the GPU."""
