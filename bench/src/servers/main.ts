import 'reflect-metadata';
import { startLag, stopLag } from './event-loop-lag';
import { startProfile, stopProfile } from './profiler';
import { redirect } from './resolve';
import { countResources } from './resources';
import type { RunningServer, ServerSpec } from './server-spec';

/*
 * The process that is measured: one server, and answers to what the load generator asks over the channel of the
 * process.
 */

interface Question {
  readonly id: number;
  readonly command: string;
  readonly argument: never;
}

async function main(): Promise<void> {
  const spec = JSON.parse(process.argv[2] as string) as ServerSpec;
  if (spec.library) redirect('moleculer-socket-gateway', spec.library);
  if (process.env['BENCH_MOLECULER'] === '0.14') redirect('moleculer', require.resolve('moleculer-0.14'));
  const { start } = (await import(`./${spec.implementation}.js`)) as {
    start(spec: ServerSpec): RunningServer | Promise<RunningServer>;
  };
  const server = await start(spec);
  const commands: NonNullable<RunningServer['commands']> = {
    cpu() {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    gc: () => global.gc?.(),
    resources: () => countResources(server.emitters?.() ?? []),
    startLag,
    stopLag,
    startProfile,
    stopProfile,
    ...server.commands,
  };
  process.on('message', ({ id, command, argument }: Question) => {
    void (async () => {
      try {
        process.send?.({ id, answer: await commands[command]?.(argument) });
      } catch (error) {
        process.send?.({ id, error: String(error) });
      }
    })();
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ port: server.port });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
