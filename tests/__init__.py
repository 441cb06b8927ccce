"""The tests."""

import os

if "PYTEST_XDIST_WORKER" in os.environ:
    # Each worker has a core. Threads of BLAS and PyTorch would wait, spinning, for cores that the
    # other workers use: half of all processor time was spent so. Both read this when they are
    # imported, and so do processes that tests start.
    os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})
