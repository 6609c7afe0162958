"""scripts/benchmark.py: that libraries do the same work, and the form of what it prints and writes. Never a time."""

import json
import re

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.scripts import benchmark
from minigrad.scripts.benchmarks import loading, machine, nets, others, running, sequences, shares, torchlike
from minigrad.scripts.benchmarks import worker as worker_module
from minigrad.scripts.benchmarks.cases import CASES, GROUPS, SEQUENCES, Case, chosen
from minigrad.scripts.benchmarks.operations import DIFFERENTIABLE, OPERATIONS, operation
from minigrad.scripts.benchmarks.pictures import draw
from minigrad.scripts.benchmarks.report import Report, shown

SMALL_LOADING = Case(
    "loading/lenet5-tanh/4", "loading", {"net": "lenet5-tanh", "batch": 4, "steps": 3, "images": 20}, "ratio"
)
QUICK = ["--quick", "--libraries", "minigrad", "--threads", "1"]


def run(folder, *arguments):
    return benchmark.main([*QUICK, "--out", str(folder), *arguments])


def losses(step, count=3):
    values = [step() for _ in range(count)]
    return [float(v.detach() if hasattr(v, "detach") else v) for v in values]


# ---- the same work ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("net", nets.NETS)
def test_nets_have_the_parameters_that_their_layers_say(net):
    resolved, inputs, labels = nets.task(net, batch=2)
    model = torchlike.model(mg, resolved)
    assert [tuple(p.shape) for p in model.parameters()] == [w.shape for w in nets.weights(resolved)]
    assert model(mg.from_numpy(inputs)).shape[0] == len(labels) == 2


@pytest.mark.parametrize("net", nets.NETS)
def test_steps_of_pytorch_have_the_same_losses(net):
    torch = pytest.importorskip("torch")
    mine, theirs = [losses(torchlike.training(lib, net, batch=3)) for lib in (mg, torch)]
    np.testing.assert_allclose(mine, theirs, rtol=1e-4)
    assert mine[-1] < mine[0]


@pytest.mark.parametrize("net", nets.NETS)
def test_gradients_are_as_accurate_as_pytorchs(net):
    """Those of all parameters in float32 are no farther from PyTorch's in float64 than PyTorch's in float32 are.

    Of a net with few parameters, over so many batches that chance has little to say.
    """
    torch = pytest.importorskip("torch")
    resolved, inputs, labels = nets.task(net, batch=32)
    batches = 1 + 5000 // sum(w.size for w in nets.weights(resolved))

    def gradients(library, dtype):
        model, found = torchlike.model(library, resolved).to(getattr(library, dtype)), []
        for number in range(batches):
            model.zero_grad()
            outputs = model(library.from_numpy(np.roll(inputs, number).astype(dtype)))
            library.nn.functional.cross_entropy(outputs, library.from_numpy(labels)).backward()
            found += [p.grad.numpy().ravel() for p in model.parameters()]
        return np.concatenate(found)

    exact = gradients(torch, "float64")
    ours, theirs = (np.linalg.norm(gradients(library, "float32") - exact) for library in (mg, torch))
    assert ours < 1.15 * theirs


@pytest.mark.parametrize("library", ["mygrad", "autograd", "jax"])
@pytest.mark.parametrize("net", ["lenet5-tanh", "lenet-relu", "vgg", "mlp-2-16-16-2"])
def test_steps_of_other_libraries_have_the_same_losses(library, net):
    pytest.importorskip(library)
    mine = losses(torchlike.training(mg, net, batch=2))
    theirs = losses(getattr(others, f"{library}_training")(net, batch=2))
    np.testing.assert_allclose(mine, theirs, rtol=1e-4)


@pytest.mark.parametrize("size", [16, 32])
def test_images_may_have_another_size(size):
    (loss,) = losses(torchlike.training(mg, "cifar", batch=1, image_size=size), 1)
    assert np.isfinite(loss)


RANDOM = ("dropout", "randn", "rand", "randperm")


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_are_the_same(name):
    torch = pytest.importorskip("torch")
    mine, theirs = [np.asarray(operation(lib, name, name in DIFFERENTIABLE)().detach()) for lib in (mg, torch)]
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    if name == "sort":  # the gradients of equal numbers may change places
        mine, theirs = np.sort(mine, 1), np.sort(theirs, 1)
    if name not in RANDOM:
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-4 * max(1, np.abs(theirs).max()))


