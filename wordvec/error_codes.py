"""The permanent codes of errors; docs/reference/errors.md explains each in three languages.

The command line prints an error's code at the end of its line, "... [WV0301]". The first two digits are the error's
class, the last two the message (00 for a message without its own code). A code is never reused for another message.
"""

from __future__ import annotations

import re

USAGE = "WV0001"  # of the command line itself
SYSTEM = "WV0002"  # a file, a folder or a connection, in the words of the operating system
MEMORY = "WV0003"
THREADS = "WV0004"
OUTPUT = "WV0005"
# Code -> class of error, and its message, where "..." stands for the variable parts.
CODES: dict[str, tuple[str, str]] = {
    "WV0100": ("WordvecError", ""),
    "WV0101": ("WordvecError", "... is not trained yet: call .fit(corpus) first"),
    "WV0102": ("WordvecError", "...: backward before forward: call forward first"),
    "WV0200": ("InputError", ""),
    "WV0201": ("InputError", "...: the folder ... does not exist"),
    "WV0202": ("InputError", "...: is read by the same command and would be lost"),
    "WV0203": ("InputError", "...: exists and is not a folder written by wordvec"),
    "WV0204": ("InputError", "...: cannot be written: ..."),
    "WV0205": ("InputError", "...: no checkpoint here; leave out --resume"),
    "WV0206": ("InputError", "...: damaged checkpoint (...)"),
    "WV0207": ("InputError", "the checkpoint is from another kind of processor"),
    "WV0208": ("InputError", "... no answer, see above"),
    "WV0300": ("CorpusError", ""),
    "WV0301": ("CorpusError", "the corpus is empty: no words in ..."),
    "WV0302": ("CorpusError", "min_count=... removes every word"),
    "WV0303": ("CorpusError", "...: is not text: byte ... is 0"),
    "WV0304": ("CorpusError", "...: byte ... (0x...) is not ..."),
    "WV0305": ("CorpusError", "...: holds ..., whose markup would be words"),
    "WV0306": ("CorpusError", "...: holds JSON: say which field holds the text"),
    "WV0307": ("CorpusError", "...: holds word vectors, not text to train on"),
    "WV0308": ("CorpusError", "...: no column ...; it has: ..."),
    "WV0309": ("CorpusError", "a ... of strings may be texts or names of files"),
    "WV0310": ("CorpusError", "sentence ... is ..., but a list of tokens was expected"),
    "WV0311": ("CorpusError", "...: the pattern matches no file"),
    "WV0312": ("CorpusError", "...: cut off: the ... data stop after ... bytes"),
    "WV0313": ("CorpusError", "... needs temporary files, and the disk ..., ... into one of them"),
    "WV0314": ("CorpusError", "...: damaged corpus: ..."),
    "WV0315": ("CorpusError", "...: corpus of version ..., but this wordvec reads version"),
    "WV0400": ("VectorsFileError", ""),
    "WV0401": ("VectorsFileError", "...: a Python pickle of ..., in which wordvec finds no words and vectors"),
    "WV0402": ("VectorsFileError", "...: truncated or damaged: a header of ... bytes"),
    "WV0403": ("VectorsFileError", "...: written in format version ...; this wordvec reads versions"),
    "WV0404": ("VectorsFileError", "...: an .npz of vectors needs the arrays 'words' and 'matrix'"),
    "WV0405": ("VectorsFileError", "...: a .zip archive: unpack it and name one of its files"),
    "WV0406": ("VectorsFileError", "...: unpacks to more than ... times its ... bytes"),
    "WV0500": ("CountsFileError", ""),
    "WV0501": ("CountsFileError", "...: is not a folder of counts"),
    "WV0502": ("CountsFileError", "...: was counted with another vocabulary"),
    "WV0503": ("CountsFileError", "...: damaged counts: ..."),
    "WV0600": ("EvaluationFileError", ""),
    "WV0601": ("EvaluationFileError", "...: neither a file nor a bundled evaluation set"),
    "WV0602": ("EvaluationFileError", "...: not downloaded: wordvec corpus fetch ... gets it"),
    "WV0603": ("EvaluationFileError", "...: in no known format of an evaluation set"),
    "WV0604": ("EvaluationFileError", "expected two words and a score, separated as in the first line"),
    "WV0605": ("EvaluationFileError", "...: holds null bytes: it is not text, or is UTF-16"),
    "WV0700": ("OptionError", ""),
    "WV0701": ("OptionError", "no trainer ...; there are: ..."),
    "WV0702": ("OptionError", "...: ... must be ...; got ..."),
    "WV0703": ("OptionError", "dim is ..., but a ... matrix has at most ... dimensions"),
    "WV0704": ("OptionError", "... needs ... GiB of memory and ... GiB are free"),
    "WV0705": ("OptionError", "...: learning_rate must be at most ..."),
    "WV0706": ("OptionError", "... cannot continue from vectors"),
    "WV0707": ("OptionError", "...: this corpus was built ..., not ..."),
    "WV0708": ("OptionError", "the checkpoint is of a run with other options: ..."),
    "WV0709": ("OptionError", "checkpoints keep weights only: they need optimizer 'sgd'"),
    "WV0710": ("OptionError", "... documents are trained by --trainer paragraph-vectors"),
    "WV0711": ("OptionError", "weights 'infer' are for vectors that ParagraphVectors trained"),
    "WV0800": ("ArgumentError", ""),
    "WV0801": ("ArgumentError", "...: it is named ... here"),
    "WV0802": ("ArgumentError", "....fit takes a Corpus; got ..."),
    "WV0803": ("ArgumentError", "... takes options, such as ..."),
    "WV0900": ("UnknownWordError", ""),
    "WV0901": ("UnknownWordError", "... is not among the ... words of these vectors"),
    "WV1000": ("ShapeError", ""),
    "WV1001": ("ShapeError", "MatMul: x must be (B, ...) for W ...; got ..."),
    "WV1100": ("DeviceUnavailableError", ""),
    "WV1101": ("DeviceUnavailableError", "device 'gpu' needs CuPy, which is not installed"),
    "WV1102": ("DeviceUnavailableError", "device 'gpu': CuPy finds no usable CUDA device"),
    "WV1103": ("DeviceUnavailableError", "too old for the installed CuPy"),
    "WV1200": ("MissingExtraError", ""),
    "WV1201": ("MissingExtraError", "... needs ..., which is not installed: pip install 'wordvec[...]'"),
    "WV1300": ("LibraryError", ""),
    "WV1301": ("LibraryError", "...: this build of wordvec's C library is damaged"),
    "WV1302": ("LibraryError", "...: built from other sources than those of this package"),
    "WV1303": ("LibraryError", "training runs through the layers, many times slower: ..."),
    "WV1400": ("TrainingError", ""),
    "WV1401": ("TrainingError", "training diverged in epoch ..."),
    "WV1402": ("TrainingError", "no word of the corpus has another word next to it"),
    "WV1403": ("TrainingError", "...: no two words meet more than ... times as often as by chance"),
    "WV1500": ("ClusterError", ""),
    "WV1501": ("ClusterError", "...: no Dask scheduler answers there within ... seconds"),
    "WV1502": ("ClusterError", "...: no workers for ... seconds"),
    "WV1503": ("ClusterError", "... needs ... for each task, and worker ... has ..."),
    "WV1504": ("ClusterError", "... ended its worker ... times, the last one at ..."),
    "WV1505": ("ClusterError", "... has ... ..., and this process ..., so results would differ"),
    "WV1506": ("ClusterError", "...: the connection to the scheduler was lost"),
    "WV1507": ("ClusterError", "worker ...: cannot run wordvec"),
    "WV1508": ("ClusterError", "worker ...: does not see the store"),
    "WV1600": ("GradientError", ""),
    "WV1601": ("GradientError", "...: backward is not the gradient of forward at ... of ... entries"),
}
CLASSES = {name: code for code, (name, _) in CODES.items() if code.endswith("00")}


