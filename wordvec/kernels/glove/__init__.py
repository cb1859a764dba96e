"""GloVe's training loop: the readable reference, the C library's form and the GPU's."""