@pytest.mark.parametrize("name", SEQUENCES)
def test_steps_on_sequences_have_the_same_losses(name):
    torch = pytest.importorskip("torch")
    kind, arguments = SEQUENCES[name]
    small = {**arguments, "batch": 2, **({"positions": 8} if kind == "gpt" else {"steps": 4})}
    mine, theirs = [losses(getattr(sequences, kind)(lib, **small)) for lib in (mg, torch)]
    np.testing.assert_allclose(mine, theirs, rtol=1e-4)
    assert mine[-1] < mine[0]


@pytest.mark.parametrize("what", ["forward", "recorded", "square_sum"])
def test_overhead_runs(what):
    step = torchlike.overhead(mg, what)
    result = step()
    assert (result is None) == (what == "square_sum")
    assert result is None or result.requires_grad == (what == "recorded")


def test_inference_records_nothing():
    assert not torchlike.inference(mg, "lenet-relu", 1)().requires_grad


@pytest.mark.parametrize("transform", [False, True])
@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("net", ["lenet5-tanh", "cifar"])
def test_loading_takes_as_many_steps_as_those_it_is_compared_with(net, workers, transform, monkeypatch):
    batches = []
    losses = loading.F.cross_entropy
    monkeypatch.setattr(loading.F, "cross_entropy", lambda y, t: batches.append(t.tolist()) or losses(y, t))
    ratio = loading.loading(net, 4, transform, workers, steps=3, images=20)
    assert ratio() > 0 and len(batches) == 6
    assert batches[:3] == [batches[0]] * 3  # one batch, again and again
    labels = loading.random_images(nets.NETS[net].shape, 20, transform).targets.tolist()
    loaded = sum(batches[3:], [])
    assert len(loaded) == 12 and all(loaded.count(k) <= labels.count(k) for k in set(loaded))  # none twice


@pytest.mark.parametrize("net, shape", [("lenet5-tanh", (28, 28)), ("cifar", (32, 32, 3))])
def test_random_images_are_stored_as_those_of_data_sets(net, shape):
    data = loading.random_images(nets.NETS[net].shape, 5, True)
    assert tuple(data.data.shape) == (5, *shape) and data.data.dtype == np.uint8
    x, _ = mg.utils.data.default_collate(data.__getitems__([3, 1]))
    assert tuple(x.shape) == (2, *nets.NETS[net].shape) and x.dtype == np.float32
    stored = data.data.numpy()[[3, 1]].reshape(2, *shape[:2], -1)
    np.testing.assert_allclose(x.numpy().transpose(0, 2, 3, 1), (stored / 255 - 0.5) / 0.25, atol=1e-6)


# ---- cases -----------------------------------------------------------------------------------------------------------


def test_names_of_cases_are_unique_and_their_groups_have_titles():
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.group for case in CASES} == set(GROUPS)
    kinds = {case.kind for case in CASES} - {"import", "loading"}
    assert all(hasattr(torchlike, kind) or hasattr(shares, kind) for kind in kinds)


def test_patterns_choose_cases():
    assert chosen([]) == CASES
    assert {case.group for case in chosen(["overhead"])} == {"overhead"}
    expected = ["training/vgg/64", "parallel/vgg/64", "start/import", "memory/vgg/64"]
    assert [case.name for case in chosen(["[!d]*/vgg/*", "start"])] == expected
    with pytest.raises(ValueError, match="no case is called 'nonsense'"):
        chosen(["vgg", "nonsense"])


# ---- workers ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def minigrad_worker():
    worker = running.Worker("minigrad", 1)
    yield worker
    worker.close()


def test_a_worker_goes_on_after_an_error(minigrad_worker):
    with pytest.raises(running.WorkerError, match="KeyError.*no such net"):
        minigrad_worker.ask("prepare", kind="training", arguments={"net": "no such net", "batch": 1})
    answer = minigrad_worker.ask("prepare", kind="training", arguments={"net": "mlp-2-16-16-2", "batch": 1})
    assert answer["check"] > 0
    answer = minigrad_worker.ask("measure", seconds=0.001, least=2)
    assert answer["seconds"] > 0 and answer["samples"] >= 1
    assert minigrad_worker.ask("memory")["bytes"] > 1e6
    assert "Backward0" in minigrad_worker.ask("profile", steps=1)["table"]


