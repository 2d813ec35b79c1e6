// The page of a return visit: what the phone keeps of it is put back, and finishing waits for all that is on its way.
"use strict";
(() => {
  const page = document.getElementById("follow-ups");
  const find = (selector) => page.querySelector(selector);
  const numbers = `seq:${page.dataset.household}`;
  function nextNumber() {
    const number = Number(localStorage.getItem(numbers) || 0) + 1;
    localStorage.setItem(numbers, number);
    return number;
  }
  const saving = startSaving(page, { nextNumber });

  document.addEventListener("htmx:confirm", async (event) => {
    const form = event.detail.ctx.sourceElement;
    if (!form.matches("[data-finish]")) return;
    event.preventDefault();
    const isSaid = find("[data-save] input:checked") || find("[data-own-hand]:not([hidden])");
    if (isSaid && (await saving.flush())) return event.detail.issueRequest();
    event.detail.dropRequest();
    showNotice(isSaid ? "还有内容没存上，存好后再完成。" : "请先填一件办得怎么样，再完成。");
  });

  function putBack(item) {
    const path = item.url.split("?")[0];
    const [, photo] = path.match(/\/(?:photos|signature)\/([0-9a-f-]{36})/) || [];
    if (photo) return document.dispatchEvent(new CustomEvent("photo-kept", { detail: { item, photo, removed: path.endsWith("/remove") } }));
    const form = saving.formAt(path);
    if (form && form.matches("[data-save]")) saving.putBack(form, item);
    const [, judged] = path.match(/^\/followups\/([^/]+)\/judgements\//) || [];
    if (judged && item.state !== "refused") saidByOwnHand(document.getElementById("item-" + judged));
  }
  function saidByOwnHand(item) {
    if (!item) return;
    item.querySelector("[data-own-hand]").hidden = false;
    item.querySelector("[data-asked]").hidden = true;
    for (const input of item.querySelectorAll("[data-asked] input:checked")) input.checked = false;
  }
  async function readBack() {
    const kept = await Outbox.keptOf(page.dataset.household);
    if (!kept) return;
    const mine = kept.filter((item) => item.url.startsWith("/followups/"));
    mine.forEach(putBack);
    const isDone = (item) => /^\/followups\/(finish|lapse)\?/.test(item.url) && item.state !== "refused";
    if (mine.some(isDone) && !mine.some((item) => item.state === "refused")) {
      find("[data-finished]").hidden = false;
      for (const part of page.querySelectorAll("[data-item], [data-closing]")) part.inert = true;
      find(".bottom").hidden = true;
    }
    saving.showState();
  }
  readBack();

  // Handing the phone over: the worker then shows nothing but the resident's page until four digits are given.
  page.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-hand-over]");
    if (!button) return;
    if (!Outbox.works()) return showNotice("这个浏览器锁不住页面，请替住户记下评价，或请住户用自己的手机评。");
    if (!(await saving.flush())) return showNotice("还有内容没存上，存好后再交给住户。");
    const { hasPin } = await Outbox.ask({ name: "pinKnown" });
    const address = button.dataset.handOver;
    if (!hasPin && !(await askPin("第一次用，请设四位数字。住户评完后，用它把手机取回来。", (pin) => Outbox.ask({ name: "setPin", pin })))) return;
    if (await Outbox.ask({ name: "handOver", address })) location.replace(address);
    else showNotice("评价的页面还没有存到手机上，请联网后再试一次。");
  });
})();
