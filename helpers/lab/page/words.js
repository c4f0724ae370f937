// Elements and numbers as words. All files of this folder are joined to one module.

/** Make an element: `make("label", { for: id }, "text", child, ...)`. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  // JupyterLab looks for its shortcuts at the element that has the focus, and takes them first.
  if (element.tabIndex >= 0) element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.append(...children);
  return element;
}

let made = 0;
/** An id that no other element of the page has. */
const newId = () => `nnlab-${Date.now().toString(36)}-${++made}`;

/** "learning_rate" as a person writes it. */
const spoken = (name) => name.replaceAll("_", " ");

/** A setting or a measurement, short: 0.0126, 1.3e-4, 500. */
function short(value) {
  if (value == null) return "–";
  if (typeof value !== "number") return String(value);
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6))
    return value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}

const percent = (share) => (share == null ? "–" : `${(100 * share).toFixed(1)} %`);
const grouped = (count) => Math.round(count).toLocaleString("en");
const seconds = (time) => (time < 10 ? `${time.toFixed(2)} s` : `${time.toFixed(0)} s`);
