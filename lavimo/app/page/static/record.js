// The camera: a countdown, some seconds of video, and a file of them.

const $ = (id) => document.getElementById(id);
const COUNTDOWN_S = 3;
const [LEAST_S, MOST_S, USUAL_S] = [3, 10, 5];
const INSECURE = "The camera can be used on https or on this machine itself (localhost) only: open the page there";
const REFUSED = {
  NotAllowedError: "The camera was refused: allow it for this page in the browser, then press Record again",
  NotFoundError: "There is no camera: connect one, then press Record again",
  NotReadableError: "The camera cannot be opened: another program may be using it",
};
const seconds = (s) => new Promise((done) => setTimeout(done, 1000 * s));

export class Recorder {
  // done(file) gets what was recorded.
  constructor(say, done) {
    Object.assign(this, { say, done, stream: null, taking: null });
    $("record").addEventListener("click", () => this.open());
    $("start").addEventListener("click", () => this.start());
    $("stop").addEventListener("click", () => this.taking?.stop());
    $("cancel").addEventListener("click", () => this.end());
    $("camera").addEventListener("close", () => $("camera").open || this.end()); // late, it may be open again
    $("which").addEventListener("change", () => this.look($("which").value));
  }

  async open() {
    if (!isSecureContext || !navigator.mediaDevices) return this.say(INSECURE, true);
    this.show("ready");
    if (!await this.look()) return;
    $("camera").showModal();
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
    const now = this.stream?.getVideoTracks()[0].getSettings().deviceId;
    $("which").replaceChildren(...cameras.map((one, n) => new Option(one.label || `camera ${n + 1}`, one.deviceId, false, one.deviceId === now)));
  }

  // Another camera, or any; whether it can be used.
  async look(deviceId) {
    this.dark();
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 960 }, ...(deviceId && { deviceId: { exact: deviceId } }) } });
    } catch (error) {
      $("camera").close();
      this.say(REFUSED[error.name] ?? `The camera cannot be used: ${error.message}`, true);
      return false;
    }
    if (deviceId && !$("camera").open) this.dark(); // cancelled
    $("live").srcObject = this.stream;
    return true;
  }

  async start() {
    const stream = this.stream;
    const length = Math.min(Math.max(Number($("length").value) || USUAL_S, LEAST_S), MOST_S);
    this.show("waiting");
    for (let left = COUNTDOWN_S; left > 0; left--) {
      $("count").textContent = left;
      await seconds(1);
      if (this.stream !== stream) return; // cancelled
    }
    const recorder = new MediaRecorder(stream);
    const chunks = [];
    recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
    recorder.addEventListener("stop", () => {
      if (this.taking !== recorder) return; // cancelled
      const kind = recorder.mimeType.includes("mp4") ? "mp4" : "webm";
      $("camera").close();
      this.done(new File(chunks, `recording.${kind}`, { type: recorder.mimeType }));
    });
    this.taking = recorder;
    recorder.start();
    this.show("taking");
    for (let left = length; left > 0 && recorder.state === "recording"; left--) {
      $("count").textContent = `● ${left} s`;
      await seconds(1);
    }
    if (recorder.state === "recording") recorder.stop();
  }

  show(state) {
    $("camera").dataset.state = state;
    $("start").hidden = state !== "ready";
    $("stop").hidden = state !== "taking";
    $("which").disabled = $("length").disabled = state !== "ready";
    if (state === "ready") $("count").textContent = "";
  }

  dark() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = $("live").srcObject = null;
  }

  end() {
    this.taking = null;
    this.dark();
    $("camera").close();
  }
}
