"""JSON schemas of our types, for the API document: named by us, with the bounds that the decoders hold."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import inspect

REF = "#/components/schemas/"
_BIGINT = 2**63


class Schemas:
    """The schemas of every type that shapes mention, made in one go so that they share components."""

    def __init__(self, asked: Iterable[Any], answered: Iterable[Any]) -> None:
        asked = list(dict.fromkeys(asked))
        every = list(dict.fromkeys([*asked, *answered]))
        infos = inspect.multi_type_info(every)
        _expect_different_names(infos)
        made, components = msgspec.json.schema_components(every, ref_template=REF + "{name}")
        names = {name: _own_name(name) for name in components}
        taken = list(names.values())
        clashes = sorted({name for name in taken if taken.count(name) > 1})
        assert not clashes, f"a struct has the name of a page or the like, rename it: {clashes}"
        self._made = {kind: _fit(schema, names) for kind, schema in zip(every, made, strict=True)}
        self.components = {names[name]: _fit(schema, names) for name, schema in components.items()}
        seen: set[str] = set()
        for kind, info in zip(every, infos, strict=True):
            self._say_instants(info, self._made[kind], seen)
        sent = self._reach(asked)
        for name, schema in self.components.items():
            if name not in sent and schema.get("type") == "object" and "properties" in schema:
                # Answers are written whole, so what has a default is there as well.
                schema["required"] = list(schema["properties"])

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of a type: a reference, where it has a name."""
        return self._made[kind]

    def _say_instants(self, info: Any, schema: dict[str, Any], seen: set[str]) -> None:
        """Name the format of instants: msgspec does so only where a zone is compulsory, and ours always have one."""
        if (reference := schema.get("$ref")) is not None:
            name = reference.removeprefix(REF)
            if name in seen:
                return
            seen.add(name)
            schema = self.components[name]
        if isinstance(info, inspect.DateTimeType):
            schema["format"] = "date-time"
        for inner, part in _parts(info, schema):
            self._say_instants(inner, part, seen)

    def _reach(self, kinds: Iterable[Any]) -> set[str]:
        reached: set[str] = set()
        waiting = [self._made[kind] for kind in kinds]
        while waiting:
            for name in _references(waiting.pop()):
                if name not in reached:
                    reached.add(name)
                    waiting.append(self.components[name])
        return reached


def _parts(info: Any, schema: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """The types inside of a type, each with its schema."""
    match info:
        case inspect.Metadata(type=inner):
            return [(inner, schema)]
        case inspect.UnionType(types=types):
            return list(zip(types, schema.get("anyOf", [{}] * len(types)), strict=False))
        case inspect.ListType(item_type=inner) | inspect.VarTupleType(item_type=inner) | inspect.FrozenSetType(item_type=inner):
            return [(inner, schema.get("items", {}))]
        case inspect.DictType(value_type=inner):
            return [(inner, schema.get("additionalProperties", {}))]
        case inspect.StructType(fields=fields):
            properties = schema.get("properties", {})
            return [(field.type, properties.get(field.encode_name, {})) for field in fields]
        case _:
            return []


def _expect_different_names(infos: Sequence[Any]) -> None:
    known: dict[str, Any] = {}
    waiting, seen, clashes = list(infos), set[Any](), set[str]()
    while waiting:
        info = waiting.pop()
        if isinstance(info, inspect.StructType | inspect.EnumType):
            kind = getattr(info.cls, "__origin__", info.cls)
            if (other := known.setdefault(kind.__name__, kind)) is not kind:
                clashes.add(f"{kind.__name__} of {other.__module__} and {kind.__module__}")
            if info.cls in seen:
                continue
            seen.add(info.cls)
        waiting += [inner for inner, _ in _parts(info, {})]
    assert not clashes, f"the API document cannot tell structs of one name apart, rename one: {sorted(clashes)}"


def _own_name(name: str) -> str:
    # `Page_Order_` is how msgspec writes Page[Order].
    generic = re.fullmatch(r"([A-Za-z0-9]+)_([A-Za-z0-9_]+?)_", name)
    return f"{_own_name(generic[2])}{generic[1]}" if generic else name


def _fit(schema: Any, names: dict[str, str]) -> Any:
    """Rename references, and say what every integer is: 64 bits."""
    if isinstance(schema, list):
        return [_fit(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    fitted = {key: _fit(part, names) for key, part in schema.items()}
    if isinstance(reference := schema.get("$ref"), str):
        fitted["$ref"] = REF + names[reference.removeprefix(REF)]
    if fitted.get("type") == "integer":
        fitted.setdefault("format", "int64")
        if "exclusiveMinimum" not in fitted:
            fitted.setdefault("minimum", -_BIGINT)
        if "exclusiveMaximum" not in fitted:
            fitted.setdefault("maximum", _BIGINT - 1)
    return fitted


def _references(schema: Any) -> list[str]:
    match schema:
        case {"$ref": str(reference), **rest}:
            return [reference.removeprefix(REF), *_references(rest)]
        case dict():
            return [name for part in schema.values() for name in _references(part)]
        case list():
            return [name for part in schema for name in _references(part)]
        case _:
            return []
