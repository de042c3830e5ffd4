"""Imported first: where the clusters, the cuts and the clients lie that the programs here share with others."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cluster"))  # before this folder, for it has a `run` too
sys.path += [str(HERE), str(HERE.parent / "cluster/cut"), str(HERE.parents[1] / "crash")]
