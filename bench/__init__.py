"""Speed measured beside its floors, printed as ratios of one run."""
