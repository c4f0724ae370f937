// The panel: what stands where, what it asks of the kernel, and what it makes of the answers.

const ACK = 2000; // milliseconds between two words to the kernel of what has been seen
const BEHIND = 40; // frames after which it speaks sooner; the kernel waits when 110 are under way
const LATELY = 500; // milliseconds in which a slider that was moved is not set by the kernel
const CALM = 250; // milliseconds between two changes of the numbers, and of the slow curves
const ALOUD = 10000; // milliseconds between two sentences about the same sign
const GONE = 4000; // milliseconds without an answer or news, after which the panel says so
const NO_ANSWER = "The kernel does not answer yet: it is busy with other cells or a long step. If it " +
  "was restarted, run this cell again.";
const SIGNS = { nan: "Not a number", exploding: "Exploding", dead: "Dead" };
const STATES = { ready: "Ready", running: "Training", paused: "Paused", failed: "Stopped by an error",
  finished: "Finished" };

class TrainingView {
  constructor(model, el) {
    Object.assign(this, { model, el, id: newId(), runs: new Map(), state: null });
    this.described = model.get("described");
    this.lastWords = this.lastAck = this.acked = this.drawn = this.signAt = 0;
    this.build();
    this.hear = (message, buffers) => this.take(message, buffers);
    model.on("msg:custom", this.hear);
    this.observers = [
      new ResizeObserver(() => this.charts().forEach((chart) => chart.resize())),
      new MutationObserver(() => this.later()), // the theme has changed
    ];
    // A chart that appears takes width from those beside it, while the panel keeps its own.
    for (const chart of this.charts()) this.observers[0].observe(chart.place);
    this.observers[1].observe(document.body, { attributeFilter: ["data-jp-theme-light", "class"] });
    this.ask({ do: "hello", view: this.id });
  }

  // What stands where

  build() {
    const button = (text, act, title) =>
      make("button", { type: "button", onclick: act, title }, text);
    this.start = button("Start", () => this.startOrPause(), "train, or hold the training");
    this.step = button("One step", () => this.ask({ do: "step" }), "train on one batch");
    this.reset = button("Reset", () => this.ask({ do: "reset" }),
      "keep this run to compare, and begin a new one");
    this.start.classList.add("nnlab-start");
    this.status = make("span", { role: "status", class: "nnlab-status" });
    this.numbers = make("span", { class: "nnlab-numbers" });
    const moved = gathered((values) => this.ask({ do: "set", values }));
    this.sliders = this.described.sliders.map((described) => new Slider(described, moved));
    this.seed = make("input", { type: "number", min: 0, max: 4294967295, step: 1, id: newId(),
      onchange: () => this.ask({ do: "set", values: { seed: Number(this.seed.value) } }) });
    this.logLoss = make("input", { type: "checkbox", onchange: () => this.later() });
    this.raw = make("input", { type: "checkbox", checked: true, onchange: () => this.later() });
    this.sign = make("div", { role: "alert", class: "nnlab-sign" });
    this.wrong = make("div", { role: "alert", class: "nnlab-wrong" });
    this.error = make("pre", { tabindex: 0, role: "group", "aria-label": "Traceback", hidden: true });
    this.loss = new Chart("loss by step", short);
    this.accuracy = new Chart("accuracy by step (%)", (v) => `${Number((100 * v).toFixed(1))}`,
      { range: (low, high) => [Math.max(0, (low ?? 0) - 0.02), Math.min(1, (high ?? 1) + 0.02)] });
    this.ratio = new Chart("update over weight by step", short, { log: true, band: this.described.healthy,
      range: (low, high) =>
        [Math.max(Math.min(low ?? 1, 1e-4), 1e-8), Math.min(Math.max(high ?? 0, 1e-2), 10)] });
    this.picture = make("img", { alt: "", class: "nnlab-pictures" });
    this.caption = make("figcaption", { class: "nnlab-title" });
    this.pictures = make("figure", { class: "nnlab-chart", hidden: true }, this.caption, this.picture);
    this.table = new RunTable(this.id, (wish) => this.ask(wish));
    this.text = make("input", { type: "text", id: newId(), spellcheck: "false",
      onkeydown: (event) => event.key === "Enter" && this.read() });
    const check = (box, text) => make("label", { class: "nnlab-check" }, box, text);
    this.root = make(
      "div", { class: "nnlab", role: "group", "aria-label": "Training panel" },
      // While the panel draws, the picture that it leaves in the notebook is out of the way.
      make("style", {}, `.${this.described.mark} { display: none; }`),
      make("div", { class: "nnlab-bar" }, this.start, this.step, this.reset, this.status, this.numbers),
      this.sign, this.wrong, this.error,
      make("div", { class: "nnlab-sliders" }, ...this.sliders.map(({ row }) => row),
        make("div", { class: "nnlab-slider" },
          make("label", { for: this.seed.id }, "seed"), this.seed,
          make("span"), make("span", { class: "nnlab-badge" }, "needs a fresh start"))),
      make("div", { class: "nnlab-bar" },
        check(this.logLoss, "logarithmic loss"), check(this.raw, "loss of each step")),
      make("div", { class: "nnlab-charts" }, this.loss.element, this.accuracy.element,
        this.ratio.element, this.pictures),
      this.table.element,
      make("div", { class: "nnlab-bar nnlab-text" },
        make("label", { for: this.text.id }, "settings as text"), this.text,
        button("Copy", () => this.copy(), "copy the settings, to give them to somebody"),
        button("Apply", () => this.read(), "set the sliders as the text says")),
    );
    this.accuracy.element.hidden = this.ratio.element.hidden = true;
    this.el.append(this.root);
  }

