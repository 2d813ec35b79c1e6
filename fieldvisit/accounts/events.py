"""What happens to accounts that higher features must know of, in the same transaction."""

from blinker import Signal

# Sent with the Cadre and `by` (Cadre) after somebody ceased to be a cadre: the account was closed, or the role taken.
cadre_left: Signal = Signal()
