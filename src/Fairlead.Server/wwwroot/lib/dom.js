// Elements without a framework: h('button', { class: 'x', testid: 'y', onclick }, children...)
const properties = new Set(['value', 'checked', 'disabled', 'selected', 'readOnly', 'indeterminate', 'open']);

export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  append(element, children);
  return element;
}

const svgNamespace = 'http://www.w3.org/2000/svg';
export function s(tag, attributes, ...children) {
  const element = document.createElementNS(svgNamespace, tag);
  set(element, attributes);
  append(element, children);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'testid') element.setAttribute('data-testid', value);
    else if (properties.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

export function text(element, value) {
  const shown = value === undefined || value === null ? '' : String(value);
  if (element.textContent !== shown) element.textContent = shown;
}

// Keeps the rows that stay, so that focus, selection and scrolling survive an update.
export function keyed(parent, items, keyOf, make, update) {
  const known = parent.rows_ ?? (parent.rows_ = new Map());
  const seen = new Set();
  let place = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    seen.add(key);
    let row = known.get(key);
    if (!row) {
      row = make(item);
      known.set(key, row);
    }
    update?.(row, item);
    if (row === place) place = place.nextSibling;
    else parent.insertBefore(row, place);
  }
  for (const [key, row] of known) {
    if (seen.has(key)) continue;
    row.remove();
    known.delete(key);
  }
}
