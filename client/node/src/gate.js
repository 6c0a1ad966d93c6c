// Lets so many through at once, the others in the order in which they came.
import { Unreachable } from './errors.js';

export class Gate {
  #free;
  #waiting = [];

  constructor(count) {
    this.#free = count;
  }

  /** Runs `work` in its turn; Unreachable where that does not come within the limit. */
  async pass(limit, why, uuid, work) {
    await this.#enter(limit, why, uuid);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  #enter(limit, why, uuid) {
    if (this.#free > 0) {
      this.#free -= 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(
        () => {
          this.#waiting.splice(this.#waiting.indexOf(enter), 1);
          reject(new Unreachable(`nothing was sent: ${why}`, { uuid }));
        },
        Math.max(limit.left(), 1),
      );
      this.#waiting.push(enter);
    });
  }
}
