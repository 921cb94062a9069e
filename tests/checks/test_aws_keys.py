"""The list of keys against botocore, which reads them."""

from __future__ import annotations

from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES

from mfacli.checks.aws_keys import AWS_KEYS


def test_every_key_that_botocore_reads_is_known() -> None:
    named = [names[0] for names in BOTOCORE_DEFAUT_SESSION_VARIABLES.values() if names[0]]
    keys = {name[0] if isinstance(name, tuple) else name for name in named}

    assert len(keys) > 30
    assert keys - AWS_KEYS == set()