def code_of(error: BaseException) -> str:
    """The code of an error: its message's code if the index has it, otherwise its class's.

    >>> from wordvec.errors import CorpusError
    >>> code_of(CorpusError("min_count=5 removes every word of 3")), code_of(CorpusError("something else"))
    ('WV0302', 'WV0300')
    >>> code_of(FileNotFoundError("a.txt")), code_of(MemoryError())
    ('WV0002', 'WV0003')
    """
    for kind in type(error).__mro__:
        if kind.__name__ == "OutputError":
            return OUTPUT
        if kind.__name__ in CLASSES:
            return _code_of_message(kind.__name__, str(error))
    if isinstance(error, OSError):
        return SYSTEM
    return THREADS if isinstance(error, RuntimeError) else MEMORY


def _code_of_message(kind: str, message: str) -> str:
    """The code of the longest indexed message of a class that fits."""
    fitting = [code for code, (name, text) in CODES.items() if name == kind and text and fits(text, message)]
    return max(fitting, key=lambda code: len(CODES[code][1]), default=CLASSES[kind])


def fits(text: str, message: str) -> bool:
    """Whether a message matches an indexed text, whose "..." match anything.

    >>> fits("...: no column ...; it has: ...", "a.csv: no column text; it has: id, body")
    True
    """
    pieces = [piece.strip() for piece in text.split("...") if piece.strip()]
    return re.search(".*?".join(map(re.escape, pieces)), message, re.DOTALL) is not None
