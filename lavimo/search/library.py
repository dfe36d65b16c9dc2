"""A library that answers: queries in, hits out.

C dimensions of the joint space, G hits.
"""

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.reading.vocabulary import unknown
from lavimo.describe.relevance import Relevance
from lavimo.encode.retriever import Retriever
from lavimo.files import sha256_of
from lavimo.landmarks.movement import Movements
from lavimo.landmarks.sequence import Landmarks
from lavimo.search import rerank, video_ranking
from lavimo.search.action_filter import ActionFilter
from lavimo.search.found import Found
from lavimo.search.item import Candidate, Item, Window
from lavimo.search.judgement import Words, judged, liked
from lavimo.search.moments import moments_in_order, other_moments
from lavimo.search.open_store import open_store
from lavimo.search.query import Answer, Hit, Judgement, Query
from lavimo.search.query_files import LocalReader, QueryReader, meant
from lavimo.search.recent import Recent
from lavimo.search.sentences import Sentences
from lavimo.search.store import Store
from lavimo.search.turns import Turns
from lavimo.search.video_ranking import Ranked

if TYPE_CHECKING:
    from lavimo.search.poses import Poses

RERANKED = 50
"""Motions whose landmarks are compared with a video, as `MatchOptions.candidates`."""
WINDOWS_EACH = 3
"""Of each so many windows; more, where there are fewer motions."""
EVERY = 5_000
"""Up to so many windows each is compared with a video, whatever the model says of it."""
REFINED = 25
"""Of the best of these at least so many get better borders, by which their order changes."""
DEPTH, DEEPER = 400, 8
"""Windows that are asked for at first, and by how many times more where they are of too few motions."""
AT_ONCE = 2
"""Queries that are answered at a time, once their vectors are there."""


