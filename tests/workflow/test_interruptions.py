"""What befalls a run from outside: another run, Ctrl-C, a full disk, no memory. One message each, and nothing lost."""

import os
import signal
import subprocess
import time

import psutil
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workflow")]


def start(experiment):
    """Run the workflow as from a shell of its own; what it says goes to a file."""
    with open(experiment.folder / "said.log", "w") as said:
        return subprocess.Popen(
            experiment.command(), stdout=said, stderr=said, start_new_session=True, preexec_fn=hear_ctrl_c
        )


def hear_ctrl_c():
    """Where the tests run in the background, the shell has them ignore Ctrl-C, and so would what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_until(run, ready):
    """Wait while the run lives."""
    while not ready():
        assert run.poll() is None, "the run ended before"
        time.sleep(0.05)


def jobs_of(run):
    """The processes that it has started and that live."""
    return [one for one in psutil.Process(run.pid).children(recursive=True) if one.status() != psutil.STATUS_ZOMBIE]


def refused(experiment, **how):
    """Run the workflow, which must fail; what it says."""
    done = subprocess.run(experiment.command(), capture_output=True, text=True, check=False, **how)
    assert done.returncode != 0
    return done.stdout + done.stderr


def test_whatever_is_killed_the_same_command_goes_on_to_the_same_scores(fresh, finished):
    run = start(fresh)
    wait_until(run, lambda: any(fresh.folder.glob(".snakemake/locks/*.lock")))
    run.send_signal(signal.SIGSTOP)  # it is there for as long as the other takes to see it
    told = refused(fresh)
    run.send_signal(signal.SIGCONT)
    assert f"process {run.pid}" in told
    assert "works in this folder" in told

    stages = psutil.Process(run.pid).children(recursive=True)
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(60) != 0
    psutil.wait_procs(stages, timeout=10)
    assert not any(stage.is_running() for stage in stages), "Ctrl-C leaves nobody at work"

    told = fresh.kill("render", lambda: any(fresh.folder.glob("results/videos/.*.partial/*.mp4")))
    assert "most often for lack of memory" in told, "who is killed cannot say why"
    done = {path.name for path in (fresh.folder / "results/videos").glob("[!.]*")}
    assert len(done) < 2, "the killed shard's folder must not be there"

    fresh.kill("train", lambda: any(fresh.folder.glob("results/runs/*/*resume*")))

    run = start(fresh)
    wait_until(run, lambda: any("train" in " ".join(one.cmdline()) for one in jobs_of(run)))
    stages = jobs_of(run)
    run.kill()
    run.wait()
    psutil.wait_procs(stages, timeout=10)
    assert not any(stage.is_running() for stage in stages), "stages end with the run that started them"
    assert (fresh.folder / ".snakemake/locks").exists()

    ended = fresh.snakemake()
    assert "its lock is removed" in ended.stderr
    assert "results/report.html" in ended.stderr, "at its end it says what is there"
    assert fresh.scores() == finished.scores()


def test_a_full_disk_is_named_and_the_same_command_goes_on_when_there_is_room(fresh, finished):
    results = fresh.folder / "results"
    results.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", results], check=False).returncode:
        assert "CI" not in os.environ, "CI must be able to mount a file system"
        pytest.skip("may not mount a file system")
    try:
        told = refused(fresh)
        assert "No space left on device" in told
        assert not list(results.rglob(".*.partial")), "what was begun is taken away"
        subprocess.run(["mount", "-o", "remount,size=200m", results], check=True)
        fresh.snakemake()
        assert fresh.scores() == finished.scores()
    finally:
        subprocess.run(["umount", "--lazy", results], check=True)


def test_results_that_may_not_be_written_to_are_named(fresh):
    (fresh.folder / "results").write_text("a file where a folder is wanted")
    told = refused(fresh)
    assert "found a file, expected a folder for results" in told
    assert "Traceback" not in told


def test_a_stage_that_fails_says_why_in_the_terminal(fresh):
    (fresh.folder / "data/bvh/sway_03.bvh").write_text("HIERARCHY\nROOT Hips\n{\n")
    told = refused(fresh)
    assert "sway_03" in told
    assert "Traceback" not in told
