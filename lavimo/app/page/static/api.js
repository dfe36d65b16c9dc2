// What the server is asked; errors become sentences for people.

async function answer(response) {
  if (response.ok) return response;
  let told = `${response.status} ${response.statusText}`;
  try { told = (await response.json()).detail ?? told; } catch { /* no JSON: the status must do */ }
  throw new Error(told);
}

export const library = async () => (await answer(await fetch("/api/library"))).json();

export const search = async (ask, signal) =>
  (await answer(await fetch("/api/search", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(ask), signal,
  }))).json();

// With progress, which fetch does not tell: done(share) is called while the file goes out.
export function upload(kind, blob, done, animation = "") {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/uploads?${new URLSearchParams({ kind, animation })}`);
    request.upload.onprogress = (event) => event.lengthComputable && done(event.loaded / event.total);
    request.onerror = () => reject(new Error("the server hung up; is the file too large?"));
    request.onload = () => {
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { /* below */ }
      if (request.status === 200) resolve(told);
      else reject(Object.assign(new Error(told.detail ?? `${request.status} ${request.statusText}`), { animations: told.animations }));
    };
    request.send(blob);
  });
}

// Of a hit, or of a row of them as one.
export function address(hit, what, more = {}) {
  const which = hit.cuts ? hit.cuts.map((cut) => ["cut", cut]) : Object.entries({ begin_s: hit.begin_s, end_s: hit.end_s, mirrored: hit.mirrored });
  const ask = new URLSearchParams(which);
  for (const [name, value] of Object.entries(hit.cuts ? { blend_s: hit.blend_s, ...more } : more)) ask.set(name, value);
  return `/api/${hit.cuts ? "" : `motions/${hit.id}/`}${what}?${ask}`;
}

export const preview = (hit) => address(hit, "preview.webp");

const floats = async (address) => new Float32Array(await (await answer(await fetch(address))).arrayBuffer());

export const tracks = (hit) => floats(address(hit, "tracks"));

export const description = async (hit) =>
  (await answer(await fetch(address(hit, "description")))).json();

export const ghost = (hit, upload, person) =>
  floats(address(hit, "ghost", { upload, person }));
