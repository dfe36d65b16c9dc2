"""AMASS's subsets: which are there, which are missing or renamed, and which recordings are missing in those there."""

from collections import Counter
from collections.abc import Iterable, Mapping

from lavimo.sources.amass_tree import NAMES, AmassTree, subset_of
from lavimo.sources.verify.finding import Findings


def check_subsets(needed: Mapping[str, str], tree: AmassTree, findings: Findings) -> None:
    """Say of each subset that clips need whether it is there.

    Args:
        needed: each id's path in AMASS.
    """
    missing: dict[str, list[str]] = {}
    clips: Counter[str] = Counter()
    for name, path in needed.items():
        subset = subset_of(path)
        clips[subset] += 1
        if tree.find(path) is None:
            missing.setdefault(subset, []).append(name)
    for subset, count in sorted(clips.items()):
        gone = missing.get(subset, [])
        here = tree.subsets.get(subset)
        known = " or ".join((subset, *NAMES.get(subset, ())))
        if here is None:
            findings.problem(
                "subsets",
                subset,
                f"missing: no folder {known} in {tree.folder}; {count} clips need it: download it from AMASS",
            )
            continue
        if here != subset:
            findings.note("subsets", subset, f"renamed: is here as {here}")
        if not gone:
            findings.ok("subsets", subset, f"present: all recordings of {count} clips")
        for path in _paths(gone, needed):
            findings.problem("recordings", path, f"missing in {tree.folder / here}")
    unused = sorted(set(tree.subsets) - set(clips))
    if unused:
        findings.ok("subsets", "not needed", ", ".join(unused))


def _paths(names: Iterable[str], needed: Mapping[str, str]) -> list[str]:
    return sorted({needed[name] for name in names})
