"""Whose, which way, how often and how quickly: what the small words around an action say of it."""

from dataclasses import dataclass, field

from lavimo.describe.fact import KINDS, OTHER
from lavimo.describe.reading.lexicon import Rule, by_word, small
from lavimo.describe.reading.token import Match, Token
from lavimo.describe.words.patterns import table

LEGS = {"walk", "limp", "lunge", "hop", "kick", "raise knee", "balance", "kneel"}
TRAVELS = {"walk", "run", "sneak", "jump"}
OF_HANDS = {"clap", "gesture", "swing", "symmetric"}
"""Done with hands or arms, although nobody asks whose."""
TURNS = {"turn", "curve", "circle", "lean"}
PAIRS = {"hands", "arms", "fists", "wrists", "palms", "forearms", "elbows", "knees", "fingers"}
STRIKES = ("punch", "jab", "hook", "uppercut")
MOST = 50
"""A greater number is no count: a 360 spin."""
QUALITIES = ("more", "quick", "slow", "big", "small", "high", "left", "right")
OWN = {"his", "her", "their", "the", "its", "my", "your", "of", "behind", "on"}


@dataclass
class Said:
    """What the words of a zone say, before it is known of which kind of action."""

    limbs: dict[str, str] = field(default_factory=dict)
    side: str = ""
    lateral: str = ""
    to: bool = False
    ways: set[str] = field(default_factory=set)
    count: int = 0
    manner: str = ""


def attributes(match: Match, tokens: list[Token], begin: int, end: int) -> dict[str, str | int]:
    """Side, direction, count and manner of an action whose words are tokens[begin:end]."""
    said = _said(tokens, begin, end, match.places)
    kind, rule = match.rule.kinds[0], match.rule
    return {
        "side": _side(said, rule, kind, [tokens[place].text for place in match.places]),
        "direction": _direction(said, kind) or ("" if rule.direction == "lateral" else rule.direction),
        "count": said.count,
        "manner": said.manner or rule.manner,
    }


def limb_of(token: Token) -> str:
    """hand, leg, or empty."""
    return next((name for name, words in table("reading/grammar.yaml")["limbs"].items() if token.base in words), "")


def limb_of_kind(kind: str) -> str:
    """What a kind is done with: hand, leg, or empty."""
    if kind in LEGS | TRAVELS:
        return "leg"
    return "hand" if KINDS[kind].sides or kind in OF_HANDS else ""


def _side(said: Said, rule: Rule, kind: str, words: list[str]) -> str:
    sides = KINDS[kind].sides
    if not sides:
        return ""
    if rule.opposite:
        return next((OTHER[word] for word in words if word in OTHER), "")
    found = said.limbs.get(limb_of_kind(kind), "") or said.side
    if not found and said.lateral and not said.to and not {"left", "right"} & set(KINDS[kind].directions):
        found = said.lateral
    return found if found in sides else rule.side


def _direction(said: Said, kind: str) -> str:
    ways = said.ways
    along = "forward" if "forward" in ways else "backward" if "backward" in ways else ""
    if kind in TURNS:
        return said.lateral or ("right" if "clockwise" in ways else "left" if "counterclockwise" in ways else "")
    if kind in TRAVELS:
        if said.lateral:
            return f"{along or 'forward' if 'diagonal' in ways else along} {said.lateral}".strip()
        for way in ("diagonal", "side"):
            if way in ways:
                return way
        return along or (
            "in place" if "place" in ways and kind != "jump" else "up" if kind == "jump" and "up" in ways else ""
        )
    allowed = KINDS[kind].directions
    if kind == "kick" and said.lateral and said.to:
        return "side"
    return next(
        (way for way in ("above", "side", along, "up", "down", "chair", "ground") if way in ways and way in allowed), ""
    )


def _said(tokens: list[Token], begin: int, end: int, places: tuple[int, ...]) -> Said:
    said, numbers = Said(), table("reading/grammar.yaml")["numbers"]
    for place in range(begin, end):
        token = tokens[place]
        text, before = token.text, [one.text for one in tokens[max(begin, place - 3) : place]]
        if token.negated:
            continue
        if text in ("left", "right", "both", "two", "each"):
            _read_side(said, tokens, place, end, before)
        elif text in PAIRS and not {"left", "right", "one", "a", "either"} & set(before[-2:]):
            said.limbs.setdefault(limb_of(token), "both")
        if text in numbers or text.isdigit():
            said.count = said.count or _count(tokens, place, end, numbers.get(text) or int(text))
        said.count = said.count or table("reading/grammar.yaml")["often"].get(text, 0)
        said.manner = said.manner or by_word("manners").get(text, "")
        said.ways |= _ways(tokens, place, end, before, places)
    return said


def _read_side(said: Said, tokens: list[Token], place: int, end: int, before: list[str]) -> None:
    text = tokens[place].text
    after = [
        token
        for token in tokens[place + 1 : min(place + 4, end)]
        if token.text not in ("of", "their", "his", "her", "the")
    ]
    limb = limb_of(after[0]) if after else ""
    if text in ("two", "each"):
        text = "both" if limb and after[0].base not in STRIKES else ""
    if after and after[0].text == "handed":
        limb = "hand"
    if limb and text:
        earlier = said.limbs.get(limb, "")
        said.limbs[limb] = text if earlier in ("", text) else "both"
    elif text == "both":
        said.side = "both"
    elif text and {"with", "using"} & set(before[-2:]):
        said.side = text
    elif text and not said.lateral and not {"on", "at"} & set(before[-2:]):
        said.lateral, said.to = text, bool({"to", "toward", "towards"} & set(before))


def _count(tokens: list[Token], place: int, end: int, number: int) -> int:
    """A number that counts: neither hands, people, nor metres, nor the one in `one leg`."""
    after = next((one for one in tokens[place + 1 : end] if one.text not in QUALITIES), None)
    if after is None or after.base in small("units") or after.text in small("subjects"):
        return 0
    if limb_of(after) and after.base not in STRIKES:
        return 0
    once = after.base in ("time", "step", "pace")
    return number if once or 1 < number <= MOST else 0


def _ways(tokens: list[Token], place: int, end: int, before: list[str], places: tuple[int, ...]) -> set[str]:
    text = tokens[place].text
    after = tokens[place + 1].text if place + 1 < end else ""
    last = before[-1] if before else ""
    if place and tokens[place - 1].base == "face":
        return set()
    if text in ("place", "spot") and {"in", "on"} & set(before[-2:]):
        return {"place"}
    if text == "head" and {"above", "over"} & set(before):
        return {"above"}
    if text in ("side", "sides") and last not in ("left", "right") and {"to", "at", "out", "toward"} & set(before):
        return {"side"}
    if text == "back" and place not in places and last not in OWN and after not in ("up", "down"):
        return {"backward"}
    if text == "straight" and after in ("up", "down", "arm", "leg", "arms", "legs"):
        return set()
    if text == "seat" and place > 1 and tokens[place - 2].base in ("take", "have"):
        return set()
    if text == "high":
        return {"up", "above"} if after == "in" else {"up"}
    if text == "above" and after not in ("", "the", "his", "her", "their"):
        return set()
    return {way} if (way := by_word("ways").get(tokens[place].text, "")) else set()
