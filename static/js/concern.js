// Registering a concern: below a card of a visit, prefilled from what the card says, or on a page of its own. What the
// phone keeps of it is shown again.
"use strict";
(() => {
  const visit = document.getElementById("visit");
  const household = document.querySelector("[data-household]").dataset.household;
  const KEPT = '<p class="saved" data-concern-done>✓ 已登记，存在手机上，有信号时自动上传。</p>';
  const UID = /^\/households\/[^/]+\/concerns\/([0-9a-f-]{36})$/;

  function makeForm(place, id) {
    place.querySelector("[data-concern-open]").insertAdjacentHTML("beforebegin", document.getElementById("concern-pattern").innerHTML.replaceAll("NEW", id));
    const form = document.getElementById("concern-" + id);
    form.elements.visit.value = window.visitAddress(`/${visit.dataset.visit}`).slice(1);
    form.elements.card.value = place.dataset.concerns;
    htmx.process(form);
    return form;
  }

  // The words are the card's tags and note; the domain is that of its first tag which points to one.
  function prefill(form, card) {
    const tags = [...card.querySelectorAll("input[name=tags]:checked")].map((input) => input.value);
    const note = card.querySelector("textarea[name=note]")?.value.trim() || "";
    form.elements.words.value = [tags.join("、"), note].filter(Boolean).join("。");
    const byTag = JSON.parse(card.querySelector("[data-by-tag]").dataset.byTag);
    form.elements.domain.value = tags.map((tag) => byTag[tag]).find(Boolean) || "";
  }

  function open(place) {
    const unfinished = [...place.querySelectorAll(".concern-form")].find((form) => !form.querySelector("[data-concern-done]"));
    const form = unfinished || makeForm(place, newId());
    if (!unfinished) prefill(form, place.closest(".card"));
    const empty = ["words", "domain"].map((name) => form.elements[name]).find((field) => !field.value);
    (empty || form.querySelector(".button")).focus();
    form.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-concern-open]");
    if (opener) open(opener.closest("[data-concerns]"));
    if (target.closest("[data-concern-close]")) target.closest(".concern-form").remove();
  });

  const status = (form) => form.querySelector(".status");
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement.closest(".concern-form");
    if (form && ctx.response?.status === 204) status(form).innerHTML = KEPT;
  });
  // The answer to a write that the phone had kept.
  document.addEventListener("outbox", ({ detail: { arrived } }) => {
    const [, id] = (arrived && arrived.url.split("?")[0].match(UID)) || [];
    const form = id && document.getElementById("concern-" + id);
    if (form?.matches(".concern-form")) status(form).innerHTML = arrived.html;
  });

  // A kept visit is opened again: what was registered in it and is still on the phone is there.
  async function readBack() {
    for (const item of (await Outbox.keptOf(household)) || []) {
      const [, gone] = (item.state !== "refused" && item.url.match(/\/concerns\/([0-9a-f-]{36})\/withdraw/)) || [];
      if (gone) document.getElementById("concern-" + gone)?.remove();
      const [path, id] = item.url.split("?")[0].match(UID) || [];
      const place = path && visit.querySelector(`[data-concerns="${item.fields.get("card")}"]`);
      if (!place || document.getElementById("concern-" + id)) continue;
      const form = makeForm(place, id);
      for (const [name, value] of item.fields) if (form.elements[name]) form.elements[name].value = value;
      status(form).innerHTML = item.state === "waiting" ? KEPT : item.state === "sent" ? KEPT.replace(/，存在.*。/, "。") : item.answer.text;
    }
  }
  if (visit) readBack();

  // A word about what is confidential, before it is registered.
  document.addEventListener("change", ({ target }) => {
    const form = target.closest(".concern-form");
    if (!form) return;
    const { domain, nature } = form.elements;
    const isSecret = nature?.selectedOptions[0].hasAttribute("data-secret") || (domain.value && domain.dataset.secret.split(" ").includes(domain.value));
    form.querySelector("[data-secret-words]").hidden = !isSecret;
  });

  // On a page of its own: an id for each time that it is opened from the phone.
  const page = document.querySelector("[data-concern-new]");
  if (!page) return;
  const id = newId();
  page.setAttribute("hx-post", page.getAttribute("hx-post").replace(/[^/]+$/, id));
  page.id = "concern-" + id;
})();
