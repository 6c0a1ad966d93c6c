export { SendBuffer } from './buffer.js';
export { Client } from './client.js';
export * from './errors.js';
export { Decimal, decimal } from './param.js';
export { Result } from './result.js';
