import { Loggers } from 'moleculer';
import { inspect } from 'node:util';

/** Lines that are kept. */
const MAX_LINES = 100;

/** The base of Moleculer's loggers, which its two majors declare differently. */
const BaseLogger = Loggers.Base as object as new (options: { level: string }) => object;

/** A logger that prints nothing and keeps the latest errors: clients see only a masked one of an exception. */
export class LoggedErrors extends BaseLogger {
  private readonly lines: string[] = [];

  constructor() {
    super({ level: 'error' });
  }

  /** Called by Moleculer, for every service. */
  getLogHandler(): (level: string, args: readonly unknown[]) => void {
    return (level, args) => {
      if (level !== 'error' && level !== 'fatal') return;
      this.lines.push(args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg))).join(' '));
      if (this.lines.length > MAX_LINES) this.lines.shift();
    };
  }

  /** Returns what was logged of a masked error; undefined if the error is not masked. */
  find(error: unknown): string | undefined {
    const { requestID } = Object((error as { data?: unknown } | null)?.data) as { requestID?: unknown };
    if (typeof requestID !== 'string') return undefined;
    return this.lines.find((line) => line.includes(requestID));
  }
}
