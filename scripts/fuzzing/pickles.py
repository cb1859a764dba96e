"""Pickles from a small grammar, written as bytes: nothing here, and no reader, ever runs one."""

from __future__ import annotations

import struct
from random import Random

from fuzz_files import damage_bytes

GLOBALS = (
    (b"numpy.core.multiarray", b"_reconstruct"), (b"numpy", b"ndarray"), (b"numpy", b"dtype"), (b"os", b"system"),
    (b"numpy._core.multiarray", b"scalar"), (b"gensim.models.keyedvectors", b"KeyedVectors"), (b"builtins", b"dict"),
    (b"collections", b"OrderedDict"), (b"collections", b"defaultdict"), (b"builtins", b"eval"), (b"_codecs", b"encode"),
    (b"copyreg", b"_reconstructor"), (b"", b""), (b"numpy._core.numeric", b"_frombuffer"), (b"x" * 2000, b"y"),
)  # fmt: skip
ATOMS = (
    b"N", b"\x88", b"\x89", b"K\x07", b"M\x07\x01", b"J\xff\xff\xff\xff", b"\x8a\x01\x05", b"\x8a\xff" + b"\x7f" * 255,
    b"I12\n", b"L12345678901234567890L\n", b"F1e999\n", b"G\x7f\xf8" + bytes(6), b"\x8b\x04\0\0\0\1\2\3\4",
    b"]", b"}", b")", b"\x8f", b"C\x03abc", b"U\x03abc", b"T\x02\0\0\0ab", b"S'a'\n", b"Vab\\u12\n",
    b"\x96\1" + bytes(7) + b"a",
    b"I99999999999999999999999999\n", b"I01\n", b"Ix\n", b"Lx\n", b"Fx\n",
)  # fmt: skip
BINARY_LENGTHS = (0, 1, 3, 255, 2**31 - 1, 2**31, 2**32 - 1)


class Grammar:
    """Writes values one in another; what was written can be put into the memo and fetched again."""

    def __init__(self, random: Random) -> None:
        self.random, self.memo = random, 0

    def value(self, depth: int) -> bytes:
        """The opcodes that push one value."""
        random = self.random
        kinds = (self._text, self._atom, self._fetched, self._list, self._dict, self._tuple, self._shared, self._object)
        kind = random.choice(kinds[:3] if depth <= 0 else kinds)
        return kind(depth - 1) + self._memoized()

    def _memoized(self) -> bytes:
        if self.random.random() < 0.3:
            self.memo += 1
            return self.random.choice((b"\x94", b"q" + bytes([self.memo % 256]), b"r" + struct.pack("<I", self.memo)))
        return b""

    def _atom(self, _: int) -> bytes:
        return self.random.choice(ATOMS)

    def _text(self, _: int) -> bytes:
        random = self.random
        names = ("vectors", "index_to_key", "word_vecs", "word_to_id", "index2word", "syn0", "__numpy", "the", "é", "")
        text = random.choice(names).encode() if random.random() < 0.9 else random.choice((b"\xff", b"x" * 70_000))
        length = len(text) if random.random() < 0.95 else random.choice(BINARY_LENGTHS)
        if length < 256 and random.random() < 0.5:
            return b"\x8c" + bytes([length]) + text
        if random.random() < 0.2:
            return b"\x8d" + struct.pack("<Q", random.choice((length, 2**63, 2**40))) + text
        return b"X" + struct.pack("<I", length) + text

    def _fetched(self, _: int) -> bytes:
        place = self.random.randrange(self.memo + 2)
        return self.random.choice((b"h" + bytes([place % 256]), b"j" + struct.pack("<I", place), b"g%d\n" % place))

    def _list(self, depth: int) -> bytes:
        count = self.random.randrange(4)
        return b"](" + b"".join(self.value(depth) for _ in range(count)) + b"e"

    def _dict(self, depth: int) -> bytes:
        count = self.random.randrange(4)
        items = b"".join(self._text(0) + self.value(depth) for _ in range(count))
        return self.random.choice((b"}(" + items + b"u", b"(" + items + b"d"))

    def _tuple(self, depth: int) -> bytes:
        count = self.random.randrange(4)
        items = b"".join(self.value(depth) for _ in range(count))
        return items + (b")", b"\x85", b"\x86", b"\x87")[count] if self.random.random() < 0.5 else b"(" + items + b"t"

    def _shared(self, depth: int) -> bytes:
        """A value doubled again and again: 2**n of them when each is looked at."""
        times = self.random.choice((2, 30, 200, 5_000))
        return self.value(min(depth, 1)) + self.random.choice((b"2\x86", b"\x85", b"](2ee"[:1] + b"\x852\x86")) * times

    def _object(self, depth: int) -> bytes:
        random = self.random
        module, name = random.choice(GLOBALS)
        found = random.choice((
            b"c" + module + b"\n" + name + b"\n",
            b"X" + struct.pack("<I", len(module)) + module + b"\x8c" + bytes([len(name)]) + name + b"\x93",
        ))  # fmt: skip
        made = found + self._tuple(depth) + random.choice((b"R", b"\x81", b"})b", b"R}b", b""))
        return made + (self.value(depth) + b"b" if random.random() < 0.4 else b"")


