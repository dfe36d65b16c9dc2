"""What is asked of SLURM, on programs that answer as it does."""

from types import SimpleNamespace

import pytest

from lavimo.jobs import slurm

CONFIG = """Configuration data as of 2026-01-01T00:00:00
AccountingStorageType   = {accounting}
ClusterName             = one
GresTypes               = {gres}

Slurmctld(primary) at host is UP
"""


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """A `scontrol` that prints what it is given."""

    def made(text, status=0):
        slurm.settings.cache_clear()
        program = tmp_path / "scontrol"
        said = f"cat <<'END'\n{text}\nEND\necho no such host >&2\necho broken >&2\nexit {status}\n"
        program.write_text(f"#!/bin/sh\n{said}")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    yield made
    slurm.settings.cache_clear()


@pytest.mark.parametrize(
    ("accounting", "command"),
    [("accounting_storage/none", "squeue"), ("accounting_storage/slurmdbd", "sacct"), ("(null)", "sacct")],
)
def test_who_is_asked_about_jobs_that_ended(cluster, accounting, command):
    cluster(CONFIG.format(accounting=accounting, gres="gpu"))
    assert slurm.status_command() == command


@pytest.mark.parametrize(("gres", "some"), [("gpu", True), ("bb,gpu", True), ("(null)", False), ("", False)])
def test_whether_there_are_gpus(cluster, gres, some):
    cluster(CONFIG.format(accounting="accounting_storage/none", gres=gres))
    assert slurm.has_gpus() is some


def test_the_executor_is_told_only_where_accounts_are_not_kept(cluster):
    cluster(CONFIG.format(accounting="accounting_storage/none", gres="gpu"))
    settings = SimpleNamespace(status_command="sacct")
    slurm.ask_who_answers(settings)
    assert settings.status_command == "squeue"
    local = SimpleNamespace()
    slurm.ask_who_answers(local)
    assert not vars(local)


def test_a_slurm_that_does_not_answer_is_one_line(cluster):
    cluster("", status=1)
    with pytest.raises(ValueError, match=r"SLURM does not answer \(broken\); try: scontrol ping"):
        slurm.settings()


def test_without_slurm_nothing_is_asked(monkeypatch, tmp_path):
    slurm.settings.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert slurm.settings() == {}
    slurm.settings.cache_clear()
