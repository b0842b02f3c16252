// The types of the testing kit, as strict as app/tsconfig.json. It is compiled, not run.
import { SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
import {
  ClientError,
  testGateway,
  type TestClient,
  type TestGateway,
} from 'moleculer-socket-gateway/testing';

@SocketNamespace('/echo')
class EchoGateway extends SocketGateway {
  readonly greeting = 'hello';
}

export async function check(): Promise<string> {
  const echo: TestGateway<EchoGateway> = await testGateway(EchoGateway, {
    services: [{ name: 'users', actions: { verify: () => ({ id: 1 }) } }],
    settings: { greeting: 'hi' },
    broker: { nodeID: 'test' },
  });
  const ann: TestClient = await echo.connect({
    user: { id: 7 },
    transports: ['polling'],
    auth: { token: 't' },
  });
  const { id } = await ann.emit<{ id: number }>('message', { text: 'hi' });
  const [text] = await ann.received<[string]>('message', {
    timeout: 1000,
    where: (first: string) => first !== '',
  });
  const code: number | string | undefined = await ann.emit('wrong').catch((error: unknown) => {
    if (!(error instanceof ClientError)) throw error;
    return error.code;
  });
  await echo.settled();
  await echo.close();
  return `${echo.service.greeting} ${id} ${text} ${code} ${ann.events.length} ${echo.rooms(ann).join()}`;
}
