import { inspect } from 'node:util';
import { testGateway, type TestGateway, type TestGatewayOptions } from '../../src/testing';
import { afterwards } from '../support/endings';
import { ChatGateway, USERS } from './chat-gateway';

/** Starts the gateway of these tests; it is closed after the test. */
export async function startChat(options: TestGatewayOptions = {}): Promise<TestGateway<ChatGateway>> {
  const chat = await testGateway(ChatGateway, { services: [USERS], ...options });
  afterwards(() => chat.close());
  return chat;
}

/** What the kit fails with. */
export type Failure = Error & { cause?: any; code?: unknown; type?: unknown; data?: any };

/** Returns what a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Failure;
  }
  throw new Error(`it did not reject, but resolved with ${inspect(value, { depth: 0 })}`);
}
