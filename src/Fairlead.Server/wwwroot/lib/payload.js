// Payloads as JSON, text, hex, Base64 and CBOR, both ways.
import { decodeCbor, encodeCbor } from './cbor.js';

export const views = ['json', 'text', 'hex', 'base64', 'cbor'];

export function fromBase64(value) {
  const binary = atob(value ?? '');
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export function toBase64(bytes) {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}

export function asText(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function asJson(bytes) {
  const content = asText(bytes);
  if (content === null || content.trim() === '') return undefined;
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

export function toHex(bytes) {
  const lines = [];
  for (let i = 0; i < bytes.length; i += 16) {
    lines.push(Array.from(bytes.subarray(i, i + 16), byte => byte.toString(16).padStart(2, '0')).join(' '));
  }
  return lines.join('\n');
}

// The view that says most about a payload.
export function bestView(bytes) {
  if (asJson(bytes) !== undefined) return 'json';
  return asText(bytes) !== null ? 'text' : 'hex';
}

export function show(bytes, view) {
  switch (view) {
    case 'json': {
      const value = asJson(bytes);
      return value === undefined ? null : JSON.stringify(value, null, 2);
    }
    case 'text': return asText(bytes);
    case 'hex': return toHex(bytes);
    case 'base64': return toBase64(bytes);
    default:
      try {
        return JSON.stringify(decodeCbor(bytes), null, 2);
      } catch {
        return null;
      }
  }
}

// What somebody typed in a view as bytes; throws with a sentence.
export function parse(input, view) {
  switch (view) {
    case 'json':
      JSON.parse(input);
      return new TextEncoder().encode(input);
    case 'text': return new TextEncoder().encode(input);
    case 'hex': {
      const digits = input.replace(/0x|[\s,:]/gi, '');
      if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new SyntaxError('hex');
      return Uint8Array.from(digits.match(/../g) ?? [], pair => parseInt(pair, 16));
    }
    case 'base64': {
      const content = input.replace(/\s/g, '');
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(content) || content.length % 4 === 1) throw new SyntaxError('base64');
      return fromBase64(content);
    }
    default: return encodeCbor(JSON.parse(input));
  }
}
