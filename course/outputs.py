"""What cells show, made into what a notebook may hold. All of it comes from student code."""

import re

LONGEST_LINE = 40 << 20  # bytes of one answer
LONGEST_ALT = 2000  # characters that tell what a picture shows
RECENT = 100  # outputs among which the one to update is looked for
LARGEST_TEXT = 1 << 20  # characters of a stream that more are appended to
KINDS = ("stream", "display_data", "update_display_data", "execute_result", "error")
IS_JSON = re.compile(r"application/([\w.-]+\+)?json", re.ASCII)  # what a notebook may hold as such
DEEPEST = 50  # lists in lists that an output may show


def clean_error(error):
    where = error.get("where")
    return {
        "ename": text_of(error.get("ename"), 200),
        "evalue": text_of(error.get("evalue"), 4000),
        "where": [text_of(line, 400) for line in where[:20]] if isinstance(where, list) else [],
    }


def text_of(value, most):
    """Return a text that can be stored: cut, and without what is no character."""
    if not isinstance(value, str):
        return ""
    return value[:most].encode("utf-8", "replace").decode()


def _storable(value, depth=0):
    """Return a value of JSON that can be stored: not too deep, its texts as in `_text`."""
    if isinstance(value, str):
        return text_of(value, LONGEST_LINE)
    if isinstance(value, (dict, list)) and depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {text_of(name, 200): _storable(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list):
        return [_storable(part, depth + 1) for part in value]
    return value


def add(outputs, output):
    """Append one output as nbformat wants it; what is not one is left out."""
    if not isinstance(output, dict) or output.get("output_type") not in KINDS:
        return
    kind = output["output_type"]
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        text = text_of(output.get("text"), LONGEST_LINE)
        last = outputs[-1] if outputs else {}
        goes_on = last.get("output_type") == "stream" and last["name"] == name
        if goes_on and len(last["text"]) < LARGEST_TEXT:
            last["text"] += text
        else:
            outputs.append({"output_type": kind, "name": name, "text": text})
        return
    if kind == "error":
        lines = output.get("traceback")
        lines = [text_of(line, 20_000) for line in lines[:100]] if isinstance(lines, list) else []
        error = clean_error(output)
        outputs.append({"output_type": kind, **error, "traceback": lines})
        del outputs[-1]["where"]
        return
    data = output.get("data")
    data = {
        text_of(mime, 100): _storable(value)
        for mime, value in (data.items() if isinstance(data, dict) else ())
        if isinstance(value, str) or (isinstance(value, (dict, list)) and IS_JSON.fullmatch(mime))
    }
    name, alts = output.get("display_id"), _alts(output.get("metadata"), data)
    if kind == "update_display_data":
        for shown in outputs[-RECENT:]:
            if name and shown.get("display_id") == name:
                shown |= {"data": data, "metadata": alts}
        return
    clean = {"output_type": kind, "data": data, "metadata": alts}
    if kind == "execute_result":
        clean["execution_count"] = None
    if isinstance(name, str):
        clean["display_id"] = name
    outputs.append(clean)


def _alts(metadata, data):
    """Return what the metadata of an output tell of its pictures in words, and nothing else."""
    found = {}
    for mime in data if isinstance(metadata, dict) else ():
        about = metadata.get(mime)
        alt = about.get("alt") if isinstance(about, dict) else None
        if mime.startswith("image/") and isinstance(alt, str):
            found[mime] = {"alt": text_of(alt, LONGEST_ALT)}
    return found
