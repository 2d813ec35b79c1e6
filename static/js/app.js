// What every page shares. Pages work as plain HTML; this adds ids for writes and words for a bad line.

// An id of this browser, only so that the server can tell two phones that edit one draft apart.
function deviceId() {
  let id = localStorage.getItem("device");
  if (!id) localStorage.setItem("device", (id = crypto.randomUUID()));
  return id;
}

function showNotice(text) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(showNotice.timer);
  showNotice.timer = setTimeout(() => (notice.hidden = true), 8000);
}

// A form marked data-durable names each write once, so that a repeated one has one effect.
document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement, request } = event.detail.ctx;
  if (!sourceElement.closest("[data-durable]")) return;
  request.headers["Idempotency-Key"] = crypto.randomUUID();
  request.headers["X-Device"] = deviceId();
});

document.addEventListener("htmx:error", () => {
  showNotice("没有连上服务器，这一步还没存上。内容还在页面上，联网后再点一次。");
});
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.raw?.status >= 500 || event.detail.ctx.response.status >= 500)
    showNotice("系统正忙，这一步还没存上，请过一会儿再点一次。内容还在页面上。");
});

// Ordinary forms: a second tap on a button that already works does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return event.preventDefault();
  if (form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
});
// Coming back with the back button shows the page as it was left: buttons must work again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
