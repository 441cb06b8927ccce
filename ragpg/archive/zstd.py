"""Zstandard: a part of Python from 3.14 on."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 3
"""Most of an export are vectors, which hardly any level makes smaller."""
MAX_WINDOW_LOG = 23
"""Binary logarithm of the bytes that a reader has to keep: 8 MB. Level 3 writes 2 MB."""


def make_compressor() -> zstd.ZstdCompressor:
    """Make a compressor whose output depends on its input and on zstandard's version alone."""
    parameter = zstd.CompressionParameter
    return zstd.ZstdCompressor(
        options={parameter.compression_level: LEVEL, parameter.checksum_flag: 1}
    )


def make_decompressor() -> zstd.ZstdDecompressor:
    """Make a decompressor that takes little memory, whatever a file demands."""
    return zstd.ZstdDecompressor(
        options={zstd.DecompressionParameter.window_log_max: MAX_WINDOW_LOG}
    )


ZstdError = zstd.ZstdError
