"""What the doctor finds, and that a machine that lacks something is told so."""

import pytest

from lavimo import doctor
from lavimo.__main__ import main
from lavimo.jobs import slurm
from lavimo.landmarks import models


@pytest.fixture
def no_drawing(monkeypatch):
    """Without the look at OpenGL, which a process survives once, and not beside triton."""
    monkeypatch.setattr(doctor, "drawing", lambda: doctor.Finding("good", "drawing", "not looked at"))


def test_this_machine_has_what_the_demo_needs(no_drawing, tmp_path, capsys):
    assert main(["doctor", str(tmp_path / "results")]) == 0
    shown = capsys.readouterr().out
    for name in ("python", "cores", "torch", "video", "text model", "landmarks"):
        assert name in shown
    assert "!!" not in shown


def test_a_missing_model_is_named_with_its_remedy_and_the_rest_is_looked_at(no_drawing, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv(models.VARIABLE, str(tmp_path / "nowhere"))
    assert main(["doctor", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    bad = [line for line in lines if line.startswith("!!")]
    assert len(bad) == 1
    assert "lavimo fetch-models" in bad[0]
    assert lines[-1].startswith("ok  drawing"), "what follows is looked at all the same"


def test_a_full_disk_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1 << 20}))
    assert doctor.disk(tmp_path).state == "missing"


def test_programs_of_slurm_without_a_cluster_are_no_fault(monkeypatch):
    def silent():
        raise ValueError("SLURM does not answer (no such host); try: scontrol ping")

    monkeypatch.setattr(slurm, "settings", silent)
    found = doctor.queue()
    assert found.state == "slow"
    assert "on this machine only" in found.follows


@pytest.mark.parametrize(("types", "state"), [("gpu,craynetwork", "good"), ("(null)", "slow")])
def test_a_cluster_is_asked_for_gpus(types, state, monkeypatch):
    said = {"ClusterName": "one", "GresTypes": types, "AccountingStorageType": "accounting_storage/none"}
    monkeypatch.setattr(slurm, "settings", lambda: said)
    found = doctor.queue()
    assert found.state == state
    assert "squeue" in found.found
