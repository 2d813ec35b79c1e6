// The visit page: steps, progress, saving words, commitments. The server's fragments say what was saved.
"use strict";
(() => {
  const visit = document.getElementById("visit");
  const find = (selector, root = visit) => root.querySelector(selector);
  const all = (selector, root = visit) => [...root.querySelectorAll(selector)];
  const state = document.getElementById("save-state");
  const cards = all("[data-counts]");

  // --- which visit this is: its id is made on the phone when the page, perhaps a kept one, knows of none ------
  const pageId = visit.dataset.visit;
  const begunKey = `visit:${Outbox.cadre}:${visit.dataset.household}`;
  let visitId = pageId;
  if (!("new" in visit.dataset)) localStorage.removeItem(begunKey);
  else visitId = localStorage.getItem(begunKey) || (localStorage.getItem("seq:" + pageId) ? newId() : pageId);
  const address = (path) => path.replace(pageId, visitId);
  window.visitAddress = address; // photos.js

  // --- steps: one group at a time -----------------------------------------------------------------
  const groups = all("[data-group]").map((group) => group.dataset.group);
  function show(step, focus = true) {
    visit.dataset.step = step;
    const at = groups.indexOf(step);
    all("[data-group]").forEach((group) => (group.hidden = group.dataset.group !== step));
    all("[data-step-to]").forEach((button) => {
      if (button.dataset.stepTo === step) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    const last = at === groups.length - 1;
    find("[data-step-back]").hidden = at === 0;
    find("[data-later]").hidden = at !== 0;
    const next = find("[data-step-next]");
    next.hidden = last;
    find("[data-finish]").hidden = !last;
    if (!last) next.textContent = "下一步：" + find(`[data-step-to="${groups[at + 1]}"]`).firstChild.textContent.trim();
    window.scrollTo(0, 0);
    if (focus) document.getElementById("main").focus({ preventScroll: true });
  }
  const step = (by) => show(groups[groups.indexOf(visit.dataset.step) + by]);

  // --- progress: a card counts once it says anything; "not looked at" is a full answer -------------------
  const filled = (card) =>
    Boolean(find("input[name=value]:checked, input[name=tags]:checked", card)) ||
    all("textarea", card).some((area) => area.value.trim());
  function progress() {
    for (const card of cards) {
      const problem = find("input[data-tone=problem]:checked", card);
      const bar = find(`[data-bar="${card.dataset.card}"]`);
      bar.className = filled(card) ? (problem ? "bar-problem" : "bar-done") : "";
    }
  }
  const missing = () => cards.filter((card) => !filled(card)).map((card) => card.dataset.short);

  // --- saving: each change at once; one number per save, so that a late one is known as old ---------------
  function nextNumber() {
    const key = "seq:" + visitId;
    const number = Number(localStorage.getItem(key) || 0) + 1;
    localStorage.setItem(key, number);
    if ("new" in visit.dataset) {
      localStorage.setItem(begunKey, visitId);
      localStorage.setItem("seq:" + pageId, localStorage.getItem("seq:" + pageId) || 1);
    }
    return number;
  }
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
    if (form && became === "refused" && html.includes("已经完成")) localStorage.removeItem(begunKey);
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
  visit.addEventListener("input", (event) => {
    const form = event.target.closest("[data-save]");
    if (!form) return;
    delete form.dataset.retrySeq;
    progress();
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
  visit.addEventListener("change", (event) => {
    const form = event.target.closest("[data-save]");
    if (form) clearTimeout(typing.get(form));
    typing.delete(form);
    progress();
  });
  // A page that is left with words not yet sent asks first.
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size || busy.size) event.preventDefault();
  });

  // --- finishing: shows what is missing, then waits for all that is on its way -----------------------------
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
  async function agreed() {
    const names = missing();
    if (!names.length) return true;
    const dialog = document.getElementById("missing");
    find("[data-missing]", dialog).textContent = names.join("、");
    dialog.showModal();
    return new Promise((answer) => {
      find("[data-go-on]", dialog).onclick = () => answer(true);
      find("[data-go-back]", dialog).onclick = dialog.oncancel = () => answer(false);
    }).finally(() => dialog.close());
  }
  document.addEventListener("htmx:confirm", async (event) => {
    const form = event.detail.ctx.sourceElement;
    if (!form.matches("[data-finish]")) return;
    event.preventDefault();
    const go = await agreed();
    if (go && (await flush())) {
      localStorage.removeItem(begunKey);
      return event.detail.issueRequest();
    }
    event.detail.dropRequest();
    if (go) showNotice("还有内容或照片没存上，存好后再完成。");
    else {
      const first = cards.find((card) => !filled(card));
      show(first.closest("[data-group]").dataset.group);
      first.scrollIntoView({ block: "center" });
    }
  });

  // --- commitments: made from a template, with an id of their own ------------------------------------
  const localDay = (days = 0) => {
    const day = new Date(Date.now() + (days * 24 + 8) * 3600e3); // the day in China, whatever the phone's zone
    return day.toISOString().slice(0, 10);
  };
  const said = (day) => `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日`;
  function markDue(form) {
    const day = find("[data-due]", form).value;
    all("[data-due-days]", form).forEach((button) => {
      const mine = localDay(Number(button.dataset.dueDays)) === day;
      button.setAttribute("aria-pressed", mine);
      button.textContent = `${button.dataset.dueDays} 天` + (mine ? ` · ${said(day)}` : "");
    });
  }
  const commitmentTexts = () => all("[data-commitment] textarea");
  function addCommitment(text) {
    const card = find("[data-commitments]");
    const list = find("[data-commitment-list]", card);
    const same = text && commitmentTexts().find((area) => area.value.trim() === text);
    if (same) return same.focus(); // a second tap on the same suggestion
    const id = newId();
    list.insertAdjacentHTML("beforeend", find("template", card).innerHTML.replaceAll("NEW", id));
    const form = list.lastElementChild;
    find("[data-due]", form).value = localDay(7);
    find("textarea", form).value = text;
    markDue(form);
    htmx.process(form);
    const none = find("input[name=value]:checked", card);
    if (none) none.click();
    if (text) save(form);
    else find("textarea", form).focus();
    progress();
  }
  all("[data-commitment]").forEach(markDue);

  visit.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    let hit;
    if ((hit = at("[data-step-to]"))) show(hit.dataset.stepTo);
    else if (at("[data-step-next]")) step(1);
    else if (at("[data-step-back]")) step(-1);
    else if ((hit = at("[data-promise]"))) addCommitment(hit.dataset.promise);
    else if ((hit = at("[data-due-days]"))) {
      const day = find("[data-due]", hit.closest("form"));
      day.value = localDay(Number(hit.dataset.dueDays));
      day.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  visit.addEventListener("change", (event) => {
    const form = event.target.closest("[data-commitment]");
    if (form) markDue(form);
    if (event.target.matches("[data-commitments] input[value=none]:checked") && commitmentTexts().some((area) => area.value.trim())) {
      event.target.checked = false;
      showNotice("已经写了承诺。如果这次没有承诺，请先把写的那条删掉。");
    }
    if (event.target.matches("[data-consent] input") && event.target.value !== "agreed" && find(".photos .photo"))
      showNotice("已经拍的照片还留着。住户不愿意留的，请一张一张删掉。");
    // "自己写" opens the field for own words.
    if (event.target.matches("[data-writes]:checked")) find("textarea", event.target.closest("form")).focus();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const said = find("[data-saved-at]", event.detail.ctx.target);
    if (said) savedAt = " " + said.dataset.savedAt;
    progress();
    showState();
  });

  // --- reading back: what the phone keeps of this visit is put over what the page says -------------------------
  function fill(form, fields) {
    for (const field of form.elements) {
      if (["radio", "checkbox"].includes(field.type)) field.checked = fields.getAll(field.name).includes(field.value);
      else if (field.name && field.type !== "hidden" && fields.has(field.name)) field.value = fields.get(field.name);
    }
    const writes = find("[data-writes]", form);
    if (writes) writes.checked = Boolean(fields.get("note"));
  }
  function formOf(path) {
    const there = formAt(path);
    const id = (path.match(/\/commitments\/([0-9a-f-]{36})$/) || [])[1];
    if (there || !id) return there;
    const list = find("[data-commitment-list]");
    list.insertAdjacentHTML("beforeend", find("[data-commitments] template").innerHTML.replaceAll("NEW", id));
    htmx.process(list.lastElementChild);
    return list.lastElementChild;
  }
  function putBack(item) {
    const path = item.url.split("?")[0];
    const photo = (path.match(/\/photos\/([0-9a-f-]{36})/) || [])[1];
    if (photo) return document.dispatchEvent(new CustomEvent("photo-kept", { detail: { item, photo, removed: path.endsWith("/remove") } }));
    if (path.endsWith("/remove")) return document.getElementById("commitment-" + path.split("/").at(-2))?.remove();
    if (path.endsWith("/finish")) return;
    const form = formOf(path);
    if (!form) return;
    fill(form, item.fields);
    if (item.state !== "sent") stays(form, item.state === "refused" ? item.answer.text : KEPT);
    if (form.matches("[data-commitment]")) markDue(form);
  }
  function isFinished() {
    find("[data-finished]").hidden = false;
    find(".bottom").hidden = true;
    all("[data-group], .steps").forEach((part) => (part.inert = true));
  }
  async function readBack() {
    const kept = await Outbox.keptOf(visit.dataset.household);
    if (!kept) return;
    const mine = kept.filter((item) => item.url.startsWith(`/visits/${visitId}/`));
    // Begun on this phone once, and nothing of it is here any more: it has been finished or thrown away elsewhere.
    if (!mine.length && visitId !== pageId && !busy.size) {
      localStorage.removeItem(begunKey);
      visitId = localStorage.getItem("seq:" + pageId) ? newId() : pageId;
    }
    mine.forEach(putBack);
    // While something of it was refused, a finished visit can be put right.
    const isDone = mine.some((item) => item.url.includes("/finish?")) && !mine.some((item) => item.state === "refused");
    if (isDone) isFinished();
    progress();
    showState();
  }
  if ("new" in visit.dataset) find('[name=value][type=date]').value = localDay(0);
  // A browser that knows no workers, or a plain-http address, keeps nothing: that is said before work begins.
  if (!navigator.serviceWorker) find("[data-no-outbox]").hidden = false;

  show(groups[0], false);
  progress();
  readBack();
})();
