"""The fake vendors' lists of models: what our catalogue declares for each kind, changed as a test scripts it."""

from typing import Any

from studio.providers.catalogue import registry

PER_DOLLAR = 2_000_000


class FakeLists:
    """`fault`: a fault by its name instead of any list. `rows` by kind: anything at all instead of that list."""

    def __init__(self) -> None:
        self.fault = ""
        self.rows: dict[str, Any] = {}
        self.added: dict[str, list[dict[str, Any]]] = {}
        self.gone: set[str] = set()
        self.cost: dict[str, list[int]] = {}
        self.endings: list[dict[str, Any]] = []

    def script(self, change: dict[str, Any]) -> None:
        """Replace any of the attributes."""
        for name, value in change.items():
            setattr(self, name, set(value) if name == "gone" else value)

    def answer(self, parts: list[str], path: str) -> dict[str, Any]:
        """The body of GET /v2/models (Apiframe), /v1/models (AI/ML API with `include`, else OpenAI), or of the ends."""
        if parts[-1] == "deprecations":
            return {"object": "list", "data": self.endings}
        if parts[0] == "v2":
            return {"models": self._of("apiframe", self._apiframe)}
        if "include=" in path:
            return {"object": "list", "data": self._of("aimlapi", self._aimlapi)}
        return {"object": "list", "data": self._of("openai", self._openai)}

    def _of(self, kind: str, row_of: Any) -> Any:
        if kind in self.rows:
            return self.rows[kind]
        found = {}
        for model in registry.shipped():
            for offer in model.offers:
                if offer.provider == kind and offer.model and offer.model not in self.gone:
                    cost = self.cost.get(offer.model) or (list(offer.cost.range) if offer.cost else None)
                    found[offer.model] = row_of(offer.model, model.name, model.made_by, cost)
        return [*found.values(), *self.added.get(kind, [])]

    def _apiframe(self, name: str, label: str, _made_by: str, cost: list[int] | None) -> dict[str, Any]:
        row = {"id": name, "label": label, "modality": "image"}
        return row | ({"costMin": cost[0], "costMax": cost[1], "pricingMode": "flat"} if cost else {})

    def _aimlapi(self, name: str, label: str, made_by: str, cost: list[int] | None) -> dict[str, Any]:
        amounts = [{"price": amount / PER_DOLLAR, "unit": "image", "per": 1} for amount in cost or ()]
        pricing: dict[str, Any] = {"kind": "variable"}
        if amounts and amounts[0] == amounts[1]:
            pricing = {"kind": "fixed", "units": amounts[:1]}
        elif amounts:
            pricing = {"kind": "variants", "dimensions": ["quality"], "variants": amounts}
        info = {"name": label, "developer": made_by}
        return {"id": name, "aliases": [], "type": "openai/image-generations", "info": info, "tags": []} | {
            "pricing": pricing
        }

    def _openai(self, name: str, _label: str, made_by: str, _cost: list[int] | None) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": made_by}
