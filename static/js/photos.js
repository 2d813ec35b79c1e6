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
    if (answer && answer.status === 204) {
      keep(job.figure, job.headers["Idempotency-Key"]);
    } else if (answer && answer.status < 300) {
      settle(job.figure, answer.responseText, job.replace);
      job.said("");
    } else if (answer && answer.status < 500 && ![401, 408, 429].includes(answer.status)) {
      job.figure.remove();
      job.said(answer.responseText);
    } else {
      words.textContent = answer && answer.getResponseHeader("X-Outbox") === "full" ? "手机存满了，腾出空间后点这里" : "没传上，点这里再传";
      job.figure.classList.add("photo-failed");
      words.onclick = () => {
        words.onclick = null;
        job.figure.classList.remove("photo-failed");
        waiting.push(job);
        drain();
      };
    }
  }

  // The phone has it: the tile says how far it is, until the server's own takes its place.
  function keep(figure, key) {
    figure.dataset.key = key;
    figure.classList.remove("photo-sending");
    figure.classList.add("photo-kept");
    figure.querySelector(".photo-progress").textContent = "已存本机";
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "photo-remove";
    remove.setAttribute("aria-label", "删掉这张照片");
    remove.textContent = "×";
    remove.onclick = async () => {
      if (!window.confirm("要删掉这张照片吗？")) return;
      if (await Outbox.ask({ name: "drop", key })) figure.remove();
      else showNotice("这张正在上传，传完再删。");
    };
    figure.append(remove);
  }
  // What has arrived is taken away there, as from a page that came after it; without a line the phone keeps that, too.
  function removeThere(figure, item, photo) {
    const [path, query] = item.url.split("?");
    const form = document.createElement("form");
    Object.assign(form.dataset, { durable: "", lane: "photo", what: "删掉照片", kept: "remove" });
    form.setAttribute("hx-post", `${path.match(/^\/\w+\/[^/]+/)[0]}/photos/${photo}/remove?${query}`);
    form.setAttribute("hx-target", "closest .photo");
    form.setAttribute("hx-swap", "outerHTML");
    form.setAttribute("hx-confirm", "要删掉这张照片吗？");
    form.innerHTML = '<button class="photo-remove" aria-label="删掉这张照片">×</button>';
    figure.querySelector(".photo-remove").replaceWith(form);
    figure.querySelector(".photo-progress").textContent = "";
    htmx.process(form);
  }
  const keptTile = (key) => document.querySelector(`.photo-kept[data-key="${key}"]`);
  document.addEventListener("outbox", ({ detail: { progress, arrived } }) => {
    const figure = keptTile(progress ? progress.key : arrived && arrived.key);
    if (!figure) return;
    if (progress) figure.querySelector(".photo-progress").textContent = `${progress.percent}%`;
    else if (arrived.state === "sent") settle(figure, arrived.html, figure.dataset.replace);
    else {
      figure.querySelector(".photo-progress").textContent = "没收下";
      figure.closest(".card, [data-signature]").querySelector(".status").insertAdjacentHTML("beforeend", arrived.html);
    }
  });
  function settle(figure, html, replace) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const done = holder.content.querySelector(".photo");
    if (replace) figure.parentElement.querySelectorAll(".photo:not(.photo-sending, .photo-kept)").forEach((old) => old.remove());
    document.getElementById(done.id)?.remove();
    figure.replaceWith(done);
    htmx.process(done);
    URL.revokeObjectURL(figure.querySelector("img")?.src);
  }

  // A kept visit is opened again: its photos are shown from the phone, with what is still to be sent marked.
  document.addEventListener("photo-kept", ({ detail: { item, photo, removed } }) => {
    const there = document.getElementById("photo-" + photo) || document.querySelector(`[data-photo="${photo}"]`);
    if (removed) return there?.remove();
    const blob = item.fields.get("photo");
    if (there || !blob) return;
    const [, followUp, kind] = item.url.match(/^\/followups\/([^/]+)\/(photos|signature)\//) || [];
    const card = kind || item.url.match(/\/cards\/(\w+)\//)[1];
    const isSignature = card === "signature";
    const place = followUp ? `#item-${followUp}` : `[data-card="${card}"]`;
    const holder = document.querySelector(isSignature ? "[data-signature]" : `${place} [data-photos]`);
    if (!holder) return;
    if (isSignature) holder.querySelectorAll(".photo").forEach((old) => old.remove());
    const figure = show(holder, blob);
    keep(figure, item.key);
    figure.dataset.photo = photo;
    if (item.state === "sent") removeThere(figure, item, photo);
    if (item.state === "refused") figure.querySelector(".photo-progress").textContent = "没收下";
  });

  // In sight at once, before it is shrunk: a photo without a tile would be left behind by a quick finish.
  function show(holder, file) {
    const photos = holder.matches("[data-photos]") ? holder : holder.querySelector("[data-photos]");
    const figure = tile(file);
    photos.insertBefore(figure, photos.querySelector(".photo-add"));
    return figure;
  }

  async function take(holder, file, place, replace, figure = show(holder, file)) {
    const blob = await shrink(file);
    const id = newId();
    const headers = {};
    figure.dataset.photo = id;
    figure.dataset.lane = "photo";
    figure.dataset.what = replace ? "签名" : "照片";
    if (replace) figure.dataset.replace = "1";
    nameWrite(figure, headers, id);
    const said = (html) => {
      place.querySelectorAll(".error").forEach((old) => old.remove());
      place.insertAdjacentHTML("beforeend", html);
    };
    waiting.push({ figure, blob, headers, said, replace, address: (window.visitAddress || String)(holder.dataset.upload) + id + holder.dataset.write });
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
    const place = [...holder.closest(".card").querySelectorAll(".status")].find((status) => !status.closest(".agreement"));
    const files = [...input.files];
    input.value = ""; // the same photo may be taken again
    const figures = files.map((file) => show(holder, file));
    for (const [at, file] of files.entries()) await take(holder, file, place, false, figures[at]);
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
