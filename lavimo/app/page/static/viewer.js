// A hit in three dimensions: orbit, play, scrub, speed; two side by side; the query's landmarks over the found motion.

import * as api from "./api.js";

const $ = (id) => document.getElementById(id);
const FPS = 20;
const JOINTS = 24;
const POINTS = 15;
const APART_M = 1.6;
// Lines between the fifteen landmarks that stand for joints (lavimo/landmarks/names.py).
const BONES = [
  [0, 1], [0, 2], [1, 2], [1, 3], [3, 5], [2, 4], [4, 6], [1, 7], [2, 8], [7, 8], [7, 9], [9, 11], [11, 13], [8, 10],
  [10, 12], [12, 14],
];
const FORMATS = { bvh: "BVH", glb: "GLB", npz: "npz", mp4: "mp4" };
// Files that have a skeleton of their own, and what holds one.
const RIGGED = ["bvh", "fbx", "glb", "gltf", "amc"];
const OWN = ["bvh", "glb"];

// What somebody wrote of a motion, else what geometry says of it.
export const titleOf = (hit) => hit.captions[0] || hit.description || hit.name;

export class Viewer {
  constructor(say) {
    Object.assign(this, { say, figures: [], time: 0, length: 0, playing: true, three: null });
    $("close").addEventListener("click", () => $("viewer").close());
    $("viewer").addEventListener("close", () => this.stop());
    $("play").addEventListener("click", () => this.play(!this.playing));
    $("scrub").addEventListener("input", () => { this.play(false); this.at(Number($("scrub").value) * this.length); });
    for (const id of ["in_place", "loop", "mirror", "fps"]) $(id).addEventListener("change", () => this.links());
    $("skeleton").addEventListener("change", () => { $("fps").value = $("skeleton").value === "own" ? "" : "30"; this.links(); });
    $("ghost").addEventListener("change", () => { for (const figure of this.figures) if (figure.ghost) figure.ghost.visible = $("ghost").checked; });
  }

  async open(hits, video) {
    this.hits = hits;
    $("viewer-title").textContent = hits.map(titleOf).join("  |  ");
    $("mirror").checked = hits[0].mirrored;
    $("moments").replaceChildren(...this.moments(hits[0], video));
    const longest = Math.max(...hits.map((hit) => hit.end_s - hit.begin_s));
    $("facts").replaceChildren(...hits.map((hit) => this.timeline(hit, longest)));
    this.links();
    if (!$("viewer").open) $("viewer").showModal();
    try { this.three ??= await stage($("stage")); } catch (error) {
      $("no-viewer").textContent = `There is no 3D view: ${error.message}. On the server, lavimo fetch-page brings three.js.`;
      $("no-viewer").hidden = false;
      return;
    }
    const opened = hits;
    const figures = await Promise.all(hits.map((hit, place) => this.figure(hit, video, (place - (hits.length - 1) / 2) * APART_M)));
    if (this.hits !== opened) return;
    this.clear();
    this.figures = figures;
    for (const figure of figures) this.three.scene.add(figure.root);
    this.length = Math.max(...figures.map((figure) => figure.frames)) / FPS;
    $("ghost-label").hidden = !figures.some((figure) => figure.ghost);
    this.three.look(figures);
    this.at(0);
    this.play(true);
    this.last = null;
    cancelAnimationFrame(this.pending);
    this.pending = requestAnimationFrame((now) => this.step(now));
  }

  async figure(hit, video, aside) {
    const { THREE, person, lines } = this.three;
    const [rows, model] = await Promise.all([api.tracks(hit), person()]);
    const bones = [];
    model.traverse((node) => { if (node.isSkinnedMesh) bones.push(...node.skeleton.bones); });
    const root = new THREE.Group();
    root.position.x = aside;
    root.add(model);
    const made = { root, bones, rows, frames: rows.length / (3 + 4 * JOINTS), ghost: null };
    if (video) {
      try {
        made.points = await api.ghost(hit, video.id, video.person);
        made.ghost = lines(BONES.length);
        made.ghost.visible = $("ghost").checked;
        root.add(made.ghost);
      } catch (error) { this.say(`The video's landmarks cannot be shown: ${error.message}`); }
    }
    return made;
  }

