"""The internet as it is: forged, hostile, oversized and impatient input."""