  charts() {
    return [this.loss, this.accuracy, this.ratio];
  }

  // What it asks of the kernel

  ask(wish) {
    this.wrong.textContent = "";
    this.expectNews();
    this.model.send(wish);
  }

  /** Say so if no news comes: front ends do not tell a widget that its kernel was restarted. */
  expectNews() {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => (this.wrong.textContent = NO_ANSWER), GONE);
  }

  startOrPause() {
    this.ask({ do: this.state?.state === "running" ? "pause" : "start" });
  }

  read() {
    this.ask({ do: "text", text: this.text.value });
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.state.text);
      this.status.textContent = "Settings copied";
    } catch {
      this.text.select();
      this.wrong.textContent = "This browser does not let the page copy: press Ctrl+C.";
    }
  }

  // What it makes of the answers

  take(message, buffers) {
    clearTimeout(this.patience);
    if (this.wrong.textContent === NO_ANSWER) this.wrong.textContent = "";
    if (message.kind === "wrong") this.wrong.textContent = message.text;
    if (message.kind === "clear") this.runs.clear();
    if (message.kind === "state") this.takeState(message);
    if (message.kind === "frame") this.takeFrame(message, buffers);
    if (this.state?.state === "running") this.expectNews();
  }

  run(number) {
    if (!this.runs.has(number)) this.runs.set(number, new RunData());
    return this.runs.get(number);
  }

  takeState(message) {
    this.state = message;
    for (const about of message.runs) this.run(about.run).about = about;
    for (const number of this.runs.keys())
      if (!message.runs.some(({ run }) => run === number)) this.runs.delete(number);
    this.present = message.runs.at(-1).run;
    const running = message.state === "running";
    this.start.textContent = running ? "Pause" : "Start";
    this.step.setAttribute("aria-disabled", running);
    const step = running || message.state === "ready" ? "" : ` at step ${grouped(message.runs.at(-1).steps)}`;
    const status = `${STATES[message.state]}${step}. ${message.note}`.trim();
    if (this.status.textContent !== status) this.status.textContent = status;
    this.error.hidden = !message.error;
    this.error.textContent = message.error;
    this.showSign(message.sign);
    for (const slider of this.sliders) {
      const { name } = slider.described;
      // What comes back from the kernel is older than a slider that is being moved.
      if (performance.now() - slider.movedAt > LATELY) slider.show(message.settings[name]);
      slider.wait(message.pending.includes(name));
    }
    if (this.seed !== document.activeElement) this.seed.value = message.settings.seed;
    if (this.text !== document.activeElement) this.text.value = message.text;
    if (message.state === "ready") this.pictures.hidden = true;
    this.root.dataset.state = message.state;
    this.lastWords = 0;
    this.later();
  }

  takeFrame(message, buffers) {
    this.run(message.run).add(message, buffers);
    if (message.n != null) this.showSign(message.sign ?? ["", ""]);
    if (message.pictures) this.showPictures(buffers.at(-1), message);
    if (message.n != null) {
      this.root.dataset.applied = message.applied;
      const now = performance.now();
      // Not by a timer: those of a page in the background hardly run.
      if (now - this.lastAck > ACK || message.n - this.acked > BEHIND) {
        this.lastAck = now;
        this.acked = message.n;
        this.model.send({ do: "seen", frame: message.n });
      }
    }
    this.later();
  }

  showSign([kind, text]) {
    const now = performance.now();
    // It is read aloud whenever it changes, and its numbers change with each step.
    if (kind === this.signKind && now - this.signAt < ALOUD) return;
    [this.signKind, this.signAt] = [kind, now];
    this.sign.textContent = kind ? `${SIGNS[kind]}. ${text}` : "";
    this.sign.hidden = !kind;
  }

  showPictures(view, { pictures, coloured, count }) {
    const address = URL.createObjectURL(new Blob([view]));
    this.picture.onload = () => URL.revokeObjectURL(address);
    this.picture.src = address;
    this.picture.alt = `${pictures} images of first-layer weights after step ${count}`;
    this.caption.textContent = `first layer (${coloured ? "middle grey is 0" : "blue below 0, red above"})`;
    this.pictures.hidden = false;
  }

  // Drawing, at most once a picture of the page

  later() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  draw() {
    if (!this.state || !this.runs.has(this.present)) return;
    this.colours = isDark(this.root) ? DARK : LIGHT;
    this.root.classList.toggle("nnlab-dark", this.colours === DARK);
    this.loss.log = this.logLoss.checked;
    const lines = { loss: [], accuracy: [], ratio: [] };
    const numbers = [...this.runs.keys()].sort((a, b) => a - b);
    for (const number of numbers) {
      const run = this.runs.get(number);
      if (run.about.visible || number === this.present) this.addLines(lines, run, number);
    }
    this.loss.draw(lines.loss, this.colours);
    this.root.dataset.drawn = ++this.drawn;
    this.root.dataset.seen = this.root.dataset.applied;
    const now = performance.now();
    if (now - this.lastWords < CALM) return;
    this.lastWords = now;
    // These change slowly, and training needs the processor more than they do.
    for (const [chart, found] of [[this.accuracy, lines.accuracy], [this.ratio, lines.ratio]]) {
      chart.element.hidden = !found.length;
      if (found.length) chart.draw(found, this.colours);
    }
    this.words();
  }

  addLines(lines, run, number) {
    const now = number === this.present;
    const name = now ? "" : `${run.about.name}: `;
    const look = this.look(number);
    const width = now ? 2 : 1.5;
    const [x, raw, smooth, train] = run.stepsWithTip();
    if (now && this.raw.checked)
      lines.loss.push({ name: "each step", x, y: raw, colour: this.colours.raw, width: 1, inKey: now });
    lines.loss.push({ name: now ? "smoothed" : run.about.name, x, y: smooth, colour: look, width, inKey: now });
    const [at, looked, validation] = [0, 1, 2].map((i) => run.looks.column(i));
    if (train.some((v) => v != null))
      lines.accuracy.push({ name: `${name}train`, x, y: train, colour: look, width, inKey: now });
    else if (looked.some((v) => v != null))
      lines.accuracy.push({ name: `${name}train`, x: at, y: looked, colour: look, width, inKey: now });
    if (validation.some((v) => v != null))
      lines.accuracy.push({ name: `${name}validation`, x: at, y: validation, width, dash: [6, 4], inKey: now,
        colour: now ? this.colours.validation : look, points: at.length < 30 });
    if (now)
      run.weights.forEach((weight, i) => lines.ratio.push({ name: weight, x: at, inKey: now,
        y: run.looks.column(3 + i), colour: i ? this.colours.runs[i] : this.colours.train, width,
        points: at.length < 30 }));
  }

  look(number) {
    const { train, runs } = this.colours;
    return number === this.present ? train : runs[(number - 1) % runs.length];
  }

  /** Write the numbers; slowly enough to be read. */
  words() {
    const run = this.runs.get(this.present);
    const about = this.state.runs.at(-1);
    const rate = this.rate(run);
    const parts = [`step ${grouped(run.count)}`, `loss ${short(run.now[1])}`];
    if (rate) {
      parts.push(`${grouped(rate)} steps/s`);
      const batch = this.sliders.find(({ described }) => described.name === "batch_size");
      const images = batch && !batch.described.fresh ? batch.value : about.images;
      if (images) parts.push(`${grouped(rate * images)} images/s`);
    }
    this.numbers.textContent = parts.join(" · ");
    const validation = run.looks.column(2).filter((v) => v != null);
    const numbers = { steps: run.count, loss: run.now[1], seconds: run.seconds,
      best: validation.length ? validation.reduce((a, b) => Math.max(a, b)) : about.best };
    this.table.show(this.state.runs, (number) => this.look(number));
    this.table.update(this.present, numbers);
    this.charts().forEach((chart) => chart.describe());
  }

  /** Steps a second since the last time that the numbers were written. */
  rate(run) {
    const [count, time] = this.measured?.run === run
      ? [run.count - this.measured.count, run.seconds - this.measured.seconds] : [run.count, run.seconds];
    if (time > 0) {
      this.measured = { run, count: run.count, seconds: run.seconds };
      this.speed = count / time;
    }
    return run.count ? this.speed : 0;
  }

  destroy() {
    clearTimeout(this.patience);
    this.observers.forEach((observer) => observer.disconnect());
    this.model.off("msg:custom", this.hear);
    this.charts().forEach((chart) => chart.destroy());
    try {
      this.model.send({ do: "bye", view: this.id });
    } catch { /* the kernel is gone: so is its thread */ }
    this.root.remove();
  }
}

/** Sliders over a function that draws one picture; the picture is the cell's own output. */
class ExploreView {
  constructor(model, el) {
    this.model = model;
    const { sliders } = model.get("described");
    this.told = make("div", { role: "status", class: "nnlab-status nnlab-told" });
    const moved = (name, value, letGo) => letGo && model.send({ do: "set", values: { [name]: value } });
    this.sliders = sliders.map((described) => new Slider(described, moved));
    this.root = make("div", { class: "nnlab", role: "group", "aria-label": "Settings of the picture" },
      ...this.sliders.map(({ row }) => row), this.told);
    el.append(this.root);
    this.hear = ({ kind, text, values }) => {
      if (kind === "told" || kind === "wrong") this.told.textContent = text;
      for (const slider of this.sliders)
        if (values && slider.input !== document.activeElement)
          slider.show(values[slider.described.name]);
    };
    model.on("msg:custom", this.hear);
    model.send({ do: "hello" });
  }

  destroy() {
    this.model.off("msg:custom", this.hear);
    this.root.remove();
  }
}

export default {
  render({ model, el }) {
    const View = model.get("described").kind === "training" ? TrainingView : ExploreView;
    const view = new View(model, el);
    return () => view.destroy();
  },
};
