"""Commands as a user runs them, for tests of what they print."""

from wordvec.cli import main


def run(capsys, *arguments):
    """The exit status, and what was printed on stdout and on stderr."""
    status = main([str(argument) for argument in arguments])
    return status, *capsys.readouterr()


def failure(capsys, *arguments):
    """The one line of a refusal."""
    status, out, err = run(capsys, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1), err
    return err
