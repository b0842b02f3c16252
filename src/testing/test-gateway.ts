import type { Service } from 'moleculer';
import { RunningGateway } from './running-gateway';
import type { Registered, TestGateway, TestGatewayOptions } from './types';

/**
 * Starts a gateway for a test. All of its code runs, over connections in memory: no port is opened.
 *
 * @param gateway its class, or the schema of its service
 * @throws DeclarationError with every mistake of the class; Error if a service does not start
 * @example
 * const chat = await testGateway(ChatGateway, { services: [users] });
 * const ann = await chat.connect({ user: { id: 7 } });
 * await ann.emit('message', { room: 'tea', text: 'Hello' });
 * await chat.close();
 */
export async function testGateway<S extends Service = Service>(
  gateway: Registered<S>,
  options: TestGatewayOptions = {},
): Promise<TestGateway<S>> {
  const origin = new Error();
  const running = new RunningGateway<S>(gateway, options);
  try {
    await running.start(origin);
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}
