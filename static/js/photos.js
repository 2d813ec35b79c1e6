// Photos and the signature: shrunk here, shown at once, sent one by one with progress, and kept until they arrived.
"use strict";
(() => {
  const LONGEST = 1600;
  const QUALITY = 0.82;

  // The phone shrinks: 12 megapixels become about 300 KB, which a village line can carry. What it can't decode
  // (HEIC outside Safari) goes up as it is.
  async function shrink(file) {
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      const paint = canvas.getContext("2d");
      paint.fillStyle = "#fff"; // what is transparent becomes paper, not black
      paint.fillRect(0, 0, canvas.width, canvas.height);
      paint.drawImage(image, 0, 0, canvas.width, canvas.height);
      image.close();
      return await new Promise((done) => canvas.toBlob((blob) => done(blob || file), "image/jpeg", QUALITY));
    } catch {
      return file;
    }
  }

  function tile(blob) {
    const figure = document.createElement("figure");
    figure.className = "photo photo-sending";
    const image = document.createElement("img");
    image.alt = "正在上传的照片";
    image.src = URL.createObjectURL(blob);
    image.onerror = () => image.remove();
    const words = document.createElement("span");
    words.className = "photo-progress";
    words.setAttribute("role", "status");
    figure.append(image, words);
    return figure;
  }

  // fetch tells nothing about progress, so this one uses XMLHttpRequest.
  function send(address, blob, headers, onProgress) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      const all = { ...headers, "HX-Request": "true", "HX-Request-Type": "partial" };
      for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => onProgress(Math.round((event.loaded / event.total) * 100));
      request.onload = () => done(request);
      request.onerror = request.ontimeout = () => done(null);
      request.timeout = 180000;
      const body = new FormData();
      body.set("photo", blob, "photo.jpg");
      request.send(body);
    });
  }

  const waiting = []; // one at a time: two at once on a bad line both fail
  let sending = false;
  async function drain() {
    if (sending) return;
    sending = true;
    for (let job; (job = waiting.shift()); ) await deliver(job);
    sending = false;
  }

  async function deliver(job) {
    const words = job.figure.querySelector(".photo-progress");
    words.textContent = "0%";
    const answer = await send(job.address, job.blob, job.headers, (percent) => (words.textContent = `${percent}%`));
    if (!job.figure.isConnected) return;
    if (answer && answer.status < 300) {
      const holder = document.createElement("template");
      holder.innerHTML = answer.responseText;
      const done = holder.content.querySelector(".photo");
      if (job.replace) job.figure.parentElement.querySelectorAll(".photo:not(.photo-sending)").forEach((old) => old.remove());
      const same = document.getElementById(done.id);
      if (same) same.remove();
      job.figure.replaceWith(done);
      htmx.process(done);
      URL.revokeObjectURL(job.figure.querySelector("img")?.src);
      job.said("");
    } else if (answer && answer.status < 500) {
      job.figure.remove();
      job.said(answer.responseText);
    } else {
      words.textContent = "没传上，点这里再传";
      job.figure.classList.add("photo-failed");
      words.onclick = () => {
        words.onclick = null;
        job.figure.classList.remove("photo-failed");
        waiting.push(job);
        drain();
      };
    }
  }

  async function take(holder, file, place, replace) {
    const photos = holder.matches("[data-photos]") ? holder : holder.querySelector("[data-photos]");
    const blob = await shrink(file);
    const figure = tile(blob);
    photos.insertBefore(figure, photos.querySelector(".photo-add"));
    const id = newId();
    const headers = {};
    nameWrite(figure, headers, id);
    const said = (html) => {
      place.querySelectorAll(".error").forEach((old) => old.remove());
      place.insertAdjacentHTML("beforeend", html);
    };
    waiting.push({ figure, blob, headers, said, replace, address: holder.dataset.upload + id + holder.dataset.write });
    drain();
  }
  window.addEventListener("online", () => document.querySelectorAll(".photo-progress").forEach((words) => words.onclick && words.onclick()));
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector(".photo-sending")) event.preventDefault();
  });

  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (!input.matches("[data-photo-input]")) return;
    const holder = input.closest("[data-photos]");
    const place = holder.closest(".card").querySelector(".status");
    const files = [...input.files];
    input.value = ""; // the same photo may be taken again
    for (const file of files) await take(holder, file, place, false);
  });

  // --- the signature, drawn with signature_pad; loaded only when somebody signs -------------------------
  const signature = document.querySelector("[data-signature]");
  const dialog = document.getElementById("sign");
  if (!signature) return;
  const load = (address) =>
    new Promise((done, fail) => {
      if (window.SignaturePad) return done();
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = fail;
      document.head.append(script);
    });
  let pad;
  signature.querySelector("[data-sign]").addEventListener("click", async () => {
    try {
      await load(signature.dataset.script);
    } catch {
      return showNotice("签名板没有打开，请联网后再点一次。不签也可以。");
    }
    dialog.showModal();
    const canvas = dialog.querySelector("canvas");
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad = new SignaturePad(canvas, { backgroundColor: "#ffffff", penColor: "#111111" });
  });
  dialog.querySelector("[data-sign-clear]").addEventListener("click", () => pad.clear());
  dialog.querySelector("[data-sign-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-sign-done]").addEventListener("click", () => {
    if (pad.isEmpty()) return showNotice("还没有签名。不签也可以，点“不签了”。");
    dialog.querySelector("canvas").toBlob((blob) => {
      dialog.close();
      take(signature, blob, signature.querySelector(".status"), true);
    }, "image/png");
  });
})();