  moments(hit, video) {
    return hit.moments.map((moment) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: `also ${moment.begin_s.toFixed(1)} to ${moment.end_s.toFixed(1)} s` });
      button.addEventListener("click", () => {
        const others = [{ ...moment, begin_s: moment.begin_s }, ...hit.moments.filter((other) => other !== moment)];
        const shown = { begin_s: hit.begin_s, end_s: hit.end_s, score: hit.score };
        this.told({ ...hit, ...others[0], moments: [shown, ...others.slice(1)] }, video);
      });
      return button;
    });
  }

  // Another moment shows something else.
  async told(hit, video) {
    try { this.open([{ ...hit, ...await api.description(hit) }], video); } catch (error) { this.say(error.message, true); }
  }

  // The facts of a hit under the slider: bars from begin to end, in as few rows as they need; a click jumps there.
  timeline(hit, length) {
    const rows = [];
    const container = Object.assign(document.createElement("div"), { className: "timeline" });
    for (const fact of hit.facts) {
      let row = rows.findIndex((end) => end <= fact.begin_s + 0.01);
      if (row < 0) row = rows.push(0) - 1;
      rows[row] = fact.end_s;
      const [from, to] = [fact.begin_s, fact.end_s].map((time) => Math.min(Math.max((time - hit.begin_s) / length, 0), 1));
      const often = fact.count > 1 ? `, ${fact.count} ${["walk", "run", "sneak"].includes(fact.kind) ? "steps" : "times"}` : "";
      const amount = fact.amount ? `, ${fact.amount.toFixed(fact.unit === "degrees" ? 0 : 1)} ${fact.unit}` : "";
      const when = `${(from * length).toFixed(1)} to ${(to * length).toFixed(1)} s`;
      const bar = Object.assign(document.createElement("button"), { type: "button", textContent: fact.words, title: `${fact.words}${amount}${often}; ${when}` });
      bar.style.cssText = `left: ${100 * from}%; width: max(${100 * (to - from)}%, .5rem); top: ${1.75 * row}rem; opacity: ${0.55 + 0.45 * fact.certainty}`;
      bar.addEventListener("click", () => { if (this.length) { this.play(false); this.at(Math.min(from * length, this.length)); } });
      container.append(bar);
    }
    container.style.height = `${1.75 * rows.length}rem`;
    return container;
  }

  links() {
    const hit = this.hits[0];
    for (const id of ["loop", "mirror"]) $(id).parentElement.hidden = Boolean(hit.cuts);
    $("skeleton-label").hidden = Boolean(hit.cuts) || !RIGGED.includes(hit.format);
    const own = !$("skeleton-label").hidden && $("skeleton").value === "own";
    const one = hit.cuts ? {} : { mirrored: $("mirror").checked, loop: $("loop").checked, skeleton: own ? "own" : "smpl" };
    const ask = { ...one, in_place: $("in_place").checked, ...($("fps").value && { fps: $("fps").value }) };
    $("downloads").replaceChildren(...Object.entries(FORMATS).filter(([kind]) => !own || OWN.includes(kind)).map(([kind, name]) => {
      const link = Object.assign(document.createElement("a"), { href: api.address(hit, `export.${kind}`, ask), textContent: name, download: "" });
      link.dataset.kind = kind;
      return link;
    }));
  }

  play(wanted) {
    this.playing = wanted;
    $("play").textContent = wanted ? "Pause" : "Play";
    $("play").setAttribute("aria-pressed", String(wanted));
  }

  step(now) {
    if (!$("viewer").open) return;
    if (this.playing && this.last !== null) this.at((this.time + ((now - this.last) / 1000) * Number($("speed").value)) % this.length);
    this.last = now;
    this.three.draw();
    this.pending = requestAnimationFrame((then) => this.step(then));
  }

  at(time) {
    this.time = time;
    $("scrub").value = time / this.length;
    $("facts").style.setProperty("--now", `${(100 * time) / this.length}%`);
    $("time").textContent = `${time.toFixed(1)} of ${this.length.toFixed(1)} s`;
    const { THREE } = this.three;
    const [one, other] = [new THREE.Quaternion(), new THREE.Quaternion()];
    for (const { bones, rows, frames, ghost, points } of this.figures) {
      const place = Math.min(time * FPS, frames - 1);
      const [frame, share] = [Math.floor(place), place % 1];
      const next = Math.min(frame + 1, frames - 1);
      const [a, b] = [frame, next].map((n) => n * (3 + 4 * JOINTS));
      bones[0].position.set(...[0, 1, 2].map((axis) => rows[a + axis] * (1 - share) + rows[b + axis] * share));
      bones.forEach((bone, joint) => {
        one.fromArray(rows, a + 3 + 4 * joint);
        other.fromArray(rows, b + 3 + 4 * joint);
        bone.quaternion.slerpQuaternions(one, other, share);
      });
      if (ghost) ghost.userData.place(BONES.flatMap((ends) => ends.map((point) => (frame * POINTS + point) * 3)), points);
    }
  }

  clear() {
    for (const figure of this.figures) {
      this.three.scene.remove(figure.root);
      figure.root.traverse((node) => { node.geometry?.dispose(); node.skeleton?.dispose(); });
    }
    this.figures = [];
  }

  stop() {
    cancelAnimationFrame(this.pending);
    if (this.three) this.clear();
  }
}

