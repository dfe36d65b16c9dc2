"""An answer as people read it in a terminal."""

from lavimo.search.query import Answer, Hit

HEADER = ("id", "score", "", "moment, s", "what", "where")
WIDTH = 60


def as_table(answer: Answer) -> str:
    """A line a hit."""
    if not answer.hits:
        return "nothing found: no motion of the library fits the filters"
    rows = [HEADER, *map(_row, answer.hits)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    if answer.unknown:
        told = ", ".join(answer.unknown)
        lines.insert(0, f"words that the model does not know (it reads English): {told}")
    if answer.found is False:
        lines.insert(0, "nothing found that fits well; the nearest:")
    return "\n".join(lines)


def _row(hit: Hit) -> tuple[str, ...]:
    moment = f"{hit.window.begin_s:.1f} to {hit.window.end_s:.1f}" + (", mirrored" if hit.window.mirrored else "")
    moment += f" (video {hit.video_s[0]:.1f} to {hit.video_s[1]:.1f})" if hit.video_s else ""
    more = f" (+{len(hit.alike)} alike)" if hit.alike else ""
    parts = [f"{m.words} at {m.window.begin_s:.1f} s" for m in hit.moments if m.words]
    told = [*hit.item.captions[:1], "; ".join(parts) or hit.description]
    what = "; shows: ".join(one[: WIDTH - 1] + "…" if len(one) > WIDTH else one for one in told if one)
    return (
        hit.item.id,
        f"{hit.score:.3f}" if hit.distance_m is None else f"{hit.distance_m:.2f} m",
        hit.judgement,
        moment,
        what + more,
        hit.item.name,
    )
