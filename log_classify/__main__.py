"""`python -m log_classify` is `log-classify`."""

import sys

from log_classify.cli import main

sys.exit(main())
