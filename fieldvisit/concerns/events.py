"""What happens to concerns that higher features must know of, in the same transaction."""

from blinker import Signal

# Sent with the Concern and `by` (Cadre) after a unit has replied: the resident is to be asked.
concern_replied: Signal = Signal()
# Sent with the Concern after its replied state was left otherwise than by the resident's judgement.
concern_settled: Signal = Signal()
