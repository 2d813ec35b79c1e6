// The visit page: steps, progress, saving words, commitments. The server's fragments say what was saved.
"use strict";
(() => {
  const visit = document.getElementById("visit");
  const find = (selector, root = visit) => root.querySelector(selector);
  const all = (selector, root = visit) => [...root.querySelectorAll(selector)];
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
  const saving = startSaving(visit, {
    address,
    nextNumber,
    changed: progress,
    refused: (html) => html.includes("已经完成") && localStorage.removeItem(begunKey),
  });
  const { save, flush } = saving;

  // --- finishing: shows what is missing, then waits for all that is on its way -----------------------------
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
    const open = all(".concern-form").find((concern) => !find("[data-concern-done]", concern));
    if (open) {
      event.detail.dropRequest();
      show(open.closest("[data-group]").dataset.group);
      open.scrollIntoView({ block: "center" });
      return showNotice("这件诉求还没有登记：请点“登记”，或点“不登记”。");
    }
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

  // --- reading back: what the phone keeps of this visit is put over what the page says -------------------------
  function formOf(path) {
    const there = saving.formAt(path);
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
    saving.putBack(form, item);
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
    if (!mine.length && visitId !== pageId && !saving.isBusy()) {
      localStorage.removeItem(begunKey);
      visitId = localStorage.getItem("seq:" + pageId) ? newId() : pageId;
    }
    mine.forEach(putBack);
    // While something of it was refused, a finished visit can be put right.
    const isDone = mine.some((item) => item.url.includes("/finish?")) && !mine.some((item) => item.state === "refused");
    if (isDone) isFinished();
    progress();
    saving.showState();
  }
  if ("new" in visit.dataset) find('[name=value][type=date]').value = localDay(0);

  show(groups[0], false);
  progress();
  readBack();
})();
