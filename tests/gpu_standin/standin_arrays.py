"""An array that behaves as CuPy's does towards numpy: nothing crosses over unless it is asked to.

It holds a numpy array, refuses to be mixed with numpy arrays or turned into one, and gives 0-dimensional arrays where
numpy gives scalars. Only what wordvec uses of CuPy is here; NAMES are those of CuPy 14 that were looked up there.
"""

from __future__ import annotations

import operator

import numpy as np

METHODS = (
    "all any argmax argmin astype copy cumsum fill flatten max mean min nonzero ravel repeat reshape round sort "
    "squeeze std sum swapaxes take transpose view"
)
OPERATORS = "add sub mul matmul truediv floordiv mod pow and or xor lshift rshift"
COMPARISONS = "lt le eq ne gt ge"
NAMES = (
    "abs add all allclose any arange argmax argpartition argsort array_equal bool_ broadcast_to bincount ceil "
    "concatenate count_nonzero cumsum diag diff dot einsum empty empty_like exp expand_dims eye flatnonzero float16 "
    "float32 float64 full full_like inf int16 int32 int64 int8 isfinite isnan log log1p logaddexp logical_and lexsort "
    "matmul maximum mean minimum nan_to_num newaxis ones ones_like outer partition pi power prod repeat searchsorted "
    "sign sort sqrt squeeze stack sum swapaxes take take_along_axis tanh tensordot tile uint16 uint32 uint64 uint8 "
    "unique vdot vstack hstack where zeros zeros_like"
)


def unwrap(value):
    """Numpy inside; raises TypeError for a numpy array, which CuPy would not take."""
    if isinstance(value, ndarray):
        return value.numpy_inside
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}")  # CuPy's words
    if isinstance(value, (list, tuple)):
        return type(value)(unwrap(item) for item in value)
    return value


def wrap(value):
    """A stand-in for each array and numpy scalar."""
    if isinstance(value, (np.ndarray, np.generic)):
        return ndarray(np.asarray(value))
    if isinstance(value, tuple):  # also named ones, such as eigh's
        return tuple(wrap(item) for item in value)
    return value


class ndarray:  # CuPy's name
    """See the module."""

    __array_ufunc__ = None  # numpy leaves the operators to this class
    __hash__ = None

    def __init__(self, numpy_inside):
        assert isinstance(numpy_inside, np.ndarray)
        self.numpy_inside = numpy_inside

    def __array__(self, *_, **__):
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()`")

    def get(self):
        return self.numpy_inside.copy()

    def set(self, array, stream=None):
        assert type(array) is np.ndarray and array.dtype == self.numpy_inside.dtype
        assert array.shape == self.numpy_inside.shape
        self.numpy_inside[...] = array

    def __getitem__(self, key):
        return wrap(self.numpy_inside[self._key(key)])

    def __setitem__(self, key, value):
        self.numpy_inside[self._key(key)] = unwrap(value)

    @staticmethod
    def _key(key):
        parts = key if isinstance(key, tuple) else (key,)
        assert not any(isinstance(part, list) for part in parts), "index with a list: slow in CuPy"
        return unwrap(key)

    def __len__(self):
        return len(self.numpy_inside)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __float__(self):
        return float(self._only())

    def __int__(self):
        return int(self._only())

    def __bool__(self):
        return bool(self._only())

    def __index__(self):
        return operator.index(self._only())

    def _only(self):
        assert self.numpy_inside.size == 1
        return self.numpy_inside.reshape(())[()]

    def item(self):
        return self._only().item()

    def tolist(self):
        return self.numpy_inside.tolist()

    def __repr__(self):
        return f"standin({self.numpy_inside!r})"

    def __neg__(self):
        return wrap(-self.numpy_inside)

    def __invert__(self):
        return wrap(~self.numpy_inside)

    def __abs__(self):
        return wrap(abs(self.numpy_inside))

    @property
    def T(self):
        return wrap(self.numpy_inside.T)


def _method(name):
    def method(self, *arguments, **options):
        return wrap(getattr(self.numpy_inside, name)(*unwrap(arguments), **{k: unwrap(v) for k, v in options.items()}))

    return method


def _operator(name, swapped=False):
    function = getattr(operator, {"and": "and_", "or": "or_"}.get(name, name))

    def apply(self, other):
        pair = (self.numpy_inside, unwrap(other))
        return wrap(function(*(pair[::-1] if swapped else pair)))

    return apply


def _in_place(name):
    function = getattr(operator, "i" + name)

    def apply(self, other):
        self.numpy_inside = function(self.numpy_inside, unwrap(other))
        return self

    return apply


for _name in METHODS.split():
    setattr(ndarray, _name, _method(_name))
for _name in OPERATORS.split():
    setattr(ndarray, f"__{_name}__", _operator(_name))
    setattr(ndarray, f"__r{_name}__", _operator(_name, swapped=True))
    setattr(ndarray, f"__i{_name}__", _in_place(_name))
for _name in COMPARISONS.split():
    setattr(ndarray, f"__{_name}__", _operator(_name))
for _name in ("shape", "ndim", "size", "dtype", "nbytes", "itemsize", "flags", "strides"):
    setattr(ndarray, _name, property(lambda self, name=_name: getattr(self.numpy_inside, name)))


def function_of(numpy_function):
    """A function of numpy's for stand-ins."""

    def function(*arguments, **options):
        return wrap(numpy_function(*unwrap(arguments), **{name: unwrap(value) for name, value in options.items()}))

    return function


def asarray(value, dtype=None):
    """The one way in for numpy arrays; a stand-in comes back as it is."""
    if isinstance(value, ndarray):
        return value if dtype in (None, value.dtype) else value.astype(dtype)
    return ndarray(np.array(value, dtype))


def ascontiguousarray(value, dtype=None):
    inside = asarray(value, dtype).numpy_inside
    return value if inside.flags.c_contiguous else ndarray(np.ascontiguousarray(inside))
