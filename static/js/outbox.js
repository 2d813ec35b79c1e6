// The page's side of the outbox: it starts the worker, says who is signed in, shows how things stand, uploads photos
// on the worker's behalf (only a page can tell how far an upload is), and puts answers where they belong when they
// come later. Other scripts listen to the event "outbox".
"use strict";
const Outbox = (() => {
  const worker = navigator.serviceWorker;
  const cadre = document.querySelector("meta[name=cadre]")?.content;
  const TICK = 15_000;

  // Only a page that the worker controls has an outbox; others work as before, with a network.
  const works = () => Boolean(cadre && worker && worker.controller);
  const say = (message) => worker && worker.ready.then(({ active }) => active.postMessage(message));

  function show({ waiting, refused, sending, signedOut }) {
    const chip = document.getElementById("outbox");
    if (!chip) return;
    chip.hidden = !waiting && !refused;
    const words = chip.firstElementChild;
    words.className = "tag " + (refused || signedOut ? "tag-amber" : "tag-jade");
    if (refused) words.textContent = `需处理 ${refused}`;
    else if (signedOut) words.textContent = `登录后上传 ${waiting}`;
    else words.textContent = sending.length ? `上传中 ${waiting}` : `已存本机 ${waiting}`;
  }

  // fetch says nothing about an upload on its way; XMLHttpRequest does.
  function send({ key, url, headers, body }, port) {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of headers) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => tell({ progress: { key, percent: Math.round((loaded / total) * 100) } });
    request.onload = () =>
      port.postMessage({
        status: request.status,
        key: request.getResponseHeader("Idempotency-Key"),
        goTo: request.getResponseHeader("HX-Redirect"),
        text: request.responseText,
      });
    request.onerror = request.onabort = () => port.postMessage({ failed: true });
    request.send(body);
  }

  const tell = (detail) => document.dispatchEvent(new CustomEvent("outbox", { detail }));
  let pending = 0;
  worker?.addEventListener("message", ({ data, ports }) => {
    if (data.send) return send(data.send, ports[0]);
    if (!data.news) return;
    if (data.news.handedOver && location.pathname !== data.news.handedOver) return location.replace(data.news.handedOver);
    pending = data.news.waiting;
    show(data.news);
    tell(data.news);
  });

  // Words for the next page, when this one is left at once.
  function sayNext(words) {
    sessionStorage.setItem("say", words);
  }
  window.addEventListener("load", () => {
    const words = sessionStorage.getItem("say");
    sessionStorage.removeItem("say");
    if (words) showNotice(words);
  });

  if (cadre !== undefined && worker) {
    worker.register("/sw.js", { scope: "/" }).catch(() => {});
    say({ hello: cadre });
    if (cadre) {
      // The list of what to have on the phone follows once the page itself has come.
      window.addEventListener("load", () => setTimeout(() => say({ stockUp: true }), 1500));
      window.addEventListener("online", () => say({ tryNow: true }));
      document.addEventListener("visibilitychange", () => document.hidden || say({ tick: true }));
      // iOS has no background sync: while a page is open, it keeps the outbox going.
      setInterval(() => pending && say({ tick: true }), TICK);
    }
  }

  // A page that comes back from the browser's memory hears how things stand, too.
  window.addEventListener("pageshow", ({ persisted }) => persisted && cadre && say({ hello: cadre }));

  // Leaving with unsent work is allowed and loses nothing, but is said.
  document.addEventListener("submit", (event) => {
    if (!pending || !event.target.matches('[action="/sign-out"]')) return;
    const words = `还有 ${pending} 条没有上传，会留在这台手机上，您下次登录时继续上传。现在退出吗？`;
    if (!window.confirm(words)) event.preventDefault();
  }, true);

  // The phone should not throw the outbox away when it is short of space; asked once something is in it.
  function askToPersist() {
    if (askToPersist.done) return;
    askToPersist.done = true;
    navigator.storage?.persist?.();
  }

  // Ask the worker, which alone opens the database; null when there is none to ask.
  function ask(question) {
    if (!works()) return Promise.resolve(null);
    return new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => done(data);
      worker.controller.postMessage({ ask: { ...question, cadre } }, [port2]);
    });
  }

  // How to put the site on the home screen is explained once, to phones on which it is not there yet.
  const hint = document.querySelector("[data-install]");
  if (hint && works() && !localStorage.getItem("install-told") && matchMedia("(pointer: coarse) and (display-mode: browser)").matches) {
    hint.hidden = false;
    hint.querySelector("button").onclick = () => {
      localStorage.setItem("install-told", "1");
      hint.hidden = true;
    };
  }

  // What the phone keeps of one household's writes, the oldest first, each with its fields; null when none can say.
  async function keptOf(household) {
    const items = await ask({ name: "withBodies", group: household });
    for (const item of items || []) {
      const type = new Headers(item.headers).get("content-type") || "";
      item.fields = await new Response(item.body, { headers: { "Content-Type": type } }).formData().catch(() => new FormData());
    }
    return items;
  }

  return { works, say, ask, cadre, keptOf, askToPersist, sayNext };
})();

// Four digits of the cadre's: asked until `check` accepts them or the cadre gives up; says whether it did.
function askPin(hint, check, canForget = false) {
  const dialog = document.getElementById("pin");
  const find = (name) => dialog.querySelector(`[data-pin${name}]`);
  const digits = dialog.querySelector("input");
  const error = find("-error");
  find("-hint").textContent = hint;
  find("-forgotten").hidden = !canForget;
  digits.value = "";
  error.hidden = true;
  dialog.showModal();
  return new Promise((done) => {
    const end = (answer) => (dialog.close(), done(answer));
    find("-close").onclick = dialog.oncancel = () => end(false);
    find("").onsubmit = async (event) => {
      event.preventDefault();
      if (!/^\d{4}$/.test(digits.value)) error.textContent = "请输入四位数字。";
      else if (await check(digits.value)) return end(true);
      else error.textContent = "不对，请再试。错五次后要重新登录才能取回。";
      error.hidden = false;
      digits.value = "";
      digits.focus();
    };
  });
}
