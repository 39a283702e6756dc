"""Address text → elements (GA/T 2000.32-2014 levels), as a list of small named steps.

What no step recognises is kept in `leftovers`: nothing that was written gets lost. Explain mode keeps, for every
step, what it took and what it left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doorplate.addresses.steps import building, cleaning, number, prefix, street
from doorplate.addresses.steps.state import Mention, State
from doorplate.addresses.vocabulary import NO_VOCABULARY, Vocabulary
from doorplate.model import Division, Elements

Step = Callable[[State], None]

STEPS: tuple[Step, ...] = (
    cleaning.strip_invisibles,
    cleaning.half_width,
    cleaning.familiar_forms,
    cleaning.lay_aside_brackets,
    cleaning.close_gaps,
    cleaning.say_no_number,
    prefix.own_places,
    prefix.other_places,
    street.hamlet,
    street.street,
    street.lane,
    building.dashed_rooms,
    street.place_name,
    number.number,
    building.compound,
    building.dashed_rooms,
    building.building_parts,
)


@dataclass(frozen=True, slots=True)
class Explained:
    """One step of explain mode: its name, the text before and after, and what it found."""

    step: str
    before: str
    after: str
    found: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one text says. mentions: administrative places named, ours or others; no_number: the words that say that
    there is no number ("无号"), "" otherwise; leftovers: everything that no step could read, in order."""

    elements: Elements
    mentions: tuple[Mention, ...] = ()
    leftovers: tuple[str, ...] = ()
    no_number: str = ""
    steps: tuple[Explained, ...] = ()


def parse(text: str, division: Division, vocabulary: Vocabulary = NO_VOCABULARY, *, explain: bool = False) -> Parsed:
    """The text of one address inside `division`. Never raises: what cannot be read is in `leftovers`."""
    state = State(text, division, vocabulary)
    explained: list[Explained] = []
    for step in STEPS:
        before, known = state.rest, dict(state.found) if explain else {}
        step(state)
        if explain and (state.rest != before or state.found != known):
            new = tuple((k, v) for k, v in state.found.items() if known.get(k) != v)
            explained.append(Explained(step.__name__, before, state.rest, new))
    if state.rest:
        state.leftovers.append(state.rest)
    return Parsed(Elements(**state.found), tuple(state.mentions), tuple(state.leftovers), state.no_number, tuple(explained))
