"""PyTorch in the sandbox: warm for the notebook that uses it, refused to the others."""

import numpy as np
import pytest
from test_execute import Left, job

from course import libraries
from course.pool import Pool
from course.sandbox import Unavailable
from helpers import values

TRAIN = """
import torch
from torch import nn, optim
torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),
                      nn.Linear(144, 2))
optimizer = optim.Adam(model.parameters(), lr=0.01)
scheduler = optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=9)
for x, y in torch.utils.data.DataLoader([(torch.ones(3, 8, 8), k % 2) for k in range(8)], 4):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
    scheduler.step()
weight = model[0].weight
print(torch.get_num_threads())
"""
WITHOUT = [name for name in libraries.REFUSED if name != "torch"]


@pytest.fixture(scope="module")
def pool():
    pytest.importorskip("torch", reason="run `make test TORCH=1`")
    with Pool(workers=1) as pool:
        yield pool


def test_a_network_trains_there_and_its_tensors_leave_as_arrays(pool):
    asked = job(TRAIN, ("test", "__probe__(0, weight)\n__probe__(1, weight.grad)"), without=WITHOUT)
    left = Left(pool.submit({**asked, "uses": ["torch"]}).result(60))
    assert left.shown() == "1\n"  # one thread, as for NumPy
    weight, gradient = (values.from_json(value) for value in left.cell(1)["got"])
    assert weight.shape == gradient.shape == (4, 3, 3, 3)
    assert weight.dtype == np.float32
    # PyTorch asks for none of the libraries that are refused, or each submission would be told of.
    assert left.suspicious == []


def test_random_numbers_are_the_same_for_each_run_with_the_same_inputs(pool):
    asked = job("import torch\ntorch.rand(3)", ("test", "__probe__(0, torch.rand(3))"))
    runs = [Left(pool.submit({**asked, "uses": ["torch"]}).result(60)) for _ in range(2)]
    one, other = (values.from_json(run.cell(1)["got"][0]) for run in runs)
    np.testing.assert_array_equal(one, other)


def test_a_notebook_that_does_without_it_is_refused_it(pool):
    left = Left(pool.submit(job("import torch", without=libraries.REFUSED)).result(60))
    assert "torch is no part of this notebook" in left.outputs()[0]["evalue"]
    assert left.suspicious == ["asked for the library torch"]


def test_a_library_that_is_not_installed_stops_the_run_with_its_remedy():
    with Pool(workers=1) as pool:
        future = pool.submit({**job("1"), "uses": ["no_such_library"]})
        with pytest.raises(Unavailable, match=r"no_such_library not installed here: `pip install"):
            future.result(60)
