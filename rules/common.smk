"""The configuration, and the functions that rules share; those of runs are in runs.smk."""

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
from lavimo.jobs import lock, parent_death, slurm
from lavimo.jobs.summary import what_was_made
from lavimo.jobs.machine import has_gpu
from lavimo.jobs.terminal import export_terminal
from lavimo.landmarks.models import models_folder
from lavimo.sources import open_source
from lavimo.shards import parse_shard, shard_of
from lavimo.versions import VERSIONS

CONFIG = load_config(config)

# Jobs run this checkout's package, in the environment that snakemake itself runs in (activated or not) unless conda
# gives them theirs.
# OpenMP threads that wait spin only for a moment: beside another job, spinning on makes training ten times slower.
# Memory that glibc returns comes back as pages to be cleared, array by array: kept, it makes whole stages a third faster.
PREFIX = (
    f"export PYTHONPATH={shlex.quote(str(workflow.basedir))} GOMP_SPINCOUNT=10000 "
    "MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=268435456; "
)
if DeploymentMethod.CONDA not in workflow.deployment_settings.deployment_method:
    PREFIX += f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH; "
# Where Python keeps no compiled modules, as in many containers, every job would compile thousands: here the first does.
if sys.dont_write_bytecode:
    PREFIX += "unset PYTHONDONTWRITEBYTECODE; "
if sys.dont_write_bytecode and sys.pycache_prefix is None:
    PREFIX += f"export PYTHONPYCACHEPREFIX={shlex.quote(str(Path('.snakemake/pycache').absolute()))}; "
PREFIX += f"export LAVIMO_BLAZEPOSE={shlex.quote(str(models_folder()))}; "
# The kernel ends who takes too much memory, and says nothing.
KILLED = "killed (signal 9), not by itself: most often for lack of memory. The same command goes on; --cores 1 needs less."
ON_EXIT = f'[ $? -ne 137 ] || echo "{KILLED}" >&2'
PREFIX += f"trap {shlex.quote(ON_EXIT)} EXIT; "
# How the work is done is no parameter of a job, so that a change of it makes nothing again: jobs inherit it.
CONFIG.export_execution()
if workflow.is_main_process:
    lock.check_writable(Path(config.get("pathvars", {}).get("results", "results")))
    lock.begin_run()
    parent_death.end_jobs_with_this_process()
    export_terminal()
elif workflow.remote_exec:
    parent_death.let_jobs_live_on()
shell.prefix(PREFIX)


onstart:
    slurm.ask_who_answers(workflow.executor_settings)


# Unless told otherwise (--resources gpu=N) one training runs at a time where this machine has a GPU to train on. Only
# the main process may say so: a cluster job that read it would find its own request for several cut to one, silently.
if workflow.is_main_process and has_gpu():
    workflow.global_resources.setdefault("gpu", 1)


# A shard of frames: of videos, or of clips that have none.
PLACE = r"(drawn/)?\d+-of-\d+"

# Of what depends on the split: of the whole, or of one of the folds that recordings are dealt to.
FOLD = r"(folds/\d+/)?"
FOLDS = range(1, CONFIG.source.folds + 1)

# What Snakemake takes for a wildcard or a path variable, in whatever name it stands.
PATTERN = re.compile("[{}<>]")


def pattern(names):
    """A wildcard's constraint to some names, which may be none."""
    return "|".join(map(re.escape, names)) or "nothing^"


wildcard_constraints:
    run=pattern(CONFIG.runs),
    fold=FOLD,
    variant="|".join(CONFIG.robustness.variants) or "none",


def options(*sections, **more):
    """The stage's version and its sections of the config, as one JSON parameter. The first section names the stage."""
    named = {name: getattr(CONFIG, name) for name in sections if hasattr(CONFIG, name)}
    return stage_options(sections[0], **named, **more)


def catalogue_options(wildcards):
    """As `options("catalogue", "source")`, of the job's fold."""
    number = wildcards.fold.removeprefix("folds/").removesuffix("/")
    source = source_of_fold(int(number)) if number else CONFIG.source
    return stage_options("catalogue", source=source)


