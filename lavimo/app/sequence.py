"""Moments of several motions, joined in the order in which they are asked for."""

from typing import Annotated

from fastapi import HTTPException, Query
from pydantic import Field

from lavimo.export.export import plain
from lavimo.export.join import joined
from lavimo.export.moment import parse_moment
from lavimo.export.take import Take, take_of
from lavimo.search.item import check_id
from lavimo.search.store import Store

MOST, LONGEST_S, LONGEST_BLEND_S = 20, 120.0, 5.0
"""Of one request: motions, their length together, and a blend."""
Cuts = Annotated[
    list[Annotated[str, Field(max_length=60)]],
    Query(alias="cut", min_length=2, max_length=MOST, description="ID, ID@BEGIN-END, and ! after it if mirrored"),
]
Blend = Annotated[float, Query(ge=0.05, le=LONGEST_BLEND_S, allow_inf_nan=False)]


def row(store: Store, cuts: list[str], blend_s: float) -> tuple[str, Take]:
    """A name for a file, and the take at 20 frames a second.

    Raises:
        HTTPException: a moment cannot be read, there is no such motion, or they cannot be joined.
    """
    try:
        moments = [parse_moment(cut) for cut in cuts]
        ids = [check_id(moment.what) for moment in moments]
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    try:
        name = plain(store.get(ids[0]).name)
        motions = [store.motion(id) for id in ids]
    except ValueError as error:
        raise HTTPException(404, str(error)) from error
    try:
        takes = [take_of(motion, moment.cut(moment.what)) for motion, moment in zip(motions, moments)]
        length_s = sum(len(take) / take.fps for take in takes)
        if length_s > LONGEST_S:
            raise ValueError(f"found {length_s:.0f} s of motions, expected {LONGEST_S:.0f} at most")
        return f"{name}_and_{len(cuts) - 1}_more", joined(takes, blend_s)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
