// UUIDs of version 7: ordered by time, so that the bus's ledger stays fast.
import { randomFillSync } from 'node:crypto';

/** Each UUID is greater than the one before. */
export class Uuid7Maker {
  #last = 0n;
  #noise = new Uint8Array(8);

  make() {
    // Milliseconds, and 12 bits that count up while these stand still.
    const now = BigInt(Date.now()) << 12n;
    this.#last = now > this.#last ? now : this.#last + 1n;
    randomFillSync(this.#noise);
    this.#noise[0] = (this.#noise[0] & 0x3f) | 0x80;
    const time = (this.#last >> 12n).toString(16).padStart(12, '0');
    const count = (this.#last & 0xfffn).toString(16).padStart(3, '0');
    const noise = Buffer.from(this.#noise).toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${noise.slice(0, 4)}-${noise.slice(4)}`;
  }
}
