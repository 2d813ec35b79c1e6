"""What happens to concerns that higher features must know of, in the same transaction."""

from blinker import Signal

# Sent with the Concern and `by` (Cadre) after a unit has replied: the resident is to be asked.
concern_replied: Signal = Signal()
# Sent with the Concern and `by` (Cadre) after somebody closed it or had it done again without the residents' judgement,
# and after it became confidential.
concern_settled: Signal = Signal()
