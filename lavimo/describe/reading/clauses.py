"""A query's words divided into what is done one after the other."""

from lavimo.describe.reading.lexicon import small
from lavimo.describe.reading.token import ENDS, Match, Token, matches_in

STATES = {"sit", "stand", "lie", "kneel", "hand on hip", "balance"}
"""What goes on while something else is done: `sits and waves` is of one time."""


ENDING = {"get up", "sit down", "lie", "fall", "kneel", "walk", "run", "jump"}
"""What ends a state: `sits and gets up` is not."""


def clauses(tokens: list[Token]) -> list[list[Token]]:
    """In order of time: cut at `then`, at `before` and `after`, and at `and` and commas between actions."""
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token.text in small("then") or token.text in ENDS:
            pieces.append([])
        else:
            pieces[-1].append(token)
    ordered = [clause for piece in pieces if piece for clause in _before_and_after(piece)]
    return [clause for piece in ordered for clause in _at_and(piece) if clause]


def claimed(match: Match, tokens: list[Token], floor: int) -> int:
    """Where the small words before an action begin that describe it: back to what joins it to others, or not at all."""
    place = match.first
    while place > floor and tokens[place - 1].small:
        place -= 1
    return place if place == 0 or tokens[place - 1].barrier else match.first


def _before_and_after(tokens: list[Token]) -> list[list[Token]]:
    """`A before B` and `after A, B` are A, B; `A after B` and `before B, A` are B, A."""
    texts = [token.text for token in tokens]
    place = next((place for place, text in enumerate(texts) if text in ("before", "after")), None)
    if place is None:
        return [tokens]
    if place == 0:
        comma = texts.index(",") if "," in texts else len(texts)
        first, second = tokens[1:comma], tokens[comma + 1 :]
        return [second, first] if texts[0] == "before" else [first, second]
    first, second = tokens[:place], tokens[place + 1 :]
    return [second, *_before_and_after(first)] if texts[place] == "after" else [first, *_before_and_after(second)]


def _at_and(tokens: list[Token]) -> list[list[Token]]:
    matches = [match for match in matches_in(tokens) if match.rule.kinds]
    cuts = [0]
    for place, token in enumerate(tokens):
        if token.text not in ("and", ",") or any(match.first <= place <= match.last for match in matches):
            continue
        before = [match for match in matches if cuts[-1] <= match.first < place]
        after = next((match for match in matches if match.first > place), None)
        if (
            before
            and after
            and claimed(after, tokens, 0) == place + 1
            and not _of_one_time(tokens, cuts[-1], place, before, after)
        ):
            cuts.append(place)
    return [tokens[begin + (begin > 0) : end] for begin, end in zip(cuts, [*cuts[1:], len(tokens)])]


def _of_one_time(tokens: list[Token], begin: int, place: int, before: list[Match], after: Match) -> bool:
    """Whether what stands at both sides of an `and` or a comma is done at once."""
    head = next((token.text for token in tokens[begin:place] if token.text not in ("and", ",")), "")
    if head in small("while") or (head in small("with") and tokens[place].text == ","):
        return True
    meanwhile = any(token.text in small("while") for token in tokens[begin:place])
    if meanwhile and tokens[after.first].text.endswith("ing"):
        return True
    same = any(match.rule.kinds == after.rule.kinds and not match.rule.bare for match in before)
    return (same and after.rule.kinds[0] in ("gesture", "dance", "stand")) or all(
        match.rule.bare or (match.rule.kinds[0] in STATES and after.rule.kinds[0] not in ENDING) for match in before
    )
