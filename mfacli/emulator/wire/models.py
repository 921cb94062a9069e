"""The service models of botocore, each loaded when the first request needs it."""

from __future__ import annotations

from threading import Lock

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from mfacli.emulator.operations import WireProtocol

# What SQS's model calls these in JSON, its query protocol called otherwise; the model no longer tells.
_SQS_MAPS = {
    "MessageBodyAttributeMap": "MessageAttribute",
    "MessageBodySystemAttributeMap": "MessageSystemAttribute",
    "QueueAttributeMap": "Attribute",
    "TagMap": "Tag",
}


class Models:
    """Knows every operation of the services, with its input's names and types. Safe among threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._services: dict[tuple[str, WireProtocol], ServiceModel] = {}

    def operation(self, service: str, protocol: WireProtocol, name: str) -> OperationModel | None:
        """Return the model of an operation; None where the service has none of this name."""
        model = self._service(service, protocol)
        return model.operation_model(name) if name in model.operation_names else None

    def _service(self, service: str, protocol: WireProtocol) -> ServiceModel:
        with self._lock:
            key = (service, protocol)
            if key not in self._services:
                self._services[key] = _load(service, protocol)
            return self._services[key]


def _load(service: str, protocol: WireProtocol) -> ServiceModel:
    # A loader of its own: loaders cache what they load, and SQS's description is changed below.
    description = Loader().load_service_model(service, "service-2")
    if service == "sqs" and protocol is WireProtocol.QUERY:
        for name, shape in description["shapes"].items():
            if shape["type"] == "list":
                shape["member"]["locationName"] = name.removesuffix("List")
            elif name in _SQS_MAPS:
                shape["locationName"] = _SQS_MAPS[name]
                shape["key"]["locationName"] = "Key" if name == "TagMap" else "Name"
                shape["value"]["locationName"] = "Value"
    return ServiceModel(description, service)
