"""Speed measured beside its floors, printed as ratios of one run."""

import logging
from contextlib import suppress

with suppress(ModuleNotFoundError):  # peers run in an environment of their own, without it
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
