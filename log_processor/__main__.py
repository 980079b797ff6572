"""`python -m log_processor` is `log-processor`."""

import sys

from log_processor.cli import main

sys.exit(main())
