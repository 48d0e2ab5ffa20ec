/* 让已经能用的页面更顺手：没有这个文件，一切照常。No inline script or style: the policy is 'self' only. */
(() => {
  "use strict";
  const $all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  // "/" goes to the search box; Escape closes what is open.
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target) && !keysOff()) {
      const box = document.getElementById("find");
      if (box && box.offsetParent) { event.preventDefault(); box.focus(); box.select(); }
    }
    if (event.key === "Escape") {
      $all("details[data-menu][open]").forEach((menu) => {
        menu.open = false;
        if (menu.contains(event.target)) menu.querySelector("summary").focus();
      });
    }
  });
  // One menu at a time; a click elsewhere closes it.
  document.addEventListener("click", (event) => {
    $all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // Shows and hides a password.
  const reveals = () => $all("[data-reveal]").forEach((button) => {
    const field = document.getElementById(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      field.type = field.type === "password" ? "text" : "password";
      button.textContent = field.type === "password" ? "显示" : "隐藏";
    });
  });

  // The error summary takes the focus, so that it is read out and its links are next.
  const focusSummary = () => { const summary = document.querySelector("[data-focus]"); if (summary) summary.focus(); };

  // What a swap changed is said to those who do not see it.
  const said = document.getElementById("said");
  document.addEventListener("htmx:afterSettle", (event) => {
    const source = document.querySelector("[data-say]");
    if (source && said && !event.detail.elt.closest("[data-quiet]")) said.textContent = source.dataset.say;
  });

  // A request that fails says so where the eye is, and keeps what was there.
  const warn = (words) => {
    let note = document.querySelector(".offline");
    if (!words) { if (note) note.remove(); return; }
    if (!note) { note = document.createElement("p"); note.className = "note offline"; note.setAttribute("role", "alert"); document.body.append(note); }
    note.textContent = words;
  };
  document.addEventListener("htmx:sendError", () => warn("网络不通，页面上是断网前的数据。连上后会自动更新。"));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401 || event.detail.xhr.status === 403) { location.reload(); return; }
    warn("平台这次没有答上来，页面上是之前的数据，稍后自动再试。");
  });
  document.addEventListener("htmx:afterOnLoad", () => warn(""));

  // Figures that keep themselves fresh: every 5 s while somebody is at the desk, every 30 s on a wall, never unseen.
  let touched = Date.now(), asked = Date.now();
  ["pointermove", "keydown", "scroll"].forEach((kind) => addEventListener(kind, () => { touched = Date.now(); }, { passive: true }));
  setInterval(() => {
    const now = Date.now(), pause = now - touched < 300000 ? 5000 : 30000;
    if (document.visibilityState !== "visible" || !window.htmx || now - asked < pause) return;
    asked = now;
    $all("[data-refresh]").forEach((part) => { if (!part.querySelector("details[open]")) window.htmx.trigger(part, "refresh"); });
  }, 1000);

  // The Chinese web font is fetched only where the machine has no Chinese face of its own.
  const hasChineseFace = () => {
    const brush = document.createElement("canvas").getContext("2d");
    brush.font = "32px sans-serif";
    const width = (text) => { const box = brush.measureText(text); return `${box.width}/${box.actualBoundingBoxAscent}/${box.actualBoundingBoxLeft}`; };
    // Missing glyphs all draw the same box; three real characters never share one outline.
    return new Set(["一", "国", "卜"].map(width)).size > 1;
  };
  const fallbackFont = () => {
    const source = document.querySelector('meta[name="fallback-font"]');
    if (!source || hasChineseFace()) return;
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = source.content;
    document.head.append(sheet);
  };

  // A field is judged when it is left, and what was typed is kept on the server; the form itself is not sent.
  const judged = (form) => {
    const touched = new Set();
    const place = (name) => form.querySelector(`[data-field="${name}"]`);
    const show = (name, sentences) => {
      const part = place(name);
      if (!part) return;
      $all(".msg", part).forEach((line) => line.remove());
      part.classList.toggle("f-bad", sentences.length > 0);
      const control = part.querySelector("input, select, textarea");
      if (control) control.setAttribute("aria-invalid", sentences.length ? "true" : "false");
      sentences.forEach((words) => {
        const line = document.createElement("p");
        line.className = "msg";
        line.setAttribute("role", "alert");
        line.textContent = words;
        const label = part.querySelector("label, legend");
        if (label) label.after(line); else part.prepend(line);
      });
    };
    let number = 0, edits = 0, waiting = 0, isUnsent = false;
    const send = (more) => {
      clearTimeout(waiting);
      const typed = new FormData(form);
      [...typed.entries()].forEach(([name, value]) => { if (value instanceof File) typed.delete(name); });
      return fetch(location.href, { method: "POST", body: typed, headers: { "X-Check": "1" }, credentials: "same-origin", ...more });
    };
    const ask = async () => {
      const turn = ++number, typedSoFar = edits;
      let answer;
      isUnsent = true;
      try { answer = await send(); }
      catch (fault) { warn("网络不通，刚填写的内容还没有存到平台。连上后继续填写即可。"); return; }
      if (answer.status === 401) { warn("登录已过期。填写的内容还在这个页面上：提交后按提示登录，会原样带回来。"); return; }
      if (!answer.ok || turn !== number) return;
      if (edits === typedSoFar) isUnsent = false;
      warn("");
      const found = await answer.json();
      touched.forEach((name) => show(name, found.errors[name] || []));
      const kept = form.querySelector("[data-kept]");
      if (kept && found.kept_at) kept.textContent = `草稿 ${found.kept_at} 已存在本平台，关掉页面也不会丢`;
      const aside = document.querySelector("[data-aside]");
      if (aside && found.aside) aside.innerHTML = found.aside;
    };
    form.addEventListener("change", (event) => {
      const part = event.target.closest("[data-field]");
      if (part) touched.add(part.dataset.field);
      ask();
    });
    // What is being typed is kept too, once the hands rest; it is judged only when the field is left.
    form.addEventListener("input", (event) => {
      const part = event.target.closest("[data-field]");
      if (part) touched.delete(part.dataset.field);
      edits += 1;
      isUnsent = true;
      clearTimeout(waiting);
      waiting = setTimeout(ask, 1500);
    });
    // The form itself is on its way: nothing may keep a draft of it afterwards.
    form.addEventListener("submit", () => { clearTimeout(waiting); isUnsent = false; });
    // A page that is closed or put away sends what it still has; nobody waits for the answer.
    const leave = () => { if (isUnsent && !form.dataset.sent) send({ keepalive: true }).catch(() => {}); };
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
    // On a slow line hands are quicker than this script: what was filled in before it came is judged now.
    const early = $all("input:not([type=file]):not([type=hidden]), textarea", form).filter((field) => field.value !== field.defaultValue);
    early.filter((field) => field !== document.activeElement).forEach((field) => {
      const part = field.closest("[data-field]");
      if (part) touched.add(part.dataset.field);
    });
    if (early.length) ask();
  };
  $all("form[data-check]").forEach(judged);

  // Where a name is filtered by, somebody's whole number goes to the search box instead, which posts: it must
  // stand in no address. The server refuses it there too.
  document.addEventListener("submit", (event) => {
    const form = event.target, search = document.querySelector("[data-find]");
    if (!search || form.dataset.namesPeople === undefined) return;
    const typed = $all("input:not([type=hidden])", form).map((input) => input.value.normalize("NFKC").replace(/[\s\p{Pd}\p{Cf}]/gu, ""));
    const number = typed.find((value) => /\d{15}|1\d{10}/.test(value));
    if (!number) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    search.elements.q.value = number;
    search.submit();
  }, true);

  // One press is enough; the server would answer the second one with the first one's result anyway.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.free !== undefined) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    $all("button[type=submit]", form).forEach((button) => button.setAttribute("aria-busy", "true"));
    setTimeout(() => { delete form.dataset.sent; $all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy")); }, 8000);
  });
  addEventListener("pageshow", () => $all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  // A button that says how many are ticked, and one that prints; both are words or hidden without script.
  $all("[data-picked]").forEach((button) => {
    const form = button.form, plain = button.textContent;
    const count = () => {
      const number = $all("input[type=checkbox]:checked", form).length;
      button.textContent = number ? button.dataset.picked.replace("#", number) : plain;
    };
    form.addEventListener("change", count);
    count();
  });
  // Single keys for people who live in lists. They move the focus between links that are there anyway, so a
  // screen reader says what it meets; the page 快捷键 names them all and turns them off.
  const KEYS_OFF = "keys-off";
  const keysOff = () => { try { return localStorage.getItem(KEYS_OFF) === "1"; } catch (fault) { return false; } };
  const rowLinks = () => $all("#list tbody tr, #exports tbody tr")
    .map((row) => row.querySelector("a[href]")).filter((link) => link && link.offsetParent);
  const step = (by) => {
    const links = rowLinks();
    if (!links.length) return false;
    const row = document.activeElement.closest("tbody tr");
    const here = row ? links.findIndex((link) => row.contains(link)) : -1;
    const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + by));
    links[next].focus();
    links[next].scrollIntoView({ block: "nearest" });
    return true;
  };
  const tick = () => {
    const row = document.activeElement.closest("tbody tr");
    const box = row && row.querySelector('input[type="checkbox"]');
    if (!box || box.disabled) return false;
    box.click();
    return true;
  };
  const turn = (rel) => { const link = document.querySelector(`.pg a[rel="${rel}"]`); if (link) link.click(); return Boolean(link); };
  const sheet = () => { const keys = document.getElementById("keys"); if (!keys || !keys.showModal) return false; keys.showModal(); return true; };
  const entry = (number) => { const link = $all(".nav a.entry")[number - 1]; if (link) link.click(); return Boolean(link); };
  const single = { j: () => step(1), k: () => step(-1), x: tick, n: () => turn("next"), p: () => turn("prev"), "?": sheet };
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || keysOff()) return;
    if (document.querySelector("dialog[open]")) return;
    if (Date.now() - going < 1500 && /^[1-9]$/.test(event.key)) { going = 0; if (entry(Number(event.key))) event.preventDefault(); return; }
    going = event.key === "g" ? Date.now() : 0;
    const act = Object.hasOwn(single, event.key) && single[event.key];
    if (act && act()) event.preventDefault();
  });
  $all("[data-keys-switch]").forEach((button) => {
    const words = () => { button.textContent = keysOff() ? "在这台电脑上重新启用单键快捷键" : "在这台电脑上关闭单键快捷键"; };
    button.hidden = false;
    words();
    button.addEventListener("click", () => {
      try { if (keysOff()) localStorage.removeItem(KEYS_OFF); else localStorage.setItem(KEYS_OFF, "1"); } catch (fault) { return; }
      words();
    });
  });

  // The print view's button; without script the browser's own menu does the same.
  $all("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });
  // Ticked rows: how many, and all of the page at once.
  const picks = () => $all("input[data-pick]");
  const counted = () => {
    const form = document.querySelector("[data-bulk]");
    if (!form) return;
    const number = picks().filter((box) => box.checked).length;
    const said = form.querySelector("[data-bulk-said]");
    form.dataset.said = form.dataset.said || said.textContent;
    said.textContent = number ? `已选 ${number} ${form.dataset.bulk}` : form.dataset.said;
    form.classList.toggle("bulk-on", number > 0);
    picks().forEach((box) => box.closest("tr").classList.toggle("on", box.checked));
  };
  document.addEventListener("change", (event) => { if (event.target.matches("input[data-pick]")) counted(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-pick-page], [data-pick-none]");
    if (!link) return;
    event.preventDefault();
    picks().forEach((box) => { box.checked = link.dataset.pickPage !== undefined; });
    counted();
  });
  document.addEventListener("htmx:afterSettle", counted);
  addEventListener("pageshow", counted);

  reveals(); focusSummary(); fallbackFont();
})();