def test_an_ended_process_is_an_error_with_its_last_words(monkeypatch):
    monkeypatch.setitem(running.LIBRARIES, "not_a_library", "Nothing")
    worker = running.Worker("not_a_library", 1)
    with pytest.raises(running.WorkerError, match="Nothing ended: ModuleNotFoundError.*not_a_library"):
        worker.ask("memory")
    worker.close()


def test_threads_are_held(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    variables = running.environment("torch", 2)
    assert {variables[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL", "MINIGRAD")} == {"2"}


def test_check_is_the_loss_or_a_mean_square():
    assert worker_module._check(mg.tensor(2.5, requires_grad=True)) == 2.5
    assert worker_module._check(np.array([3.0, 1.0])) == 5
    assert worker_module._check(None) is None


# ---- the report ------------------------------------------------------------------------------------------------------


def result(library, turns, case="training/vgg/64", **more):
    median = {"median": float(np.median(turns))} if turns else {}
    return {"case": case, "group": case.split("/")[0], "library": library, "threads": 1, "unit": "seconds",
            "turns": turns, **median, **more}  # fmt: skip


def report(*results, libraries=("minigrad", "torch")):
    return Report({**machine.describe(["minigrad"]), "load": 0.1}, libraries, list(results))


def test_ratio_is_the_median_of_those_of_the_turns():
    r = report(result("minigrad", [1.0, 8.0, 6.0]), result("torch", [2.0, 2.0, 3.0]))
    assert r.ratio(r.rows["training/vgg/64", 1], "torch") == 2
    line = next(line for line in r.table().splitlines() if "vgg" in line)
    assert [cell.strip() for cell in line.split("|")[1:-1]] == ["vgg 64", "1", "~6 s", "2 s", "2.00"]


def test_operations_have_their_geometric_mean_and_the_largest():
    cases = [(f"operations/{name}/forward", turn) for name, turn in (("relu", 1.0), ("gelu", 16.0), ("tanh", 4.0))]
    r = report(*[result(library, [turn if library == "minigrad" else 2.0], case=case)
                 for case, turn in cases for library in ("minigrad", "torch")])  # fmt: skip
    last = r.table().splitlines()[-1]
    assert "Geometric mean of 3 ratios: 2.00" in last and "gelu forward 8.00, tanh forward 2.00" in last
    assert "Geometric" not in report(*[result("minigrad", [1.0], case=cases[0][0])], libraries=("minigrad",)).table()


def test_what_is_not_the_same_work_is_said():
    good = report(result("minigrad", [1.0], check=2.300), result("torch", [1.0], check=2.301))
    assert good.remarks() == []
    bad = report(result("minigrad", [1.0], check=2.3), result("torch", [1.0], check=1.3))
    assert "not the same work" in bad.table()


def test_failures_are_in_the_table_with_their_reason():
    failed = report(result("minigrad", [1.0]), result("torch", [], error="TypeError: why"))
    table = failed.table()
    assert "failed |" in table and "PyTorch failed (TypeError: why)" in table


def test_numbers_have_units():
    texts = [shown({"median": v, "unit": "seconds"}) for v in (1.234e-6, 0.0123, 2.5)]
    assert texts == ["1.23 us", "12.3 ms", "2.5 s"]
    assert shown({"median": 3 * 2**20, "unit": "bytes"}) == "3 MB"
    assert shown({"median": 1.0349, "unit": "ratio"}) == "1.03"
    assert shown({}) == "-"
    assert shown(result("minigrad", [1.0, 1.0, 4.0, 9.0])) == "~2.5 s"


def test_a_busy_machine_is_said():
    r = report(result("minigrad", [1.0]))
    r.machine["load"] = 2.0
    assert "busy with other things" in r.table()
    r.machine["load"] = None
    assert "busy" not in r.table()


def test_pictures_of_other_libraries(tmp_path):
    growing = [
        result(library, [n / 100], case=f"{group}/lenet5-tanh/{n}")
        for library in ("minigrad", "torch") for group in ("batch", "image") for n in (1, 2, 4)
    ]  # fmt: skip
    single = [result(library, [1.0], case="operations/relu/forward") for library in ("minigrad", "torch")]
    r = report(result("minigrad", [1.0]), result("torch", [2.0]), *single, *growing)
    names = ["bars.png", "operations.png", "growth.png"]
    assert draw(r, tmp_path) == names
    assert all((tmp_path / name).stat().st_size > 1000 for name in names)


def test_no_pictures_of_nothing(tmp_path):
    assert draw(report(), tmp_path) == [] and not list(tmp_path.iterdir())


# ---- the command line ------------------------------------------------------------------------------------------------


def test_minigrad_alone(tmp_path, capsys):
    assert run(tmp_path, "--only", "mlp-2-16", "overhead/8x8/a*b recorded", "start") == 0
    assert {p.name for p in tmp_path.iterdir()} == {"results.json", "table.md", "bars.png"}
    table = (tmp_path / "table.md").read_text()
    assert table.strip() in capsys.readouterr().out
    assert "**Training step**" in table and "NumPy" in table and "ratio" not in table
    content = json.loads((tmp_path / "results.json").read_text())
    assert {r["case"] for r in content["results"]} == {
        "training/mlp-2-16-16-2/32", "overhead/8x8/a*b recorded", "start/import"
    }  # fmt: skip
    assert all(r["median"] > 0 and r["threads"] == 1 for r in content["results"])
    assert {"cpu", "cores", "python", "numpy", "blas", "libraries"} <= content["machine"].keys()


def test_against_pytorch(tmp_path):
    pytest.importorskip("torch")
    arguments = ["--quick", "--libraries", "minigrad", "torch", "--threads", "1", "--out", str(tmp_path)]
    assert benchmark.main([*arguments, "--only", "batch/lenet5-tanh/1"]) == 0
    content = json.loads((tmp_path / "results.json").read_text())
    assert all(r["torch"] > 0 for r in content["ratios"])
    assert {p.name for p in tmp_path.iterdir()} == {"results.json", "table.md", "growth.png"}  # growth is no bar


def test_what_loading_adds(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "chosen", lambda _: [SMALL_LOADING])
    assert run(tmp_path) == 0
    (result,) = json.loads((tmp_path / "results.json").read_text())["results"]
    assert result["unit"] == "ratio" and result["median"] > 0
    lines = (tmp_path / "table.md").read_text().splitlines()
    assert any(line.startswith("**Data loading") for line in lines)
    assert next(line for line in lines if "lenet5-tanh 4" in line).split("|")[-2].strip() == shown(result)


def test_profile(tmp_path, capsys):
    assert run(tmp_path, "--only", "training/mlp-2", "--profile") == 0
    text = (tmp_path / "profile.txt").read_text()
    assert "training/mlp-2-16-16-2/32" in text and "AddmmBackward0" in text
    share = re.search(r"ms a step, (\d+)% of it in np.matmul", text)
    assert share and 0 < int(share[1]) < 100 and isinstance(np.matmul, np.ufunc)
    assert text.strip() in capsys.readouterr().out


def test_list(capsys):
    assert benchmark.main(["--list", "--only", "training"]) == 0
    assert capsys.readouterr().out.splitlines() == [case.name for case in CASES if case.group == "training"]


def test_ctrl_c_keeps_what_there_is(tmp_path, monkeypatch):
    done = benchmark.measure

    def stop_at_the_second(case, *rest):
        if case.name.endswith("recorded"):
            raise KeyboardInterrupt
        return done(case, *rest)

    monkeypatch.setattr(benchmark, "measure", stop_at_the_second)
    assert run(tmp_path, "--only", "overhead") == 130
    assert len(json.loads((tmp_path / "results.json").read_text())["results"]) == 1


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--only", "nonsense"], "no case is called 'nonsense'"),
        (["--threads", "0"], "may use 1 to"),
        (["--threads", "4096"], "may use 1 to"),
        (["--libraries", "tensorflow"], "invalid choice"),
    ],
)
def test_errors(arguments, message, capsys):
    with pytest.raises(SystemExit):
        benchmark.main(arguments)
    assert message in capsys.readouterr().err


def test_a_library_that_is_not_installed(monkeypatch, capsys):
    monkeypatch.setattr(benchmark, "installed", lambda library: library == "minigrad")
    with pytest.raises(SystemExit):
        benchmark.main(["--libraries", "torch"])
    assert "PyTorch cannot be imported" in capsys.readouterr().err
