"use strict";
// A site's robots.txt as it stood at the version asked for (#v3-L12), its deciding lines marked.
(() => {
  const file = document.getElementById("file");
  if (!file) return;
  const marks = JSON.parse(document.getElementById("marks").textContent);
  const seen = JSON.parse(document.getElementById("versions").textContent);
  const select = document.getElementById("version");
  const lines = [...file.children];

  const show = (version) => {
    const told = new Map(marks[version].map(([line, words, css]) => [line, [words, css]]));
    let number = 0;
    for (const line of lines) {
      line.hidden = version < +(line.dataset.f ?? 0) || version > +(line.dataset.l ?? Infinity);
      line.querySelector("em")?.remove();
      if (line.dataset.n) {
        if (!line.hidden) number += +line.dataset.n;
        continue;
      }
      line.className = version > 0 && +line.dataset.f === version ? "new" : "";
      if (line.hidden) continue;
      number += 1;
      line.dataset.line = number;
      const mark = told.get(number);
      if (!mark) continue;
      line.classList.add("hit", mark[1]);
      const words = document.createElement("em");
      words.textContent = mark[0];
      line.append(words);
    }
    const [first, last, outcome, sha] = seen[version];
    const code = document.createElement("code");
    code.textContent = sha;
    document.getElementById("which").replaceChildren(`Seen ${first} to ${last} UTC · ${outcome} · SHA-256 `, code);
    select.value = version;
  };

  const aim = () => {
    const asked = /^#v(\d+)(?:-L(\d+))?$/.exec(location.hash);
    const version = asked && +asked[1] < marks.length ? +asked[1] : marks.length - 1;
    show(version);
    if (!asked) return;
    const line = asked[2] && lines.find((each) => !each.hidden && each.dataset.line === asked[2]);
    line?.classList.add("aim");
    document.getElementById("file-section").scrollIntoView();
    if (line) file.scrollTop = line.offsetTop - file.offsetTop - file.clientHeight / 3;
  };

  select.addEventListener("change", () => { location.hash = `v${select.value}`; });
  document.getElementById("deciding").addEventListener("change", (event) => {
    file.classList.toggle("few", event.target.checked);
  });
  addEventListener("hashchange", aim);
  aim();
})();
