"""The body under a signature: what it must hash to, and S3's ways of signing it in pieces or not at all."""

from __future__ import annotations

import hashlib
import re

from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.chunks import check_chunks
from mfacli.emulator.signing.claims import Claim
from mfacli.emulator.signing.signature import Signer, is_same

UNSIGNED = "UNSIGNED-PAYLOAD"
UNSIGNED_CHUNKS = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_CHUNKS_AND_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
_IN_CHUNKS = (UNSIGNED_CHUNKS, SIGNED_CHUNKS, SIGNED_CHUNKS_AND_TRAILER)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def payload_hash(incoming: Incoming, claim: Claim) -> str:
    """Return what stands for the body in the canonical request; raises `Refusal` where S3 is told none.

    Services other than S3 hash the body themselves, whatever a header says.
    """
    if not claim.is_s3:
        return hashlib.sha256(incoming.body).hexdigest()
    declared = claim.declared_hash
    if declared is None and claim.is_presigned:
        return UNSIGNED
    if declared is None:
        raise own_error("InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256")
    if declared != UNSIGNED and declared not in _IN_CHUNKS and not _SHA256.fullmatch(declared):
        raise own_error(
            "InvalidArgument",
            400,
            f"x-amz-content-sha256 must be {UNSIGNED}, {UNSIGNED_CHUNKS}, {SIGNED_CHUNKS}, "
            f"{SIGNED_CHUNKS_AND_TRAILER} or a valid sha256 value.",
        )
    return declared


def check_body(incoming: Incoming, claim: Claim, declared: str, signer: Signer) -> None:
    """Raise `Refusal` where the body is not what `declared`, which the signature covers, says."""
    if not claim.is_s3 or declared == UNSIGNED:
        return
    if declared in _IN_CHUNKS:
        check_chunks(
            incoming,
            signer=None if declared == UNSIGNED_CHUNKS else signer,
            seed=claim.signature,
            has_trailer=declared != SIGNED_CHUNKS,
        )
        return
    computed = hashlib.sha256(incoming.body).hexdigest()
    if not is_same(computed, declared):
        raise Refusal(
            RefusalKind.PAYLOAD_MISMATCH,
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            details={"ClientComputedContentSHA256": declared, "S3ComputedContentSHA256": computed},
        )
