// Sliders, which are the browser's own: they have names, and every key works.

/** The positions of a slider, and the value at each. */
function scale({ kind, low, high, step, options }) {
  if (kind === "choice") return { last: options.length - 1, at: (i) => options[i] };
  const clamp = (value) => Math.min(high, Math.max(low, value));
  if (kind === "linear") {
    const last = Math.round((high - low) / step);
    return { last, at: (i) => clamp(Number((low + i * step).toPrecision(6))) };
  }
  const last = Math.round(Math.log10(high / low) / step);
  return { last, at: (i) => clamp(Number((low * 10 ** (i * step)).toPrecision(3))) };
}

/** The position whose value is nearest. */
function nearest({ kind, low, high, step, options }, value, last) {
  if (kind === "choice") return Math.max(0, options.indexOf(value));
  const way = kind === "log" ? Math.log10(value / low) : value - low;
  return Math.min(last, Math.max(0, Math.round(way / step)));
}

/** One slider with its name, its value and what it needs. */
class Slider {
  constructor(described, whenMoved) {
    this.described = described;
    this.scale = scale(described);
    const id = newId();
    this.input = make("input", { type: "range", id, min: 0, max: this.scale.last, step: 1 });
    // Hidden from screen readers, who hear the slider's own aria-valuetext.
    this.output = make("span", { class: "nnlab-value", "aria-hidden": "true" });
    this.badge = make("span", { class: "nnlab-badge", id: newId() });
    if (described.fresh) this.input.setAttribute("aria-describedby", this.badge.id);
    this.row = make(
      "div", { class: "nnlab-slider" },
      make("label", { for: id }, spoken(described.name)), this.input, this.output, this.badge,
    );
    this.movedAt = -Infinity;
    this.wait(false);
    this.show(described.value);
    this.input.addEventListener("input", () => {
      this.movedAt = performance.now();
      this.say(this.scale.at(Number(this.input.value)));
      whenMoved(described.name, this.value, false);
    });
    this.input.addEventListener("change", () => whenMoved(described.name, this.value, true));
  }

  /** Stand where a value is. */
  show(value) {
    if (value === this.value) return;
    this.input.value = nearest(this.described, value, this.scale.last);
    this.say(value);
  }

  say(value) {
    this.value = value;
    this.output.textContent = short(value);
    this.input.setAttribute("aria-valuetext", short(value));
  }

  /** Say that the value waits for a fresh start. */
  wait(waiting) {
    if (!this.described.fresh) return;
    this.badge.textContent = waiting ? "waits for Reset" : "needs a fresh start";
    this.badge.classList.toggle("nnlab-waiting", waiting);
  }
}

/** Call with what has gathered, at most once a picture of the page. */
function gathered(call) {
  let waiting = null;
  return (name, value) => {
    if (waiting === null) {
      waiting = {};
      requestAnimationFrame(() => {
        const all = waiting;
        waiting = null;
        call(all);
      });
    }
    waiting[name] = value;
  };
}
