"""A seeded plan of faults: the same seed gives the same plan."""

from dataclasses import dataclass
from random import Random

from tests.faults.kinds import KINDS


@dataclass(frozen=True)
class Step:
    """`after` is the share of the step's writes, 0 to 1, after which the fault begins; `seed` is for its own
    choices."""

    kind: str
    seconds: float
    after: float
    seed: int


def plan(faults: int, seed: int) -> list[Step]:
    """Every kind at least once if there are enough faults, the rest by their weights."""
    random = Random(seed)  # noqa: S311 - a seeded choice, no secret
    kinds = list(KINDS)
    random.shuffle(kinds)
    chosen = kinds[:faults]
    weights = [KINDS[kind].weight for kind in kinds]
    chosen += random.choices(kinds, weights, k=faults - len(chosen))
    random.shuffle(chosen)
    return [
        Step(kind, random.choice(KINDS[kind].seconds), round(random.random(), 2), random.getrandbits(32))
        for kind in chosen
    ]