def pickle_by_grammar(random: Random) -> bytes:
    """A pickle of values from the grammar, or of a dictionary as files of vectors have it, with a damaged part."""
    grammar = Grammar(random)
    head = b"\x80" + bytes([random.choice((2, 3, 4, 4, 5))])
    if random.random() < 0.5:
        body = grammar.value(5)
    else:
        array = _array(random, grammar)
        words = b"](" + b"".join(b"\x8c\x01" + bytes([97 + i]) for i in range(3)) + b"e"
        fields = [(b"vectors", array), (b"index_to_key", words)]
        if random.random() < 0.4:
            numbers = b"}(" + b"".join(b"\x8c\x01" + bytes([97 + i]) + b"K" + bytes([i]) for i in range(3)) + b"u"
            fields = [(b"word_vecs", array), (b"word_to_id", numbers)]
        if random.random() < 0.3:
            i = random.randrange(2)
            fields[i] = (fields[i][0], grammar.value(3))
        body = b"}(" + b"".join(b"\x8c" + bytes([len(name)]) + name + value for name, value in fields) + b"u"
        if random.random() < 0.2:
            body = b"}(" + b"".join(b"\x8c\x01" + bytes([97 + i]) + _array(random, grammar) for i in range(3)) + b"u"
    made = head + body + (b"." if random.random() < 0.95 else b"")
    return damage_bytes(made, random) if random.random() < 0.25 else made


def _array(random: Random, grammar: Grammar) -> bytes:
    """The opcodes of a NumPy array of (3, 2) float32, now and then with a lie about its shape, type or content."""
    lie = random.randrange(6)
    shape = (
        b"K\x03K\x02\x86"
        if lie
        else random.choice((b"J\xff\xff\xff\xffK\x02\x86", b"J\xff\xff\xff\x7fK\x02\x86", b")", b"N"))
    )
    dtype = random.choice((b"f4", b"f8", b"O8", b"U9", b"f3", b"V4")) if lie == 1 else b"f4"
    content = struct.pack("<6f", *range(6)) if lie != 2 else random.randbytes(random.choice((0, 23, 24, 25)))
    numbers = grammar.value(2) if lie == 3 else b"C" + bytes([len(content)]) + content
    start = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85C\1b\x87R"
    kind = b"cnumpy\ndtype\n\x8c\2" + dtype + b"\x89\x88\x87R(K\3\x8c\1<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
    return start + b"(K\1" + shape + kind + random.choice((b"\x89", b"\x88")) + numbers + b"tb"
