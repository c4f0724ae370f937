// What the page has of each run, and the table that compares them.

/** A table of numbers that is thinned out as the kernel's own (helpers/lab/curves.py). */
class Rows {
  constructor() {
    this.stride = 1;
    this.columns = [];
  }

  /** Add rows of four-byte numbers; at a new stride every second of the old ones goes. */
  add(view, width, stride) {
    while (this.columns.length < width) this.columns.push([]);
    for (; this.stride < stride; this.stride *= 2)
      this.columns = this.columns.map((column) => column.filter((_, i) => i % 2));
    const numbers = new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    for (let i = 0; i < numbers.length; i++)
      this.columns[i % width].push(Number.isFinite(numbers[i]) ? numbers[i] : null);
  }

  column(i) {
    return this.columns[i] ?? [];
  }
}

/** One run: its curves, and its latest numbers. */
class RunData {
  constructor() {
    this.steps = new Rows();
    this.looks = new Rows();
    this.weights = [];
    this.count = 0;
    this.seconds = 0;
    this.now = [null, null, null];
    this.about = { visible: true, name: "", settings: "", changes: [] };
  }

  add(frame, buffers) {
    this.steps.add(buffers[0], 4, frame.stride);
    if (frame.looks) {
      this.weights = frame.weights ?? this.weights;
      this.looks.add(buffers[1], 3 + this.weights.length, frame.looks);
    }
    [this.count, this.seconds, this.now] = [frame.count, frame.seconds, frame.now];
  }

  /** Columns of steps for a chart, with the latest step as their last point. */
  stepsWithTip() {
    const columns = [0, 1, 2, 3].map((i) => this.steps.column(i));
    if (!this.count || columns[0].at(-1) === this.count) return columns;
    return [this.count, ...this.now].map((value, i) => [...columns[i], value]);
  }
}

/** The table of all runs; `ask` sends a wish to the kernel. */
class RunTable {
  constructor(id, ask) {
    this.ask = ask;
    this.body = make("tbody");
    const heads = ["shown", "name", "settings", "steps", "loss", "best validation", "time", ""];
    const head = heads.map((text) =>
      text ? make("th", { scope: "col" }, text) : make("td", {}));
    this.element = make(
      "div", { class: "nnlab-table", tabindex: 0, role: "group", "aria-labelledby": `${id}-runs` },
      make("table", {}, make("caption", { id: `${id}-runs` }, "Runs compared"),
        make("thead", {}, make("tr", {}, ...head)), this.body),
    );
    this.rows = new Map();
  }

  show(runs, look) {
    const present = runs.at(-1).run;
    for (const [number, row] of this.rows)
      if (!runs.some(({ run }) => run === number)) {
        if (row.element.contains(document.activeElement)) this.element.focus();
        row.element.remove();
        this.rows.delete(number);
      }
    for (const about of runs) {
      if (!this.rows.has(about.run)) this.rows.set(about.run, this.addRow(about.run));
      this.fill(this.rows.get(about.run), about, about.run === present, look(about.run));
    }
  }

  addRow(run) {
    const cells = Object.fromEntries(
      ["settings", "steps", "loss", "best", "seconds"].map((name) => [name, make("td")]));
    const shown = make("input", {
      type: "checkbox", onchange: () => this.ask({ do: "show", run, visible: shown.checked }),
    });
    const swatch = make("span", { class: "nnlab-swatch" });
    const rename = () => this.ask({ do: "rename", run, name: name.value });
    const name = make("input", {
      type: "text", maxlength: 40, "aria-label": `name of run ${run}`, onchange: rename,
      onkeydown: (event) => event.key === "Enter" && rename(),
    });
    const remove = make("button", {
      type: "button", onclick: () => this.ask({ do: "remove", run }),
    }, "Remove");
    const element = make(
      "tr", {}, make("td", {}, make("label", { class: "nnlab-shown" }, shown, swatch)),
      make("td", {}, name), ...Object.values(cells), make("td", {}, remove),
    );
    this.body.append(element);
    return { element, shown, swatch, name, remove, cells };
  }

  fill({ shown, swatch, name, remove, cells }, about, present, look) {
    shown.checked = about.visible;
    shown.setAttribute("aria-label", `show ${about.name}`);
    swatch.style.borderTopColor = look;
    if (document.activeElement !== name) name.value = about.name;
    remove.hidden = shown.disabled = present; // the present run is always drawn
    remove.setAttribute("aria-label", `remove ${about.name}`);
    cells.settings.textContent = [about.settings, ...about.changes].join("; ");
    this.measure(cells, about);
  }

  /** Write the numbers of a run. */
  measure(cells, { steps, loss, best, seconds: time }) {
    cells.steps.textContent = grouped(steps);
    cells.loss.textContent = short(loss);
    cells.best.textContent = percent(best);
    cells.seconds.textContent = seconds(time);
  }

  /** Write the numbers of the run that trains. */
  update(run, numbers) {
    const row = this.rows.get(run);
    if (row) this.measure(row.cells, numbers);
  }
}
