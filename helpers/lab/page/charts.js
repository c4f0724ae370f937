// The curves. Colours are those of Okabe and Ito, which colour-blind people can tell apart.

const LIGHT = { train: "#0072B2", validation: "#D55E00", raw: "#0072B266", ink: "#333333",
  grid: "#00000018", band: "#009E7330",
  runs: ["#000000", "#009E73", "#A8518A", "#9A6A00", "#2F8FC4"] };
const DARK = { train: "#56B4E9", validation: "#F0A050", raw: "#56B4E966", ink: "#DDDDDD",
  grid: "#FFFFFF22", band: "#009E7350",
  runs: ["#FFFFFF", "#2FCFA0", "#E39CC4", "#F0E442", "#8FA8FF"] };

/** Whether the page is dark, from the colour behind an element. */
function isDark(element) {
  for (let e = element; e; e = e.parentElement) {
    const parts = getComputedStyle(e).backgroundColor.match(/[\d.]+/g)?.map(Number);
    if (parts && (parts.length < 4 || parts[3] > 0))
      return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2] < 128;
  }
  return false;
}

/** One chart over the steps, with the values under the pointer in words below it. */
class Chart {
  /**
   * @param title what is drawn, with its unit
   * @param write a value as words
   * @param options log: a logarithmic axis; band: the two ends of a range to mark;
   *   range: (least, most) => the two ends of the axis
   */
  constructor(title, write, { log = false, band = null, range = null } = {}) {
    Object.assign(this, { title, write, log, band, range });
    this.place = make("div", { class: "nnlab-canvas", role: "img", "aria-label": title });
    this.readout = make("div", { class: "nnlab-readout" });
    this.key = make("span", { class: "nnlab-key" });
    this.element = make("div", { class: "nnlab-chart" },
      make("div", { class: "nnlab-title" }, title, this.key), this.place, this.readout);
    this.lines = [];
    this.drawn = 0;
  }

  /** Draw lines: [{ name, x, y, colour, width, dash, points }]; values of null leave a gap. */
  draw(lines, colours) {
    const shape = JSON.stringify([this.log, colours.ink,
      lines.map(({ name, colour, width, dash, points }) => [name, colour, width, dash, points])]);
    this.lines = lines;
    const tables = lines.map(({ x, y }) => [x, this.log ? y.map((v) => (v > 0 ? v : null)) : y]);
    const data = tables.length ? uPlot.join(tables) : [[]];
    if (shape !== this.shape) {
      this.plot?.destroy();
      this.plot = new uPlot(this.options(lines, colours), data, this.place);
      this.shape = shape;
      this.key.replaceChildren(...lines.filter(({ inKey }) => inKey).map(({ name, colour, dash }) =>
        make("span", {}, swatch(colour, dash), name)));
    } else this.plot.setData(data);
    this.drawn += 1;
  }

  options(lines, colours) {
    const axis = { stroke: colours.ink, grid: { stroke: colours.grid, width: 1 },
      ticks: { stroke: colours.grid, width: 1 }, font: "12px system-ui, sans-serif" };
    return {
      width: this.place.clientWidth || 320, height: 200,
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false } },
      scales: {
        x: { time: false, range: (_, low, high) => [low ?? 1, high > low ? high : (low ?? 1) + 1] },
        y: { distr: this.log ? 3 : 1, ...(this.range && { range: (_, a, b) => this.range(a, b) }) },
      },
      axes: [{ ...axis, space: 60 }, { ...axis, size: 58,
        values: (_, ticks) => ticks.map((v) => (v == null ? "" : this.write(v))) }],
      series: [{}, ...lines.map(({ name, colour, width, dash, points }) => ({
        label: name, stroke: colour, width, dash, spanGaps: true,
        points: { show: points ?? false, size: 5, fill: colour },
      }))],
      hooks: {
        drawClear: [(plot) => this.drawBand(plot, colours)],
        setCursor: [(plot) => this.read(plot)],
      },
    };
  }

  drawBand(plot, colours) {
    if (!this.band || plot.scales.y.min == null) return;
    const [low, high] = this.band.map((v) => plot.valToPos(v, "y", true));
    const { left, top, width, height } = plot.bbox;
    const [from, to] = [Math.max(high, top), Math.min(low, top + height)];
    plot.ctx.fillStyle = colours.band;
    if (to > from) plot.ctx.fillRect(left, from, width, to - from);
  }

  /** Say the values nearest to the pointer. */
  read(plot) {
    const { left } = plot.cursor;
    if (left == null || left < 0) {
      this.readout.textContent = "";
      return;
    }
    const step = plot.posToVal(left, "x");
    const words = this.lines.map(({ name, x, y }) => {
      const i = nearestIndex(x, step);
      return i < 0 || y[i] == null ? "" : `${name} ${this.write(y[i])}`;
    });
    this.readout.textContent =
      [`step ${grouped(Math.max(0, step))}`, ...words.filter(Boolean)].join(" · ");
  }

  /** Say in words what can be seen, for those who cannot. */
  describe() {
    const words = this.lines.map(({ name, y }) => {
      const last = y.findLast((v) => v != null);
      return last == null ? "" : `${name} ${this.write(last)}`;
    });
    this.place.setAttribute("aria-label", `${this.title}: ${words.filter(Boolean).join(", ")}`);
  }

  resize() {
    const width = this.place.clientWidth;
    if (this.plot && width && width !== this.plot.width) this.plot.setSize({ width, height: 200 });
  }

  destroy() {
    this.plot?.destroy();
  }
}

/** A short piece of a line. */
const swatch = (colour, dash) => make("span", { class: "nnlab-swatch",
  style: `border-top-color: ${colour}; border-top-style: ${dash ? "dashed" : "solid"}` });

/** The index of the value nearest to a wanted one in a rising list, or -1. */
function nearestIndex(values, wanted) {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low > 0 && wanted - values[low - 1] < values[low] - wanted ? low - 1 : high;
}