class Library:
    """An index, and the model whose vectors it holds."""

    def __init__(self, address: str, model: Path | None = None, device: str = "cpu", reader: QueryReader | None = None):
        """Open it.

        Args:
            model: where the model's file lies, if not where the index says.
            reader: opens the files of queries; by default in this process.

        Raises:
            ValueError: there is no index, or the model is not the one whose vectors it holds.
        """
        self.store: Store = open_store(address)
        path = model or self.store.model()
        self.retriever = Retriever(path / "model.safetensors" if path.is_dir() else path, device)
        if (found := sha256_of(self.retriever.path)) != self.store.about.model:
            raise ValueError(
                f"{address}: found the model {found[:12]} in {path}, but the index holds vectors of "
                f"{self.store.about.model[:12]}"
            )
        self._reader: QueryReader = reader or LocalReader()
        self._thinking, self._turns = Lock(), Turns(AT_ONCE)
        self._sentences = Sentences(self.retriever.embed_texts)
        self._recent = Recent(self.store)
        self._poses: Poses | None = None
        self._poses_of: dict[str, str] = {}

    def search(self, query: Query) -> Answer:
        """The hits of a query, the best first.

        Raises:
            ValueError: a file of the query cannot be read, nobody is in a video or picture, or the model does not see
                videos and they are mixed with other parts.
        """
        self.store.refresh()
        videos = [part for part in query.parts if part.kind == "video"]
        seen = (
            {part.content: self._reader.landmarks(Path(part.content), query.person) for part in videos}
            if (self._sees_landmarks or (query.rerank and query.only("video")))
            else {}
        )
        if not query.parts:
            return self._by_pose(query)
        if query.only("video") and (query.rerank or not self._sees_videos):
            return self._watched(query, seen[query.parts[0].content])
        vector_C = self._vector(query, seen)
        with self._turns():
            words = self._words(str(query.parts[0].content)) if query.only("text") else None
            found = self._found(vector_C, query, words)
            if query.image is None:
                return self._answer(
                    query, [Ranked(found[one]) for one, *_ in found.motions[: 3 * query.k]], found, words
                )
        return self._by_pose(query, {found[first].id for first, *_ in found.motions})

    @property
    def _sees_videos(self) -> bool:
        return "video" in self.retriever.modalities and (self._landmark_encoder or self._reader.opens_videos)

    @property
    def _landmark_encoder(self) -> bool:
        return str(self.retriever.about["model"]["video_encoder"]) == "landmarks"

    @property
    def _sees_landmarks(self) -> bool:
        return self._landmark_encoder or not self._sees_videos

    def _vector(self, query: Query, seen: dict[str | Path, Landmarks]) -> NDArray[np.float32]:
        """The parts, weighted, as one vector of length 1."""
        total_C = np.zeros(self.store.about.dim, np.float32)
        for part in query.parts:
            total_C += part.weight * self._part(part.kind, part.content, seen)
        return total_C / max(float(np.linalg.norm(total_C)), 1e-9)

    def _part(self, kind: str, content: Any, seen: dict[str | Path, Landmarks]) -> NDArray[np.float32]:
        if kind == "text":
            return self._sentences.vector(content)
        if kind == "motion":
            motion = self._reader.motion(Path(content))
            with self._thinking:
                return self.retriever.embed_motions([motion])[0]
        if not self._sees_videos:
            raise ValueError(
                f"{self.retriever.path}: found a model of {', '.join(self.retriever.modalities)}; a video can be asked "
                "for alone, by its landmarks, but not mixed with other parts"
            )
        with self._thinking:
            return self.retriever.embed_videos([meant(Path(content), seen.get(content), self._landmark_encoder)])[0]

    def _found(self, vector_C: NDArray[np.float32], query: Query, words: Words | None = None) -> Found:
        """Windows of enough different motions, the best first."""
        boost = words.relevance if words is not None and words.relevance.speaks else None
        motions, windows = self.store.count()
        enough = min(max(4 * query.k, RERANKED), motions)
        depth = max(DEPTH, 10 * query.k)
        while True:
            found = self.store.search(vector_C, depth, query.filters, boost)
            if len(found) < depth or len(found.motions) >= enough or depth >= windows:
                return found
            depth *= DEEPER

    def _watched(self, query: Query, video: Landmarks) -> Answer:
        """Motions in the order of their match with a video: all, or in a large library those that the model finds."""
        count, seen = self.store.count()[1], {query.parts[0].content: video}
        vector_C = self._vector(query, seen) if self._sees_videos else np.zeros(self.store.about.dim, np.float32)
        if self._sees_videos and count > EVERY:
            found = self._found(vector_C, query)
            tried = _best_windows(found, max(RERANKED, query.k))
        else:
            found = self.store.search(vector_C, count, query.filters)
            tried = list(found)
        placed = video_ranking.in_order(
            video, tried, self._movements(tried), lambda one: one.window.shows(self.store.facts(one.id))
        )
        first = max(2 * query.k, REFINED)
        fits = partial(self._fits, query)
        better = video_ranking.refined(video, placed[:first], self.store.points, fits)
        return self._answer(query, better + placed[first:], found if self._sees_videos else Found.nothing())

    def _movements(self, found: Sequence[Candidate]) -> list[Movements]:
        """What somebody does in each window."""
        ids = list(dict.fromkeys(one.id for one in found))
        items = dict(zip(ids, self.store.items_of(ids)))
        return self._recent.movements([(items[one.id], one.window) for one in found])

    def _by_pose(self, query: Query, among: set[str] | None = None) -> Answer:
        """Motions in which somebody stands as in the picture; perhaps only among some."""
        from lavimo.search.poses import Poses

        contents = {id: known.sha256 for id, known in self.store.known().items()}
        if self._poses is None or self._poses_of != contents:
            self._poses, self._poses_of = Poses.of(self.store), contents
        assert query.image is not None
        ordered: list[Ranked] = []
        for id, window, distance in self._poses.nearest(self._reader.pose(query.image)):
            fits = query.filters.item(self.store.get(id)) and self._fits(query, id, window)
            if fits and (among is None or id in among):
                ordered.append(Ranked(Candidate(id, window, float(np.exp(-distance))), distance))
        return self._answer(query, ordered, Found.nothing())

    def _fits(self, query: Query, id: str, window: Window) -> bool:
        """Whether a window that the index does not hold may be found."""
        return query.filters.window(window, self.store.facts(id) if query.filters.action != ActionFilter() else ())

    def _answer(
        self,
        query: Query,
        ordered: Sequence[Ranked],
        found: Found,
        words: Words | None = None,
    ) -> Answer:
        """Hits, near-duplicates put together."""
        shown = list(ordered[: 3 * query.k])
        items = self.store.items_of([placed.found.id for placed in shown])
        groups = self._groups(items, shown)[: query.k]
        facts = self._recent.facts([items[place] for place, *_ in groups])
        windows = found.of({shown[place].found.id for place, *_ in groups})
        hits: list[Hit] = []
        for (place, *twins), own in zip(groups, facts):
            placed = shown[place]
            one = placed.found
            window, moments = one.window, other_moments(one.window, map(found.__getitem__, windows.get(one.id, ())))
            if words is not None and (parts := moments_in_order(words, one, own)):
                window, moments = parts
            judgement = self._judged(query, placed, words)
            alike = tuple(shown[twin].found.id for twin in twins)
            video_s = (placed.stretch.begin_s, placed.stretch.end_s) if placed.stretch else None
            told = (judgement, moments, alike, window.shows(own), one.cosine, video_s)
            hits.append(Hit(items[place], window, one.score, placed.distance_m, *told))
        said = [hit.judgement for hit in hits if hit.judgement]
        sure = any(one != "hardly" for one in said) if said else None
        return Answer(tuple(hits), sure, words.unknown if words is not None else ())

    def _groups(self, items: Sequence[Item], shown: Sequence[Ranked]) -> list[list[int]]:
        """The places of hits, each with those that are the same to an eye, in order of the first."""
        if not shown:
            return []
        same_GG = rerank.alike(self._recent.movements([(i, one.found.window) for i, one in zip(items, shown)]))
        groups: list[list[int]] = []
        left_G = np.ones(len(shown), bool)
        for place, same_G in enumerate(same_GG):
            if left_G[place]:
                groups.append([place, *np.flatnonzero(same_G & left_G).tolist()])
                left_G &= ~same_G
        return groups

    def _words(self, text: str) -> Words:
        """What the words are to facts, and which of them nobody knows; of a model that does not say, all are known."""
        strange, share = unknown(text, self._vocabulary) if self._vocabulary is not None else ([], 1.0)
        return Words(Relevance.of(text), tuple(strange), share)

    def _judged(self, query: Query, placed: Ranked, words: Words | None) -> Judgement:
        """What a score means."""
        direction = {"text": "t2m", "video": "v2m"}.get(query.parts[0].kind) if len(query.parts) == 1 else None
        limits = self._calibration.get(direction or "")
        if words is not None:
            return judged(words, placed.found, limits)
        if query.image is not None:
            return ""
        told = liked(placed.found.cosine, limits) if limits is not None else None
        if query.only("video") and placed.distance_m is not None:
            return video_ranking.judged(placed, told if self._sees_videos else None)
        return told or ""

    @cached_property
    def _vocabulary(self) -> frozenset[str] | None:
        told = self.retriever.about.get("vocabulary")
        return None if told is None else frozenset(told)

    @cached_property
    def _calibration(self) -> dict[str, dict[str, float]]:
        return self.retriever.about.get("calibration") or {}

    def close(self) -> None:
        """Let go of the index."""
        self.store.close()


def _best_windows(found: Found, motions: int) -> list[Candidate]:
    """Of so many motions the best windows, a few of each; more, where there are fewer motions."""
    each = max(WINDOWS_EACH, WINDOWS_EACH * motions // max(len(found.motions), 1))
    return [found[place] for places in found.motions[:motions] for place in places[:each]]
