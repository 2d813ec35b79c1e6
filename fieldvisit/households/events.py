"""What happens to households that higher features must know of, in the same transaction."""

from blinker import Signal

# Sent with the Household and `by` (Cadre) after it was taken out of the lists, or brought back.
household_left: Signal = Signal()
household_restored: Signal = Signal()

# Sent with the Household and `by` (Cadre, None: the command line) after somebody was tied to it, or untied.
pairings_changed: Signal = Signal()
