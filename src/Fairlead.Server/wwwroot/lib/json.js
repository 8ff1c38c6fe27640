// JSON with a place for its errors, and what differs between two documents.
export function check(input) {
  try {
    return { value: JSON.parse(input) };
  } catch (error) {
    return { problem: error.message.replace(/^JSON\.parse: /, ''), ...place(input, error.message) };
  }
}

function place(input, message) {
  const lineColumn = /line (\d+) column (\d+)/.exec(message);
  if (lineColumn) return { line: Number(lineColumn[1]), column: Number(lineColumn[2]) };
  const position = /position (\d+)/.exec(message);
  const at = position ? Number(position[1]) : input.length;
  const before = input.slice(0, at).split('\n');
  return { line: before.length, column: before.at(-1).length + 1 };
}

const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value);

export function equal(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]));
}

// Paths of the fields that differ, such as "a.b" or "list[2]".
export function changed(before, after, path = '', found = new Set()) {
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const at = path ? `${path}.${key}` : key;
      if (!(key in before) || !(key in after)) found.add(at);
      else changed(before[key], after[key], at, found);
    }
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((value, i) => changed(value, after[i], `${path}[${i}]`, found));
  } else if (!equal(before, after)) {
    found.add(path);
  }
  return found;
}

// Numbers in a document with their paths.
export function numbers(value, path = '', found = []) {
  if (typeof value === 'number') found.push([path || '(value)', value]);
  else if (isObject(value)) for (const key of Object.keys(value)) numbers(value[key], path ? `${path}.${key}` : key, found);
  return found;
}

// What of desired is equal in reported, as a patch of nulls; undefined when nothing is.
export function nullsForEqual(desired, reported) {
  const patch = {};
  for (const [key, wanted] of Object.entries(desired ?? {})) {
    const is = reported?.[key];
    if (isObject(wanted) && isObject(is)) {
      const below = nullsForEqual(wanted, is);
      if (below === undefined) continue;
      // When all of an object is equal, the object itself goes.
      patch[key] = equal(wanted, is) ? null : below;
    } else if (is !== undefined && equal(wanted, is)) {
      patch[key] = null;
    }
  }
  return Object.keys(patch).length ? patch : undefined;
}

export { isObject };

// What turns one document into another when a shadow merges it: absent members become null.
export function patchFor(before, after) {
  const patch = {};
  for (const key of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    const old = before?.[key];
    const now = after?.[key];
    if (now === undefined) patch[key] = null;
    else if (old === undefined) patch[key] = now;
    else if (isObject(old) && isObject(now)) {
      const below = patchFor(old, now);
      if (below !== undefined) patch[key] = below;
    } else if (!equal(old, now)) patch[key] = now;
  }
  return Object.keys(patch).length ? patch : undefined;
}

export function at(document, path) {
  return path.split('.').reduce((value, key) => value?.[key], document);
}
