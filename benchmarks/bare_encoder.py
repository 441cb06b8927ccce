"""The model alone: embed passages in the fastest precision that is exact enough.

python bare_encoder.py MODEL PASSAGES.json
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

# On a busy machine threads that spin while they wait halve the speed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from ragpg.embedding.bulk import BATCH_SIZE, has_bfloat16
from sentence_transformers import SentenceTransformer

directory, passages = sys.argv[1:]
precision = torch.bfloat16 if has_bfloat16() else torch.float32
model = SentenceTransformer(directory, model_kwargs={"dtype": precision}, local_files_only=True)
texts = json.loads(Path(passages).read_text("utf-8"))
print(model.encode(texts, batch_size=BATCH_SIZE, show_progress_bar=False).shape)
