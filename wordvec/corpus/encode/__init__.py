"""From lines of text to word ids: normalization, sentences, tokenizers, and the fast path over blocks of bytes."""
