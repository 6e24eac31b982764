"""Speed measured beside its floors, printed as ratios of one run."""

import logging

import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
