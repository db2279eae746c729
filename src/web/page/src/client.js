// Calls to the engine's thread, each with a time limit; one that takes too long is stopped, and the thread begun anew.

/** What was asked is not answered: it was stopped, or took too long. */
export class Stopped extends Error {}

export class Client {
  #bytes;
  #source;
  #worker = null;
  #waiting = new Map();
  #last = 0;
  /** What was loaded, by number: a new thread loads it again. */
  #loaded = new Map();
  #limit;
  #busy;

  /** `busy` is told when the engine has worked for a while, and when it has ended. */
  constructor(bytes, source, { limit = 20_000, busy = () => {} } = {}) {
    this.#bytes = bytes;
    this.#source = source;
    this.#limit = limit;
    this.#busy = busy;
  }

  #begin() {
    const url = URL.createObjectURL(new Blob([this.#source], { type: 'text/javascript' }));
    this.#worker = new Worker(url);
    URL.revokeObjectURL(url);
    this.#worker.onmessage = ({ data: { id, ok, error } }) => {
      const waiting = this.#waiting.get(id);
      if (!waiting) return;
      this.#waiting.delete(id);
      this.#tell();
      clearTimeout(waiting.timer);
      if (error === undefined) waiting.done(ok);
      else waiting.failed(new Error(error));
    };
    this.#post({ bytes: this.#bytes }).catch(() => {});
    for (const call of this.#loaded.values()) this.#post({ call }).catch(() => {});
  }

  #post(message, limit = this.#limit) {
    this.#last += 1;
    const id = this.#last;
    return new Promise((done, failed) => {
      const timer = setTimeout(() => this.stop(), limit);
      this.#waiting.set(id, { done, failed, timer, call: message.call });
      this.#tell();
      this.#worker.postMessage({ id, ...message });
    });
  }

  #tell() {
    clearTimeout(this.slow);
    if (this.#waiting.size === 0) this.#busy(false);
    else this.slow = setTimeout(() => this.#busy(true), 700);
  }

  /** Answers a call. */
  async call(call, limit) {
    if (!this.#worker) this.#begin();
    if (call.call === 'load' && call.ruleset) this.#loaded.set(call.ruleset, call);
    return this.#post({ call }, limit);
  }

  /** Stops whatever is at work. */
  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#tell();
    // A ruleset that could not be loaded in time is not tried again.
    const [first] = waiting;
    if (first?.call?.call === 'load') this.#loaded.delete(first.call.ruleset);
    for (const { failed, timer } of waiting) {
      clearTimeout(timer);
      failed(new Stopped());
    }
  }
}

/** What a page carries under an id: base64 of what `gzip` made. */
export async function carried(id) {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent.trim()), char => char.charCodeAt(0));
  return inflate(bytes, 'gzip');
}

async function through(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}
export const inflate = (bytes, how) => through(bytes, new DecompressionStream(how));
export const deflate = (bytes, how) => through(bytes, new CompressionStream(how));
