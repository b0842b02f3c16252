import { Exchange } from './exchange';

/** Takes what a client has offered from the end of the arguments of an event; undefined if it offered no stream. */
export function takeExchange(args: unknown[]): Exchange | undefined {
  const last = args[args.length - 1];
  if (!(last instanceof Exchange)) return undefined;
  args.pop();
  return last;
}
