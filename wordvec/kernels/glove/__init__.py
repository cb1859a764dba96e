"""GloVe's training loop: the readable reference, and its forms for the C library and the GPU."""
