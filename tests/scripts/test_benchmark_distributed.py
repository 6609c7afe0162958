"""scripts/benchmark.py --only distributed: that processes share the work, and what is predicted. Never a time."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.scripts import benchmark
from minigrad.scripts.benchmarks import running, scaling, shares, teams, torchlike
from minigrad.scripts.benchmarks.cases import CASES, FEW, MANY, PREDICTED, Case
from minigrad.scripts.benchmarks.scaling import Line, Net, Prediction, efficiencies, fit
from tests.distributed.mpi import needs_mpi
from tests.scripts.test_benchmark import losses, report, result

SMALL = {"net": "mlp-2-16-16-2", "batch": 6}


# ---- the work --------------------------------------------------------------------------------------------------------


def test_one_process_takes_the_whole_batch():
    expected = losses(torchlike.training(mg, "lenet-relu", batch=4))
    assert losses(shares.shared(mg, "lenet-relu", 4)) == expected


def test_the_nets_that_are_predicted_are_trained():
    for net in PREDICTED:
        (loss,) = losses(shares.shared(mg, net, 2), 1)
        assert np.isfinite(loss)


def test_weak_means_a_batch_for_each_core(monkeypatch):
    sizes = []
    parts = shares.parts
    monkeypatch.setattr(mg, "get_num_threads", lambda: 3)
    monkeypatch.setattr(shares, "parts", lambda lib, net, batch: sizes.append(batch) or parts(lib, net, batch))
    for weak in (False, True):
        shares.shared(mg, **SMALL, weak=weak)
    assert sizes == [6, 18]


# ---- teams -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def team():
    team = teams.Team("minigrad", "minigrad", 2, {})
    yield team
    team.close()


@needs_mpi
@pytest.mark.parametrize("sent", ["meanwhile", "at the end"])
def test_shares_together_are_the_batch(team, sent):
    alone = losses(torchlike.training(mg, **SMALL))[-1]
    answer = team.ask("prepare", kind="shared", arguments={**SMALL, "sent": sent})
    np.testing.assert_allclose(answer["check"], alone, rtol=1e-6)


@needs_mpi
def test_what_is_never_sent_changes_no_other_rank(team):
    class Rank:
        distributed = None

    class Bucket:
        def buffer(self):
            return "mine"

    assert shares.Later(Rank, Bucket(), sent=False).wait() == "mine"
    assert team.ask("prepare", kind="shared", arguments={**SMALL, "sent": "never"})["check"] > 0


@needs_mpi
def test_a_team_goes_on_after_an_error(team):
    with pytest.raises(running.WorkerError, match="KeyError.*no such net"):
        team.ask("prepare", kind="shared", arguments={"net": "no such net", "batch": 2})
    assert team.ask("prepare", kind="all_reduce", arguments={"size": 1024})["check"] is None
    answer = team.ask("measure", seconds=0.001, least=2)
    assert answer["seconds"] > 0 and answer["samples"] >= 1


def test_pytorch_does_the_same_work():
    torch = pytest.importorskip("torch")
    mine, theirs = [losses(shares.shared(lib, **SMALL)) for lib in (mg, torch)]
    np.testing.assert_allclose(mine, theirs, rtol=1e-4)


@pytest.mark.long
@needs_mpi
def test_processes_of_pytorch_do_the_same_work():
    pytest.importorskip("torch")
    team = teams.Team("gloo", "torch", 2, {})
    try:
        answer = team.ask("prepare", kind="shared", arguments=SMALL)
    finally:
        team.close()
    np.testing.assert_allclose(answer["check"], losses(torchlike.training(mg, **SMALL))[-1], rtol=1e-4)


def test_workers_are_those_of_the_group(monkeypatch):
    made = []
    monkeypatch.setattr(teams, "Worker", lambda library, threads, label=None: made.append((label, library, threads)))
    monkeypatch.setattr(teams, "Team", lambda label, library, count, arguments: made.append((label, library, count)))
    teams.workers_of("training", ["minigrad", "jax"], 2)
    assert made == [(None, "minigrad", 2), (None, "jax", 2)]
    made.clear()
    teams.workers_of("distributed", ["minigrad", "torch"], 4)
    assert made == [
        ("minigrad", "minigrad", 4), ("torch", "torch", 4), ("gloo", "torch", 4), ("one-process", "minigrad", 1)
    ]  # fmt: skip
    made.clear()
    teams.workers_of("distributed all_reduce", ["minigrad"], 2)
    assert made == [("minigrad", "minigrad", 2), ("twice", "minigrad", 4)]


def test_every_group_of_teams_has_cases_and_columns():
    assert set(teams.FORMS) == {case.group for case in CASES if case.name.startswith("distributed")}
    assert {form.label for forms in teams.FORMS.values() for form in forms} <= set(running.COLUMNS)


@needs_mpi
def test_cases_are_measured_by_teams():
    results = []
    case = Case("distributed overlap/mlp/2", "shared", SMALL)
    benchmark.run([case], ["minigrad"], [2], running.Settings(quick=True), results)
    assert [r["library"] for r in results] == ["minigrad", "at-the-end", "never"]
    assert all(r["median"] > 0 for r in results)


def test_without_mpi_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(benchmark, "mpiexec", lambda: None)
    arguments = ["--quick", "--libraries", "minigrad", "--threads", "1", "--out", str(tmp_path)]
    assert benchmark.main([*arguments, "--only", "distributed"]) == 0
    assert 'pip install "minigrad[mpi]"' in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"results.json", "table.md"}


# ---- the prediction --------------------------------------------------------------------------------------------------


def test_a_line_is_found():
    sizes = [1, 10, 100, 1000]
    np.testing.assert_allclose(fit(sizes, [3 + 0.5 * n for n in sizes]), (3, 0.5))


def test_nothing_falls_below_0():
    assert fit([1, 2, 3], [3.0, 2.0, 1.0]).each == 0
    line = fit([1, 2, 3], [1.0, 3.0, 5.0])
    assert line.at_0 == 0 and 1 < line.each < 2


def test_efficiency_by_hand():
    own = Line(1e-3, 1e-9)
    net = Net("a net", Line(0.01, 0.001), [1000, 3000], hidden=0.0)
    sent = 2 * 2 * (1e-3 + 2 * 20e-6) + 2 * 3 / 4 * 4000 * (1e-9 + 0.8e-9)
    assert net.all_reduce(own, 4, 10) == pytest.approx(sent)
    assert net.efficiency(own, 4, 10, weak=True) == pytest.approx(0.074 / (0.074 + sent))
    assert net.efficiency(own, 4, 10, weak=False) == pytest.approx((0.01 + 1.024) / 4 / (0.01 + 0.256 + sent))


def test_what_is_hidden_takes_no_time_as_long_as_backward_does():
    net = Net("a net", Line(0.0, 0.001), [4000], hidden=1.0)
    assert net.efficiency(Line(1e-3, 0), 4, 100, weak=True) == 1
    slow = net.efficiency(Line(1.0, 0), 2, 100, weak=True)
    assert slow == pytest.approx(0.064 / (0.064 + 1 + 2 * 5e-6 + 4000 * 0.08e-9 - scaling.BACKWARD * 0.064))


def everything():
    steps = [result("one-process", [n / 1000], case=f"distributed step/{net}/{n}")
             for net in PREDICTED for n in (FEW, MANY)]  # fmt: skip
    ways = [result(who, [time], case=f"distributed overlap/{net}/{MANY}")
            for net in PREDICTED
            for who, time in (("minigrad", 1.25), ("at-the-end", 2.0), ("never", 1.0))]  # fmt: skip
    sizes = [result(who, [factor * (1e-4 + size * 1e-6)], case=f"distributed all_reduce/{size} KB")
             for size in (1, 64, 1024) for who, factor in (("minigrad", 1), ("twice", 2))]  # fmt: skip
    return [*steps, *ways, *sizes]


def test_a_prediction_is_of_what_was_measured(tmp_path):
    more = [{**r, "threads": 4, "median": 7.0} for r in everything()]  # of other processes
    prediction = Prediction(report(*everything(), *more, libraries=("minigrad",)))
    np.testing.assert_allclose(prediction.fits["twice"], (2e-4, 2e-6 / 1024))
    assert [net.title for net in prediction.nets] == list(PREDICTED.values())
    for net in prediction.nets:
        assert net.hidden == 0.75 and net.step(10) == pytest.approx(0.01)
    assert sum(prediction.nets[0].buckets) == 4 * 61706  # what the article's net has
    text = "\n".join(prediction.sections())
    assert "minigrad: 100 us and 1.02 GB/s" in text and text.count("| ResNet-9") == 2
    assert prediction.draw(tmp_path / "distributed.png") and (tmp_path / "distributed.png").stat().st_size > 1000


@pytest.mark.parametrize("missing", ["step", "overlap", "all_reduce"])
def test_no_prediction_without_all_that_it_takes(missing, tmp_path):
    some = [r for r in everything() if not r["group"].endswith(missing)]
    prediction = Prediction(report(*some, libraries=("minigrad",)))
    assert prediction.nets == [] and not prediction.draw(tmp_path / "none.png")
    assert not any("Predicted" in text for text in prediction.sections())


def test_tables_have_columns_for_those_who_measured():
    row = [result(who, [time], case="distributed/vgg/64") for who, time in
           (("minigrad", 2.0), ("torch", 4.0), ("gloo", 5.0), ("one-process", 3.0))]  # fmt: skip
    weak = [{**r, "case": "distributed weak/vgg/64", "group": "distributed weak"} for r in row]
    r = report(*row, *weak, libraries=("minigrad", "torch", "jax"))
    header, _, line = [text for text in r.table().splitlines() if text.startswith("|")][:3]
    assert [cell.strip() for cell in header.split("|")[1:-1]] == [
        "", "cores", "minigrad", "PyTorch", "ratio", "PyTorch on gloo", "minigrad, 1 process"
    ]  # fmt: skip
    assert [cell.strip() for cell in line.split("|")[1:-1]] == ["vgg 64", "1", "2 s", "4 s", "0.50", "5 s", "3 s"]
    strong, weak = efficiencies(r)
    assert strong.startswith("Strong") and strong.endswith("vgg 64 1.50.") and weak.endswith("vgg 64 1.50.")