// The scene, once; three.js comes only when somebody looks.
async function stage(container) {
  const THREE = await import("/vendor/three.module.min.js");
  const { OrbitControls } = await import("/vendor/OrbitControls.js");
  const { GLTFLoader } = await import("/vendor/loaders/GLTFLoader.js");
  const renderer = new THREE.WebGLRenderer({ antialias: true, alpha: true });
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  container.append(renderer.domElement);
  renderer.domElement.setAttribute("role", "img");
  renderer.domElement.setAttribute("aria-label", "The motion in three dimensions; drag to look from elsewhere");
  const scene = new THREE.Scene();
  scene.add(new THREE.HemisphereLight(0xffffff, 0x8f8a80, 2.2));
  const sun = new THREE.DirectionalLight(0xffffff, 1.8);
  sun.position.set(2, 5, 3);
  scene.add(sun, new THREE.GridHelper(20, 40, 0x6f7780, 0xaab0b6));
  const camera = new THREE.PerspectiveCamera(38, 1, 0.05, 100);
  const controls = new OrbitControls(camera, renderer.domElement);
  new ResizeObserver(() => {
    renderer.setSize(container.clientWidth, container.clientHeight, false);
    camera.aspect = container.clientWidth / container.clientHeight;
    camera.updateProjectionMatrix();
  }).observe(container);
  const loader = new GLTFLoader();
  const person = async () => {
    const { scene: model } = await loader.loadAsync("/api/avatar.glb");
    model.traverse((node) => { node.frustumCulled = false; });
    return model;
  };
  const lines = (count) => {
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(count * 6), 3));
    const made = new THREE.LineSegments(geometry, new THREE.LineBasicMaterial({ color: 0xff3b30, depthTest: false }));
    made.frustumCulled = false;
    made.renderOrder = 1;
    made.userData.place = (places, points) => {
      const array = geometry.attributes.position.array;
      places.forEach((from, n) => { for (let axis = 0; axis < 3; axis++) array[3 * n + axis] = points[from + axis]; });
      geometry.attributes.position.needsUpdate = true;
    };
    return made;
  };
  const look = (figures) => {
    const low = new THREE.Vector3(Infinity, 0, Infinity);
    const high = new THREE.Vector3(-Infinity, 1.8, -Infinity);
    for (const { rows, frames, root } of figures) {
      for (let n = 0; n < frames; n++) {
        const [x, z] = [rows[n * (3 + 4 * JOINTS)] + root.position.x, rows[n * (3 + 4 * JOINTS) + 2]];
        low.set(Math.min(low.x, x), 0, Math.min(low.z, z));
        high.set(Math.max(high.x, x), 1.8, Math.max(high.z, z));
      }
    }
    const middle = low.clone().add(high).multiplyScalar(0.5);
    const radius = Math.max(high.distanceTo(low) / 2 + 0.15, 1.05);
    const away = radius / Math.sin((camera.fov * Math.PI) / 360);
    controls.target.copy(middle);
    camera.position.set(middle.x + 0.45 * away, middle.y + 0.25 * away, middle.z + 0.86 * away);
    controls.update();
  };
  return { THREE, scene, person, lines, look, draw: () => { controls.update(); renderer.render(scene, camera); } };
}
