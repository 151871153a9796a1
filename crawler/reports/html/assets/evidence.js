"use strict";
// The sites behind a number: of a bot at a date with a verdict, or of a list that a chart names.
(() => {
  const heed = window.heed;
  const form = document.getElementById("ask");
  const body = document.querySelector("#found tbody");
  const title = document.getElementById("found-title");
  const MOST = 2000;
  const plain = (value) => value.replace(/[^\w.-]+/g, " ").trim();

  const option = (value, text) => new Option(text, value);
  form.bot.append(...heed.bots.map((bot) => option(bot, bot)));
  form.at.append(...heed.days.map((day, place) => option(place, day)));
  const NAMED = "named, whatever is said of it";
  const counts = (standing, wanted) => !wanted || standing === wanted || (wanted === "named" && standing.endsWith("-named"));
  form.is.append(option("", "any"), option("named", NAMED), ...heed.standings.map((one) => option(one, heed.labels[one])));

  const cell = (text, href) => {
    const made = document.createElement("td");
    const holder = href ? made.appendChild(document.createElement("a")) : made;
    if (href) holder.href = href;
    holder.textContent = text;
    return made;
  };

  const row = ([place, version, line, words]) => {
    const [name, slug, versions] = heed.sites[place];
    const made = document.createElement("tr");
    const page = `sites/${slug}.html`;
    const found = versions[version];
    const target = found ? `${page}#v${version}${line ? `-L${line}` : ""}` : page;
    const heading = document.createElement("th");
    heading.scope = "row";
    heading.append(...cell(name, page).childNodes);
    made.append(heading, cell(words, target), cell(line ? String(line) : "", line ? target : ""));
    const facts = found ? found.slice(0, 3) : ["", "", ""];
    made.append(...facts.map((text, n) => cell(text, n === 2 && text ? target : "")));
    for (const place of [3, 4]) made.cells[place].className = "day";
    return made;
  };

  const ofBot = (token, at, standing) => {
    const bot = heed.bots.findIndex((each) => each === token);
    const rows = [];
    heed.sites.forEach(([, , versions, spots, carried], place) => {
      if (spots[at] < 0) {
        if (!standing || standing === "unknown") rows.push([place, versions.length - 1, 0, heed.labels.unknown]);
        return;
      }
      const [table, places] = heed.files[versions[spots[at]][4]];
      const [found, lines] = table[places[bot]];
      if (!counts(heed.standings[found], standing)) return;
      const said = lines.map(([, text]) => heed.texts[text]).filter(Boolean).join(" · ");
      const label = heed.labels[heed.standings[found]] + (carried[at] ? ", carried over" : "");
      rows.push([place, spots[at], lines.length ? lines[0][0] : 0, said ? `${label}: ${said}` : label]);
    });
    return rows;
  };

  const show = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    const list = heed.lists[asked.get("list")];
    form.hidden = Boolean(list);
    if (!list) {
      form.bot.value = heed.bots.includes(asked.get("bot")) ? asked.get("bot") : heed.bots[0];
      form.at.value = heed.days[asked.get("at")] ? asked.get("at") : heed.days.length - 1;
      form.is.value = asked.get("is") === "named" || heed.standings.includes(asked.get("is")) ? asked.get("is") : "";
    }
    const { bot, at, is } = form;
    const rows = list ? list[1].map(([place, version, line, text]) => [place, version, line, heed.texts[text]]) : ofBot(bot.value, +at.value, is.value);
    const many = `${rows.length} ${rows.length === 1 ? "site" : "sites"}`;
    title.textContent = list ? list[0] : `${bot.value}, ${heed.days[at.value]}: ${is.value ? heed.labels[is.value] || NAMED : "every verdict"}`;
    document.title = `${plain(title.textContent)} · Heed`;
    body.replaceChildren(...rows.slice(0, MOST).map(row));
    const count = document.querySelector('[data-count="found"]');
    window.heedFilter("found");
    if (rows.length > MOST) count.textContent = `the first ${MOST} of ${many} shown`;
  };

  form.addEventListener("change", () => {
    location.hash = new URLSearchParams({ bot: form.bot.value, is: form.is.value, at: form.at.value });
  });
  addEventListener("hashchange", show);
  show();
})();
