import { runSafely, type Report } from '../errors/run-safely';

/*
 * Methods that replace those of an emitter, and report what a listener throws. The emitter is `this`: one set of methods
 * serves all emitters of a class.
 */

/** A listener or callback of the application. */
export type Callback = (this: Emitter, ...args: unknown[]) => unknown;

/** An object that the application adds listeners to. */
export interface Emitter {
  off(event: string, listener: Callback): unknown;
}
type Listen = (this: Emitter, event: string, listener: Callback) => Emitter;

/** The property with the report of an emitter. Without it, the safe methods do what the original ones do. */
export const REPORT = Symbol('report');
type Reporting = Emitter & { readonly [REPORT]?: Report };

/** Returns a callback that never throws. */
export function safeCallback(what: string, callback: Callback): Callback {
  return function (...args) {
    const report = (this as Reporting)[REPORT];
    if (report) runSafely(`${what} failed`, report, () => callback.apply(this, args));
    else callback.apply(this, args);
  };
}

/** Returns the methods of an emitter that add listeners, in a form that makes the listeners safe. */
export function safeListening(original: object): Record<string, Listen> {
  const { on, prependListener } = original as { on: Listen; prependListener: Listen };
  return {
    on: listen(on),
    addListener: listen(on),
    prependListener: listen(prependListener),
    once: listenOnce(on),
    prependOnceListener: listenOnce(prependListener),
  };
}

function listen(add: Listen): Listen {
  return function (event, listener) {
    if (!(this as Reporting)[REPORT]) return add.call(this, event, listener);
    // Node finds a wrapped listener by this property, in `off` and in `listeners`.
    return add.call(
      this,
      event,
      Object.assign(safeCallback(`a listener of '${event}'`, listener), { listener }),
    );
  };
}

function listenOnce(add: Listen): Listen {
  return function (event, listener) {
    const safe = safeCallback(`a listener of '${event}'`, listener);
    const once: Callback = function (...args) {
      this.off(event, once);
      safe.apply(this, args);
    };
    return add.call(this, event, Object.assign(once, { listener }));
  };
}
