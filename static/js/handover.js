// The page that a resident holds: one question after the other, and back to the cadre by four digits only.
"use strict";
(() => {
  const page = document.querySelector("[data-hand-over-page]");
  const sections = [...page.querySelectorAll("[data-judging]")];
  function next() {
    const open = sections.find((section) => !("judged" in section.dataset));
    for (const section of sections) section.hidden = section !== open;
    page.querySelector("[data-thanks]").hidden = Boolean(open);
    page.querySelector("[data-early]").hidden = !open;
    window.scrollTo(0, 0);
    page.focus({ preventScroll: true });
  }
  const ids = new WeakMap();
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    if (!ids.has(form)) ids.set(form, newId());
    ctx.request.action = ctx.request.action.replace("NEW", ids.get(form));
  }, true);
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const { response, sourceElement } = ctx;
    if (!response || (response.status >= 400 && response.status !== 409)) return;
    if (response.status === 409) showNotice("这一件现在不能评，请看下一件。");
    sourceElement.closest("[data-judging]").dataset.judged = "";
    next();
  });
  async function readBack() {
    const kept = (await Outbox.keptOf(page.dataset.household)) || [];
    for (const { url, state } of kept) {
      const [, id] = url.match(/^\/followups\/([^/]+)\/judgements\//) || [];
      const section = id && state !== "refused" && page.querySelector(`[data-judging="${id}"]`);
      if (section) section.dataset.judged = "";
    }
    next();
  }
  async function takeBack() {
    // Without a worker nothing is locked.
    const isBack = !Outbox.works() || (await askPin("请走访干部输入四位取回密码。", (pin) => Outbox.ask({ name: "takeBack", pin }), true));
    if (isBack) location.replace(page.dataset.back);
  }
  for (const button of page.querySelectorAll("[data-take-back]")) button.onclick = takeBack;
  readBack();
})();
