"""LAVIMO, end to end: motions -> avatars -> videos -> frames -> models -> retrieval scores.

snakemake --cores all                                    the whole table and its report
snakemake --cores all videos                             one noun (motions, features, videos, frames, landmarks,
                                                         silhouettes, texts, models, scores), and what it needs
snakemake --cores all robustness                         how scores move with view, frames, length, ...
snakemake --cores all systems --configfile workflow/configs/systems.yaml    every system of the paper's tables
snakemake --cores all folds --configfile workflow/configs/cmu_folds.yaml    every clip tested once, by whole recordings
snakemake --cores 1 verify                               what of the source is there, and what is not
snakemake --cores all --forcerun train                   a stage again, and what follows
snakemake --cores all --configfile workflow/configs/cmu.yaml         another experiment
snakemake --cores all --set-scatter clips=128            more, smaller jobs a stage
snakemake --workflow-profile slurm                       the same, on a cluster

Path grammar, S is a shard such as 3-of-8:
  <results>/config.yaml                       the whole configuration, from which the run can be repeated
  <results>/clips.csv                         which clips there are, their splits and captions
  <results>/avatars.safetensors               the avatars, dressed
  <results>/{motions,features,animations,frames,landmarks,silhouettes}/S.safetensors
  <results>/motions/S.rejected.csv            clips that could not be read, and why
  <results>/videos/S/CLIP.mp4
  <results>/texts.safetensors                 sentence embeddings and token features of the captions
  <results>/runs/RUN/{model.safetensors,log.jsonl,embeddings.safetensors,scores.csv}
  <results>/{scores.csv,table.md,table.tex,report.html}
  <results>/robustness/VARIANT/...            the test split again, one thing changed
  <results>/{robustness.csv,robustness.html}
  <results>/systems.html                      every run as a system: deviations, costs, the same queries
  <results>/folds/K/{clips.csv,runs/...}      the same of fold K, whose recordings training does not see
  <results>/folds/{runs,scores.csv,...}       all folds together
"""

from snakemake.utils import min_version

min_version("9.12")  # pathvars


configfile: f"{workflow.basedir}/config.yaml"


include: "rules/common.smk"
include: "rules/runs.smk"


scattergather:
    clips=CONFIG.shards,


# What a queue would delay more than it takes; on a cluster the rest goes there, a shard's stages as one job.
localrules:
    config,
    catalogue,
    tabulate,


include: "rules/motion.smk"
include: "rules/avatar.smk"
include: "rules/model.smk"
include: "rules/evaluate.smk"
include: "rules/variants.smk"
include: "rules/robustness.smk"
include: "rules/systems.smk"
include: "rules/folds.smk"


rule all:
    default_target: True
    input:
        "<results>/config.yaml",
        "<results>/table.md",
        "<results>/table.tex",
        "<results>/scores.csv",
        "<results>/report.html",


onsuccess:
    targets = [
        file for job in workflow.dag.targetjobs for file in job.output or job.input
    ]
    print(what_was_made(targets), file=sys.stderr)
