"""The configuration, and the only functions that rules share."""

import json
import re
import shlex
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

from snakemake.settings.types import DeploymentMethod

from lavimo.body.smpl_file import body_file
from lavimo.config import load_config
from lavimo.motion.sources import open_source
from lavimo.motion.splits import is_filmed
from lavimo.shards import parse_shard, shard_of
from lavimo.train.live import export_terminal
from lavimo.versions import VERSIONS

CONFIG = load_config(config)

# Jobs run this checkout's package, in the environment that snakemake itself runs in (activated or not) unless conda
# gives them theirs.
# OpenMP threads that wait spin only for a moment: beside another job, spinning on makes training ten times slower.
PREFIX = (
    f"export PYTHONPATH={shlex.quote(str(workflow.basedir))} GOMP_SPINCOUNT=10000; "
)
if DeploymentMethod.CONDA not in workflow.deployment_settings.deployment_method:
    PREFIX += f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH; "
# How the work is done is no parameter of a job, so that a change of it makes nothing again: jobs inherit it.
CONFIG.export_means()
if workflow.is_main_process:
    export_terminal()
shell.prefix(PREFIX)

# Unless told otherwise (--resources gpu=N) one training runs at a time. Only the main process may say so:
# a cluster job that read it would find its own request for several cut to one, silently.
if workflow.is_main_process:
    workflow.global_resources.setdefault("gpu", 1)


# What Snakemake takes for a wildcard or a path variable, in whatever name it stands.
PATTERN = re.compile("[{}<>]")


wildcard_constraints:
    run="|".join(map(re.escape, CONFIG.runs)),
    variant="|".join(CONFIG.robustness.variants) or "none",


def options(*sections, **more):
    """The stage's version and its sections of the config, as one JSON parameter. The first section names the stage."""
    named = {name: getattr(CONFIG, name) for name in sections if hasattr(CONFIG, name)}
    return stage_options(sections[0], **named, **more)


def run_options(wildcards):
    """As `options("train", "model")`, with the overrides of the job's run, and what the model's file says of its data."""
    about = {
        "source": {"name": CONFIG.source.name, "licence": CONFIG.source.licence},
        "sample_frames": CONFIG.sample_frames.what(),
    }
    return stage_options(
        "train",
        **{
            name: CONFIG.run_section(wildcards.run, name) for name in ("train", "model")
        },
        about=about,
    )


def animate_options(wildcards):
    """The version and section of `animate`, with the overrides of the job's variant if it has one; where avatars or
    views are held out, with the names of the shard's test clips; where not all are filmed, of those that are not.
    """
    section = CONFIG.animate
    if "variant" in wildcards.keys():
        section = CONFIG.variant_section(wildcards.variant, "animate")
    share = CONFIG.share_filmed()
    unfilmed = [
        clip
        for clip in clips_of_split(wildcards, "train")
        if share < 1 and not is_filmed(clip, share)
    ]
    held_out = section.held_out_avatars or section.held_out_azimuth_degrees
    return stage_options(
        "animate",
        animate=section,
        **({"test_clips": clips_of_split(wildcards, "test")} if held_out else {}),
        **({"unfilmed": unfilmed} if unfilmed else {}),
    )


def clips_of_split(wildcards, split):
    """The names of a split's clips in the job's shard."""
    return sorted(clip.id for clip in clips_of_shard(wildcards) if clip.split == split)


def stage_options(stage, **sections):
    dumped = {
        name: (section.what() if hasattr(section, "what") else section)
        for name, section in sections.items()
    }
    return json.dumps({"version": VERSIONS[stage], **dumped}, sort_keys=True)


@cache
def clips_of_source():
    return open_source(CONFIG.source).clips()


@cache
def clips_of_shards(count):
    """The clips of each of `count` shards, by shard number."""
    clips = {shard: [] for shard in range(1, count + 1)}
    for clip in clips_of_source():
        clips[shard_of(clip.id, count)].append(clip)
    return clips


def clips_of_shard(wildcards):
    shard, count = parse_shard(wildcards.scatteritem)
    return clips_of_shards(count)[shard]


def files_of_shard(wildcards):
    """The source files of the job's shard, but for those in whose names Snakemake would see a pattern."""
    return [
        str(clip.file)
        for clip in clips_of_shard(wildcards)
        if clip.file is not None and not PATTERN.search(str(clip.file))
    ]


def ingest_options(wildcards):
    """As `options("ingest", "source")`, with a digest of what the clip table says of the shard's motions: another
    caption or split ingests nothing again, another window does."""
    rows = [
        (
            *(clip.id, str(clip.file), clip.start_s, clip.end_s, clip.mirror_of),
            *(changed(clip.file) if PATTERN.search(str(clip.file)) else ()),
        )
        for clip in clips_of_shard(wildcards)
    ]
    digest = sha256(json.dumps(sorted(rows, key=str)).encode()).hexdigest()[:16]
    return options("ingest", "source", clips=digest)


def changed(file):
    """What tells that a file that is no input has been changed."""
    status = file.stat()
    return status.st_size, status.st_mtime_ns


def body_files():
    """The SMPL files of the user's that the avatars have; none: the embedded body."""
    bodies = CONFIG.dress.bodies
    if bodies is None:
        return []
    return sorted({str(body_file(bodies, sex)) for sex in ("male", "female")})


def sees(run):
    """Whether a run has video among its modalities."""
    return "video" in CONFIG.run_section(run, "model").modalities


def rendered_videos(wildcards):
    """The videos, where any are made."""
    videos = gather.clips("<results>/videos/{scatteritem}")
    return videos if CONFIG.render.frames == "all" else []


def frames_of_run(wildcards):
    """The frames, if the job's run sees them."""
    frames = gather.clips("<results>/frames/{scatteritem}.safetensors")
    return frames if sees(wildcards.run) else []


def animations_of_run(wildcards):
    """The animations, which tell who acts in each clip, if the job's run sees it."""
    animations = gather.clips("<results>/animations/{scatteritem}.safetensors")
    return animations if sees(wildcards.run) else []


def variant_options(stage, *sections):
    """A function of the job's variant: the stage's version and its sections with the variant's overrides."""
    return lambda wildcards: stage_options(
        stage,
        **{
            name: CONFIG.variant_section(wildcards.variant, name)
            for name in sections or (stage,)
        },
    )


def frames_of_variant(wildcards):
    """The variant's frames, if the job's run sees them."""
    frames = gather.clips(
        "<results>/robustness/{{variant}}/frames/{scatteritem}.safetensors"
    )
    return frames if sees(wildcards.run) else []


def embeddings_of_variants(wildcards):
    """Each run's embeddings of each variant that it can notice: only videos change where no motion does."""
    return [
        f"<results>/robustness/{name}/{run}.safetensors"
        for name, variant in CONFIG.robustness.variants.items()
        for run in CONFIG.runs
        if variant.perturb or sees(run)
    ]
