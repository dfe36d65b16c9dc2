"""Stage `verify`: before any work, what of the configured source is there and what is not. Never stops half-way."""

from collections.abc import Iterable
from pathlib import Path

from lavimo.clips import SPLITS, Clip
from lavimo.config import SourceOptions
from lavimo.sources import open_source
from lavimo.sources.amass_tree import AmassTree
from lavimo.sources.splits import LEAST, leaking, leaks
from lavimo.sources.verify.files import check_files
from lavimo.sources.verify.finding import Findings, table_of, write_json
from lavimo.sources.verify.release import check_annotations, check_humanml3d, check_kit


def verify(source: SourceOptions, with_features: bool, report: Path | None = None) -> tuple[str, int]:
    """Check the source's tables, files, captions, splits and counts.

    Args:
        with_features: compute released features again, which takes minutes.
        report: the JSON to write.

    Returns:
        The table for people, and the number of problems.
    """
    findings = findings_of(source, with_features)
    if report:
        write_json(report, source.name, source.kind, findings)
    return table_of(findings), findings.problems


def findings_of(source: SourceOptions, with_features: bool = False) -> Findings:
    """Everything that there is to say of a source."""
    findings = Findings()
    match source.kind:
        case "humanml3d":
            check_humanml3d(source.humanml3d, source.with_mirrored, with_features, findings)
        case "kitml" if source.kitml.layout == "release":
            check_kit(source.kitml, source.with_mirrored, with_features, findings)
        case "kitml":
            check_annotations(source.kitml, source.with_mirrored, findings)
    clips = findings.attempt("table", source.kind, lambda: open_source(source).clips()) or []
    if source.kind == "amass":
        for subset, here in (
            findings.attempt("subsets", "amass", lambda: AmassTree(source.amass.folder).subsets.items()) or ()
        ):
            renamed = f", renamed: the first release calls it {subset}" if subset != here else ""
            findings.ok("subsets", here, f"present{renamed}")
    published = source.kind in ("humanml3d", "kitml")
    check_files(clips, open_source(source), not published, findings)
    check_clips(clips, source.required_splits, findings)
    return findings


def check_clips(clips: Iterable[Clip], required: Iterable[str], findings: Findings) -> None:
    """Say how many clips each split has, whether these are enough, and which recordings feed several."""
    clips = list(clips)
    for split in SPLITS:
        names = [clip for clip in clips if clip.split == split]
        captions = sum(len(clip.captions) for clip in names)
        report = findings.problem if split in required and len(names) < LEAST[split] else findings.ok
        report("clips", split, f"{len(names)} clips, {captions} captions")
    for split in SPLITS[1:]:
        own = [clip.id for clip in clips if clip.split == split]
        if leaked := leaking(clips, split):
            share = 100 * len(leaked) / len(own)
            findings.note("leaks", split, f"{len(leaked)} clips ({share:.1f}%) are from recordings that feed train")
    for recording, splits in leaks(clips).items():
        counts = ", ".join(f"{len(names)} in {split}" for split, names in splits.items())
        findings.note("leaks", recording, f"clips of one recording on both sides: {counts}")
