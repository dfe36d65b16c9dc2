"""Jobs end with the run that started them."""

import os
import socket
import subprocess
import sys
import time

import psutil

from lavimo.jobs import parent_death

END = "from lavimo.jobs.parent_death import end_with_run; end_with_run()"
JOB = f"{END}; import time; print('begun', flush=True); time.sleep(60)"
RUN = f"""
import subprocess, sys, time
from lavimo.jobs.parent_death import end_jobs_with_this_process
end_jobs_with_this_process()
job = subprocess.Popen([sys.executable, "-c", {JOB!r}], stdout=subprocess.PIPE)
job.stdout.readline()
print(job.pid, flush=True)
time.sleep(60)
"""


def test_a_job_ends_soon_after_the_run_that_started_it():
    run = subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True)
    job = psutil.Process(int(run.stdout.readline()))
    time.sleep(2 * parent_death.SECONDS)
    assert job.is_running(), "while the run lives, so does its job"
    run.kill()
    run.wait()
    job.wait(10)
    assert not job.is_running()


def test_a_job_whose_run_is_gone_already_does_not_work():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    environment = {**os.environ, parent_death.VARIABLE: f"{gone.pid}@{socket.gethostname()}"}
    done = subprocess.run([sys.executable, "-c", JOB], env=environment, timeout=20, capture_output=True, check=False)
    assert done.returncode == parent_death.STATUS


def test_a_run_on_another_machine_is_not_watched():
    environment = {**os.environ, parent_death.VARIABLE: "1@elsewhere"}
    quick = f"{END}; import threading; print(threading.active_count())"
    done = subprocess.run([sys.executable, "-c", quick], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_a_run_of_a_cluster_releases_its_jobs(monkeypatch):
    monkeypatch.setenv(parent_death.VARIABLE, "")
    parent_death.end_jobs_with_this_process()
    assert os.environ[parent_death.VARIABLE].startswith(str(os.getpid()))
    parent_death.let_jobs_live_on()
    assert parent_death.VARIABLE not in os.environ
