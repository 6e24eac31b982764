// Every element of the page is made here, so no text ever becomes markup by accident.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: h("button.primary", { type: "button", onclick }, "Book"). */
export function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child || child === 0));
  return node;
}

const SHAPES = {
  send: "M3 11.2 20.6 3.4c.7-.3 1.4.4 1.1 1.1L14 21.4c-.3.8-1.4.7-1.7 0l-2.2-6.1 6-6.6-7 5.5-5.9-1.6c-.8-.2-.9-1.1-.2-1.4Z",
  menu: "M4 6.5h16M4 12h16M4 17.5h16",
  more: "M12 5.2v.1M12 12v.1M12 18.8v.1",
  down: "m6 10 6 6 6-6",
  arrow: "M8 16 16 8M9.5 8H16v6.5",
  app: "M4.5 6.5h15v11h-15zM4.5 10h15",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  file: "M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 13h5M10 16.5h5",
  pin: "M12 21s6.5-6.2 6.5-11a6.5 6.5 0 0 0-13 0c0 4.8 6.5 11 6.5 11ZM12 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.9-3.6 3.9-5.5 7.5-5.5s6.6 1.9 7.5 5.5",
  block: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM6.2 6.2l11.6 11.6",
  check: "m4.5 12.5 5 5L19.5 7",
  close: "M6 6l12 12M18 6 6 18",
  keys: "M3.5 6.5h17v11h-17zM7 10h.1M10.4 10h.1M13.7 10h.1M17 10h.1M8 14h8",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2",
  guide: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM15.5 8.5l-2 5-5 2 2-5z",
  card: "M3.5 6.5a1.5 1.5 0 0 1 1.5-1.5h14a1.5 1.5 0 0 1 1.5 1.5v11a1.5 1.5 0 0 1-1.5 1.5H5a1.5 1.5 0 0 1-1.5-1.5zM3.5 9.5h17M7 15h4",
};

/** Draw one of the page's few line icons; it is decoration, the words beside it speak. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", `icon icon-${name}`);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", SHAPES[name]);
  picture.append(line);
  return picture;
}

/** Draw the one or two ticks of a sent message. */
export function ticks(taken) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 18 12");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", taken ? "ticks taken" : "ticks");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", taken ? "m1 6.5 3.5 3.5L11 2M8.5 9.3l.8.7L16 2" : "m4 6.5 3.5 3.5L14 2");
  picture.append(line);
  return picture;
}

/** The round letter picture of a person or the bot. */
export function avatar(name, tint) {
  // the first character that is seen: marks of direction and the like are not
  const [seen] = (name || "").match(/[\p{L}\p{N}\p{S}\p{P}]/u) || ["?"];
  return h(`span.avatar.tint-${tint}`, { "aria-hidden": "true" }, seen);
}
