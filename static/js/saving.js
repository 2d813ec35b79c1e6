// Forms that save themselves (data-save): each change at once and without a button, with words beside each form and on
// the page's chip for what became of it. Used by every page that is filled in at a household.
"use strict";
// root: what holds the forms; address: where a form's writes really go; nextNumber: the running number of a save, so
// that a late one is known as old; changed: what else follows a change; refused: hears what an outbox's write got.
function startSaving(root, { address = (path) => path, nextNumber, changed = () => {}, refused = () => {} }) {
  const find = (selector, inside = root) => inside.querySelector(selector);
  const all = (selector, inside = root) => [...inside.querySelectorAll(selector)];
  const state = document.getElementById("save-state");
  const typing = new Map(); // forms with words on their way to a save, and the clock that ends the wait
  const busy = new Set(); // forms whose save is on its way
  const unsaved = new Set(); // forms whose save has failed or has not begun
  let savedAt = ""; // by the server's clock, as its answers say
  function showState() {
    dropGone(busy);
    dropGone(unsaved);
    const { waiting, refused, sending, signedOut } = outbox;
    let [text, tone] = ["✓ 已保存" + savedAt, "tag-jade"];
    const failed = [...unsaved].filter((form) => !typing.has(form) && !busy.has(form)).length;
    if (failed) [text, tone] = [`${failed} 处没存上`, "tag-amber"];
    else if (refused) [text, tone] = [`需处理 ${refused}`, "tag-amber"];
    else if (unsaved.size || busy.size) text = "正在保存…";
    else if (signedOut && waiting) [text, tone] = [`登录后上传 ${waiting}`, "tag-amber"];
    else if (waiting) text = sending.length ? `上传中 ${waiting}` : `已存本机 ${waiting}`;
    state.textContent = text;
    state.className = "tag " + tone;
  }
  let outbox = { waiting: 0, refused: 0, sending: [], signedOut: false };
  document.addEventListener("outbox", ({ detail }) => {
    if (detail.progress) return;
    outbox = detail;
    if (detail.arrived) arrived(detail.arrived);
    showState();
  });

  // The words beside a form once its write is on the phone, or has gone from there to the server.
  const stays = (form, html) => {
    const status = find(".status", form);
    const base = find("input[name=base]", status);
    status.innerHTML = html;
    if (base && !find("input[name=base]", status)) status.prepend(base);
  };
  const KEPT = '<span class="saved">已存本机，待上传</span>';
  const SIGN_IN = `<span class="saved">已存本机。登录已过期，<a href="/sign-in?next=${encodeURIComponent(location.pathname)}">重新登录</a>后自动上传。</span>`;
  const formAt = (url) => all("form[hx-post]").find((form) => address(form.getAttribute("hx-post")).split("?")[0] === url.split("?")[0]);
  function arrived({ url, state: became, html, goTo }) {
    const form = formAt(url);
    if (form && became === "refused") refused(html);
    if (!form || busy.has(form) || unsaved.has(form)) return;
    if (form.matches("[data-finish]")) {
      if (goTo) location.assign(goTo);
      else document.getElementById("finish-status").innerHTML = html;
    } else if (form.matches("[data-save]")) {
      stays(form, html);
      const said = find("[data-saved-at]", form);
      if (said) savedAt = " " + said.dataset.savedAt;
    }
  }
  // Only a form's own saves: the button that removes a commitment lies inside its form and takes it away with it.
  const savingForm = (event) => {
    const source = event.detail.ctx && event.detail.ctx.sourceElement;
    return source && source.matches("[data-save]") ? source : null;
  };
  const dropGone = (forms) => forms.forEach((form) => form.isConnected || forms.delete(form));

  // Runs before app.js names the write (capture phase), since the number belongs to what is named.
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    request.action = address(request.action);
    const form = savingForm(event);
    if (!form) return;
    if (request.body) request.body.set("seq", form.dataset.retrySeq || nextNumber());
    form.dataset.retrySeq = request.body ? request.body.get("seq") : "";
    busy.add(form);
    unsaved.delete(form);
    showState();
  }, true);
  document.addEventListener("htmx:after:request", (event) => {
    const form = savingForm(event);
    if (!form) return;
    const { response } = event.detail.ctx;
    if (response && response.status < 500) delete form.dataset.retrySeq;
    if (response && response.status === 204) stays(form, response.headers.get("X-Outbox") === "signed-out" ? SIGN_IN : KEPT);
    if (!response || response.status >= 400) failed(form, response);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const form = savingForm(event);
    if (!form) return;
    busy.delete(form);
    showState();
  });
  document.addEventListener("htmx:error", (event) => {
    const form = savingForm(event);
    if (form) failed(form, null);
  });
  function failed(form, response) {
    if (!form.isConnected) return;
    unsaved.add(form);
    if (!response || response.status >= 500) {
      const status = find(".status", form);
      all(".error, .saved, .retry", status).forEach((old) => old.remove());
      const words = document.createElement("p");
      words.className = "error";
      words.textContent = !response
        ? "没有网络，这一处还没存上，内容还在页面上。"
        : response.headers.get("X-Outbox") === "full"
          ? "手机的存储满了，这一处没存下，内容还在页面上。请清理一些空间，再存一次。"
          : "系统正忙，这一处还没存上。";
      const again = document.createElement("button");
      again.type = "button";
      again.className = "button button-plain retry";
      again.textContent = "再存一次";
      again.addEventListener("click", () => save(form));
      status.append(words, again);
    }
    showState();
  }
  const save = (form) => htmx.trigger(form, "retry");
  const retryAll = () => [...unsaved].filter((form) => form.isConnected).forEach(save);
  window.addEventListener("online", retryAll);

  // Words are saved a moment after the last key, and when the field is left. What changes while a failed save
  // is retried is a new save: it must not carry the old number.
  root.addEventListener("input", (event) => {
    const form = event.target.closest("[data-save]");
    if (!form) return;
    delete form.dataset.retrySeq;
    changed();
    if (event.target.tagName !== "TEXTAREA") return;
    unsaved.add(form);
    clearTimeout(typing.get(form));
    const saveLater = () => {
      typing.delete(form);
      save(form);
    };
    typing.set(form, setTimeout(saveLater, 1200));
    showState();
  });
  root.addEventListener("change", (event) => {
    const form = event.target.closest("[data-save]");
    if (form) clearTimeout(typing.get(form));
    typing.delete(form);
    changed();
  });
  // A page that is left with words not yet sent asks first.
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size || busy.size) event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const said = find("[data-saved-at]", event.detail.ctx.target);
    if (said) savedAt = " " + said.dataset.savedAt;
    changed();
    showState();
  });

  // --- before something final: wait for all that is on its way ---------------------------------------------
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const sending = () => find(".photo-sending:not(.photo-failed)");
  async function flush() {
    typing.forEach((clock) => clearTimeout(clock));
    typing.clear();
    retryAll();
    // A queued save begins only after the one before has ended: look twice before calling it quiet.
    for (let quiet = 0; quiet < 2; quiet = busy.size || sending() ? 0 : quiet + 1) {
      state.textContent = sending() ? "正在传照片…" : state.textContent;
      await pause(60);
      dropGone(busy);
    }
    dropGone(unsaved);
    showState();
    return !unsaved.size && !find(".photo-failed");
  }

  // --- reading back: what the phone keeps of a form is put over what the page says -------------------------
  function fill(form, fields) {
    for (const field of form.elements) {
      if (["radio", "checkbox"].includes(field.type)) field.checked = fields.getAll(field.name).includes(field.value);
      else if (field.name && field.type !== "hidden" && fields.has(field.name)) field.value = fields.get(field.name);
    }
    const writes = find("[data-writes]", form);
    if (writes) writes.checked = Boolean(fields.get("note"));
  }
  function putBack(form, item) {
    fill(form, item.fields);
    if (item.state !== "sent") stays(form, item.state === "refused" ? item.answer.text : KEPT);
  }

  // A browser that knows no workers, or a plain-http address, keeps nothing: that is said before work begins.
  if (!navigator.serviceWorker) find("[data-no-outbox]").hidden = false;
  return { save, flush, showState, formAt, putBack, isBusy: () => busy.size > 0 };
}
