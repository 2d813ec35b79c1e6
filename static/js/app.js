// What every page shares. Pages work as plain HTML; this adds ids for writes and words for a bad line.
"use strict";

// randomUUID exists only on https and localhost; a demo on the office network is neither.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// An id of this browser, only so that the server can tell two phones that edit one draft apart.
function deviceId() {
  let id = localStorage.getItem("device");
  if (!id) localStorage.setItem("device", (id = newId()));
  return id;
}

function showNotice(text) {
  const notice = document.getElementById("notice");
  // What lies behind an open dialog can't be read.
  (document.querySelector("dialog[open]") || document.body).append(notice);
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(showNotice.timer);
  showNotice.timer = setTimeout(() => (notice.hidden = true), 8000);
}

// A form marked data-durable names each write once, so that a repeated one has one effect. A write that may not
// have arrived keeps its name while its content is the same: the second try is then the same write.
const unanswered = new WeakMap();
function nameWrite(form, headers, content) {
  const open = unanswered.get(form);
  const key = open && open.content === content ? open.key : newId();
  unanswered.set(form, { key, content });
  headers["Idempotency-Key"] = key;
  headers["X-Device"] = deviceId();
  if (!Outbox.cadre) return;
  Outbox.askToPersist();
  // For the outbox: whose it is, which household's, what it waits for, and its words on the page 待上传.
  const { name, household } = form.closest("[data-household]")?.dataset || {};
  headers["X-Cadre"] = Outbox.cadre;
  headers["X-Household"] = household || "";
  headers["X-Lane"] = form.dataset.lane || "text";
  headers["X-What"] = encodeURIComponent([name || form.elements?.name?.value, form.dataset.what].filter(Boolean).join(" · "));
}

document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement, request } = event.detail.ctx;
  const form = sourceElement.closest("[data-durable]");
  if (!form || request.method.toUpperCase() === "GET") return;
  const fields = request.body ? [...request.body.entries()] : [];
  nameWrite(form, request.headers, request.action + JSON.stringify(fields));
});
document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  const form = sourceElement.closest("[data-durable]");
  if (form && response && response.status < 500) unanswered.delete(form);
  if (form && response && response.headers.get("X-Outbox") && response.status === 204) keptOnPhone(sourceElement);
});

// The phone keeps the write: the page goes on as if it had arrived.
function keptOnPhone(source) {
  const { kept, keptSays } = source.dataset;
  if (kept === "remove") return source.closest(source.getAttribute("hx-target").replace("closest ", "")).remove();
  if (!kept) return;
  Outbox.sayNext(keptSays);
  location.assign(kept);
}

// Elements that save by themselves say what happened at their own place (visit.js); the others say it here.
document.addEventListener("htmx:error", (event) => {
  const source = event.detail.ctx && event.detail.ctx.sourceElement;
  if (source && source.matches("[data-save]")) return;
  showNotice("没有连上服务器，这一步还没办成。请联网后再点一次。");
});
document.addEventListener("htmx:response:error", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  if (sourceElement.matches("[data-save]") || response.status < 500) return;
  showNotice("系统正忙，这一步还没办成，请过一会儿再点一次。");
});

// A field that is nearly full says how much room is left, since the browser takes no more without a word.
document.addEventListener("input", ({ target }) => {
  if (!(target.maxLength >= 100)) return;
  const left = target.maxLength - target.value.length;
  let room = target.nextElementSibling;
  if (!room || !room.matches(".room")) {
    if (left > 50) return;
    target.insertAdjacentHTML("afterend", '<p class="room hint" role="status"></p>');
    room = target.nextElementSibling;
  }
  room.textContent = left > 50 ? "" : left ? `还能写 ${left} 字` : `已写满 ${target.maxLength} 字，写不下的请放到备注或分开写`;
});

// The day's one reminder, if it is still to come. A kept page asks too; without a line, or signed out, nothing is said.
const reminder = document.querySelector("[data-reminder]");
if (reminder && navigator.onLine) {
  fetch(reminder.dataset.reminder, { method: "POST", redirect: "error" })
    .then(async (response) => response.ok && (reminder.innerHTML = await response.text()))
    .catch(() => {});
}

// A text that is shown once is copied by a button; where the browser does not let us, it is at least selected.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    showNotice("已复制。");
  } catch {
    showNotice("这个浏览器不让自动复制。文字已选中，请长按或按 Ctrl+C 复制。");
  }
});

// What unfolds near the lower edge must not stay behind the navigation.
document.addEventListener("toggle", ({ target }) => target.open && target.scrollIntoView({ block: "nearest" }), true);

// A kept page is opened for one new household after the other: each needs an id of its own.
for (const form of document.querySelectorAll("form[data-lane=first]")) form.elements.id.value = form.dataset.household = newId();

// Ordinary forms: ask where they want it, and a second tap on a button that already works does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return event.preventDefault();
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
});
// Coming back with the back button shows the page as it was left: buttons must work again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
