"""``python -m wordvec`` is the ``wordvec`` command."""

import sys

from wordvec.cli import main

sys.exit(main())
