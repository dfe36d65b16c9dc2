// The page: what is asked, in the address so that a link restores it; and the hits.

import * as api from "./api.js";
import { Parts } from "./parts.js";
import { Tray } from "./tray.js";
import { titleOf, Viewer } from "./viewer.js";

const $ = (id) => document.getElementById(id);
const DOES = ["hand", "leg", "direction", "gait", "turns", "jumps", "speed_of_way"];
const FILTERS = ["negative", "folder", "licence", "min_s", "max_s", "travels", "mirrored", ...DOES];
const FIELDS = ["text", ...FILTERS, "k"];
const CHOICES = { "": null, true: true, false: false };

const viewer = new Viewer(say);
const tray = new Tray(say, viewer);
const parts = new Parts($("parts"), say, () => ask());
let running = null;
let compared = null;

function say(text, error = false) {
  $("status").textContent = text;
  $("status").classList.toggle("error", error);
}

function query() {
  const value = (id) => $(id).value;
  return {
    text: value("text").trim(), negative: value("negative").trim(), folder: value("folder"), licence: value("licence"),
    min_s: Number(value("min_s")), max_s: Number(value("max_s")),
    travels: CHOICES[value("travels")], mirrored: CHOICES[value("mirrored")],
    hand: value("hand"), leg: value("leg"), direction: value("direction"), gait: value("gait"), turns: value("turns"),
    jumps: CHOICES[value("jumps")], speed: value("speed_of_way"),
    k: Math.min(Math.max(Number(value("k")) || 12, 1), 100), ...parts.query(value("text").trim() !== ""),
  };
}

async function ask(push = true) {
  const wanted = query();
  if (!wanted.text && !wanted.video && !wanted.motion && !wanted.image) return;
  if (push) remember();
  running?.abort();
  running = new AbortController();
  say("Searching…");
  $("hits").setAttribute("aria-busy", "true");
  try {
    const began = performance.now();
    const answer = await api.search(wanted, running.signal);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    show(answer.hits);
    const count = `${answer.hits.length} motion${answer.hits.length === 1 ? "" : "s"} in ${seconds} s`;
    const strange = answer.unknown.length ? ` (words that the model does not know: ${answer.unknown.join(", ")}; it reads English)` : "";
    say((answer.found === false ? `Nothing fits well; the nearest ${count}` : count) + strange);
  } catch (error) {
    if (error.name !== "AbortError") { show([]); say(error.message, true); }
  } finally {
    $("hits").removeAttribute("aria-busy");
  }
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function show(hits) {
  compared = null;
  $("examples").hidden = hits.length > 0;
  $("hits").replaceChildren(...hits.map(card));
}

function card(hit, place) {
  const title = titleOf(hit);
  const open = () => viewer.open([hit], parts.video());
  const score = hit.distance_m === null ? `similarity ${hit.cosine.toFixed(2)}` : `${(100 * hit.distance_m).toFixed(0)} cm apart`;
  const compare = element("button", { type: "button", "aria-pressed": "false", onclick: () => pair(hit, compare) }, "Compare");
  return element("li", { class: "hit" },
    element("button", { class: "look", type: "button", "aria-label": `View ${title}`, onclick: open },
      element("img", { src: api.preview(hit), alt: "", loading: place < 12 ? "eager" : "lazy", width: 192, height: 192 })),
    element("div", { class: "told" },
      element("h2", {}, title),
      ...hit.moments.filter((moment) => moment.words).map((moment) =>
        element("p", { class: "shows" }, `${moment.begin_s.toFixed(1)} to ${moment.end_s.toFixed(1)} s: ${moment.words}`)),
      ...(hit.captions.length && hit.description ? [element("p", { class: "shows" }, hit.description)] : []),
      element("p", {}, element("span", { class: hit.judgement }, hit.judgement ? `${hit.judgement}, ` : ""), score),
      element("p", {}, `${hit.begin_s.toFixed(1)} to ${hit.end_s.toFixed(1)} of ${hit.duration_s.toFixed(1)} s${hit.mirrored ? ", mirrored" : ""}${hit.video_s ? `, as in the video from ${hit.video_s[0].toFixed(1)} to ${hit.video_s[1].toFixed(1)} s` : ""}${hit.alike.length ? `; ${hit.alike.length} nearly the same` : ""}`),
      element("p", {}, title === hit.name ? "" : hit.name, hit.licence ? ` · ${hit.licence}` : ""),
      element("div", { class: "row" }, element("button", { type: "button", onclick: open }, "View"),
        element("button", { type: "button", "aria-label": `Put ${title} into the tray`, onclick: () => tray.add(hit) }, "To the tray"), compare)));
}

function pair(hit, button) {
  if (compared && compared.hit !== hit) {
    viewer.open([compared.hit, hit], parts.video());
    compared.button.setAttribute("aria-pressed", "false");
    compared = null;
    say("");
    return;
  }
  compared = compared ? null : { hit, button };
  button.setAttribute("aria-pressed", String(compared !== null));
  say(compared ? "Choose another motion to compare with" : "");
}

function remember() {
  const kept = new URLSearchParams();
  for (const id of FIELDS) if ($(id).value && !(id === "k" && $(id).value === "12")) kept.set(id, $(id).value);
  parts.remember(kept);
  history.pushState(null, "", kept.size ? `?${kept}` : location.pathname);
}

function restore() {
  const kept = new URLSearchParams(location.search);
  for (const id of FIELDS) if (kept.has(id)) $(id).value = kept.get(id); else if (id !== "k") $(id).value = "";
  if (FILTERS.some((id) => kept.has(id))) $("more").open = true;
  parts.restore(kept);
  if (kept.size) ask(false);
  else show([]);
}

async function start() {
  try {
    const facts = await api.library();
    $("library").textContent = `${facts.motions.toLocaleString("en")} motions`;
    $("licence").append(...facts.licences.map((name) => element("option", { value: name }, name)));
    $("examples").append(...facts.examples.map((text) => element("button", {
      type: "button", onclick: () => { $("text").value = text; ask(); },
    }, text)));
    parts.limit(facts.largest_upload);
  } catch (error) { say(error.message, true); return; }
  restore();
}

$("ask").addEventListener("submit", (event) => { event.preventDefault(); ask(); });
$("more").addEventListener("change", () => ask());
$("theme").addEventListener("click", () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
  document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
  try { localStorage.theme = document.documentElement.dataset.theme; } catch { /* private windows */ }
});
try { if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme; } catch { /* as above */ }
addEventListener("popstate", restore);
start();
