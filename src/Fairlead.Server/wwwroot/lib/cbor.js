// CBOR (RFC 8949) as far as JSON can show it. Byte strings are shown as {"$bytes": base64}.
export function decodeCbor(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const value = item(0);
  if (at !== bytes.length) throw new RangeError('bytes behind the end');
  return value;

  function take(length) {
    if (at + length > bytes.length) throw new RangeError('too short');
    at += length;
    return at - length;
  }

  function argument(low) {
    if (low < 24) return low;
    if (low === 24) return view.getUint8(take(1));
    if (low === 25) return view.getUint16(take(2));
    if (low === 26) return view.getUint32(take(4));
    if (low === 27) {
      const large = view.getBigUint64(take(8));
      return large <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(large) : large.toString();
    }
    if (low === 31) return null;
    throw new RangeError('reserved');
  }

  function item(depth) {
    if (depth > 100) throw new RangeError('too deep');
    const first = view.getUint8(take(1));
    const major = first >> 5;
    const low = first & 31;
    if (major === 7) return simple(low);
    const size = argument(low);
    switch (major) {
      case 0: return size;
      case 1: return typeof size === 'string' ? (-1n - BigInt(size)).toString() : -1 - size;
      case 2: return { $bytes: btoa(String.fromCharCode(...chunks(size, 2))) };
      case 3: return new TextDecoder('utf-8', { fatal: true }).decode(chunks(size, 3));
      case 4: return list(size, depth);
      case 5: return map(size, depth);
      default: return item(depth + 1); // a tag: its content is what is shown
    }
  }

  function chunks(size, major) {
    if (size !== null) {
      const start = take(size);
      return bytes.subarray(start, start + size);
    }
    const parts = [];
    while (bytes[at] !== 0xff) {
      const first = view.getUint8(take(1));
      if (first >> 5 !== major) throw new RangeError('chunk');
      parts.push(...chunks(argument(first & 31), major));
    }
    take(1);
    return Uint8Array.from(parts);
  }

  function list(size, depth) {
    const values = [];
    while (size === null ? bytes[at] !== 0xff : values.length < size) values.push(item(depth + 1));
    if (size === null) take(1);
    return values;
  }

  function map(size, depth) {
    const entries = {};
    for (let n = 0; size === null ? bytes[at] !== 0xff : n < size; n++) {
      const key = item(depth + 1);
      entries[typeof key === 'string' ? key : JSON.stringify(key)] = item(depth + 1);
    }
    if (size === null) take(1);
    return entries;
  }

  function simple(low) {
    switch (low) {
      case 20: return false;
      case 21: return true;
      case 22: case 23: return null;
      case 25: return half(view.getUint16(take(2)));
      case 26: return view.getFloat32(take(4));
      case 27: return view.getFloat64(take(8));
      default: throw new RangeError('simple value');
    }
  }
}

function half(bits) {
  const exponent = bits >> 10 & 31;
  const fraction = bits & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction ? NaN : Infinity) : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

export function encodeCbor(value) {
  const out = [];
  write(value);
  return Uint8Array.from(out);

  function head(major, size) {
    if (size < 24) out.push(major << 5 | size);
    else if (size < 0x100) out.push(major << 5 | 24, size);
    else if (size < 0x10000) out.push(major << 5 | 25, size >> 8, size & 255);
    else if (size < 0x100000000) out.push(major << 5 | 26, size >>> 24, size >>> 16 & 255, size >>> 8 & 255, size & 255);
    else {
      out.push(major << 5 | 27);
      const bytes = new DataView(new ArrayBuffer(8));
      bytes.setBigUint64(0, BigInt(size));
      for (let i = 0; i < 8; i++) out.push(bytes.getUint8(i));
    }
  }

  function write(one) {
    if (one === null) out.push(0xf6);
    else if (typeof one === 'boolean') out.push(one ? 0xf5 : 0xf4);
    else if (typeof one === 'number') number(one);
    else if (typeof one === 'string') {
      const bytes = new TextEncoder().encode(one);
      head(3, bytes.length);
      out.push(...bytes);
    } else if (Array.isArray(one)) {
      head(4, one.length);
      one.forEach(write);
    } else if (typeof one.$bytes === 'string' && Object.keys(one).length === 1) {
      const binary = atob(one.$bytes);
      head(2, binary.length);
      for (let i = 0; i < binary.length; i++) out.push(binary.charCodeAt(i));
    } else {
      const entries = Object.entries(one);
      head(5, entries.length);
      for (const [key, content] of entries) {
        write(key);
        write(content);
      }
    }
  }

  function number(one) {
    if (Number.isSafeInteger(one)) {
      if (one >= 0) head(0, one);
      else head(1, -1 - one);
      return;
    }
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setFloat64(0, one);
    out.push(0xfb);
    for (let i = 0; i < 8; i++) out.push(bytes.getUint8(i));
  }
}
