// Keeps a list of nodes in step with a list of things, touching only what changed:
// what stays keeps its focus, its scroll position and its open forms.

const known = new WeakMap();

/**
 * `build(item)` makes a node, `sign(item)` tells whether it must be made again, `update(node, item)`
 * may do small mends in place. `onreplace(fresh, old)` is told about nodes made again.
 */
export function reconcile(host, items, { key, sign, build, update, onreplace, onnew }) {
  const before = known.get(host) || new Map();
  const after = new Map();
  const focus = focusIn(host);
  for (const item of items) {
    const name = key(item);
    const mark = sign(item);
    const old = before.get(name);
    if (old && old.mark === mark) {
      after.set(name, old);
    } else {
      const node = build(item);
      if (old) {
        old.node.replaceWith(node);
        onreplace?.(node, old.node);
      } else {
        onnew?.(node, item);
      }
      after.set(name, { node, mark });
    }
    update?.(after.get(name).node, item);
  }
  for (const [name, { node }] of before) if (!after.has(name)) node.remove();
  let place = null;
  for (const { node } of after.values()) {
    const wanted = place ? place.nextSibling : host.firstChild;
    if (wanted !== node) host.insertBefore(node, wanted);
    place = node;
  }
  known.set(host, after);
  giveBack(host, focus);
}

function focusIn(host) {
  const active = document.activeElement;
  if (!active || !host.contains(active)) return null;
  const marks = [];
  for (let node = active; node && node !== host; node = node.parentElement) {
    if (node.dataset.focus) marks.push(node.dataset.focus);
  }
  return marks;
}

function giveBack(host, marks) {
  if (!marks || host.contains(document.activeElement)) return;
  for (const mark of marks) {
    const node = host.querySelector(`[data-focus="${CSS.escape(mark)}"]`);
    if (node) {
      node.focus({ preventScroll: true });
      return;
    }
  }
}
