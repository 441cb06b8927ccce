"use strict";
const cases = [...document.querySelectorAll(".case")];
const search = document.querySelector("input[type=search]");
const buttons = [...document.querySelectorAll("button[data-show]")];
function show() {
  const words = search.value.toLowerCase();
  const kind = buttons.find((button) => button.ariaPressed === "true").dataset.show;
  for (const one of cases) {
    const fits = kind === "all" || one.dataset.kinds.split(" ").includes(kind);
    one.hidden = !fits || !one.textContent.toLowerCase().includes(words);
  }
}
search.addEventListener("input", show);
for (const button of buttons) {
  button.addEventListener("click", () => {
    for (const other of buttons) other.ariaPressed = String(other === button);
    show();
  });
}
