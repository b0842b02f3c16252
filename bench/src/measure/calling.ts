import { CLIENT_CORE, ServerProcess } from '../load/server-process';
import type { ServerSpec } from '../servers/server-spec';
import { interleave, type Rounds } from './interleave';

/** CPU of the process of the client for one call, in microseconds. */
export interface CallingSample {
  readonly cpu: number;
}

/** A client in a process of its own, and the server that it calls. */
class ClientProcess {
  private constructor(
    private readonly server: ServerProcess,
    readonly client: ServerProcess,
  ) {}

  static async start(spec: ServerSpec): Promise<ClientProcess> {
    const server = await ServerProcess.start({ implementation: 'plain', shape: 'add' });
    const client = await ServerProcess.start({ ...spec, port: server.port }, CLIENT_CORE);
    return new ClientProcess(server, client);
  }

  pause(): void {
    this.server.pause();
    this.client.pause();
  }

  resume(): void {
    this.server.resume();
    this.client.resume();
  }

  async stop(): Promise<void> {
    await this.client.stop();
    await this.server.stop();
  }
}

/** Measures what calls cost the client. */
export function measureCalling(
  specs: ReadonlyMap<string, ServerSpec>,
  rounds: Rounds,
  count: number,
): Promise<Map<string, CallingSample[]>> {
  return interleave(
    specs,
    rounds,
    {
      async warmUp({ client }) {
        await client.ask('calls', count * 2);
      },
      async measure({ client }) {
        await client.ask('gc');
        await client.ask('calls', Math.floor(count / 4));
        return { cpu: (await client.ask<number>('calls', count)) / count };
      },
    },
    ClientProcess,
  );
}
