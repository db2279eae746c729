import { Qudao } from './engine.js';

export { Qudao, QudaoError, Ruleset } from './engine.js';

/** Loads the engine that lies beside this file, or one from given bytes. */
export async function start(module) {
  if (module) return Qudao.of(module);
  const answer = await fetch(new URL('./qudao.wasm', import.meta.url));
  if (!answer.ok) throw new Error(`the engine cannot be loaded: ${answer.status}`);
  return Qudao.of(await answer.arrayBuffer());
}