def animate_options(wildcards):
    """The version and section of `animate`, with the overrides of the job's variant if it has one, and which of the
    shard's clips are of val and test: another caption animates nothing again, another split does, but for that of
    another fold.
    """
    section = CONFIG.animate
    if "variant" in wildcards.keys():
        section = CONFIG.variant_section(wildcards.variant, "animate")
    section = section.model_copy(update={"video_share": CONFIG.video_share()})
    splits = {
        clip.id: split_of(clip)
        for clip in clips_of_shard(wildcards)
        if split_of(clip) != "train"
    }
    return stage_options("animate", animate=section, splits=splits)


def whole_options():
    """The whole configuration; runs that were dropped are dropped again where it is read over another."""
    whole = CONFIG.model_dump(mode="json", exclude_defaults=True)
    dropped = {name: None for name, run in config["runs"].items() if run is None}
    return json.dumps({**whole, "runs": {**whole["runs"], **dropped}})


def stage_options(stage, **sections):
    dumped = {
        name: (section.outcome() if hasattr(section, "outcome") else section)
        for name, section in sections.items()
    }
    return json.dumps({"version": VERSIONS[stage], **dumped}, sort_keys=True)


@cache
def clips_of_source():
    return open_source(CONFIG.source).clips()


def source_of_fold(number):
    """The section of the source with another fold for the test."""
    return CONFIG.source.model_copy(update={"fold": number})


@cache
def tested_in_folds():
    """The clips that are in the test split of one fold, and not of the others."""
    splits = [
        {
            clip.id
            for clip in open_source(source_of_fold(number)).clips()
            if clip.split == "test"
        }
        for number in FOLDS
    ]
    return set.union(*splits) - set.intersection(*splits) if splits else set()


def split_of(clip):
    """A clip's split, `any` where it depends on the fold."""
    return "any" if clip.id in tested_in_folds() else clip.split


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
    """The source files of the job's shard, but for those in whose names Snakemake would see a pattern. They lie where
    their users have put them, whatever storage the results go to: `local`."""
    return [
        local(str(clip.file))
        for clip in clips_of_shard(wildcards)
        if clip.file is not None and not PATTERN.search(str(clip.file))
    ]


def ingest_options(wildcards):
    """As `options("ingest", "source")`, with a digest of what the clip table says of the shard's motions: another
    caption, split or fold ingests nothing again, another window does, and so does another file of an old date.
    """
    rows = [
        (*clip.cut, *(changed(clip.file) if clip.file is not None else ()))
        for clip in clips_of_shard(wildcards)
    ]
    digest = sha256(json.dumps(sorted(rows, key=str)).encode()).hexdigest()[:16]
    told = CONFIG.source.outcome()
    source = {key: told[key] for key in told if key not in ("folds", "fold")}
    return options("ingest", source=source, clips=digest)


def changed(file):
    """What tells that a file has been changed and Snakemake may not see: its size, for it may have kept the date of an
    archive; and its date, where its name keeps it from being an input."""
    if not file.exists():
        return ()
    status = file.stat()
    return status.st_size, status.st_mtime_ns if PATTERN.search(str(file)) else 0


def body_files():
    """The SMPL files of the user's that the avatars have; none: the embedded body."""
    bodies = CONFIG.dress.bodies
    if bodies is None:
        return []
    return local(sorted({str(body_file(bodies, sex)) for sex in ("male", "female")}))


def rendered_videos(wildcards):
    """The videos, where any are made."""
    videos = gather.clips("<results>/videos/{scatteritem}")
    return videos if CONFIG.render.videos != "none" else []


def all_frames(wildcards):
    """The frames of every clip: sampled from videos, drawn where there are none."""
    return of_frames("<results>/frames")


def of_frames(folder):
    """The shards of a folder of frames or their features: of videos, and of clips that have none."""
    sampled = gather.clips("{folder}/{{scatteritem}}.safetensors".format(folder=folder))
    drawn = gather.clips(
        "{folder}/drawn/{{scatteritem}}.safetensors".format(folder=folder)
    )
    some = sampled if CONFIG.render.videos != "none" else []
    return [*some, *(drawn if CONFIG.render.videos != "all" else [])]
