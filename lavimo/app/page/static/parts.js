// The files of a query: chosen, dropped, recorded; with the people in a video, and weights where there are several parts.

import * as api from "./api.js";
import { Recorder } from "./record.js";

const KINDS = { video: "Video", motion: "Motion", image: "Picture" };
const $ = (id) => document.getElementById(id);

function kindOf(file) {
  if (/\.(bvh|fbx|glb|gltf|npz|npy)$/i.test(file.name)) return "motion";
  if (file.type.startsWith("image/")) return "image";
  return "video";
}

export class Parts {
  constructor(container, say, changed) {
    Object.assign(this, { container, say, changed, sent: {}, largest: Infinity });
    for (const input of document.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => { if (input.files[0]) this.send(input.dataset.kind, input.files[0]); input.value = ""; });
    }
    new Recorder(say, (file) => this.send("video", file));
    this.droppable();
  }

  limit(bytes) { this.largest = bytes; }

  async send(kind, file, animation = "") {
    if (file.size > this.largest) return this.say(`The file has ${(file.size / 2 ** 20).toFixed(0)} MiB, expected ${(this.largest / 2 ** 20).toFixed(0)} at most`, true);
    try {
      this.say(`Sending the ${kind}…`);
      const told = await api.upload(kind, file, (share) => this.say(share < 1 ? `Sending the ${kind}: ${(100 * share).toFixed(0)} %` : `Looking at the ${kind}…`), animation);
      this.sent[kind] = { ...told, name: animation ? `${file.name}#${animation}` : file.name, weight: 1, person: told.chosen };
      this.draw();
      this.changed();
    } catch (error) {
      if (error.animations) this.choose(kind, file, error.animations);
      else this.say(`${KINDS[kind]}: ${error.message}`, true);
    }
  }

  // Which of a file's animations is meant.
  choose(kind, file, animations) {
    this.draw();
    const choice = document.createElement("select");
    choice.id = "animation";
    for (const name of ["", ...animations]) choice.add(new Option(name || "choose one", name));
    choice.addEventListener("change", () => choice.value && this.send(kind, file, choice.value));
    const card = document.createElement("div");
    card.className = "part";
    card.append(this.labelled(`${file.name} has ${animations.length} animations`, choice));
    this.container.append(card);
    choice.focus();
    this.say("");
  }

  // What the search is asked, beside the words.
  query(words) {
    const { video, motion, image } = this.sent;
    const weights = [...(words ? [1] : []), ...[video, motion].filter(Boolean).map((part) => part.weight)];
    return {
      video: video?.id ?? "", motion: motion?.id ?? "", image: image?.id ?? "", person: video?.person ?? -1,
      weights: weights.length > 1 ? weights : [],
    };
  }

  video() { return this.sent.video; }

  remember(kept) {
    for (const [kind, part] of Object.entries(this.sent)) kept.set(kind, [part.id, part.people, part.person, part.weight, part.name].join("~"));
  }

  restore(kept) {
    this.sent = {};
    for (const kind of Object.keys(KINDS)) {
      if (!kept.has(kind)) continue;
      const [id, people, person, weight, ...name] = kept.get(kind).split("~");
      this.sent[kind] = { id, people: Number(people), person: Number(person), weight: Number(weight), name: name.join("~") };
    }
    this.draw();
  }

  draw() { this.container.replaceChildren(...Object.entries(this.sent).map(([kind, part]) => this.card(kind, part))); }

  card(kind, part) {
    const card = document.createElement("div");
    card.className = "part";
    if (kind === "video") {
      const picture = new Image();
      picture.src = `/api/uploads/${part.id}/people.jpg`;
      picture.alt = "Frames of the video, each person's landmarks in a colour";
      picture.onerror = () => picture.remove();
      card.append(picture);
    }
    const row = document.createElement("div");
    row.className = "row";
    row.append(`${KINDS[kind]}: ${part.name}`);
    if (part.people > 1) {
      const choice = document.createElement("select");
      choice.id = "person";
      for (let n = 0; n < part.people; n++) choice.add(new Option(`person ${n + 1}`, n, false, n === part.person));
      choice.addEventListener("change", () => { part.person = Number(choice.value); this.changed(); });
      row.append(this.labelled("Who", choice));
    }
    if (kind !== "image") {
      const weight = Object.assign(document.createElement("input"), { type: "range", min: 0.1, max: 2, step: 0.1, value: part.weight });
      weight.addEventListener("change", () => { part.weight = Number(weight.value); this.changed(); });
      row.append(this.labelled("Weight beside the words", weight));
    }
    const away = Object.assign(document.createElement("button"), { type: "button", textContent: "Remove" });
    away.addEventListener("click", () => { delete this.sent[kind]; this.draw(); this.changed(); });
    row.append(away);
    card.append(row);
    return card;
  }

  labelled(text, input) {
    const label = document.createElement("label");
    label.append(`${text} `, input);
    return label;
  }

  droppable() {
    let depth = 0;
    addEventListener("dragenter", (event) => { event.preventDefault(); depth++; $("drop").hidden = false; });
    addEventListener("dragleave", () => { if (--depth <= 0) $("drop").hidden = true; });
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      depth = 0;
      $("drop").hidden = true;
      const file = event.dataTransfer.files[0];
      if (file) this.send(kindOf(file), file);
    });
  }
}
