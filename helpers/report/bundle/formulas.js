// TeX to SVG by MathJax. Built into ../assets/formulas.min.js by `make bundle`; runs in QuickJS.

import { liteAdaptor } from "mathjax-full/js/adaptors/liteAdaptor.js";
import { RegisterHTMLHandler } from "mathjax-full/js/handlers/html.js";
import { TeX } from "mathjax-full/js/input/tex.js";
import { AllPackages } from "mathjax-full/js/input/tex/AllPackages.js";
import { Configuration } from "mathjax-full/js/input/tex/Configuration.js";
import { CommandMap } from "mathjax-full/js/input/tex/SymbolMap.js";
import { mathjax } from "mathjax-full/js/mathjax.js";
import { SVG } from "mathjax-full/js/output/svg.js";

// Of use on a page in a browser only, or hiding errors that the report wants to tell.
const LEFT_OUT = ["action", "autoload", "html", "noerrors", "noundefined", "require", "setoptions"];

// What deep learning writes and MathJax 3 lacks.
const MACROS = {
  argmax: "\\operatorname*{arg\\,max}",
  argmin: "\\operatorname*{arg\\,min}",
  bm: ["\\boldsymbol{#1}", 1],
  mathbbm: ["\\mathbb{#1}", 1],
  ensuremath: ["#1", 1],
  eqref: ["(\\text{#1})", 1], // a report sets each formula alone and numbers none
  ref: ["\\text{#1}", 1],
  require: ["", 1], // all there is to load is loaded
};

// MathJax sets a tag at the edge of the page, which it does not know here: beside the formula.
new CommandMap(
  "beside",
  { tag: "Tag", label: "Label", nonumber: "Nothing", notag: "Nothing" },
  {
    Tag(parser, name) {
      const star = parser.GetStar();
      const text = parser.GetArgument(name);
      const shown = star ? text : `(${text})`;
      parser.string = `\\qquad\\text{${shown}}${parser.string.slice(parser.i)}`;
      parser.i = 0;
    },
    Label: (parser, name) => void parser.GetArgument(name),
    Nothing() {},
  },
);
Configuration.create("beside", { handler: { macro: ["beside"] }, priority: 1 });

// What MathJax leaves to the page's style sheet.
const STYLE =
  "<style>line[data-line],rect[data-frame]{stroke-width:70px;fill:none}" +
  ".mjx-dashed{stroke-dasharray:140}" +
  ".mjx-dotted{stroke-linecap:round;stroke-dasharray:0,140}</style>";

const adaptor = liteAdaptor({ unknownCharWidth: 0.5 }); // letters of fonts that it cannot measure
RegisterHTMLHandler(adaptor);

function shown(svg) {
  const [, top, width, height] = adaptor.getAttribute(svg, "viewBox").split(" ").map(Number);
  const code = adaptor.outerHTML(svg).replace(">", `>${STYLE}`);
  return { svg: code, width: width / 1000, height: height / 1000, depth: (top + height) / 1000 };
}

/**
 * Set formulas one after another; what one defines by \newcommand, the next ones know.
 *
 * @param {string} job - JSON: a list of [TeX, whether it is displayed].
 * @returns {string} JSON: for each {error} or {svg, width, height, depth}, in em; depth is what
 *   lies below the line.
 */
globalThis.typeset = (job) => {
  const tex = new TeX({
    packages: ["beside", ...AllPackages.filter((name) => !LEFT_OUT.includes(name))],
    macros: MACROS,
    formatError(_jax, error) {
      throw error;
    },
  });
  const svg = new SVG({ fontCache: "none", mtextInheritFont: false });
  const page = mathjax.document("", { InputJax: tex, OutputJax: svg });
  const set = ([source, display]) => {
    try {
      const container = page.convert(source, { display, em: 16, ex: 8, containerWidth: 1280 });
      return shown(adaptor.firstChild(container));
    } catch (error) {
      return { error: String(error.message ?? error) };
    }
  };
  return JSON.stringify(JSON.parse(job).map(set));
};
