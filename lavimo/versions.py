"""The version of each stage's output: raise it when the same input would give another output.

Snakemake does not see edits of the package; this number, handed to every job as a parameter, is how it learns of them.
"""

VERSIONS: dict[str, int | str] = {
    "verify": 1,
    "catalogue": 3,
    "ingest": 3,
    "featurize": 2,
    "measure": 1,
    "dress": 1,
    "animate": 2,
    "render": 2,
    "sample_frames": 1,
    "embed_texts": 1,
    "train": 2,
    "embed": 2,
    "evaluate": 3,
    "tabulate": 3,
    "report": 2,
    "perturb": 1,
    "robustness": 1,
}
# It does what these two do.
VERSIONS["draw_frames"] = f"{VERSIONS['render']}.{VERSIONS['sample_frames']}"
