"""Checks requests that the stand-in has got, and what it answered, against Discord's published API description.

    python3 check.py DESCRIPTION LOG

DESCRIPTION is `openapi.json` of github.com/discord/discord-api-spec, LOG a file that `Settings::log` names. Prints how many
requests of each operation were checked, and every mismatch; the exit code is 1 where a request mismatches.
"""

import collections
import json
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

# Discord's reference says that permissions are texts of digits; the description says that they are numbers.
BITS = {"allow", "deny", "permissions", "default_member_permissions"}


def description(path):
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    registry = Registry().with_resource("urn:api", Resource(contents=found, specification=DRAFT202012))
    operations = {}
    for route, verbs in found["paths"].items():
        for verb, operation in verbs.items():
            if isinstance(operation, dict) and "operationId" in operation:
                operations[operation["operationId"]] = (verb.upper(), route, operation, verbs.get("parameters", []))
    return found, registry, operations


def strict(schema):
    """The same schema, refusing fields that it does not name: Discord passes over those, so a misspelt one is silent."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: strict(value) if name != "enum" else value for name, value in schema.items()}
    if "properties" in made and "additionalProperties" not in made and "allOf" not in made:
        made["additionalProperties"] = False
    return made


def numbers(value, name=None):
    """The same JSON with permissions as numbers."""
    if isinstance(value, dict):
        return {key: numbers(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [numbers(inner, name) for inner in value]
    if name in BITS and isinstance(value, str) and value.isdigit():
        return int(value)
    return value


def validator(registry, pointer):
    return Draft202012Validator({"$ref": "urn:api#" + pointer}, registry=registry)


def escape(part):
    return part.replace("~", "~0").replace("/", "~1")


def deepest(error):
    """Of a mismatch with all of several shapes, what is wrong with the one that fits best."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator not in ("type", "const")))
    return error


def mismatches(check, value):
    for error in check.iter_errors(value):
        worst = deepest(error)
        where = ".".join(str(part) for part in worst.absolute_path)
        yield f"{where or '(all)'}: {worst.message[:200]}"


def main():
    found, registry, operations = description(sys.argv[1])
    tight = strict(found)
    registry = registry.with_resource("urn:tight", Resource(contents=tight, specification=DRAFT202012))
    requests, answers, unknown = collections.Counter(), collections.Counter(), collections.Counter()
    wrong, wrong_answers = collections.Counter(), collections.Counter()
    with open(sys.argv[2], encoding="utf-8") as lines:
        for line in lines:
            call = json.loads(line)
            known = operations.get(call["operation"])
            if known is None:
                unknown[call["operation"] or f"{call['method']} (no route)"] += 1
                continue
            verb, route, operation, shared = known
            # What was refused says nothing about who sends what works.
            if not 200 <= call["status"] < 300:
                continue
            requests[call["operation"]] += 1
            if (verb, route) != (call["method"], call["route"]):
                wrong[f"{call['operation']}: is {verb} {route}, not {call['method']} {call['route']}"] += 1
            named = {p["name"] for p in operation.get("parameters", []) + shared if p.get("in") == "query"}
            for name in set(call["query"]) - named:
                wrong[f"{call['operation']}: there is no {name} in the query"] += 1
            at = f"/paths/{escape(route)}/{verb.lower()}"
            bodies = operation.get("requestBody", {}).get("content", {})
            if call["body"] is None:
                if operation.get("requestBody", {}).get("required") and not call["files"]:
                    wrong[f"{call['operation']}: needs a body"] += 1
            elif "application/json" not in bodies:
                wrong[f"{call['operation']}: has no body"] += 1
            else:
                pointer = f"{at}/requestBody/content/application~1json/schema"
                check = Draft202012Validator({"$ref": "urn:tight#" + pointer}, registry=registry)
                for why in mismatches(check, numbers(call["body"])):
                    wrong[f"{call['operation']}: {why}"] += 1
            status = str(call["status"])
            if status not in operation["responses"]:
                wrong_answers[f"{call['operation']}: answers no {status}"] += 1
            elif call["answer"] is not None:
                answers[call["operation"]] += 1
                pointer = f"{at}/responses/{status}/content/application~1json/schema"
                for why in mismatches(validator(registry, pointer), call["answer"]):
                    wrong_answers[f"{call['operation']}: {why}"] += 1
    for name in sorted(requests):
        print(f"{requests[name]:6} requests, {answers[name]:6} answers  {name}")
    print(f"{sum(requests.values())} requests and {sum(answers.values())} answers of {len(requests)} operations checked")
    for name, count in sorted(unknown.items()):
        print(f"not in the description: {name} ({count})")
    for title, found in (("a request", wrong), ("an answer", wrong_answers)):
        for why, count in sorted(found.items()):
            print(f"mismatch of {title} ({count}): {why}")
    print(f"{sum(wrong.values())} mismatches of requests, {sum(wrong_answers.values())} of answers")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
