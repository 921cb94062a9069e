"""A session as JSON: what AWS SDKs take from a `credential_process` or an endpoint, and mfacli's own document."""

from __future__ import annotations

import json

from mfacli.domain.credentials import Session
from mfacli.output.documents import Json, document_text
from mfacli.output.times import iso_utc


def credential_process_text(session: Session) -> str:
    """Return what an SDK expects on stdout (SDK reference, "Process credential provider"), one line.

    `Version` must be the number 1; `Expiration` must carry its zone, or the SDK never asks again.
    """
    document = {
        "Version": 1,
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key.reveal(),
        "SessionToken": session.session_token.reveal(),
        "Expiration": iso_utc(session.expires_at),
    }
    if session.account_id:
        document["AccountId"] = session.account_id
    return json.dumps(document) + "\n"


def container_text(session: Session) -> str:
    """Return what an SDK expects from a container's credentials endpoint: here the token is called `Token`."""
    document = {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key.reveal(),
        "Token": session.session_token.reveal(),
        "Expiration": iso_utc(session.expires_at),
    }
    if session.account_id:
        document["AccountId"] = session.account_id
    return json.dumps(document)


def session_document(session: Session, *, profile: str, is_cached: bool, place: str) -> str:
    """Return the session, keys included, as mfacli's own document, version 1.

    `place` is where it rests; empty: it could not be kept, or was found where it rested before.
    """
    facts: dict[str, Json] = {
        "cloud": session.cloud.value,
        "profile": profile,
        "access_key_id": session.access_key_id,
        "secret_access_key": session.secret_access_key.reveal(),
        "session_token": session.session_token.reveal(),
        "issued_at": iso_utc(session.issued_at),
        "expires_at": iso_utc(session.expires_at),
        "mfa_at": iso_utc(session.mfa_at) if session.mfa_at else None,
        "account_id": session.account_id,
        "principal": session.principal,
        "device": session.device,
        "region": session.region,
        "is_cached": is_cached,
        "place": place or None,
    }
    return document_text(facts)
