#!/usr/bin/env node
import { run } from './run';

const ending = new AbortController();
const end = (): void => {
  ending.abort();
};
process.once('SIGINT', end).once('SIGTERM', end);

const write = (stream: NodeJS.WriteStream, line: string): void => {
  stream.write(`${line}\n`);
};

void run(process.argv.slice(2), {
  folder: process.cwd(),
  say: (line) => {
    write(process.stdout, line);
  },
  complain: (line) => {
    write(process.stderr, line);
  },
  signal: ending.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
  // A file of a gateway may have opened something that would keep the process alive. The streams may be pipes.
  process.stdout.write('', () => {
    process.stderr.write('', () => {
      process.exit();
    });
  });
});
