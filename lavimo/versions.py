"""The version of lavimo, and that of each stage's output: raise it when the same input would give another output.

Snakemake does not see edits of the package; this number, handed to every job as a parameter, is how it learns of them.
"""

__version__ = "0.3.0"
OLD_NAMES_UNTIL = "0.4.0"
"""The version that no longer knows the names that options had before 0.3."""

VERSIONS: dict[str, int | str] = {
    "verify": 1,
    "catalogue": 4,
    "ingest": 4,
    "featurize": 2,
    "measure": 1,
    "dress": 1,
    "animate": 3,
    "render": 3,
    "sample_frames": 3,
    "draw_silhouettes": 1,
    "find_landmarks": 2,
    "accuracy": 2,
    "embed_frames": 3,
    "describe_motions": 2,
    "embed_texts": 2,
    "train": 8,
    "embed": 4,
    "match": 1,
    "average": 1,
    "facts": 3,
    "pool": 1,
    "evaluate": 4,
    "tabulate": 3,
    "report": 4,
    "perturb": 1,
    "robustness": 1,
    "systems": 1,
}
# It does what these two do, in a smaller size.
VERSIONS["draw_frames"] = f"{VERSIONS['render']}.{VERSIONS['sample_frames']}.small"
