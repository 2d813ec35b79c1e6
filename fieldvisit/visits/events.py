"""What happens to visits that higher features must know of, in the same transaction."""

from blinker import Signal

# Sent with the Visit after it was finished (first or again): its commitments stand as they are now.
visit_finished: Signal = Signal()
