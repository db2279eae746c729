import { readFile } from 'node:fs/promises';
import { Qudao } from './engine.js';

export { Qudao, QudaoError, Ruleset } from './engine.js';

/** Loads the engine that lies beside this file, or one from given bytes. */
export async function start(module) {
  return Qudao.of(module ?? (await readFile(new URL('./qudao.wasm', import.meta.url))));
}
