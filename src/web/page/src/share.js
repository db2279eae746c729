// A link that holds everything behind its `#`: what stands there is never sent to a server.
import { deflate, inflate } from './client.js';

const MOST = 4_000_000;

export async function pack(state) {
  const bytes = await deflate(new TextEncoder().encode(JSON.stringify(state)), 'deflate-raw');
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** What a link holds; nothing where it holds nothing that can be read. */
export async function unpack(text) {
  if (text.length > MOST) return null;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), char => char.charCodeAt(0));
    const state = JSON.parse(new TextDecoder().decode(await inflate(bytes, 'deflate-raw')));
    return isState(state) ? state : null;
  } catch {
    return null;
  }
}

const isText = value => typeof value === 'string';
const areTexts = value => value !== null && typeof value === 'object' && Object.values(value).every(isText);

function isState(state) {
  return state !== null && typeof state === 'object' && areTexts(state.files ?? {}) && areTexts(state.set ?? {})
    && ['bundled', 'main', 'profile'].every(key => state[key] == null || isText(state[key]))
    && (state.gone == null || (Array.isArray(state.gone) && state.gone.every(isText)));
}
