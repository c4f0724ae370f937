// Builds ../assets from npm packages: node build.mjs, after npm install. Run by `make bundle`.

import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import wawoff2 from "wawoff2";

const assets = new URL("../assets/", import.meta.url);
const modules = new URL("node_modules/", import.meta.url);
const here = (name) => new URL(name, assets);
const from = (name) => new URL(name, modules);

await mkdir(assets, { recursive: true });
await build({
  entryPoints: ["formulas.js"],
  outfile: here("formulas.min.js").pathname,
  bundle: true,
  minify: true,
  format: "iife",
  platform: "neutral",
  mainFields: ["main"],
  charset: "ascii",
  legalComments: "none", // the licence lies beside it
});
await copyFile(from("mathjax-full/LICENSE"), here("LICENSE-MathJax.txt"));

// Typst reads fonts as TrueType; npm has this one compressed for the web.
const woff2 = await readFile(from("twemoji-colr-font/twemoji.woff2"));
await writeFile(here("Twemoji.ttf"), await wawoff2.decompress(woff2));
await copyFile(from("twemoji-colr-font/LICENSE"), here("LICENSE-Twemoji.txt"));
