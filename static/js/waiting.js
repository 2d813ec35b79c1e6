// The page 待上传: what lies in this phone's outbox, with the server's last word about each, and the way out for a
// phone that can never connect again: a file that the office imports.
"use strict";
(() => {
  const place = document.getElementById("waiting");
  const row = document.getElementById("waiting-row");
  const nothing = document.querySelector("[data-nothing]");

  function ago(instant) {
    const minutes = Math.round((Date.now() - instant) / 60_000);
    if (minutes < 1) return "刚才";
    if (minutes < 60) return `${minutes} 分钟前`;
    return minutes < 1440 ? `${Math.round(minutes / 60)} 小时前` : `${Math.round(minutes / 1440)} 天前`;
  }
  const sized = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1e6).toFixed(1)} MB`);
  function lastAnswer({ answer }) {
    if (!answer) return "还没有试过";
    if (!answer.status) return `${ago(answer.at)}试过，没有网络`;
    return answer.status === 401 ? `${ago(answer.at)}试过，要先登录` : `${ago(answer.at)}试过，系统正忙`;
  }

  // A form in the answer is the form to put it right with; anything else is the server's sentence.
  function explain(article, html) {
    const said = new DOMParser().parseFromString(html, "text/html");
    const form = said.querySelector("form");
    if (form) return article.append(document.importNode(form, true));
    const words = article.querySelector("[data-words]");
    words.hidden = false;
    words.textContent = said.body.textContent.trim() || "服务器没有收下，没有说原因。";
  }

  function show(item) {
    const article = row.content.firstElementChild.cloneNode(true);
    const refused = item.state === "refused";
    const state = article.querySelector("[data-state]");
    article.dataset.key = item.key;
    article.querySelector("[data-what]").textContent = item.what || "一条记录";
    state.textContent = refused ? "需处理" : "待上传";
    state.classList.add(refused ? "tag-amber" : "tag-jade");
    const facts = [ago(item.at) + "写的", sized(item.size), refused ? "" : lastAnswer(item)];
    article.querySelector("[data-facts]").textContent = facts.filter(Boolean).join(" · ");
    article.querySelector("[data-refused]").hidden = !refused;
    const newcomer = article.querySelector("[data-newcomer]");
    newcomer.hidden = item.lane !== "first" || refused;
    newcomer.firstElementChild.href = `/households/${item.group}/visit`;
    if (refused) explain(article, item.answer.text);
    return article;
  }

  async function list() {
    const items = (await Outbox.ask({ name: "list" })) || [];
    // What is being put right on this page must not be torn away by news.
    if (place.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return;
    place.replaceChildren(...items.map(show));
    htmx.process(place);
    nothing.hidden = items.length > 0;
    nothing.textContent = "都上传了，手机上没有等着的。";
    for (const part of document.querySelectorAll("[data-some]")) part.hidden = !items.length;
  }

  const base64 = (bytes) =>
    new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(",")[1] || "");
      reader.readAsDataURL(new Blob([bytes]));
    });
  async function exportAll() {
    const lines = [{ format: "fieldvisit-outbox", version: 1, cadre: Outbox.cadre }];
    for (const { version, key, url, headers, body, at, what } of await Outbox.ask({ name: "withBodies" })) {
      lines.push({ version, key, url, headers, at: new Date(at).toISOString(), what, body: await base64(body) });
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.map((line) => JSON.stringify(line)).join("\n")], { type: "application/json" }));
    link.download = `待上传-${new Date().toISOString().slice(0, 10)}.jsonl`;
    link.click();
  }

  document.addEventListener("click", async ({ target }) => {
    const key = target.closest("[data-key]")?.dataset.key;
    if (target.matches("[data-try]")) Outbox.say({ tryNow: true });
    else if (target.matches("[data-export]")) await exportAll();
    else if (target.matches("[data-again]")) await Outbox.ask({ name: "again", key });
    else if (target.matches("[data-drop]") && window.confirm("要从手机上删掉这一条吗？删掉后找不回来。")) {
      await Outbox.ask({ name: "drop", key });
      await list();
    }
  });
  document.addEventListener("outbox", ({ detail }) => {
    if (detail.progress) return;
    document.querySelector("[data-signed-out]").hidden = !detail.signedOut;
    list();
  });
  if (Outbox.works()) list();
  else nothing.textContent = "这个浏览器不能在没有信号时保存，手机上没有等着上传的内容。";
})();
