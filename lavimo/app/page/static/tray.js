// The tray: hits in a row, which are played and taken away as one motion. It outlives a reload, not the tab.

import * as api from "./api.js";
import { titleOf } from "./viewer.js";

const $ = (id) => document.getElementById(id);
const MOST = 20;
const cutOf = (one) => `${one.id}@${one.begin_s.toFixed(2)}-${one.end_s.toFixed(2)}${one.mirrored ? "!" : ""}`;

export class Tray {
  constructor(say, viewer) {
    Object.assign(this, { say, viewer, row: [] });
    try { this.row = JSON.parse(sessionStorage.tray ?? "[]"); } catch { /* private windows */ }
    $("play-row").addEventListener("click", () => this.play());
    $("empty").addEventListener("click", () => { this.row = []; this.draw(); this.say("The tray is empty"); $("text").focus(); });
    this.draw();
  }

  add(hit) {
    if (this.row.length === MOST) return this.say(`The tray holds ${MOST} motions: remove one first`, true);
    const { id, begin_s, end_s, mirrored } = hit;
    this.row.push({ id, begin_s, end_s, mirrored, title: titleOf(hit) });
    this.draw();
    this.say(`In the tray: ${this.row.length}`);
  }

  move(place, by) {
    const to = place + by;
    const [one] = this.row.splice(place, 1);
    this.row.splice(to, 0, one);
    this.draw();
    const wanted = $("row").children[to].querySelectorAll("button")[by < 0 ? 0 : 1];
    (wanted.disabled ? $("row").children[to].querySelector("button:enabled") : wanted).focus();
    this.say(`${one.title}: now ${to + 1} of ${this.row.length}`);
  }

  remove(place) {
    const [one] = this.row.splice(place, 1);
    this.draw();
    const next = $("row").children[Math.min(place, this.row.length - 1)];
    (next?.querySelector("button:last-child") ?? $("text")).focus();
    this.say(`Removed: ${one.title}`);
  }

  async play() {
    const length = this.row.reduce((sum, one) => sum + one.end_s - one.begin_s, 0);
    const whole = {
      cuts: this.row.map(cutOf), blend_s: $("blend").value, begin_s: 0, end_s: length, mirrored: false,
      captions: [this.row.map((one) => one.title).join(" → ")], moments: [], facts: [],
    };
    try { await this.viewer.open([whole]); } catch (error) { $("viewer").close(); this.say(error.message, true); }
  }

  draw() {
    try { sessionStorage.tray = JSON.stringify(this.row); } catch { /* as above */ }
    $("tray").hidden = this.row.length === 0;
    $("play-row").disabled = this.row.length < 2;
    $("row").replaceChildren(...this.row.map((one, place) => this.card(one, place)));
  }

  card(one, place) {
    const card = document.createElement("li");
    const picture = Object.assign(new Image(64, 64), { src: api.preview(one), alt: "", loading: "lazy" });
    const title = Object.assign(document.createElement("p"), { textContent: `${one.title}, ${(one.end_s - one.begin_s).toFixed(1)} s${one.mirrored ? ", mirrored" : ""}` });
    const row = Object.assign(document.createElement("div"), { className: "row" });
    row.append(
      this.button("←", `Earlier: ${one.title}`, () => this.move(place, -1), place === 0),
      this.button("→", `Later: ${one.title}`, () => this.move(place, 1), place === this.row.length - 1),
      this.button("✕", `Remove ${one.title} from the tray`, () => this.remove(place)),
    );
    card.append(picture, title, row);
    return card;
  }

  button(text, name, pressed, disabled = false) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, ariaLabel: name, title: name, disabled });
    made.addEventListener("click", pressed);
    return made;
  }
}
