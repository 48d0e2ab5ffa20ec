/* 读身份证：向本机读卡程序取一次读卡结果，填进登记表。没有它，对照证件手填，一切照常。 */
(() => {
  "use strict";
  const part = document.querySelector("[data-reader]");
  const form = document.getElementById("act");
  if (!part || !form) return;
  const said = part.querySelector("[data-reader-said]");
  const read = part.querySelector("[data-read-card]");
  const drop = part.querySelector("[data-drop-card]");
  const field = (name) => form.elements.namedItem(name);
  const shown = ["name", "id_number"];
  const tell = (words) => { said.textContent = words; };
  // Judging a field is the form's own listener's work.
  const judged = () => field("id_number").dispatchEvent(new Event("change", { bubbles: true }));

  const lock = (isLocked) => {
    shown.forEach((name) => { field(name).readOnly = isLocked; });
    drop.hidden = !isLocked;
  };
  const fill = (answer) => {
    const card = JSON.parse(answer.reading);
    field("reading").value = answer.reading;
    field("proof").value = (answer.proof && answer.proof.value) || "";
    field("is_ocr").value = "";
    shown.forEach((name) => { field(name).value = card[name] || ""; });
    lock(true);
    tell(`已读出 ${card.name} 的证件，姓名和号码由读卡器填入。`);
    judged();
    field("phone").focus();
  };
  const away = "没有连上本机的读卡程序。请确认读卡程序已启动、读卡器已接好，再试一次；也可以对照证件手工填写。";

  read.addEventListener("click", async () => {
    read.setAttribute("aria-busy", "true");
    tell("正在读卡，请不要移动证件……");
    try {
      const address = `${part.dataset.reader}/v1/card?challenge=${encodeURIComponent(field("challenge").value)}`;
      const answer = await fetch(address, { credentials: "omit", cache: "no-store" });
      const told = await answer.json();
      if (answer.ok && told.version === "1" && typeof told.reading === "string") fill(told);
      else tell((told.error && told.error.sentence) || away);
    } catch (fault) { tell(away); }
    read.removeAttribute("aria-busy");
  });
  drop.addEventListener("click", () => {
    ["reading", "proof", ...shown].forEach((name) => { field(name).value = ""; });
    lock(false);
    tell("已改为手工填写，请对照证件逐位核对。");
    field("name").focus();
    judged();
  });
  part.hidden = false;
  if (field("reading").value) { lock(true); tell("姓名和号码由读卡器填入。"); }

  // The photograph that was just taken, before it is sent.
  const photo = field("photo"), preview = form.querySelector("[data-photo-preview]");
  if (photo && preview) photo.addEventListener("change", () => {
    const file = photo.files && photo.files[0];
    preview.hidden = true;
    if (!file || !file.type.startsWith("image/")) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => { preview.src = reader.result; preview.hidden = false; });
    reader.readAsDataURL(file);
  });
})();
