/* 工人页的添头：念一遍、信号好坏。没有这个文件，一切照常。 */
(() => {
  "use strict";
  const voice = window.speechSynthesis;
  if (voice && window.SpeechSynthesisUtterance) {
    document.querySelectorAll("[data-speak]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => {
        voice.cancel();
        const words = new SpeechSynthesisUtterance(button.dataset.speak);
        words.lang = "zh-CN";
        words.rate = 0.9;
        voice.speak(words);
      });
    });
  }
  const signal = document.querySelector("[data-signal]");
  const tell = () => { signal.textContent = navigator.onLine ? "，信号好" : "，没有信号"; };
  if (signal && "onLine" in navigator) {
    tell();
    addEventListener("online", tell);
    addEventListener("offline", tell);
  }
})();
