"""What a settled write hands to the settler, and how it ends."""

from dataclasses import dataclass, field

from attendance.batches import Batch
from attendance.services.sources import Settled
from federation.open_api.calls import Outcome, done, partly_done

WHOLE = -1  # the place of what concerns the call and not one of its rows


@dataclass(slots=True)
class Handed:
    """The punches of one call, and what is wrong with its other rows, by their place in the list sent.

    `team` is the number the call gives for its `project`; the batch gets the team once it is found. `refused`
    is the sentence of a call that is refused as a whole.
    """

    batch: Batch | None = None
    project: int | None = None
    team: int | None = None
    troubles: list[tuple[int, str]] = field(default_factory=list)
    refused: str = ""

    def ended(self, settled: Settled, words: "Words") -> Outcome:
        """How it ended, as the vendor will read it."""
        if self.refused:
            return Outcome(False, self.refused)
        troubles = list(self.troubles)
        rows = self.batch.rows if self.batch else []
        for place, text in settled.unmatched.items():
            troubles.append((rows[place].mark, words.unmatched.format(row=rows[place].mark, text=text)))
        for place, text in settled.refused.items():
            troubles.append((rows[place].mark, words.refused.format(row=rows[place].mark, text=text)))
        return partly_done([text for _place, text in sorted(troubles)]) if troubles else done()


@dataclass(frozen=True, slots=True)
class Words:
    """How a method speaks of a row that counts for nobody, and of one that is not kept."""

    unmatched: str
    refused: str
    no_team: str
